"""Message texts of faults, and of events if the user has a message catalog.

The texts in `KNOWN` are those of real servers. All others (module `wording`) are this project's own and
differ from a real server's: never compare texts. A fault without a text has that of its nearest ancestor. A
user's catalog overrides both, and may define texts of events.

A text is a template: `{name}` is replaced with the property of that name.
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
from vim25_emulator.vmodl.version import NEWEST, Version
from vim25_emulator.vmodl.wording import OWN

#: Fault type → template of its text, as real servers send it.
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
    """A catalog names a type that does not exist in vim25, or a property that the type does not have."""


class Catalog:
    """The texts of one server: those of its release, overridden by the user's.

    `templates` maps the type of a fault or event, or `Type.reason` for one value of its property `reason`, to
    a template. A user's template for a type replaces all of the release's for its reasons. Raises
    BadTemplateError for a template that can never be filled.
    """

    def __init__(self, release: Version, templates: Mapping[str, str] | None = None) -> None:
        overrides = templates or {}
        for key, template in overrides.items():
            check_template(key, template)
        defaults = {**OWN, **KNOWN, **releases.release(release.id).texts}
        remaining = {key: text for key, text in defaults.items() if key.partition(".")[0] not in overrides}
        self._templates = {**remaining, **overrides}

    def text_of(self, fault: DataObject) -> str:
        """Return the message of a fault or event, empty if it has no template."""
        return self._template(fault).format_map(_Fields(fault)).rstrip("\n")

    def localized(self, fault: DataObject) -> DataObject:
        """Return a fault with its message, as a LocalizedMethodFault."""
        return DataObject("LocalizedMethodFault", fault=fault, localizedMessage=self.text_of(fault))

    def _template(self, fault: DataObject) -> str:
        reason = fault.__dict__.get("reason")
        for ancestor in fault.type_.ancestors:
            for key in (f"{ancestor.name}.{reason}", ancestor.name):
                if key in self._templates:
                    return self._templates[key]
        return ""


class _Fields(dict[str, str]):
    """The properties of a fault or event as a template shows them; an unset one is empty."""

    def __init__(self, fault: DataObject) -> None:
        super().__init__((name, _shown(value)) for name, value in fault.__dict__.items())

    def __missing__(self, name: str) -> str:
        return ""


def _shown(value: Any) -> str:
    if isinstance(value, MoRef):
        return f"{managed_type(value.type).vmodl_name}:{value.value}"
    if isinstance(value, DataObject):  # an event argument has a name
        return str(value.__dict__.get("name", value.type_.name))
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return str(value)


def check_template(key: str, template: str) -> None:
    """Raise BadTemplateError for a template that cannot be filled, or a key without a fault or event."""
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
    """Return the texts of a server of this release without a user's catalog."""
    return Catalog(release)


def text_of(fault: DataObject, release: Version) -> str:
    """Return the message of a fault on a server of this release without a user's catalog."""
    return catalog(release).text_of(fault)


def is_default_text(fault: DataObject, text: str | None) -> bool:
    """Whether a client's text of a fault says no more than the fault does."""
    return text is None or text == text_of(fault, NEWEST)
