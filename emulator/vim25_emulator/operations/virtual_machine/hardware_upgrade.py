"""VirtualMachine: UpgradeVM_Task, which changes the version of the virtual hardware."""

from __future__ import annotations

from vim25_emulator.behavior.power_transition import (
    require_connected,
    require_not_template,
    require_power_state,
)
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.hardware_version import hardware_key, hardware_versions
from vim25_emulator.model.power_state import OFF
from vim25_emulator.model.virtual_machine_change import set_config
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault


def require_newer(call: Call, vm: ManagedObject, version: str | None = None) -> str:
    """Return the version to upgrade to, the newest by default.

    Raise InvalidPowerState, InvalidState, NotSupported for a template or an unknown version, AlreadyUpgraded
    for one that is not newer; the last is [documented] for the present version, [derived] for older ones.
    """
    require_not_template(vm)
    require_connected(vm)
    require_power_state(vm, OFF, OFF)
    known = [hardware_key(number) for number in hardware_versions(call.vcenter.release.version)]
    wanted = version or known[-1]
    if wanted not in known:
        raise MethodFault("NotSupported")
    if wanted <= vm.get("config.version"):
        raise MethodFault("AlreadyUpgraded")
    return wanted


@operation("VirtualMachine", "UpgradeVM_Task", locks=True, requires=require_newer)
async def upgrade(call: Call, vm: ManagedObject, version: str | None = None) -> None:
    """Upgrade the virtual hardware of a powered-off VM. Raises like `require_newer`."""
    wanted = await call.work()
    call.vcenter.events.post("VmUpgradingEvent", vm, user=call.user, template=False, version=wanted)
    config = vm.get("config").replace(version=wanted)
    set_config(call.vcenter.inventory, vm, config, call.vcenter.clock.now())
    vm.set("guest.hwVersion", wanted)
    call.vcenter.events.post("VmUpgradeCompleteEvent", vm, user=call.user, template=False, version=wanted)
