"""CustomFieldsManager: field definitions, and the values of fields on entities.

A field applies to one type of entity or to all. `availableField` of an entity lists the fields that apply to
it, `value` and `customValue` the values that are set.
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
    """Return the field with this key; raise InvalidArgument if it does not exist [derived]."""
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
        key=1 + max((present.key for present in _fields(call)), default=100),
        name=name,
        type="string",
        managedObjectType=moType,
        fieldDefPrivileges=fieldDefPolicy,
        fieldInstancePrivileges=fieldPolicy,
    )
    manager.add("field", field)
    _publish_fields(call)
    call.vcenter.events.post("CustomFieldDefAddedEvent", user=call.user, fieldKey=field.key, name=name)
    return field


@operation("CustomFieldsManager", "RenameCustomFieldDef")
def rename_field(call: Call, manager: ManagedObject, key: int, name: str) -> None:
    """Rename a field; raise DuplicateName."""
    before = _field(call, key)
    _require_free(call, name, before.managedObjectType)
    renamed = (field.replace(name=name) if field.key == key else field for field in _fields(call))
    manager.set("field", tuple(renamed))
    _publish_fields(call)
    call.vcenter.events.post(
        "CustomFieldDefRenamedEvent", user=call.user, fieldKey=key, name=before.name, newName=name
    )


@operation("CustomFieldsManager", "RemoveCustomFieldDef")
def remove_field(call: Call, manager: ManagedObject, key: int) -> None:
    """Remove a field and its values on all entities."""
    field = _field(call, key)
    manager.remove("field", field)
    _publish_fields(call)
    for entity in call.vcenter.inventory.of_type("ManagedEntity"):
        for value in entity.get("value"):
            if value.key == key:
                _set_value(entity, key, None)
    call.vcenter.events.post("CustomFieldDefRemovedEvent", user=call.user, fieldKey=key, name=field.name)


@operation("CustomFieldsManager", "SetField")
def set_field(call: Call, manager: ManagedObject, entity: ManagedObject, key: int, value: str) -> None:
    """Set the value of a field on an entity; raise InvalidArgument if the field does not apply to it.

    Raises NoPermission without Global.SetCustomField on the entity [documented].
    """
    call.vcenter.authorization.require(call.user, entity, "Global.SetCustomField")
    field = _field(call, key)
    if not _applies_to(entity, field):
        raise MethodFault("InvalidArgument", invalidProperty="key")
    before = next((present.value for present in entity.get("value") if present.key == key), None)
    _set_value(entity, key, value)
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
    """Set the value of the field with this name; raise InvalidArgument if none applies to the entity."""
    fields = (field for field in _fields(call) if field.name == key and _applies_to(entity, field))
    field = next(fields, None)
    if field is None:
        raise MethodFault("InvalidArgument", invalidProperty="key")
    set_field(call, entity, entity, field.key, value)


def _applies_to(entity: ManagedObject, field: DataObject) -> bool:
    return entity.is_a("ManagedEntity") and entity.is_a(field.managedObjectType or "ManagedEntity")


def _publish_fields(call: Call) -> None:
    """Update `availableField` of every entity."""
    fields = _fields(call)
    for entity in call.vcenter.inventory.of_type("ManagedEntity"):
        entity.set("availableField", tuple(field for field in fields if _applies_to(entity, field)))


def _set_value(entity: ManagedObject, key: int, value: str | None) -> None:
    """Set or remove the value of a field, in both properties that show it."""
    others = tuple(present for present in entity.get("value") if present.key != key)
    added = (DataObject("CustomFieldStringValue", key=key, value=value),) if value is not None else ()
    entity.set("value", others + added)
    entity.set("customValue", others + added)
