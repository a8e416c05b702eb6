"""HostSystem: disconnecting a host from vCenter, and connecting it again.

A host that is disconnected goes on with what it runs, out of vCenter's sight. To connect a host that went
down is to say that somebody switched it on: it comes back with nothing running.
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
    _require(host, connected=True)


@operation("HostSystem", "DisconnectHost_Task", locks=True, requires=require_host_connected)
async def disconnect(call: Call, host: ManagedObject) -> None:
    """Disconnect a host; raises InvalidState for one that is not connected."""
    await call.work()
    set_connection_state(call, host, _DISCONNECTED)
    call.vcenter.events.post("HostDisconnectedEvent", host, user=call.user, reason="userRequest")
    _tell_of_vms(call, host, "VmDisconnectedEvent")


def require_can_reconnect(
    call: Call, host: ManagedObject, cnxSpec: DataObject | None = None, **others: Any
) -> None:
    """Raise what `reconnect` raises."""
    _require(host, connected=False)
    if cnxSpec is not None:
        _require_own(host, cnxSpec)


@operation("HostSystem", "ReconnectHost_Task", locks=True, requires=require_can_reconnect)
async def reconnect(
    call: Call,
    host: ManagedObject,
    cnxSpec: DataObject | None = None,
    reconnectSpec: DataObject | None = None,
) -> None:
    """Connect a host again, with what is known of it.

    Raises InvalidState for one that is connected, InvalidName for a spec of another host, InvalidLogin for a
    user without a password.
    """
    await call.work()
    if host.get("runtime.connectionState") != _DISCONNECTED:
        recover_host(call, host)
        return
    cluster = set_connection_state(call, host, _CONNECTED)
    call.vcenter.events.post("HostConnectedEvent", host, user=call.user)
    _tell_of_vms(call, host, "VmConnectedEvent")
    if cluster is not None:
        restart_waiting(call, cluster)


def _require(host: ManagedObject, *, connected: bool) -> None:
    if (host.get("runtime.connectionState") == _CONNECTED) is not connected:
        raise MethodFault("InvalidState")


def _require_own(host: ManagedObject, spec: DataObject) -> None:
    if spec.hostName not in (None, "", host.get("name")):
        raise MethodFault("InvalidName", name=spec.hostName, entity=host.ref)
    if spec.userName and not spec.password:
        raise MethodFault("InvalidLogin")


def _tell_of_vms(call: Call, host: ManagedObject, event: str) -> None:
    for vm in call.vcenter.inventory.find_all(host.get("vm")):
        call.vcenter.events.post(event, vm, user=call.user, template=bool(vm.get("config.template")))
