"""EnvironmentBrowser: the browser of the datastores that a virtual machine can use.

They are those of its compute resource, whose own environment browser refers to their browser.
"""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.entity import number_of
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vmodl.value import MoRef


@computed_property("EnvironmentBrowser", "datastoreBrowser")
def datastore_browser(call: Call, environment: ManagedObject) -> MoRef | None:
    """Return the browser of the compute resource of a virtual machine's host."""
    own: MoRef | None = environment.get("datastoreBrowser")
    return own if own is not None else _of_machine(call.vcenter.inventory, environment)


def _of_machine(inventory: Inventory, environment: ManagedObject) -> MoRef | None:
    vm = inventory.find(MoRef("VirtualMachine", f"vm-{number_of(environment)}"))
    host = inventory.find(vm.get("runtime.host")) if vm is not None else None
    owner = inventory.find(host.get("parent")) if host is not None else None
    shared = inventory.find(owner.get("environmentBrowser")) if owner is not None else None
    return shared.get("datastoreBrowser") if shared is not None else None
