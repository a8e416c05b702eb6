"""HostSystem: DisconnectHost_Task and ReconnectHost_Task.

VMs on a disconnected host continue to run, but vCenter no longer manages them. Reconnecting a host that was
shut down or failed implies that it was switched on again: it returns with all VMs powered off.
"""

from __future__ import annotations

from typing import Any

from vim25_emulator.behavior.host_failure import recover_host, set_connection_state
from vim25_emulator.behavior.secondary_start import restart_waiting
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation
from vim25_emulator.vmodl.value import DataObject, MethodFault

_CONNECTED, _DISCONNECTED = "connected", "disconnected"


def require_host_connected(call: Call, host: ManagedObject) -> None:
    """Raise InvalidState for a host that is not connected."""
    _require_connection(host, connected=True)


@operation("HostSystem", "DisconnectHost_Task", locks=True, requires=require_host_connected)
async def disconnect(call: Call, host: ManagedObject) -> None:
    """Disconnect a host; raise InvalidState if it is not connected."""
    await call.work()
    set_connection_state(call, host, _DISCONNECTED)
    call.vcenter.events.post("HostDisconnectedEvent", host, user=call.user, reason="userRequest")
    _post_for_vms(call, host, "VmDisconnectedEvent")


def require_can_reconnect(
    call: Call, host: ManagedObject, cnxSpec: DataObject | None = None, **others: Any
) -> None:
    """Raise the faults of `reconnect`."""
    _require_connection(host, connected=False)
    if cnxSpec is not None:
        _require_matching(host, cnxSpec)


@operation("HostSystem", "ReconnectHost_Task", locks=True, requires=require_can_reconnect)
async def reconnect(
    call: Call,
    host: ManagedObject,
    cnxSpec: DataObject | None = None,
    reconnectSpec: DataObject | None = None,
) -> None:
    """Connect a host again; neither spec changes its settings.

    Raises InvalidState if the host is connected, InvalidName if the spec names another host, InvalidLogin for
    a user without a password.
    """
    await call.work()
    if host.get("runtime.connectionState") != _DISCONNECTED:
        recover_host(call, host)
        return
    cluster = set_connection_state(call, host, _CONNECTED)
    call.vcenter.events.post("HostConnectedEvent", host, user=call.user)
    _post_for_vms(call, host, "VmConnectedEvent")
    if cluster is not None:
        restart_waiting(call, cluster)


def _require_connection(host: ManagedObject, *, connected: bool) -> None:
    if (host.get("runtime.connectionState") == _CONNECTED) is not connected:
        raise MethodFault("InvalidState")


def _require_matching(host: ManagedObject, spec: DataObject) -> None:
    if spec.hostName not in (None, "", host.get("name")):
        raise MethodFault("InvalidName", name=spec.hostName, entity=host.ref)
    if spec.userName and not spec.password:
        raise MethodFault("InvalidLogin")


def _post_for_vms(call: Call, host: ManagedObject, event: str) -> None:
    for vm in call.vcenter.inventory.find_all(host.get("vm")):
        call.vcenter.events.post(event, vm, user=call.user, template=bool(vm.get("config.template")))
