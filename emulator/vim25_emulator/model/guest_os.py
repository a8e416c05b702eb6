"""Guest operating systems: their ids, names and families, and what suits them.

The ids are those of the API. Names are those that servers show, where clients compare them, and otherwise
made of the id; what suits a guest is [derived] from its family and age.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from vim25_emulator.vmodl.registry import enum_type
from vim25_emulator.vmodl.text_cache import text_cache

#: Guest id without `Guest` and `64` → full name without its bits.
_NAMES: Final = {
    "dos": "Microsoft MS-DOS",
    "win31": "Microsoft Windows 3.1",
    "win95": "Microsoft Windows 95",
    "win98": "Microsoft Windows 98",
    "winNT": "Microsoft Windows NT",
    "winXPPro": "Microsoft Windows XP Professional",
    "winNetEnterprise": "Microsoft Windows Server 2003",
    "winNetStandard": "Microsoft Windows Server 2003 Standard",
    "winNetDatacenter": "Microsoft Windows Server 2003 Datacenter",
    "winVista": "Microsoft Windows Vista",
    "winLonghorn": "Microsoft Windows Server 2008",
    "windows7": "Microsoft Windows 7",
    "windows7Server": "Microsoft Windows Server 2008 R2",
    "windows8": "Microsoft Windows 8.x",
    "windows8Server": "Microsoft Windows Server 2012",
    "windows9": "Microsoft Windows 10",
    "windows9Server": "Microsoft Windows Server 2016",
    "windows11": "Microsoft Windows 11",
    "windows12": "Microsoft Windows 12",
    "windowsHyperV": "Microsoft Hyper-V",
    "windows2019srv": "Microsoft Windows Server 2019",
    "windows2019srvNext": "Microsoft Windows Server 2022",
    "windows2022srvNext": "Microsoft Windows Server 2025",
    "ubuntu": "Ubuntu Linux",
    "fedora": "Red Hat Fedora",
    "centos": "CentOS 4/5",
    "oracleLinux": "Oracle Linux 4/5",
    "opensuse": "SUSE openSUSE",
    "coreos": "CoreOS Linux",
    "rockylinux": "Rocky Linux",
    "almalinux": "AlmaLinux",
    "vmwarePhoton": "VMware Photon OS",
    "otherLinux": "Other Linux",
    "other": "Other",
    "freebsd": "FreeBSD Pre-11 versions",
    "vmkernel": "VMware ESX 4.x",
    "vmkernel65": "VMware ESXi 6.5 or later",
}
#: Pattern of such an id → full name.
_PATTERNS: Final = (
    (r"rhel(\d+)", r"Red Hat Enterprise Linux \1"),
    (r"centos(\d+)", r"CentOS \1"),
    (r"sles(\d+)", r"SUSE Linux Enterprise \1"),
    (r"debian(\d+)", r"Debian GNU/Linux \1"),
    (r"oracleLinux(\d+)", r"Oracle Linux \1"),
    (r"amazonlinux(\d+)", r"Amazon Linux \1"),
    (r"asianux(\d+)", r"Asianux \1"),
    (r"freebsd(\d+)", r"FreeBSD \1"),
    (r"solaris(\d+)", r"Oracle Solaris \1"),
    (r"vmkernel(\d)", r"VMware ESXi \1.x"),
    (r"other2(\d)xLinux", r"Other 2.\1.x Linux"),
    (r"other(\d)xLinux", r"Other \1.x or later Linux"),
)
_BITS_64: Final = r"_?64\Z"


@lru_cache(maxsize=1)
def guest_ids() -> tuple[str, ...]:
    """Return the ids of all guest operating systems."""
    return enum_type("VirtualMachineGuestOsIdentifier").values


def is_64_bit(guest_id: str) -> bool:
    """Return whether a guest is a 64-bit one."""
    return "64" in guest_id or guest_id.startswith("vmkernel")


def _stem(guest_id: str) -> str:
    """Return an id without `Guest` and `64`: `otherGuest64` and `otherGuest` become `other`."""
    return re.sub(_BITS_64, "", guest_id.replace("Guest", ""))


def _plain_name(stem: str) -> str:
    matches = ((re.fullmatch(pattern, stem), name) for pattern, name in _PATTERNS)
    matching = (match.expand(name) for match, name in matches if match is not None)
    return _NAMES.get(stem) or next(matching, f"{stem[:1].upper()}{stem[1:]}")


@text_cache(256)
def guest_name(guest_id: str) -> str:
    """Return the full name of a guest operating system."""
    name = _plain_name(_stem(guest_id))
    if guest_id.startswith("vmkernel"):
        return name
    return f"{name} ({'64-bit' if is_64_bit(guest_id) else '32-bit'})"


#: Start of an id → VirtualMachineGuestOsFamily; the first one that fits.
_FAMILIES: Final = (
    ("win", "windowsGuest"),
    ("darwin", "darwinGuestFamily"),
    ("solaris", "solarisGuest"),
    ("netware", "netwareGuest"),
    *((name, "otherGuestFamily") for name in ("dos", "os2", "eCom", "openServer", "unixWare")),
    *((name, "otherGuestFamily") for name in ("freebsd", "vmkernel", "otherGuest", "crx")),
)


@text_cache(256)
def guest_family(guest_id: str) -> str:
    """Return the VirtualMachineGuestOsFamily of a guest."""
    return next((family for start, family in _FAMILIES if guest_id.startswith(start)), "linuxGuest")


class Advice(NamedTuple):
    """What suits a guest: sizes in mebibytes, types of devices; `since`: its first hardware version."""

    memory: int
    disk: int
    scsi: str
    nic: str
    firmware: str = "bios"
    usb: str | None = None
    tpm: bool = False
    since: int = 4


_OLD: Final = Advice(256, 8192, "VirtualLsiLogicController", "VirtualE1000")
_LINUX: Final = Advice(2048, 16_384, "ParaVirtualSCSIController", "VirtualVmxnet3")
_WINDOWS: Final = Advice(4096, 40_960, "VirtualLsiLogicSASController", "VirtualE1000e", "efi", since=8)
_ESXI: Final = Advice(8192, 40_960, "ParaVirtualSCSIController", "VirtualVmxnet3", "efi", since=8)
_NEW_WINDOWS: Final = _WINDOWS._replace(disk=65_536, tpm=True, usb="VirtualUSBXHCIController", since=14)

#: Pattern of an id → what suits the guest; the first one that fits.
_ADVICE: Final = (
    (r"windows(11|12)_.*", _NEW_WINDOWS),
    (r"windows(2019|2022)srv.*", _WINDOWS._replace(disk=92_160, since=13)),
    (r"windows(7|8|9|HyperV).*", _WINDOWS._replace(firmware="bios")),
    (r"vmkernel(65|[789]).*", _ESXI),
    (r"darwin.*", Advice(4096, 40_960, "VirtualLsiLogicController", "VirtualE1000e", "efi")),
)


@text_cache(256)
def advice(guest_id: str) -> Advice:
    """Return what suits a guest."""
    fitting = (each for pattern, each in _ADVICE if re.fullmatch(pattern, guest_id))
    modern = is_64_bit(guest_id) and guest_family(guest_id) == "linuxGuest"
    return next(fitting, _LINUX if modern else _OLD)


def guests(hardware: int) -> Iterator[str]:
    """Yield the ids of the guests that a hardware version supports."""
    return (guest_id for guest_id in guest_ids() if advice(guest_id).since <= hardware)
