"""No way leads onto a host that is out of service: each condition with each way, named or chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pyVmomi import vim

from tests.emulator.consistency import contradictions
from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab
from tests.emulator.scenario.site import Site
from tests.emulator.specs import machine
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.model.host_service import is_in_service
from vim25_emulator.scenario.default_value import candidate_hosts, with_defaults
from vim25_emulator.scenario.library import load

Do = Callable[[Lab, Any], None]

#: Condition → what brings a host into it.
CONDITIONS: dict[str, Callable[[Any], Any]] = {
    "standby": lambda host: host.PowerDownHostToStandBy_Task(timeoutSec=0),
    "maintenance": lambda host: host.EnterMaintenanceMode_Task(timeout=0),
    "disconnected": lambda host: host.DisconnectHost_Task(),
    "not-responding": lambda host: host.ShutdownHost_Task(force=True),
}


@pytest.fixture
def three() -> Iterator[Lab]:
    """Three hosts: web01 runs on esx1, app01 on esx2, nothing is on esx3."""
    with open_lab("three-hosts", clock=ManualClock()) as opened:
        yield opened
        assert contradictions(opened.emulator.vcenter.inventory) == []


def esx(lab: Lab, number: int) -> Any:
    return lab.named(vim.HostSystem, f"esx{number}.lab.example")


def relocate(lab: Lab, host: Any) -> None:
    lab.run(lab.vm("db01").RelocateVM_Task(vim.vm.RelocateSpec(host=host)))


def create(lab: Lab, host: Any = None) -> None:
    beside = lab.vm("db01")
    lab.run(beside.parent.CreateVM_Task(config=machine(), pool=beside.resourcePool, host=host))


def clone(lab: Lab, host: Any = None) -> None:
    vm, pool = lab.vm("tpl01"), lab.vm("db01").resourcePool
    location = vim.vm.RelocateSpec(host=host, pool=pool)
    spec = vim.vm.CloneSpec(location=location, template=False, powerOn=False)
    lab.run(vm.CloneVM_Task(folder=vm.parent, name="copy", spec=spec))


def register(lab: Lab, host: Any = None, *, template: bool = False) -> None:
    vm, pool = lab.vm("db01"), lab.vm("web01").resourcePool
    folder, path = vm.parent, vm.config.files.vmPathName
    vm.UnregisterVM()
    place = {"asTemplate": template, "pool": None if template else pool, "host": host}
    lab.run(folder.RegisterVM_Task(path=path, **place))


def register_template(lab: Lab, host: Any) -> None:
    register(lab, host, template=True)


def revert(lab: Lab, host: Any) -> None:
    vm = lab.vm("web01")
    lab.run(vm.CreateSnapshot_Task("running", None, True, False))
    lab.run(vm.PowerOffVM_Task())
    lab.run(vm.RevertToCurrentSnapshot_Task(host))


#: Ways onto a host that is named.
NAMED: dict[str, Do] = {
    "power-on": lambda lab, host: lab.run(lab.vm("db01").PowerOnVM_Task(host)),
    "migrate": lambda lab, host: lab.run(lab.vm("web01").MigrateVM_Task(host=host, priority="highPriority")),
    "relocate": relocate,
    "create": create,
    "clone": clone,
    "register": register,
    "register-template": register_template,
    "mark-as-vm": lambda lab, host: lab.vm("tpl01").MarkAsVirtualMachine(lab.vm("db01").resourcePool, host),
    "revert": revert,
}


def resume_secondary(lab: Lab, host: Any) -> None:
    vm = lab.vm("web01")
    twin = lab.run(vm.CreateSecondaryVM_Task(esx(lab, 1 if host == esx(lab, 2) else 2))).vm
    lab.run(vm.DisableSecondaryVM_Task(twin))
    lab.run(vm.EnableSecondaryVM_Task(twin, host))


#: Ways onto a host that is named, on which Fault Tolerance says what is wrong.
NAMED_FOR_SECONDARY: dict[str, Do] = {
    "create-secondary": lambda lab, host: lab.run(lab.vm("web01").CreateSecondaryVM_Task(host)),
    "resume-secondary": resume_secondary,
}


def fail_esx1(lab: Lab, _: Any = None) -> None:
    """Let HA restart web01; the first host in the cluster's order that is fit is the one."""
    lab.run(esx(lab, 1).ShutdownHost_Task(force=True))
    lab.emulator.advance(60)
    assert lab.vm("web01").runtime.powerState == "poweredOn"


def lose_secondary(lab: Lab, host: Any) -> None:
    """Let HA restart the secondary of web01 when the host that runs it fails."""
    vm = lab.vm("web01")
    lab.run(vm.CreateSecondaryVM_Task())
    lab.emulator.advance(60)
    twin = vm.config.ftInfo.secondaries[0]
    assert twin.runtime.host == esx(lab, 3)
    lab.run(esx(lab, 3).ShutdownHost_Task(force=True))
    lab.emulator.advance(130)
    assert twin.runtime.powerState == "poweredOff"


#: Ways onto a host that is chosen → the number of the one that would be if it were in service.
CHOSEN: dict[str, tuple[int, Do]] = {
    "create": (3, lambda lab, _: create(lab)),
    "clone": (3, lambda lab, _: clone(lab)),
    "register": (3, lambda lab, _: register(lab)),
    "evacuate": (2, lambda lab, _: lab.run(esx(lab, 1).EnterMaintenanceMode_Task(timeout=0))),
    "evacuate-for-standby": (2, lambda lab, _: lab.run(esx(lab, 1).PowerDownHostToStandBy_Task(0))),
    "restart": (2, fail_esx1),
    "create-secondary": (2, lambda lab, _: lab.run(lab.vm("web01").CreateSecondaryVM_Task())),
    "restart-secondary": (2, lose_secondary),
}


def out_of_service(lab: Lab, number: int, condition: str) -> tuple[Any, list[Any]]:
    """Return a host that has come into a condition, and the machines that are left on it."""
    host = esx(lab, number)
    lab.run(CONDITIONS[condition](host))
    return host, list(host.vm)


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("way", NAMED)
def test_a_host_that_is_named(three: Lab, way: str, condition: str) -> None:
    host, left = out_of_service(three, 3, condition)
    with pytest.raises(vim.fault.InvalidHostState):
        NAMED[way](three, host)
    assert list(host.vm) == left


@pytest.mark.parametrize("way", [*NAMED, *NAMED_FOR_SECONDARY])
def test_each_way_is_open_to_a_host_in_service(three: Lab, way: str) -> None:
    host = esx(three, 3)
    {**NAMED, **NAMED_FOR_SECONDARY}[way](three, host)
    three.emulator.advance(60)
    assert len(host.vm) == 1


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("way", NAMED_FOR_SECONDARY)
def test_a_host_that_is_named_for_a_secondary(three: Lab, way: str, condition: str) -> None:
    host, left = out_of_service(three, 3, condition)
    with pytest.raises(vim.fault.VimFault) as refused:
        NAMED_FOR_SECONDARY[way](three, host)
    issue, *_ = getattr(refused.value, "errors", None) or refused.value.error
    assert (issue.reason, issue.entity) == ("hostInactive", host)
    assert list(host.vm) == left


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("way", CHOSEN)
def test_a_host_that_is_chosen(three: Lab, way: str, condition: str) -> None:
    number, do = CHOSEN[way]
    host, left = out_of_service(three, number, condition)
    do(three, host)
    three.emulator.advance(60)
    assert list(host.vm) == left


@pytest.mark.parametrize("way", ["create", "evacuate", "restart", "create-secondary"])
def test_that_host_is_chosen_when_it_is_in_service(three: Lab, way: str) -> None:
    number, do = CHOSEN[way]
    before = len(esx(three, number).vm)
    do(three, None)
    three.emulator.advance(60)
    assert len(esx(three, number).vm) > before


def test_a_vm_does_not_start_where_it_is(three: Lab) -> None:
    host, _ = out_of_service(three, 2, "standby")
    vm = three.vm("mail01")
    assert vm.runtime.host == host
    with pytest.raises(vim.fault.InvalidHostState):
        three.run(vm.PowerOnVM_Task())
    result = three.run(vm.parent.parent.PowerOnMultiVM_Task([vm]))
    assert [type(each.fault) for each in result.notAttempted] == [vim.fault.InvalidHostState]


def test_a_host_that_enters_standby_takes_nothing_new() -> None:
    """It shows as powered on until it is in standby; its running VM cannot leave without DRS."""
    with open_lab("ha-only") as lab:
        host = lab.vm("web01").runtime.host
        entering = host.PowerDownHostToStandBy_Task(timeoutSec=0)
        assert (host.runtime.powerState, host.runtime.standbyMode) == ("poweredOn", "entering")
        with pytest.raises(vim.fault.InvalidHostState):
            lab.run(lab.vm("db01").PowerOnVM_Task(host))
        lab.run(lab.vm("web01").PowerOffVM_Task())
        lab.run(entering)


def test_a_host_that_comes_back_from_a_failure_is_no_longer_in_standby(three: Lab) -> None:
    host, _ = out_of_service(three, 3, "standby")
    three.run(host.ShutdownHost_Task(force=True))
    three.run(host.ReconnectHost_Task(None, None))
    assert (host.runtime.powerState, host.runtime.standbyMode) == ("poweredOn", "none")
    three.run(three.vm("db01").PowerOnVM_Task(host))


def test_fault_tolerance_stays_on_while_a_host_of_the_pair_is_in_standby(three: Lab) -> None:
    vm = three.vm("db01")
    three.run(vm.CreateSecondaryVM_Task(esx(three, 3)))
    host, _ = out_of_service(three, 3, "standby")
    with pytest.raises(vim.fault.InvalidState):
        three.run(vm.TurnOffFaultToleranceForVM_Task())
    three.run(host.PowerUpHostFromStandBy_Task(0))
    three.run(vm.TurnOffFaultToleranceForVM_Task())


@pytest.mark.parametrize(
    ("text", "serves"),
    [
        ("{cluster: ft-cluster}", True),
        ("{cluster: ft-cluster, in_standby: true}", False),
        ("{cluster: ft-cluster, in_maintenance_mode: true}", False),
        ("{cluster: ft-cluster, connection: disconnected}", False),
        ("{cluster: ft-cluster, connection: notResponding}", False),
    ],
)
def test_a_scenario_places_machines_by_the_same_answer(
    written: Callable[[str], str], text: str, serves: bool
) -> None:
    path = written(
        f"title: One more host\nextends: default\nhosts:\n  esx3.lab.example: {text}\nvms: {{new: {{}}}}\n"
    )
    scenario = with_defaults(load(path))
    assert ("esx3.lab.example" in candidate_hosts(scenario, scenario.vms["new"])) is serves
    assert is_in_service(Site.of(path).host(3)) is serves


def test_a_host_that_comes_and_goes_repairs_no_agent_of_another(written: Callable[[str], str]) -> None:
    broken = "esx3.lab.example: {cluster: ft-cluster, ha_agent: failed}"
    with open_lab(written(f"title: An agent that failed\nextends: default\nhosts:\n  {broken}\n")) as lab:
        host = esx(lab, 3)
        assert host.runtime.dasHostState.state == "initializationError"
        lab.run(esx(lab, 2).DisconnectHost_Task())
        lab.run(esx(lab, 2).ReconnectHost_Task(None, None))
        assert host.runtime.dasHostState.state == "initializationError"
