"""The faults about a host that cannot hold or run a secondary, and the values of their fields."""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.fault_tolerance import host_capacity as capacity
from vim25_emulator.fault_tolerance import host_condition as host
from vim25_emulator.fault_tolerance import placement_condition as place
from vim25_emulator.fault_tolerance.device_condition import backing_file
from vim25_emulator.fault_tolerance.fault_shape import (
    FaultShape,
    device_label,
    entity_name,
    entity_ref,
    fault,
)
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.distributed_port import network_of
from vim25_emulator.vmodl.value import DataObject, MoRef


def _disk(request: SecondaryRequest, subject: ManagedObject) -> DataObject:
    disk = place.unreachable_disk(request, subject)
    if disk is None:
        raise LookupError(f"{subject} can access every disk of {request.primary}")
    return disk


def _card(request: SecondaryRequest, subject: ManagedObject) -> DataObject:
    card = place.unreachable_network(request, subject)
    if card is None:
        raise LookupError(f"{subject} has every network of {request.primary}")
    return card


def _name(request: SecondaryRequest, ref: MoRef | None) -> str:
    """Return the name of an object; its moId if it does not exist."""
    entity = request.inventory.find(ref)
    return str(entity.get("name")) if entity is not None else ref.value if ref is not None else ""


def _disk_label(request: SecondaryRequest, subject: ManagedObject) -> str:
    return device_label(request, _disk(request, subject))


def _disk_file(request: SecondaryRequest, subject: ManagedObject) -> str:
    return backing_file(request, _disk(request, subject)) or ""


def _disk_datastore(request: SecondaryRequest, subject: ManagedObject) -> MoRef | None:
    return request.datastore_of(_disk(request, subject))


def _disk_datastore_name(request: SecondaryRequest, subject: ManagedObject) -> str:
    return _name(request, _disk_datastore(request, subject))


def _card_label(request: SecondaryRequest, subject: ManagedObject) -> str:
    return device_label(request, _card(request, subject))


def _card_network(request: SecondaryRequest, subject: ManagedObject) -> MoRef | None:
    return network_of(_card(request, subject))


def _card_network_name(request: SecondaryRequest, subject: ManagedObject) -> str:
    return _name(request, _card_network(request, subject))


def _config_datastore_name(request: SecondaryRequest, subject: ManagedObject) -> str:
    return _name(request, place.unreachable_datastore(request, subject))


def _metadata_datastore_name(request: SecondaryRequest, subject: ManagedObject) -> str:
    return _name(request, request.metadata_datastore)


def _source_build(request: SecondaryRequest, subject: ManagedObject) -> Any:
    return request.source.get("config.product.build") if request.source is not None else ""


def _young(device_type: str, type_name: str) -> FaultShape:
    """Return the shape of the fault about a device that the host is too old for."""

    def label(request: SecondaryRequest, subject: ManagedObject) -> str | None:
        device = host.young_device(request, subject, type_name)
        return device_label(request, device) if device is not None else None

    return fault(
        "NotSupportedDeviceForFT",
        host=entity_ref,
        hostName=entity_name,
        vm=lambda request, _: request.primary.ref,
        vmName=lambda request, _: request.primary.get("name"),
        deviceType=device_type,
        deviceLabel=label,
    )


ON_PRIMARY_HOST: Final = fault("FaultToleranceAntiAffinityViolated", host=entity_ref, hostName=entity_name)
OUTSIDE_CLUSTER: Final = fault(
    "CannotMoveFaultToleranceVm", moveType="cluster", vmName=lambda request, _: request.primary.get("name")
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
    model=lambda request, subject: place.differences(request, subject).model,
    family=lambda request, subject: place.differences(request, subject).family,
    stepping=lambda request, subject: place.differences(request, subject).stepping,
)
HOST_RULE: Final = fault(
    "VmHostAffinityRuleViolation", vmName=lambda request, _: request.primary.get("name"), hostName=entity_name
)
OTHER_SITE: Final = fault(
    "FtVmHostRuleViolation",
    vmName=lambda request, _: request.primary.get("name"),
    hostName=entity_name,
    hostGroup=place.metro_group,
)
UNREACHABLE_DISK: Final = fault(
    "CannotAccessVmDisk",
    device=_disk_label,
    backing=_disk_file,
    connected=True,
    fault=fault("InaccessibleDatastore", datastore=_disk_datastore, name=_disk_datastore_name),
)
UNREACHABLE_CONFIG: Final = fault(
    "InaccessibleDatastore", datastore=place.unreachable_datastore, name=_config_datastore_name
)
UNREACHABLE_METADATA: Final = fault(
    "InaccessibleFTMetadataDatastore", datastore=place.unreachable_metadata, name=_metadata_datastore_name
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
    "InsufficientMemoryResourcesFault", unreserved=capacity.unreserved_on, requested=capacity.requested_memory
)
TOO_MANY_VMS: Final = fault(
    "VmFaultToleranceTooManyVMsOnHost", hostName=entity_name, maxNumFtVms=capacity.max_vms
)
TOO_MANY_VCPUS: Final = fault(
    "VmFaultToleranceTooManyFtVcpusOnHost", hostName=entity_name, maxNumFtVcpus=capacity.max_vcpus
)
