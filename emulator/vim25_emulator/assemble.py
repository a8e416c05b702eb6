"""Assemble a vCenter from a scenario."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from vim25_emulator.fault_tolerance.pair import existing_pair
from vim25_emulator.fault_tolerance.pair_state import State
from vim25_emulator.fault_tolerance.secondary_request import SecondaryRequest
from vim25_emulator.inventory.clock import Clock
from vim25_emulator.inventory.event import Events
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.inventory.task import RunningTask, TaskOrigin, Tasks
from vim25_emulator.model.fault_rule import FaultRules
from vim25_emulator.operations import IMPLEMENTATION
from vim25_emulator.scenario.build import build
from vim25_emulator.scenario.format import Options, Scenario
from vim25_emulator.vcenter.authorization import Authorization
from vim25_emulator.vcenter.principal import DOMAIN, Directory
from vim25_emulator.vcenter.role import ADMIN, NO_ACCESS
from vim25_emulator.vcenter.session import IDLE_SECONDS, MOST_SESSIONS, Sessions
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.release import ReleaseProfile
from vim25_emulator.vmodl.text import Catalog, catalog
from vim25_emulator.vmodl.value import DataObject


def assemble(
    scenario: Scenario,
    release: ReleaseProfile,
    clock: Clock,
    *,
    administrators: Mapping[str, str],
    task_duration: float,
    messages: Mapping[str, str] | None = None,
) -> VCenter:
    """Return the vCenter that a scenario describes; call this on the event loop that will serve it.

    `administrators` maps user names to passwords; the scenario may define more users. `messages` overrides
    texts of faults and events. Raises BadTemplateError.
    """
    inventory = Inventory()
    built = build(scenario, inventory, release, clock)
    texts = Catalog(release.version, messages) if messages else catalog(release.version)
    events = Events(inventory, clock, texts.text_of if messages else None)
    directory = _directory(scenario, administrators)
    authorization = Authorization(inventory, built.root_folder, directory, release.version)
    authorization.restore_roles(_saved_roles(inventory))
    _grant(scenario, authorization, built.root_folder, inventory, administrators)
    vcenter = VCenter(
        implementation=IMPLEMENTATION,
        inventory=inventory,
        clock=clock,
        events=events,
        tasks=Tasks(inventory, events, clock, task_duration),
        sessions=_sessions(scenario.options, clock, release.cookie_form),
        authorization=authorization,
        release=release,
        rules=FaultRules(built.rules),
        texts=texts,
        root_folder=built.root_folder,
        service_instance=built.service_instance,
        licensed=built.licensed,
    )
    for vm, host, secondary in built.pairs:
        pair = existing_pair(SecondaryRequest(inventory, vm, release.version), host)
        if not secondary.enabled:
            pair.show(State.DISABLED)
    for vm, method_name in built.busy:
        _occupy(vcenter, vm, method_name)
    return vcenter


def _saved_roles(inventory: Inventory) -> Iterable[DataObject]:
    """Return the roles of a saved inventory; none for any other."""
    managers = inventory.of_type("AuthorizationManager")
    return (role for manager in managers for role in manager.properties.get("roleList") or ())


def _directory(scenario: Scenario, administrators: Mapping[str, str]) -> Directory:
    passwords = {**administrators, **{name: user.password for name, user in scenario.users.items()}}
    groups = {f"Administrators@{DOMAIN}": administrators, f"Users@{DOMAIN}": passwords}
    return Directory(passwords, groups)


def _sessions(options: Options, clock: Clock, cookie_form: str) -> Sessions:
    return Sessions(
        clock,
        idle_seconds=options.session_idle_seconds or IDLE_SECONDS,
        most=options.most_sessions or MOST_SESSIONS,
        cookie_form=cookie_form,
    )


def _grant(
    scenario: Scenario,
    authorization: Authorization,
    root: ManagedObject,
    inventory: Inventory,
    administrators: Iterable[str],
) -> None:
    for name, role in scenario.roles.items():
        authorization.add_role(name, role.privileges)
    for name in administrators:
        authorization.permit(root, name, authorization.roles[ADMIN])
    for name, user in scenario.users.items():
        entity = _entity_named(inventory, user.on) if user.on else root
        authorization.permit(entity, name, authorization.role_named(user.role) or NO_ACCESS)


def _entity_named(inventory: Inventory, name: str) -> ManagedObject:
    """Return the entity with this name; validation of the scenario ensures that it exists."""
    return next(entity for entity in inventory.of_type("ManagedEntity") if entity.get("name") == name)


def _occupy(vcenter: VCenter, vm: ManagedObject, method_name: str) -> None:
    """Start a task on a VM that never ends and locks the VM."""

    async def endless(task: RunningTask) -> None:
        await asyncio.get_running_loop().create_future()

    method = registry.method(method_name)
    description = method.description_id if method else method_name
    vcenter.tasks.start(vm, TaskOrigin(method_name, description, ""), endless, locks=True)
