"""Create the secondary: a copy of the primary with an identity, a host and files of its own.

It has the primary's name and BIOS UUID, and a reference and an instance UUID of its own [observed: Icinga
issues 18 and 22]. It is placed in the primary's folder and resource pool, and its directory is named after
the primary's with a number appended [derived].
"""

from __future__ import annotations

import uuid
from itertools import count
from typing import Final

from vim25_emulator.fault_tolerance.pair_kind import PairKind
from vim25_emulator.fault_tolerance.secondary_configuration import placed_in
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.datastore_file import home_of, parts_of
from vim25_emulator.model.power_state import OFF
from vim25_emulator.model.virtual_machine import link
from vim25_emulator.model.virtual_machine_files import Files, files_of
from vim25_emulator.vmodl.value import DataObject, MoRef

#: Properties that are copied from the primary.
_SHARED: Final = (
    "parent",
    "name",
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

_HEALTHY: Final = "green"  #: no alarm has been triggered on it

#: Status of VMware Tools in a guest that does not run, for GuestInfo and its summary.
_NO_TOOLS: Final = {
    "toolsStatus": "toolsNotRunning",
    "toolsVersionStatus": "guestToolsUnmanaged",
    "toolsVersionStatus2": "guestToolsUnmanaged",
    "toolsRunningStatus": "guestToolsNotRunning",
}


def create_secondary(request: SecondaryRequest, host: ManagedObject) -> ManagedObject:
    """Create the secondary on a host, powered off, and add it to the lists of VMs."""
    inventory, primary = request.inventory, request.primary
    ref = MoRef("VirtualMachine", inventory.new_mo_id("VirtualMachine"))
    config = _config(request, ref, _new_home(request))
    runtime = _runtime(primary.get("runtime"), host.ref)
    guest = _guest(config)
    datastores = _datastores(request, config)
    files = _files(primary, config, datastores[0])
    secondary = inventory.create(
        "VirtualMachine",
        ref.value,
        **{name: primary.properties[name] for name in _SHARED if name in primary.properties},
        config=config,
        runtime=runtime,
        guest=guest,
        guestHeartbeatStatus="gray",
        summary=_summary(primary.get("summary"), ref, config, runtime, files),
        resourceConfig=_resource_config(primary.get("resourceConfig"), ref),
        datastore=datastores,
        overallStatus=_HEALTHY,
        layout=files.layout,
        layoutEx=files.layout_ex,
        storage=files.storage,
    )
    link(inventory, [secondary])
    return secondary


def _config(request: SecondaryRequest, ref: MoRef, home: str) -> DataObject:
    """Return the primary's configuration with the identity, disks and files (in `home`) of the secondary."""
    held: DataObject = request.primary.get("config")
    config: DataObject = placed_in(held, home, _copies(request)).replace(
        instanceUuid=_instance_uuid(held.instanceUuid, ref)
    )
    return config


def _copies(request: SecondaryRequest) -> dict[int, ManagedObject]:
    """Return the datastores of the secondary's copies of disks; a legacy pair shares its disks."""
    disks = request.disks if request.kind is PairKind.CHECKPOINTING else ()
    datastores = {disk.key: request.inventory.find(request.datastore_of(disk)) for disk in disks}
    return {key: datastore for key, datastore in datastores.items() if datastore is not None}


def _instance_uuid(primary_uuid: str, ref: MoRef) -> str:
    """Return a UUID computed from the primary's and the reference, so that runs can be compared."""
    return str(uuid.uuid5(uuid.UUID(primary_uuid), ref.value))


def _new_home(request: SecondaryRequest) -> str:
    """Return the directory of the secondary's files, such as `[shared-1] web01_1/`.

    The name is the primary's with the first number that makes it unique.
    """
    datastore, own = parts_of(home_of(request.primary.get("config.files.vmPathName")))
    specified = request.inventory.find(request.datastore_of_config())
    name = specified.get("name") if specified is not None else datastore
    vms = request.inventory.of_type("VirtualMachine")
    taken = {_directory(home_of(vm.get("summary.config.vmPathName") or "")) for vm in vms}
    numbered = (f"{own.rstrip('/')}_{number}" for number in count(1))
    return f"[{name}] {next(directory for directory in numbered if directory not in taken)}/"


def _directory(home: str) -> str:
    """Return the directory without the datastore and the slash."""
    return parts_of(home)[1].rstrip("/") if home else ""


def _files(primary: ManagedObject, config: DataObject, home: MoRef) -> Files:
    """Return the files of a secondary that is powered off."""
    return files_of(config, home, primary.get("layoutEx.timestamp") or config.modified, running=False)


def _datastores(request: SecondaryRequest, config: DataObject) -> tuple[MoRef, ...]:
    """Return the datastores of the secondary's configuration and disks."""
    named = parts_of(config.files.vmPathName)[0]
    known = request.primary.get("datastore")
    home = request.datastore_of_config() or next(
        (ref for ref in known if request.inventory[ref].get("name") == named), None
    )
    disks = (request.datastore_of(disk) for disk in request.disks)
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
    """Return the guest information of a secondary: none, even while it runs [observed: Icinga issue 18]."""
    return DataObject(
        "GuestInfo",
        **_NO_TOOLS,
        guestState="notRunning",
        guestOperationsReady=False,
        interactiveGuestOperationsReady=False,
        hwVersion=config.version,
    )


def _summary(
    primary: DataObject, ref: MoRef, config: DataObject, runtime: DataObject, files: Files
) -> DataObject:
    summarized = primary.config.replace(
        instanceUuid=config.instanceUuid, vmPathName=config.files.vmPathName, ftInfo=None
    )
    return primary.replace(
        vm=ref,
        config=summarized,
        runtime=runtime,
        guest=DataObject("VirtualMachineGuestSummary", **_NO_TOOLS),
        storage=files.summary,
        quickStats=_idle(primary.quickStats),
        overallStatus=_HEALTHY,
    )


def _idle(stats: DataObject) -> DataObject:
    """Return the statistics of a powered-off VM: all numbers zero."""
    zeroed = {name: 0 for name, value in stats.__dict__.items() if isinstance(value, int)}
    fault_tolerance = {"ftLogBandwidth": -1, "ftSecondaryLatency": -1, "ftLatencyStatus": "gray"}
    return stats.replace(**{**zeroed, **fault_tolerance}, guestHeartbeatStatus="gray")


def _resource_config(primary: DataObject | None, ref: MoRef) -> DataObject | None:
    return primary.replace(entity=ref) if primary is not None else None
