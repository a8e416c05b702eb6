"""A host that a request names is refused if it cannot run the VM, by whatever method it is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from tests.emulator.lab import Lab
from tests.emulator.lab import lab as open_lab

SITE = """
title: A cluster, a host without the network, one without the datastore, one in standby mode, another cluster
extends: default
clusters: {other: {}}
hosts:
  esx3.lab.example: {cluster: other}
  esx4.lab.example: {cluster: ft-cluster}
  esx5.lab.example: {cluster: ft-cluster}
  esx6.lab.example: {cluster: ft-cluster, in_standby: true}
datastores:
  shared-1:
    hosts: [esx1.lab.example, esx2.lab.example, esx3.lab.example, esx4.lab.example, esx6.lab.example]
networks:
  VM Network:
    hosts: [esx1.lab.example, esx2.lab.example, esx3.lab.example, esx5.lab.example, esx6.lab.example]
vms:
  db01: {snapshots: [one]}
"""
#: Host → fault that every method has for it.
UNSUITABLE = {
    3: vmodl.fault.InvalidArgument,
    4: vim.fault.CannotAccessNetwork,
    5: vim.fault.InvalidDatastore,
    6: vim.fault.InvalidHostState,
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Lab]:
    path = tmp_path / "site.yaml"
    path.write_text(SITE)
    with open_lab(str(path)) as opened:
        yield opened


def host(lab: Lab, number: int) -> Any:
    return lab.named(vim.HostSystem, f"esx{number}.lab.example")


def power_on(lab: Lab, target: Any) -> None:
    lab.run(lab.vm("db01").PowerOnVM_Task(host=target))


def revert(lab: Lab, target: Any) -> None:
    lab.run(lab.vm("db01").snapshot.currentSnapshot.RevertToSnapshot_Task(host=target))


def mark(lab: Lab, target: Any) -> None:
    lab.vm("tpl01").MarkAsVirtualMachine(pool=lab.vm("db01").resourcePool, host=target)


def migrate(lab: Lab, target: Any) -> None:
    lab.run(lab.vm("db01").MigrateVM_Task(host=target, priority="defaultPriority"))


def clone(lab: Lab, target: Any) -> None:
    vm = lab.vm("db01")
    location = vim.vm.RelocateSpec(host=target, pool=vm.resourcePool)
    spec = vim.vm.CloneSpec(location=location, template=False, powerOn=False)
    lab.run(vm.CloneVM_Task(folder=vm.parent, name="copy", spec=spec))


METHODS = [power_on, revert, mark, migrate, clone]


@pytest.mark.parametrize("number", UNSUITABLE)
@pytest.mark.parametrize("method", METHODS)
def test_a_host_that_cannot_run_the_vm_is_refused(
    site: Lab, method: Callable[[Lab, Any], None], number: int
) -> None:
    with pytest.raises(UNSUITABLE[number]):
        method(site, host(site, number))
    assert {vm.runtime.host.name for vm in site.all(vim.VirtualMachine)} <= {
        "esx1.lab.example",
        "esx2.lab.example",
    }


@pytest.mark.parametrize("method", METHODS)
def test_a_host_that_can_is_taken(site: Lab, method: Callable[[Lab, Any], None]) -> None:
    method(site, host(site, 2))


def test_a_template_on_a_host_out_of_service_stays_one(site: Lab) -> None:
    template = site.vm("tpl01")
    site.run(template.MigrateVM_Task(host=host(site, 2), priority="defaultPriority"))
    site.run(host(site, 2).EnterMaintenanceMode_Task(timeout=0))
    with pytest.raises(vim.fault.InvalidHostState):
        site.run(template.MigrateVM_Task(host=host(site, 2), priority="defaultPriority"))
    with pytest.raises(vim.fault.InvalidHostState):
        template.MarkAsVirtualMachine(pool=site.vm("db01").resourcePool)
    other = host(site, 3).parent.resourcePool
    with pytest.raises(vmodl.fault.InvalidArgument):
        template.MarkAsVirtualMachine(pool=other)
    assert template.config.template is True


def test_a_template_gets_no_pool_by_relocation(site: Lab) -> None:
    spec = vim.vm.RelocateSpec(pool=site.vm("db01").resourcePool)
    with pytest.raises(vmodl.fault.NotSupported):
        site.run(site.vm("tpl01").RelocateVM_Task(spec=spec))
    assert site.vm("tpl01").resourcePool is None


def test_a_primary_is_not_powered_on_on_the_host_of_its_secondary(lab: Lab) -> None:
    vm = lab.vm("db01")
    secondary = lab.run(vm.CreateSecondaryVMEx_Task()).vm
    with pytest.raises(vim.fault.FaultToleranceAntiAffinityViolated):
        lab.run(vm.PowerOnVM_Task(host=secondary.runtime.host))
    lab.run(vm.PowerOnVM_Task())
    assert vm.runtime.host != secondary.runtime.host


def test_a_snapshot_is_not_removed_while_the_host_is_disconnected(site: Lab) -> None:
    vm = site.vm("db01")
    site.run(vm.runtime.host.DisconnectHost_Task())
    with pytest.raises(vim.fault.InvalidState):
        site.run(vm.snapshot.currentSnapshot.RemoveSnapshot_Task(removeChildren=False))
    assert vm.snapshot is not None
