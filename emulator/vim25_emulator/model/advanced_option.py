"""Advanced options: those of every host, and what an OptionManager says of its options (OptionDef)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from vim25_emulator.vmodl.value import DataObject, Tagged

_MAX_LONG: Final = (1 << 63) - 1
_MAX_INT: Final = (1 << 31) - 1


def _long(value: int) -> Tagged:
    return Tagged("long", value)


#: Advanced option of a host → value.
_HOST_OPTIONS: Final = {
    "Annotations.WelcomeMessage": "",
    "CBRC.Enable": False,
    "Config.HostAgent.plugins.hostsvc.esxAdminsGroup": "ESX Admins",
    "Config.HostAgent.log.level": "info",
    "Mem.ShareForceSalting": _long(2),
    "NFS.MaxVolumes": _long(32),
    "Net.FollowHardwareMac": _long(1),
    "Security.AccountLockFailures": _long(5),
    "Security.AccountUnlockTime": _long(900),
    "Syslog.global.logDir": "[] /scratch/log",
    "Syslog.global.logHost": "",
    "UserVars.ESXiShellInteractiveTimeOut": _long(0),
    "UserVars.ESXiShellTimeOut": _long(0),
    "UserVars.SuppressShellWarning": _long(0),
}

#: Option with a fixed set of values → the values.
_LOG_LEVELS: Final = ("none", "error", "warning", "info", "verbose", "trivia")
_CHOICES: Final = {"Config.HostAgent.log.level": _LOG_LEVELS, "config.log.level": _LOG_LEVELS}


@cache
def host_options() -> tuple[DataObject, ...]:
    """Return the OptionValue of every advanced option of a host."""
    return options(_HOST_OPTIONS)


@cache
def host_option_definitions() -> tuple[DataObject, ...]:
    """Return the OptionDef of every advanced option of a host."""
    return option_definitions(_HOST_OPTIONS)


def options(values: Mapping[str, Any]) -> tuple[DataObject, ...]:
    """Return an OptionValue per key."""
    return tuple(DataObject("OptionValue", key=key, value=value) for key, value in values.items())


def option_definitions(values: Mapping[str, Any]) -> tuple[DataObject, ...]:
    """Return an OptionDef per key; the values are the defaults."""
    return tuple(
        DataObject(
            "OptionDef",
            label=key.rpartition(".")[2],
            summary=key,
            key=key,
            optionType=_option_type(key, value),
        )
        for key, value in values.items()
    )


def _option_type(key: str, default: Any) -> DataObject:
    if key in _CHOICES:
        return _choice(_CHOICES[key], default)
    if isinstance(default, bool):
        return DataObject("BoolOption", valueIsReadonly=False, supported=True, defaultValue=default)
    if isinstance(default, str):
        return DataObject("StringOption", valueIsReadonly=False, defaultValue=default)
    kind, limit = ("LongOption", _MAX_LONG) if isinstance(default, Tagged) else ("IntOption", _MAX_INT)
    value = default.value if isinstance(default, Tagged) else default
    return DataObject(kind, valueIsReadonly=False, min=0, max=limit, defaultValue=value)


def _choice(values: tuple[str, ...], default: str) -> DataObject:
    choices = (DataObject("ElementDescription", label=value, summary=value, key=value) for value in values)
    return DataObject(
        "ChoiceOption", valueIsReadonly=False, choiceInfo=tuple(choices), defaultIndex=values.index(default)
    )
