"""VirtualMachine: the installer of VMware Tools as a CD-ROM, and the upgrade of VMware Tools."""

from __future__ import annotations

from typing import Final

from vim25_emulator.behavior.power_transition import require_power_state
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.disabled_method import with_installer
from vim25_emulator.model.power_state import ON
from vim25_emulator.model.virtual_machine_guest import TOOLS_VERSION, guest_summary
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import MethodFault

_UNMANAGED: Final = frozenset({"guestToolsUnmanaged", "guestToolsNotInstalled"})
_CURRENT: Final = "guestToolsCurrent"
_OLD: Final = frozenset(
    {"guestToolsNeedUpgrade", "guestToolsTooOld", "guestToolsSupportedOld", "guestToolsBlacklisted"}
)


@operation("VirtualMachine", "MountToolsInstaller")
def mount(call: Call, vm: ManagedObject) -> None:
    """Mount the installer. Raises like `_set_mounted`."""
    _set_mounted(vm, mounted=True)


@operation("VirtualMachine", "UnmountToolsInstaller")
def unmount(call: Call, vm: ManagedObject) -> None:
    """Unmount the installer. Raises like `_set_mounted`."""
    _set_mounted(vm, mounted=False)


def _set_mounted(vm: ManagedObject, *, mounted: bool) -> None:
    """Raise InvalidPowerState, VmConfigFault without a CD-ROM drive, InvalidState if nothing would change.

    The last agrees with the disabled methods [observed: recordings]; power-off unmounts [derived].
    """
    require_power_state(vm, ON, ON)
    devices = vm.get("config.hardware.device") or ()
    if not any(device.is_a("VirtualCdrom") for device in devices):
        raise MethodFault("VmConfigFault")
    if vm.get("runtime.toolsInstallerMounted") is mounted:
        raise MethodFault("InvalidState")
    vm.set("disabledMethod", with_installer(vm.get("disabledMethod"), mounted=mounted))
    vm.set("runtime.toolsInstallerMounted", mounted)


def require_upgradable(call: Call, vm: ManagedObject, installerOptions: str | None = None) -> None:
    """Raise InvalidPowerState, ToolsUnavailable, NotSupported, or ToolsAlreadyUpgraded."""
    require_power_state(vm, ON, ON)
    if vm.get("guest.toolsRunningStatus") != "guestToolsRunning":
        raise MethodFault("ToolsUnavailable")
    status = vm.get("guest.toolsVersionStatus2")
    if status in _UNMANAGED:  # the guest's own package manager upgrades them [documented]
        raise MethodFault("NotSupported")
    if status not in _OLD:
        raise MethodFault("ToolsAlreadyUpgraded")


@operation("VirtualMachine", "UpgradeTools_Task", locks=True, requires=require_upgradable)
async def upgrade(call: Call, vm: ManagedObject, installerOptions: str | None = None) -> None:
    """Upgrade VMware Tools; the installer has no options here. Raises like `require_upgradable`."""
    await call.work()
    guest = vm.get("guest").replace(
        toolsStatus="toolsOk",
        toolsVersion=str(TOOLS_VERSION),
        toolsVersionStatus=_CURRENT,
        toolsVersionStatus2=_CURRENT,
    )
    vm.set("config.tools.toolsVersion", TOOLS_VERSION)
    vm.set("guest", guest)
    vm.set("summary.guest", guest_summary(guest))
