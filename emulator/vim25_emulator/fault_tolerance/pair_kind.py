"""The two kinds of Fault Tolerance, and which of them a VM gets."""

from __future__ import annotations

from enum import Enum
from typing import Final

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.version import Version, version


class PairKind(Enum):
    """A kind of Fault Tolerance, by the value of `flags.faultToleranceType`."""

    LEGACY = "recordReplay"  #: shared disks, one vCPU, record and replay
    CHECKPOINTING = "checkpointing"  #: own copies of the disks, several vCPUs


_KINDS: Final = {kind.value: kind for kind in PairKind}

#: Advanced option of a VM that requests legacy Fault Tolerance of a vCenter 6.0.
_LEGACY_OPTION: Final = "vm.uselegacyft"


def kind_of(vm: ManagedObject, release: Version) -> PairKind:
    """Return the kind of Fault Tolerance that a VM has or, without one, would get in a release."""
    present = vm.get("config.flags.faultToleranceType")
    if present in _KINDS:
        return _KINDS[present]
    return PairKind.LEGACY if _requests_legacy(vm, release) else default_kind(release)


def is_legacy(vm: ManagedObject) -> bool:
    """Whether a VM has legacy Fault Tolerance."""
    return bool(vm.get("config.flags.faultToleranceType") == PairKind.LEGACY.value)


def default_kind(release: Version) -> PairKind:
    """Return the kind that a vCenter of a release creates by default [documented]."""
    return PairKind.CHECKPOINTING if release >= version("6.0") else PairKind.LEGACY


def _requests_legacy(vm: ManagedObject, release: Version) -> bool:
    """Whether a VM requests legacy Fault Tolerance and the release has both kinds: 6.0 alone [documented]."""
    options = {option.key: option.value for option in vm.get("config.extraConfig") or ()}
    requested = str(options.get(_LEGACY_OPTION, "")).lower() == "true"
    return requested and version("6.0") <= release < version("6.5")
