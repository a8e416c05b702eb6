"""Message texts of faults, and of events for those who bring their own.

The few texts in `KNOWN` are what servers are seen to send, and stand here as they are. All others (module
`wording`) are this project's own words and differ from a real server's: never compare texts. A fault
without a text of its own takes that of its nearest ancestor. Whoever has a catalog lays it over both, and
may word events in it, too.

A text is a template: `{name}` stands for the property of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any, Final

from vim25_emulator.vmodl import release as releases
from vim25_emulator.vmodl.registry import data_type, managed_type
from vim25_emulator.vmodl.type_names import DATA_TYPES
from vim25_emulator.vmodl.value import DataObject, MoRef
from vim25_emulator.vmodl.version import Version
from vim25_emulator.vmodl.wording import OWN

KNOWN: Final = {
    "InvalidLogin": "Cannot complete login due to an incorrect user name or password.",
    "NotAuthenticated": "The session is not authenticated.",
    "NoPermission": "Permission to perform this operation was denied.",
    "ManagedObjectNotFound": "The object '{obj}' has already been deleted or has not been completely created",
    "InvalidArgument": "A specified parameter was not correct: {invalidProperty}",
    "InvalidProperty": "",
    "InvalidType": "The request refers to an unexpected or unknown type.",
}


class BadTemplateError(ValueError):
    """A catalog names a type that vim25 does not have, or a property that the type does not have."""


class Catalog:
    """The texts of one server: those of its release, under those of its user.

    `templates` maps the type of a fault or event, or `Type.reason` for one value of its property `reason`, to
    a template; one for a type is for all its reasons that have none. Raises BadTemplateError for templates
    that could never be filled.
    """

    def __init__(self, release: Version, templates: Mapping[str, str] | None = None) -> None:
        given = templates or {}
        for key, template in given.items():
            check_template(key, template)
        ours = {**OWN, **KNOWN, **releases.release(release.id).texts}
        kept = {key: template for key, template in ours.items() if key.partition(".")[0] not in given}
        self._templates = {**kept, **given}

    def text_of(self, fault: DataObject) -> str:
        """Return the message of a fault or event, empty if nobody has words for it."""
        return self._template(fault).format_map(_Fields(fault)).rstrip("\n")

    def localized(self, fault: DataObject) -> DataObject:
        """Return the fault with its message, as a LocalizedMethodFault that is encoded as it is."""
        return DataObject("LocalizedMethodFault", fault=fault, localizedMessage=self.text_of(fault))

    def _template(self, fault: DataObject) -> str:
        reason = fault.__dict__.get("reason")
        for ancestor in fault.type_.ancestors:
            for key in (f"{ancestor.name}.{reason}", ancestor.name):
                if key in self._templates:
                    return self._templates[key]
        return ""


class _Fields(dict[str, str]):
    """The properties of a fault or event as a template shows them; an unset one shows nothing."""

    def __init__(self, fault: DataObject) -> None:
        super().__init__((name, _shown(value)) for name, value in fault.__dict__.items())

    def __missing__(self, name: str) -> str:
        return ""


def _shown(value: Any) -> str:
    if isinstance(value, MoRef):
        return f"{managed_type(value.type).vmodl_name}:{value.value}"
    if isinstance(value, DataObject):  # the arguments of events have names
        return str(value.__dict__.get("name", value.type_.name))
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return str(value)


def check_template(key: str, template: str) -> None:
    """Raise BadTemplateError for a template that cannot be filled, or a key that names no fault or event."""
    name = key.partition(".")[0]
    if name not in DATA_TYPES or not (data_type(name).is_fault or data_type(name).is_a("Event")):
        raise BadTemplateError(
            f"{key}: vim25 has no fault or event {name!r}; a key is its type, or Type.reason"
        )
    properties = data_type(name).properties
    try:
        fields = [field for _, field, _, _ in Formatter().parse(template) if field is not None]
    except ValueError as error:
        raise BadTemplateError(f"{key}: {error} in {template!r}; write {{{{ for a brace") from None
    for field in fields:
        if field not in properties:
            known = ", ".join(properties)
            raise BadTemplateError(f"{key}: {name} has no property {field!r}; it has {known}")


@cache
def catalog(release: Version) -> Catalog:
    """Return the texts of a server of this release whose user has none of his own."""
    return Catalog(release)


def text_of(fault: DataObject, release: Version) -> str:
    """Return the message of a fault, as a server of this release words it without a user's catalog."""
    return catalog(release).text_of(fault)
