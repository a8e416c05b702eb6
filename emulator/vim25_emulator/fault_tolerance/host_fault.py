"""The faults that say why a host cannot hold or run a secondary, with what their fields are filled from."""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.fault_tolerance import host_condition as host
from vim25_emulator.fault_tolerance.check import FaultShape, device_label, entity_name, entity_ref, fault
from vim25_emulator.fault_tolerance.creation import Creation
from vim25_emulator.fault_tolerance.device_condition import backing_file
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject, MoRef


def _disk(creation: Creation, subject: ManagedObject) -> DataObject:
    found = host.unreachable_disk(creation, subject)
    if found is None:
        raise LookupError(f"{subject} reaches every disk of {creation.primary}")
    return found


def _card(creation: Creation, subject: ManagedObject) -> DataObject:
    found = host.unreachable_network(creation, subject)
    if found is None:
        raise LookupError(f"{subject} has every network of {creation.primary}")
    return found


def _name(creation: Creation, ref: MoRef | None) -> str:
    """Return the name of an object; its moId if it is gone."""
    found = creation.inventory.find(ref)
    return str(found.get("name")) if found is not None else ref.value if ref is not None else ""


def _disk_label(creation: Creation, subject: ManagedObject) -> str:
    return device_label(creation, _disk(creation, subject))


def _disk_file(creation: Creation, subject: ManagedObject) -> str:
    return backing_file(creation, _disk(creation, subject)) or ""


def _disk_datastore(creation: Creation, subject: ManagedObject) -> MoRef | None:
    return creation.datastore_of(_disk(creation, subject))


def _disk_datastore_name(creation: Creation, subject: ManagedObject) -> str:
    return _name(creation, _disk_datastore(creation, subject))


def _card_label(creation: Creation, subject: ManagedObject) -> str:
    return device_label(creation, _card(creation, subject))


def _card_network(creation: Creation, subject: ManagedObject) -> MoRef | None:
    return host.network_of(_card(creation, subject))


def _card_network_name(creation: Creation, subject: ManagedObject) -> str:
    return _name(creation, _card_network(creation, subject))


def _config_datastore_name(creation: Creation, subject: ManagedObject) -> str:
    return _name(creation, host.unreachable_datastore(creation, subject))


def _metadata_datastore_name(creation: Creation, subject: ManagedObject) -> str:
    return _name(creation, creation.metadata_datastore)


def _source_build(creation: Creation, subject: ManagedObject) -> Any:
    return creation.source.get("config.product.build") if creation.source is not None else ""


def _young(device_type: str, type_name: str) -> FaultShape:
    """Return the shape of the fault about a device that the host is too old for."""

    def label(creation: Creation, subject: ManagedObject) -> str | None:
        device = host.young_device(creation, subject, type_name)
        return device_label(creation, device) if device is not None else None

    return fault(
        "NotSupportedDeviceForFT",
        host=entity_ref,
        hostName=entity_name,
        vm=lambda creation, _: creation.primary.ref,
        vmName=lambda creation, _: creation.primary.get("name"),
        deviceType=device_type,
        deviceLabel=label,
    )


ON_PRIMARY_HOST: Final = fault("FaultToleranceAntiAffinityViolated", host=entity_ref, hostName=entity_name)
OUTSIDE_CLUSTER: Final = fault(
    "CannotMoveFaultToleranceVm", moveType="cluster", vmName=lambda creation, _: creation.primary.get("name")
)
FAILOVER_HOST: Final = fault("DisallowedOperationOnFailoverHost", host=entity_ref, hostname=entity_name)
NOT_LICENSED: Final = fault("FaultToleranceNotLicensed", hostName=entity_name)
UNSUPPORTED_PRODUCT: Final = fault(
    "HostIncompatibleForFaultTolerance", hostName=entity_name, reason="product"
)
UNSUPPORTED_PROCESSOR: Final = fault(
    "HostIncompatibleForFaultTolerance", hostName=entity_name, reason="processor"
)
OTHER_BUILD: Final = fault("FaultToleranceNotSameBuild", build=_source_build)
OTHER_CPU: Final = fault(
    "FaultToleranceCpuIncompatible",
    level=1,
    registerName="eax",
    model=lambda creation, subject: host.differences(creation, subject).model,
    family=lambda creation, subject: host.differences(creation, subject).family,
    stepping=lambda creation, subject: host.differences(creation, subject).stepping,
)
OTHER_SITE: Final = fault(
    "FtVmHostRuleViolation",
    vmName=lambda creation, _: creation.primary.get("name"),
    hostName=entity_name,
    hostGroup=host.metro_group,
)
UNREACHABLE_DISK: Final = fault(
    "CannotAccessVmDisk",
    device=_disk_label,
    backing=_disk_file,
    connected=True,
    fault=fault("InaccessibleDatastore", datastore=_disk_datastore, name=_disk_datastore_name),
)
UNREACHABLE_CONFIG: Final = fault(
    "InaccessibleDatastore", datastore=host.unreachable_datastore, name=_config_datastore_name
)
UNREACHABLE_METADATA: Final = fault(
    "InaccessibleFTMetadataDatastore", datastore=host.unreachable_metadata, name=_metadata_datastore_name
)
UNREACHABLE_NETWORK: Final = fault(
    "CannotAccessNetwork",
    device=_card_label,
    backing=_card_network_name,
    connected=True,
    network=_card_network,
)
YOUNG_ADAPTER: Final = _young("virtualVmxnet3", "VirtualVmxnet3")
YOUNG_CONTROLLER: Final = _young("paraVirtualSCSIController", "ParaVirtualSCSIController")
TOO_LITTLE_MEMORY: Final = fault(
    "InsufficientMemoryResourcesFault", unreserved=host.unreserved_on, requested=host.requested_memory
)
TOO_MANY_VMS: Final = fault(
    "VmFaultToleranceTooManyVMsOnHost", hostName=entity_name, maxNumFtVms=host.max_vms
)
TOO_MANY_VCPUS: Final = fault(
    "VmFaultToleranceTooManyFtVcpusOnHost", hostName=entity_name, maxNumFtVcpus=host.max_vcpus
)
