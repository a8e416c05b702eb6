"""Making the secondary: a virtual machine like the primary, with an identity, a place and files of its own.

Same name and BIOS uuid, other reference and instance uuid (seen). It stands in the primary's folder and
resource pool, and its directory is named after the primary's with a number (both derived).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from vim25_emulator.fault_tolerance.creation import Creation, PairKind
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_file import home_of, parts_of
from vim25_emulator.model.power_state import OFF
from vim25_emulator.model.rewriting import rewritten
from vim25_emulator.model.virtual_machine import link
from vim25_emulator.vmodl.value import DataObject, MoRef

#: What the secondary has as the primary has it; the rest is made anew or left unset.
_SHARED: Final = (
    "parent",
    "name",
    "overallStatus",
    "configStatus",
    "effectiveRole",
    "permission",
    "alarmActionsEnabled",
    "availableField",
    "capability",
    "environmentBrowser",
    "resourcePool",
    "network",
)

#: What the guest's tools tell of themselves: GuestInfo and its summary have it both.
_NO_TOOLS: Final = {
    "toolsStatus": "toolsNotRunning",
    "toolsVersionStatus": "guestToolsUnmanaged",
    "toolsVersionStatus2": "guestToolsUnmanaged",
    "toolsRunningStatus": "guestToolsNotRunning",
}


def create_secondary(creation: Creation, host: ManagedObject) -> ManagedObject:
    """Create the secondary on a host, powered off, and list it wherever a VM is listed."""
    inventory, primary = creation.inventory, creation.primary
    ref = MoRef("VirtualMachine", inventory.new_mo_id("VirtualMachine"))
    config = _config(creation, ref, _new_home(creation))
    runtime = _runtime(primary.get("runtime"), host.ref)
    guest = _guest(config)
    secondary = inventory.create(
        "VirtualMachine",
        ref.value,
        **{name: primary.properties[name] for name in _SHARED if name in primary.properties},
        config=config,
        runtime=runtime,
        guest=guest,
        guestHeartbeatStatus="gray",
        summary=_summary(primary.get("summary"), ref, config, runtime),
        resourceConfig=_resource_config(primary.get("resourceConfig"), ref),
        datastore=_datastores(creation, config),
        **_files(primary, _mover(primary, home_of(config.files.vmPathName))),
    )
    link(inventory, [secondary])
    return secondary


def _config(creation: Creation, ref: MoRef, home: str) -> DataObject:
    """Return the primary's configuration with the secondary's identity, files in `home`, and disks."""
    held: DataObject = creation.primary.get("config")
    shared_disks = creation.kind is PairKind.LEGACY
    moved = rewritten(held.replace(hardware=None), _mover(creation.primary, home))
    devices = tuple(
        device if shared_disks else _own_device(creation, device, home) for device in held.hardware.device
    )
    config: DataObject = moved.replace(
        instanceUuid=_instance_uuid(held.instanceUuid, ref),
        hardware=held.hardware.replace(device=devices),
    )
    return config


def _instance_uuid(primary_uuid: str, ref: MoRef) -> str:
    """Return a uuid that follows from the primary's and the reference, so that runs can be compared."""
    return str(uuid.uuid5(uuid.UUID(primary_uuid), ref.value))


def _own_device(creation: Creation, device: DataObject, home: str) -> DataObject:
    """Return a device with the secondary's copy of its file, if it is a disk; any other as it is."""
    placed = creation.datastore_of(device) if device.is_a("VirtualDisk") else None
    if placed is None:
        return device
    name = creation.inventory[placed].get("name")
    file_name = f"[{name}] {_directory(home)}/{device.backing.fileName.rpartition('/')[2]}"
    return device.replace(backing=device.backing.replace(fileName=file_name, datastore=placed))


def _mover(primary: ManagedObject, home: str) -> Callable[[str], str]:
    """Return what turns the path of a file in the primary's directory into that of the secondary's."""
    old = home_of(primary.get("config.files.vmPathName"))
    return lambda text: home + text[len(old) :] if text.startswith(old) else text


def _new_home(creation: Creation) -> str:
    """Return where the secondary's files go, such as `[shared-1] web01_1/`.

    The directory is the primary's with the first number that makes it one that no VM has.
    """
    datastore, own = parts_of(home_of(creation.primary.get("config.files.vmPathName")))
    wanted = creation.inventory.find(creation.datastore_of_config())
    name = wanted.get("name") if wanted is not None else datastore
    vms = creation.inventory.of_type("VirtualMachine")
    taken = {_directory(home_of(vm.get("summary.config.vmPathName") or "")) for vm in vms}
    numbered = (f"{own.rstrip('/')}_{number}" for number in count(1))
    return f"[{name}] {next(directory for directory in numbered if directory not in taken)}/"


def _directory(home: str) -> str:
    """Return the directory's name without the datastore."""
    return parts_of(home)[1].rstrip("/") if home else ""


def _files(primary: ManagedObject, rewrite: Callable[[str], str]) -> dict[str, Any]:
    """Return the properties that list the secondary's files; a VM that is off has no swap file."""
    found: dict[str, Any] = {
        name: rewritten(primary.properties[name], rewrite)
        for name in ("layout", "layoutEx", "storage")
        if name in primary.properties
    }
    if "layout" in found:
        found["layout"] = found["layout"].replace(swapFile=None)
    if "layoutEx" in found:
        kept = tuple(file for file in found["layoutEx"].file if file.type != "swap")
        found["layoutEx"] = found["layoutEx"].replace(file=kept)
    return found


def _datastores(creation: Creation, config: DataObject) -> tuple[MoRef, ...]:
    """Return the datastores that the secondary's configuration and disks are on."""
    named = parts_of(config.files.vmPathName)[0]
    known = creation.primary.get("datastore")
    home = creation.datastore_of_config() or next(
        (ref for ref in known if creation.inventory[ref].get("name") == named), None
    )
    disks = (creation.datastore_of(disk) for disk in creation.disks)
    return tuple(dict.fromkeys(ref for ref in (home, *disks) if ref is not None))


def _runtime(primary: DataObject, host: MoRef) -> DataObject:
    return primary.replace(
        host=host,
        powerState=OFF,
        connectionState="connected",
        faultToleranceState="notConfigured",
        bootTime=None,
        cleanPowerOff=True,
        question=None,
        device=None,
        dasVmProtection=None,
    )


def _guest(config: DataObject) -> DataObject:
    """Return what is known of the guest of a secondary: nothing, even while it runs (seen)."""
    return DataObject(
        "GuestInfo",
        **_NO_TOOLS,
        guestState="notRunning",
        guestOperationsReady=False,
        interactiveGuestOperationsReady=False,
        hwVersion=config.version,
    )


def _summary(primary: DataObject, ref: MoRef, config: DataObject, runtime: DataObject) -> DataObject:
    summarized = primary.config.replace(
        instanceUuid=config.instanceUuid, vmPathName=config.files.vmPathName, ftInfo=None
    )
    return primary.replace(
        vm=ref,
        config=summarized,
        runtime=runtime,
        guest=DataObject("VirtualMachineGuestSummary", **_NO_TOOLS),
        quickStats=_idle(primary.quickStats),
    )


def _idle(stats: DataObject) -> DataObject:
    """Return the statistics of a VM that does not run: every number zero."""
    zeroed = {name: 0 for name, value in stats.__dict__.items() if isinstance(value, int)}
    fault_tolerance = {"ftLogBandwidth": -1, "ftSecondaryLatency": -1, "ftLatencyStatus": "gray"}
    return stats.replace(**{**zeroed, **fault_tolerance}, guestHeartbeatStatus="gray")


def _resource_config(primary: DataObject | None, ref: MoRef) -> DataObject | None:
    return primary.replace(entity=ref) if primary is not None else None
