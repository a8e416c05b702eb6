"""Sequences of client calls that bring a pair through the entries of the state table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pyVmomi import vim

from tests.emulator.fault_tolerance.conftest import Site

ESX3: Final = "esx3.lab.example"


def done(site: Site, task: Any) -> None:
    """Wait for a task that succeeds."""
    assert site.finish(task).state == "success"


def protect(site: Site, name: str = "web01") -> Any:
    """Turn Fault Tolerance on for a VM and return it."""
    vm = site.find(name)
    done(site, vm.CreateSecondaryVM_Task())
    return vm


def suspend(site: Site, vm: Any) -> None:
    """Suspend Fault Tolerance."""
    done(site, vm.DisableSecondaryVM_Task(site.twin(vm.name)))


def resume(site: Site, vm: Any) -> None:
    """Resume Fault Tolerance."""
    done(site, vm.EnableSecondaryVM_Task(site.twin(vm.name), None))


def move(site: Site, vm: Any) -> None:
    """Move a primary to the third host."""
    done(site, vm.MigrateVM_Task(None, site.find(ESX3), "defaultPriority", None))


def switch_ha_off(site: Site) -> Any:
    """Switch HA off; return the task."""
    spec = vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=False))
    return site.cluster.ReconfigureComputeResource_Task(spec, True)


def shut_down(vm: Any) -> Any:
    """Shut down the host of a VM without evacuating it; return the task."""
    return vm.runtime.host.ShutdownHost_Task(True)


def while_starting(call: Callable[[Site, Any], Any]) -> Callable[[Site], None]:
    """Return a walk on which the task of a call ends while the secondary of web01 starts."""

    def go(site: Site) -> None:
        vm = site.find("web01")
        vm.CreateSecondaryVM_Task()
        site.emulator.advance(1.5)
        task = call(site, vm)
        site.emulator.advance(0.75)
        assert vm.runtime.faultToleranceState == "starting"
        site.emulator.advance(0.25)
        assert task.info.state == "success"

    return go


def create(site: Site) -> None:
    protect(site)


def power_on_and_off(site: Site) -> None:
    vm = protect(site, "db01")
    done(site, vm.PowerOnVM_Task())
    done(site, vm.PowerOffVM_Task())


def suspend_the_guest(site: Site) -> None:
    vm = protect(site)
    done(site, vm.SuspendVM_Task())
    done(site, vm.PowerOffVM_Task())


def power_off(site: Site) -> None:
    done(site, protect(site).PowerOffVM_Task())


def suspend_while_off(site: Site) -> None:
    vm = protect(site, "db01")
    suspend(site, vm)
    resume(site, vm)
    suspend(site, vm)
    done(site, vm.PowerOnVM_Task())
    done(site, vm.PowerOffVM_Task())
    done(site, vm.Destroy_Task())


def suspend_while_on(site: Site) -> None:
    vm = protect(site)
    suspend(site, vm)
    resume(site, vm)
    suspend(site, vm)
    move(site, vm)
    done(site, switch_ha_off(site))
    done(site, vm.TurnOffFaultToleranceForVM_Task())


def suspend_while_waiting(site: Site) -> None:
    suspend(site, protect(site))


def turn_off(site: Site) -> None:
    done(site, protect(site).TurnOffFaultToleranceForVM_Task())


def move_while_off_and_turn_off(site: Site) -> None:
    vm = protect(site, "db01")
    move(site, vm)
    done(site, switch_ha_off(site))
    done(site, vm.TurnOffFaultToleranceForVM_Task())


def destroy(site: Site) -> None:
    done(site, protect(site, "db01").Destroy_Task())


def move_and_switch_ha_off(site: Site) -> None:
    move(site, protect(site))
    done(site, switch_ha_off(site))


def lose_the_primarys_host(site: Site) -> None:
    shut_down(protect(site))
    site.emulator.advance(1)


def lose_the_primarys_host_while_suspended(site: Site) -> None:
    vm = protect(site)
    suspend(site, vm)
    shut_down(vm)
    site.emulator.advance(1)


def lose_the_secondarys_host(site: Site) -> None:
    protect(site)
    shut_down(site.twin("web01"))
    for _ in range(2):
        site.emulator.advance(1000)
        assert site.find("web01").runtime.faultToleranceState == "needSecondary"


def kill_the_primary(site: Site) -> None:
    protect(site).TerminateVM()
    site.emulator.advance(60)


def kill_the_secondary(site: Site) -> None:
    protect(site)
    site.twin("web01").TerminateVM()
    site.emulator.advance(60)


def kill_the_starting_secondary(site: Site) -> None:
    vm = site.find("web01")
    vm.CreateSecondaryVM_Task()
    site.emulator.advance(2.5)
    assert vm.runtime.faultToleranceState == "starting"
    site.twin("web01").TerminateVM()
    site.emulator.advance(60)


def try_failover(site: Site) -> None:
    done(site, protect(site).MakePrimaryVM_Task(site.twin("web01")))


def try_restart(site: Site) -> None:
    done(site, protect(site).TerminateFaultTolerantVM_Task())
