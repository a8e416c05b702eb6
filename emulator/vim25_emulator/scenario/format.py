"""The format of a scenario file, as types; the sections of the inventory are in modules of their own.

Objects are keyed by name and refer to each other by name. Keys correspond to vim25 properties; failures that
no property can cause are rules. Unknown keys are rejected. `vim25-emulator schema` prints these types and
their docstrings as a JSON schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from vim25_emulator.scenario.inventory_section import (
    Cluster,
    Datacenter,
    Datastore,
    DistributedSwitch,
    Host,
    Network,
)
from vim25_emulator.scenario.section import Name, NotNegative, Positive, Seconds, Section, about
from vim25_emulator.scenario.virtual_machine_section import VirtualMachine


class UserRole(Section, frozen=True):
    """A role."""

    privileges: Annotated[tuple[str, ...], about("privileges; those of `System` are implied")]


class User(Section, frozen=True):
    """A user with a role on an entity and all its descendants."""

    password: Annotated[str, about("password")] = "vmware"  # noqa: S105  # the command line's default, for labs
    role: Annotated[Name, about("a role of the scenario, or a system role")] = "ReadOnly"
    on: Annotated[Name | None, about("name of the entity; default: the root folder")] = None


class FaultRuleSection(Section, frozen=True):
    """A rule that raises a fault at a stage of a method.

    At `call`, the method fails without a task. At `start`, `middle` and `end`, its task fails: before it
    changes anything, halfway, or after its last change. Methods that turn on Fault Tolerance have further
    stages: `files` (creating the secondary's files), `secondary-power-on`, and `secondary-start` (after
    power-on).

    In a fault, objects are referred to by name, and faults nest.
    """

    method: Annotated[str, about("name of the method; may contain `*`")]
    fault: Annotated[str | dict[str, Any], about("a type name, or a mapping of one type name to properties")]
    object: Annotated[
        str | None, about("name or moId of the object, may contain `*`; default: any object")
    ] = None
    at: Annotated[
        Literal["call", "start", "middle", "end", "files", "secondary-power-on", "secondary-start"],
        about("stage at which the fault is raised"),
    ] = "start"
    skip: Annotated[NotNegative, about("number of matches to ignore first")] = 0
    count: Annotated[Positive | None, about("number of times to raise the fault; default: always")] = None
    probability: Annotated[float, Meta(gt=0, le=1), about("probability of the fault at each match")] = 1.0
    seed: Annotated[int, about("seed from which `probability` is drawn")] = 0
    delay: Annotated[
        Seconds, about("seconds between the start of the task and the fault; requires `at: start`")
    ] = 0


class Options(Section, frozen=True):
    """Options of the emulator."""

    task_duration: Annotated[Seconds | None, about("seconds that a task takes; default: 0.1")] = None
    session_idle_seconds: Annotated[
        Positive | None, about("idle time, in seconds, after which a session ends; default: 1800")
    ] = None
    most_sessions: Annotated[
        Positive | None,
        about(
            "maximum number of sessions, further logins fail with RestrictedByAdministrator; default: 1000"
        ),
    ] = None


class Scenario(Section, frozen=True):
    """A scenario: a one-line title, the vCenter release, the inventory, the users, and the fault rules."""

    title: Annotated[str, Meta(min_length=1, max_length=120), about("what a client observes, in one line")]
    extends: Annotated[
        str | None,
        about(
            "the scenario, or the file in the same folder, that this file patches: mappings are merged key by"
            " key, `null` removes a key, any other value, a list included, replaces the original as a whole"
        ),
    ] = None
    release: Annotated[str | float, about("vCenter release: an API version or a product")] = "8.0.2.0"
    options: Annotated[Options, about("options of the emulator")] = Options()
    settings: Annotated[
        dict[str, bool | int | str], about("advanced settings of vCenter, such as `verifySSL.enabled`")
    ] = {}
    datacenters: Annotated[dict[Name, Datacenter], about("datacenters by name; default: one, named Lab")] = (
        field(default_factory=lambda: {"Lab": Datacenter()})
    )
    clusters: Annotated[dict[Name, Cluster], about("clusters by name")] = {}
    hosts: Annotated[dict[Name, Host], about("hosts by name")] = {}
    datastores: Annotated[dict[Name, Datastore], about("datastores by name")] = {}
    distributed_switches: Annotated[dict[Name, DistributedSwitch], about("distributed switches by name")] = {}
    networks: Annotated[dict[Name, Network], about("networks by name")] = {}
    vms: Annotated[dict[Name, VirtualMachine], about("virtual machines by name")] = {}
    roles: Annotated[dict[Name, UserRole], about("roles by name, in addition to the system roles")] = {}
    users: Annotated[dict[Name, User], about("users by name, in addition to the administrator")] = {}
    rules: Annotated[tuple[FaultRuleSection, ...], about("fault rules; the first that is due applies")] = ()
