"""The results of the operations that create or start a secondary.

Nothing is started for a primary that is powered off (`powerOnAttempted` false, no `powerOnResult`). A failure
to start the secondary does not fail the task; it is an entry of `notAttempted` [documented].
"""

from __future__ import annotations

from vim25_emulator.fault_tolerance.pair import Pair
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vmodl.value import DataObject, MoRef


def operation_result(pair: Pair, power_on: DataObject | None) -> DataObject:
    """Return FaultToleranceSecondaryOpResult; `power_on` is None if no start was attempted."""
    return DataObject(
        "FaultToleranceSecondaryOpResult",
        vm=pair.secondary.ref,
        powerOnAttempted=power_on is not None,
        powerOnResult=power_on,
    )


def attempted(secondary: ManagedObject, task: MoRef | None) -> DataObject:
    """Return ClusterPowerOnVmResult of a start in progress.

    `task` shows its progress; it is set only in a cluster without DRS [documented].
    """
    info = DataObject("ClusterAttemptedVmInfo", vm=secondary.ref, task=task)
    return DataObject("ClusterPowerOnVmResult", attempted=(info,))


def not_attempted(secondary: ManagedObject, fault: DataObject) -> DataObject:
    """Return ClusterPowerOnVmResult of a failed start."""
    info = DataObject("ClusterNotAttemptedVmInfo", vm=secondary.ref, fault=fault)
    return DataObject("ClusterPowerOnVmResult", notAttempted=(info,))


def recommended(recommendation: DataObject) -> DataObject:
    """Return ClusterPowerOnVmResult of a start that awaits approval."""
    return DataObject("ClusterPowerOnVmResult", recommendations=(recommendation,))
