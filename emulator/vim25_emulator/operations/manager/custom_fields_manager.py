"""CustomFieldsManager: fields that administrators define for entities, and the values that entities have.

A field belongs to one type of entity or to all. `availableField` of an entity lists those that it may have,
`value` and `customValue` those that it has.
"""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.model.event_argument import entity_argument
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault, MoRef

_MANAGER = MoRef("CustomFieldsManager", "CustomFieldsManager")


def _fields(call: Call) -> tuple[DataObject, ...]:
    manager = call.vcenter.inventory.find(_MANAGER)
    return manager.get("field") if manager is not None else ()


def _field(call: Call, key: int) -> DataObject:
    """Return the field with this key; raise InvalidArgument if there is none [derived]."""
    for field in _fields(call):
        if field.key == key:
            return field
    raise MethodFault("InvalidArgument", invalidProperty="key")


def _require_free(call: Call, name: str, type_name: str | None) -> None:
    for field in _fields(call):
        if field.name == name and field.managedObjectType == type_name:
            raise MethodFault("DuplicateName", name=name, object=_MANAGER)


@operation("CustomFieldsManager", "AddCustomFieldDef")
def add_field(
    call: Call,
    manager: ManagedObject,
    name: str,
    moType: str | None = None,
    fieldDefPolicy: DataObject | None = None,
    fieldPolicy: DataObject | None = None,
) -> DataObject:
    """Define a field for one type of entity, or for all; raise DuplicateName."""
    _require_free(call, name, moType)
    field = DataObject(
        "CustomFieldDef",
        key=1 + max((held.key for held in _fields(call)), default=100),
        name=name,
        type="string",
        managedObjectType=moType,
        fieldDefPrivileges=fieldDefPolicy,
        fieldInstancePrivileges=fieldPolicy,
    )
    manager.add("field", field)
    _offer(call)
    call.vcenter.events.post("CustomFieldDefAddedEvent", user=call.user, fieldKey=field.key, name=name)
    return field


@operation("CustomFieldsManager", "RenameCustomFieldDef")
def rename_field(call: Call, manager: ManagedObject, key: int, name: str) -> None:
    """Give a field another name; raise DuplicateName."""
    before = _field(call, key)
    _require_free(call, name, before.managedObjectType)
    renamed = (held.replace(name=name) if held.key == key else held for held in _fields(call))
    manager.set("field", tuple(renamed))
    _offer(call)
    call.vcenter.events.post(
        "CustomFieldDefRenamedEvent", user=call.user, fieldKey=key, name=before.name, newName=name
    )


@operation("CustomFieldsManager", "RemoveCustomFieldDef")
def remove_field(call: Call, manager: ManagedObject, key: int) -> None:
    """Remove a field, and with it the values that entities have in it."""
    field = _field(call, key)
    manager.remove("field", field)
    _offer(call)
    for entity in call.vcenter.inventory.of_type("ManagedEntity"):
        for value in entity.get("value"):
            if value.key == key:
                _keep(entity, key, None)
    call.vcenter.events.post("CustomFieldDefRemovedEvent", user=call.user, fieldKey=key, name=field.name)


@operation("CustomFieldsManager", "SetField")
def set_field(call: Call, manager: ManagedObject, entity: ManagedObject, key: int, value: str) -> None:
    """Give an entity a value in a field that it may have; raise InvalidArgument for one that it may not.

    Raises NoPermission without Global.SetCustomField on the entity (documented).
    """
    call.vcenter.authorization.require(call.user, entity, "Global.SetCustomField")
    field = _field(call, key)
    if not _may_have(entity, field):
        raise MethodFault("InvalidArgument", invalidProperty="key")
    before = next((held.value for held in entity.get("value") if held.key == key), None)
    _keep(entity, key, value)
    call.vcenter.events.post(
        "CustomFieldValueChangedEvent",
        entity,
        user=call.user,
        entity=entity_argument(entity),
        fieldKey=key,
        name=field.name,
        value=value,
        prevState=before,
    )


@operation("ExtensibleManagedObject", "setCustomValue")
def set_custom_value(call: Call, entity: ManagedObject, key: str, value: str) -> None:
    """Give this entity a value in the field with a name; raise InvalidArgument if it may have none such."""
    named = next((held for held in _fields(call) if held.name == key and _may_have(entity, held)), None)
    if named is None:
        raise MethodFault("InvalidArgument", invalidProperty="key")
    set_field(call, entity, entity, named.key, value)


def _may_have(entity: ManagedObject, field: DataObject) -> bool:
    return entity.is_a("ManagedEntity") and entity.is_a(field.managedObjectType or "ManagedEntity")


def _offer(call: Call) -> None:
    """Let every entity show the fields that there are for it now."""
    fields = _fields(call)
    for entity in call.vcenter.inventory.of_type("ManagedEntity"):
        entity.set("availableField", tuple(field for field in fields if _may_have(entity, field)))


def _keep(entity: ManagedObject, key: int, value: str | None) -> None:
    """Let an entity show a value in a field, or none; entities show it in two places."""
    others = tuple(held for held in entity.get("value") if held.key != key)
    added = (DataObject("CustomFieldStringValue", key=key, value=value),) if value is not None else ()
    entity.set("value", others + added)
    entity.set("customValue", others + added)
