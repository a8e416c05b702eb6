from __future__ import annotations

import importlib
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.vcenter.implementation import Implementation

IMPORTS = """\
from vim25_emulator.vcenter.computed_property import computed_property
from vim25_emulator.vcenter.guard import guard
from vim25_emulator.vcenter.operation import operation
"""
CREATE_FOLDER = """
@operation("Folder", "CreateFolder")
def create_folder(call, folder, name):
    return "created"
"""
RENAME = """
@operation("ManagedEntity", "Rename_Task")
async def rename(call, entity, newName):
    return "renamed"
"""
TIME = """
@operation("ServiceInstance", "CurrentTime")
def current_time(call, service):
    return "now"
"""

#: Writes modules, by their path in a package, and returns the package's name.
Write = Callable[[Mapping[str, str]], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    monkeypatch.syspath_prepend(tmp_path)
    package = "written_operations"

    def written(modules: Mapping[str, str]) -> str:
        for name, source in {"__init__.py": "", **modules}.items():
            path = tmp_path / package / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(source if name.endswith("__init__.py") else IMPORTS + source, "utf-8")
        importlib.invalidate_caches()
        return package

    yield written
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def imported(package: str) -> set[str]:
    return {name.removeprefix(f"{package}.") for name in sys.modules if name.startswith(f"{package}.")}


# Finding


def test_a_method_is_found_on_its_type_and_on_those_that_extend_it(write: Write) -> None:
    found = Implementation(
        write({"folder.py": CREATE_FOLDER, "below/__init__.py": "", "below/entity.py": RENAME})
    )
    assert found.implemented() == {("Folder", "CreateFolder"), ("ManagedEntity", "Rename_Task")}
    for type_name in ("ManagedEntity", "Folder", "ClusterComputeResource"):
        rename = found.operation(type_name, "Rename_Task")
        assert rename is not None
        assert (rename.type_name, rename.is_async) == ("ManagedEntity", True)
    assert found.operation("Folder", "CreateDatacenter") is None


def test_the_nearest_type_decides(write: Write) -> None:
    for_hosts = RENAME.replace("ManagedEntity", "HostSystem")
    found = Implementation(write({"entity.py": RENAME, "host.py": for_hosts}))
    owners = {name: found.operation(name, "Rename_Task") for name in ("HostSystem", "Folder")}
    assert {name: owner and owner.type_name for name, owner in owners.items()} == {
        "HostSystem": "HostSystem",
        "Folder": "ManagedEntity",
    }


def test_a_function_may_implement_several_methods(write: Write) -> None:
    both = CREATE_FOLDER.replace("\n@", '\n@operation("Folder", "CreateStoragePod")\n@', 1)
    found = Implementation(write({"folder.py": both}))
    one, other = (found.operation("Folder", name) for name in ("CreateFolder", "CreateStoragePod"))
    assert one is not None
    assert other is not None
    assert one.function is other.function


def test_a_module_that_imports_an_operation_does_not_declare_it_again(write: Write) -> None:
    user = "from written_operations.folder import create_folder\n"
    assert len(Implementation(write({"folder.py": CREATE_FOLDER, "user.py": user})).implemented()) == 1


# Loading


def test_the_first_module_is_imported_alone(write: Write) -> None:
    package = write({"service.py": TIME, "folder.py": CREATE_FOLDER})
    found = Implementation(package, first={"ServiceInstance": f"{package}.service"})
    assert imported(package) == set()
    assert found.operation("ServiceInstance", "CurrentTime") is not None
    assert imported(package) == {"service"}
    assert found.operation("Folder", "CreateFolder") is not None
    assert imported(package) == {"service", "folder"}
    assert ("ServiceInstance", "CurrentTime") in found.implemented()


def test_what_the_first_module_does_not_have_is_sought_in_all(write: Write) -> None:
    package = write({"service.py": TIME, "other.py": TIME.replace("CurrentTime", "RetrieveServiceContent")})
    found = Implementation(package, first={"ServiceInstance": f"{package}.service"})
    assert found.operation("ServiceInstance", "RetrieveServiceContent") is not None


def test_two_implementations_of_a_method_are_an_error_each_time(write: Write) -> None:
    found = Implementation(write({"a.py": CREATE_FOLDER, "b.py": CREATE_FOLDER}))
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"Folder\.CreateFolder is implemented twice"):
            found.operation("Folder", "CreateFolder")


def test_two_computations_of_a_property_are_an_error(write: Write) -> None:
    computed = '@computed_property("ViewManager", "viewList")\ndef view_list(call, manager):\n    return ()\n'
    found = Implementation(write({"a.py": computed, "b.py": computed}))
    with pytest.raises(RuntimeError, match=r"ViewManager\.viewList is implemented twice"):
        found.computed_properties("ViewManager")


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ("import no_such_module", ImportError),
        ('operation("Folder", "Nonsense")', KeyError),
        ("1 / 0", ArithmeticError),
    ],
)
def test_loading_that_fails_fails_again(write: Write, broken: str, error: type[Exception]) -> None:
    package = write({"a.py": CREATE_FOLDER, "m.py": broken, "service.py": TIME, "z.py": RENAME})
    found = Implementation(package, first={"ServiceInstance": f"{package}.service"})
    for _ in range(2):
        for type_name, method in (
            ("Folder", "CreateFolder"),
            ("Folder", "Rename_Task"),
            ("Folder", "MoveIntoFolder_Task"),
        ):
            with pytest.raises(error):
                found.operation(type_name, method)
        with pytest.raises(error):
            found.computed_properties("Folder")
        with pytest.raises(error):
            found.implemented()
    assert (
        found.operation("ServiceInstance", "CurrentTime") is not None
    )  # from the first module, which is whole


def test_a_broken_package_is_an_error(write: Write) -> None:
    found = Implementation(write({"below/__init__.py": "import no_such_module", "below/a.py": CREATE_FOLDER}))
    for _ in range(2):
        with pytest.raises(ImportError):
            found.operation("Folder", "CreateFolder")


def test_loading_succeeds_when_the_error_is_gone(write: Write) -> None:
    found = Implementation(write({"a.py": CREATE_FOLDER, "b.py": "1 / 0"}))
    with pytest.raises(ArithmeticError):
        found.implemented()
    write({"b.py": RENAME})
    assert len(found.implemented()) == 2


# Guards


def test_asking_for_guards_imports_no_operations(write: Write) -> None:
    package = write(
        {"guards.py": GUARDS, "operations/__init__.py": "", "operations/folder.py": CREATE_FOLDER}
    )
    found = Implementation(f"{package}.operations", guards=f"{package}.guards")
    assert len(found.guards("PowerOnVM_Task")) == 3
    assert imported(package) == {"guards"}


def test_guards_that_cannot_be_imported_are_an_error_each_time(write: Write) -> None:
    package = write({"guards.py": f"{GUARDS}\n1 / 0"})
    found = Implementation(package, guards=f"{package}.guards")
    for _ in range(2):
        with pytest.raises(ArithmeticError):
            found.guards("PowerOnVM_Task")


GUARDS = """
@guard("PowerOnVM_Task", "PowerOffVM_Task")
def zeroth(call, entity, **arguments): ...

@guard("PowerOnVM_Task")
def first(call, entity, **arguments): ...

@guard("PowerOnVM_Task", "ResetVM_Task")
def also(call, entity, **arguments): ...
"""


def test_guards_are_asked_in_the_order_of_their_definition(write: Write) -> None:
    package = write({"guards.py": GUARDS, "operations/__init__.py": ""})
    found = Implementation(f"{package}.operations", guards=f"{package}.guards")
    names = {
        method: [guard.function.__name__ for guard in found.guards(method)]
        for method in ("PowerOnVM_Task", "PowerOffVM_Task", "ResetVM_Task", "CreateFolder")
    }
    assert names == {
        "PowerOnVM_Task": ["zeroth", "first", "also"],
        "PowerOffVM_Task": ["zeroth"],
        "ResetVM_Task": ["also"],
        "CreateFolder": [],
    }


# Computed properties


COMPUTED = """
@computed_property("ManagedEntity", "effectiveRole")
def effective_role(call, entity): ...

@computed_property("VirtualMachine", "recentTask")
def recent_task(call, vm): ...

@computed_property("Folder", "effectiveRole")
def role_on_a_folder(call, folder): ...
"""


def test_computed_properties_are_inherited_and_replaced(write: Write) -> None:
    found = Implementation(write({"computed.py": COMPUTED}))
    names = {
        type_name: {
            name: function.__name__ for name, function in found.computed_properties(type_name).items()
        }
        for type_name in ("ManagedEntity", "VirtualMachine", "Folder", "Task")
    }
    assert names == {
        "ManagedEntity": {"effectiveRole": "effective_role"},
        "VirtualMachine": {"effectiveRole": "effective_role", "recentTask": "recent_task"},
        "Folder": {"effectiveRole": "role_on_a_folder"},
        "Task": {},
    }


# The emulator's own


SHUFFLED = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
from vim25_emulator.operations import IMPLEMENTATION as found
print(json.dumps(sorted(
    (*key, found.operation(*key).function.__module__, found.operation(*key).function.__qualname__)
    for key in found.implemented()
)))
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_imports_does_not_matter(seed: int) -> None:
    operations = {key: IMPLEMENTATION.operation(*key) for key in IMPLEMENTATION.implemented()}
    expected = sorted(
        [*key, found.function.__module__, found.function.__qualname__]
        for key, found in operations.items()
        if found is not None
    )
    modules = sorted({module for *_, module, _ in expected} | {"vim25_emulator.behavior.pair_guard"})
    random.Random(seed).shuffle(modules)  # noqa: S311  # chance that can be repeated, not a secret
    command = [sys.executable, "-c", SHUFFLED, json.dumps(modules)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own script
    assert json.loads(done.stdout) == expected


FIRST_ANSWER = """
import sys, urllib.request
from vim25_emulator import Emulator
with Emulator(tls=False) as vcenter:
    call = '<RetrieveServiceContent xmlns="urn:vim25"><_this>ServiceInstance</_this></RetrieveServiceContent>'
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    envelope = f'<e:Envelope xmlns:e="{soap}"><e:Body>{call}</e:Body></e:Envelope>'.encode()
    request = urllib.request.Request(vcenter.url, envelope, {"Content-Type": "text/xml"})
    assert b"rootFolder" in urllib.request.urlopen(request).read()
    late = ("vim25_emulator.operations.manager.", "vim25_emulator.behavior.")
    print(*(name for name in sys.modules if name.startswith(late)))
"""


def test_the_first_answer_waits_for_one_module_of_operations() -> None:
    command = [sys.executable, "-c", FIRST_ANSWER]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own script
    assert done.stdout.split() == ["vim25_emulator.operations.manager.service_instance"]
