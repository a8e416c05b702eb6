"""The classes of the generated client `vmware-vi` 8.0.1.0, which check values.

The package cannot be imported: its modules import each other before their classes exist. The classes by
themselves are in order, so each file is run without its imports of the others. A class checks its own
members; an object among them is compared by its `_typeName` there, and checked by its own class afterwards.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Final

_IMPORTS: Final = re.compile(r"^from vmware_vi\.models\.\w+ import \w+$", re.MULTILINE)
_CLASS: Final = re.compile(r"^class (\w+)\((\w+)", re.MULTILINE)
_PYTHON_CLASSES: Final = {"BaseModel", "str"}


class Model:
    """The classes of the model, which are created when they are first used."""

    def __init__(self, folder: Path) -> None:
        sources = [path.read_text("utf-8") for path in folder.glob("*.py") if path.stem != "__init__"]
        self._sources = {found[1]: (found[2], text) for text in sources if (found := _CLASS.search(text))}
        self._classes: dict[str, Any] = {}
        self._module = ModuleType("vijson_model_of_vmware_vi")  # pydantic looks names up there
        sys.modules[self._module.__name__] = self._module
        for name, (base, _) in sorted(self._sources.items(), key=lambda row: row[1][0] != "str"):
            if base == "str":
                self._load(name)
            else:
                setattr(self._module, name, self._member_of(name))
        self._names: dict[str, str] = self._load("Any")._Any__discriminator_value_class_map

    def kind(self, type_name: str) -> Any:
        """Return the class that a `_typeName` stands for; None if there is none."""
        name = self._names.get(type_name)
        return self._load(name) if name else None

    def _load(self, name: str) -> Any:
        """Return a class; run its file at first, after that of its base."""
        if name in self._classes:
            return self._classes[name]
        base, source = self._sources[name]
        space = self._module.__dict__
        stand_in = space.get(name)
        if base not in _PYTHON_CLASSES:
            space["_base"] = self._load(base)
            source = source.replace(f"class {name}({base})", f"class {name}(_base)")
        source = _IMPORTS.sub("", source).replace("from typing import Any, ", "from typing import ")
        exec(compile(source, name, "exec"), space)  # noqa: S102  # the package that is tested with
        self._classes[name] = space[name]
        if stand_in is not None:
            space[name] = stand_in
        return self._classes[name]

    def _member_of(self, name: str) -> Any:
        """Return the type of members that are objects of a class."""
        from pydantic import AfterValidator

        def check(data: dict[str, Any]) -> dict[str, Any]:
            found = self.kind(data.get("_typeName", ""))
            if found is None or not issubclass(found, self._load(name)):
                raise ValueError(f"{data.get('_typeName')} is no {name}")
            return data

        return Annotated[dict[str, Any], AfterValidator(check)]

    def complaints(self, data: Any) -> list[str]:
        """Return what the model does not accept in a value and those below it."""
        if isinstance(data, list):
            return [complaint for item in data for complaint in self.complaints(item)]
        if not isinstance(data, dict):
            return []
        below = [complaint for item in data.values() for complaint in self.complaints(item)]
        return self._complaints_of(data) + below

    def _complaints_of(self, data: dict[str, Any]) -> list[str]:
        from pydantic import ValidationError

        name = data["_typeName"]
        kind = self.kind(name)
        if kind is None:
            return [f"{name}: unknown type"]
        known = {field.alias or field_name for field_name, field in kind.model_fields.items()}
        unknown = [f"{name}.{member}: unknown member" for member in data if member not in known]
        try:
            kind.model_validate(data)
        except ValidationError as error:
            return unknown + [f"{name}.{e['loc'][0]}: {e['msg']}" for e in error.errors()]
        return unknown
