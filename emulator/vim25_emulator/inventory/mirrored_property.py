"""Properties that repeat others, as VirtualMachine.summary repeats parts of runtime and config.

Setting the source of a pair also sets its target, so both agree, and a client that watches either one is
notified. Targets are never set directly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

#: Managed object type → pairs (source, target).
MIRRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "VirtualMachine": (
        ("name", "config.name"),
        ("name", "summary.config.name"),
        ("runtime", "summary.runtime"),
        ("overallStatus", "summary.overallStatus"),
        ("customValue", "summary.customValue"),
        ("config.template", "summary.config.template"),
        ("config.annotation", "summary.config.annotation"),
        ("config.guestId", "summary.config.guestId"),
        ("config.guestFullName", "summary.config.guestFullName"),
        ("config.uuid", "summary.config.uuid"),
        ("config.instanceUuid", "summary.config.instanceUuid"),
        ("config.files.vmPathName", "summary.config.vmPathName"),
        ("config.hardware.memoryMB", "summary.config.memorySizeMB"),
        ("config.hardware.numCPU", "summary.config.numCpu"),
        ("config.memoryAllocation.reservation", "summary.config.memoryReservation"),
        ("config.cpuAllocation.reservation", "summary.config.cpuReservation"),
        ("config.memoryAllocation", "resourceConfig.memoryAllocation"),
        ("config.cpuAllocation", "resourceConfig.cpuAllocation"),
        ("config.ftInfo", "summary.config.ftInfo"),
        ("guest.toolsStatus", "summary.guest.toolsStatus"),
        ("guest.toolsRunningStatus", "summary.guest.toolsRunningStatus"),
        ("guest.hostName", "summary.guest.hostName"),
        ("guest.ipAddress", "summary.guest.ipAddress"),
    ),
    "HostSystem": (
        ("name", "summary.config.name"),
        ("runtime", "summary.runtime"),
        ("overallStatus", "summary.overallStatus"),
        ("customValue", "summary.customValue"),
    ),
    "ComputeResource": (("overallStatus", "summary.overallStatus"),),
    "ClusterComputeResource": (
        ("configurationEx.dasConfig", "configuration.dasConfig"),
        ("configurationEx.dasVmConfig", "configuration.dasVmConfig"),
        ("configurationEx.drsConfig", "configuration.drsConfig"),
        ("configurationEx.drsVmConfig", "configuration.drsVmConfig"),
        ("configurationEx.rule", "configuration.rule"),
    ),
    "ResourcePool": (("name", "summary.name"), ("config", "summary.config"), ("runtime", "summary.runtime")),
    "Datastore": (("name", "summary.name"), ("name", "info.name")),
    "Network": (("name", "summary.name"),),
    "DistributedVirtualPortgroup": (("name", "config.name"),),
    "DistributedVirtualSwitch": (("name", "summary.name"), ("name", "config.name")),
}


def mirrored(type_names: tuple[str, ...], path: str) -> Iterator[tuple[str, str]]:
    """Yield (source, target) for all paths that repeat `path` or a part of it."""
    for type_name in type_names:
        for source, target in MIRRORS.get(type_name, ()):
            if path == source or path.startswith((source + ".", source + "[")):
                yield path, target + path[len(source) :]
            elif source.startswith(path + "."):
                yield source, target
