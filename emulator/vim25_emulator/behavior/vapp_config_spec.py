"""Apply a VmConfigSpec: the OVF properties, products and sections of a virtual machine."""

from __future__ import annotations

from typing import Any, Final

from vim25_emulator.vmodl.value import DataObject, MethodFault

#: Arrays of updates in the spec, of elements with integer keys.
_ARRAYS: Final = ("product", "property", "ovfSection")


def vapp_config(config: DataObject | None, spec: DataObject) -> DataObject:
    """Return the VmConfigInfo of a virtual machine with a spec applied; `config` is the present one.

    Raise InvalidArgument for the spec of a vApp, for an added element that exists, and for an edited or
    removed one that does not [documented].
    """
    if spec.is_a("VAppConfigSpec"):
        raise MethodFault("InvalidArgument", invalidProperty="configSpec.vAppConfig")
    present = config or DataObject(
        "VmConfigInfo",
        ipAssignment=DataObject("VAppIPAssignmentInfo"),
        installBootRequired=False,
        installBootStopDelay=0,
    )
    values = {name: value for name, value in spec.__dict__.items() if name not in _ARRAYS}
    arrays = {name: _updated(getattr(present, name), getattr(spec, name), name) for name in _ARRAYS}
    return present.replace(**values, **arrays)


def _updated(
    elements: tuple[DataObject, ...], updates: tuple[DataObject, ...], name: str
) -> tuple[DataObject, ...]:
    by_key = {str(element.key): element for element in elements}
    for update in updates:
        key = str(_key(update, name))
        if (update.operation == "add") is (key in by_key):
            raise MethodFault("InvalidArgument", invalidProperty=f"configSpec.vAppConfig.{name}")
        if update.operation == "remove":
            del by_key[key]
        else:
            current = by_key.get(key, DataObject(update.info.type_))
            by_key[key] = current.replace(**update.info.__dict__)
    return tuple(by_key.values())


def _key(update: DataObject, name: str) -> Any:
    """Return the key of the element that an update is about."""
    if update.operation == "remove":
        return update.removeKey
    if update.info is None:
        raise MethodFault("InvalidArgument", invalidProperty=f"configSpec.vAppConfig.{name}.info")
    return update.info.key
