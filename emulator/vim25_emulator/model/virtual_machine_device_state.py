"""The runtime of a virtual machine: its network cards, and the processor features that it requires."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final

from vim25_emulator.vmodl.value import DataObject

#: Processor features that every virtual machine requires; each host has them (`config.featureCapability`).
_REQUIRED: Final = ("cpuid.LM", "cpuid.NX", "cpuid.SSE42")


def card_states(config: DataObject) -> tuple[DataObject, ...]:
    """Return the VirtualMachineDeviceRuntimeInfo of each network card."""
    cards = (device.key for device in config.hardware.device if device.is_a("VirtualEthernetCard"))
    return _card_states(tuple(cards))


@lru_cache(maxsize=256)
def _card_states(keys: tuple[int, ...]) -> tuple[DataObject, ...]:
    return tuple(
        DataObject("VirtualMachineDeviceRuntimeInfo", runtimeState=_state(), key=key) for key in keys
    )


@cache
def _state() -> DataObject:
    """Return the state of a card that its host's hardware does not serve directly [observed: recordings]."""
    return DataObject(
        "VirtualMachineDeviceRuntimeInfoVirtualEthernetCardRuntimeState",
        vmDirectPathGen2Active=False,
        vmDirectPathGen2InactiveReasonOther=("vmNptIncompatibleNetwork",),
        attachmentStatus="",
    )


@cache
def feature_requirements() -> dict[str, Any]:
    """Return the features that a virtual machine requires to run, and those to be powered on."""
    return {
        "featureRequirement": _requirements("Bool"),
        "offlineFeatureRequirement": _requirements("Num"),
    }


def _requirements(kind: str) -> tuple[DataObject, ...]:
    return tuple(
        DataObject("VirtualMachineFeatureRequirement", key=name, featureName=name, value=f"{kind}:Min:1")
        for name in _REQUIRED
    )
