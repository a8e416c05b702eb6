"""Add, edit and remove the devices of a configuration, as requested by `deviceChange` of a ConfigSpec.

The changes apply to a list of devices, in order, and modify nothing else: an invalid change raises its fault
without side effects. The effects on files are recorded, and applied later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from vim25_emulator.behavior.device_backing import BackingContext, resolve_backing
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore_file import Leftovers
from vim25_emulator.model.device_kind import DeviceKind, kind_of, max_count, summary_of, units_of
from vim25_emulator.model.entity import description, mac_of, shares
from vim25_emulator.vmodl.value import DataObject, MethodFault

_OPERATIONS: Final = ("add", "edit", "remove")


@dataclass
class DeviceChanges:
    """The devices of one virtual machine during a reconfiguration.

    `host` runs it, `home` is its directory. `detached` are removed disks whose files remain, `attached` the
    paths of existing files that were added as disks.
    """

    inventory: Inventory
    leftovers: Leftovers
    host: ManagedObject
    home: str
    devices: list[DataObject]
    running: bool
    identity: str
    detached: list[DataObject] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    _keys: dict[int, int] = field(default_factory=dict)
    _index: int = 0

    def apply(self, changes: Iterable[DataObject]) -> tuple[DataObject, ...]:
        """Apply the changes in order and return the resulting devices."""
        for self._index, change in enumerate(changes):
            if change.operation not in _OPERATIONS:
                self._fail("InvalidDeviceOperation", badOp=change.operation)
            if change.changeMode == "skip" and self._is_missing(change):
                continue
            getattr(self, f"_{change.operation}")(change)
        return tuple(self._with_attached_devices(device) for device in self.devices)

    def _is_missing(self, change: DataObject) -> bool:
        """Return whether a change is about a device that does not exist."""
        key = self._keys.get(change.device.key, change.device.key)
        return change.operation != "add" and all(device.key != key for device in self.devices)

    def _fail(self, fault: str, prop: str = "device", **fields: Any) -> NoReturn:
        path = f"virtualDeviceSpec.{prop}"
        raise MethodFault(fault, property=path, deviceIndex=self._index, **fields)

    def _add(self, change: DataObject) -> None:
        requested, kind = change.device, kind_of(change.device)
        if change.fileOperation == "destroy":
            self._fail("InvalidDeviceOperation", badOp=change.operation, badFileOp=change.fileOperation)
        self._require_free_slot(kind)
        if self.running and not kind.hot:
            self._fail("DeviceHotPlugNotSupported")
        key = self._new_key(requested, kind)
        controller = self._controller_for(requested, kind)
        unit = self._unit_on(controller, requested, kind) if controller is not None else requested.unitNumber
        backing = resolve_backing(self._context(), requested, change)
        self.attached += [backing.attached] if backing.attached else []
        device = requested.replace(
            **backing.properties,
            key=key,
            controllerKey=controller.key if controller is not None else None,
            unitNumber=unit,
            deviceInfo=description(kind.label_of(key), backing.summary or summary_of(requested.type_.name)),
        )
        self.devices.append(_completed(device, kind, self))

    def _edit(self, change: DataObject) -> None:
        index = self._index_of(change.device.key)
        current, requested = self.devices[index], change.device
        if current.type_ is not requested.type_:
            self._fail("InvalidDeviceSpec")
        backing = resolve_backing(self._context(), requested, change, current)
        merged = {**current.__dict__, **requested.__dict__, **backing.properties}
        fixed = {"key": current.key, "controllerKey": current.controllerKey, "unitNumber": current.unitNumber}
        if current.connectable is not None and requested.connectable is not None:
            fixed["connectable"] = current.connectable.replace(**requested.connectable.__dict__)
        info = current.deviceInfo or description(kind_of(current).label_of(current.key))
        merged |= fixed | {"deviceInfo": description(info.label, backing.summary or info.summary)}
        self.devices[index] = current.replace(**merged)

    def _remove(self, change: DataObject) -> None:
        index = self._index_of(change.device.key)
        removed = self.devices[index]
        if any(device.controllerKey == removed.key for device in self.devices):
            self._fail("InvalidDeviceOperation", badOp="remove")
        if self.running and not kind_of(removed).hot:
            self._fail("DeviceHotPlugNotSupported")
        if removed.is_a("VirtualDisk") and change.fileOperation != "destroy":
            self.detached.append(removed)
        del self.devices[index]

    def _context(self) -> BackingContext:
        return BackingContext(
            self.inventory, self.leftovers, self.host, self.home, tuple(self.devices), self._index
        )

    def _index_of(self, key: int) -> int:
        present = [device.key for device in self.devices]
        assigned = self._keys.get(key, key)
        if assigned not in present:
            self._fail("DeviceNotFound", "device.key")
        return present.index(assigned)

    def _require_free_slot(self, kind: DeviceKind) -> None:
        limit = max_count(kind)
        if limit is not None and sum(kind_of(device) is kind for device in self.devices) >= limit:
            raise MethodFault("TooManyDevices", property="virtualDeviceSpec.device")

    def _new_key(self, requested: DataObject, kind: DeviceKind) -> int:
        """Return a free key for a new device; record the key that the spec uses for it."""
        taken = {device.key for device in self.devices}
        bus = requested.busNumber if requested.is_a("VirtualController") else None
        key = kind.first_key + max(bus or 0, 0)
        if key in taken or (bus or 0) >= (max_count(kind) or 1):
            key = kind.first_key
        while key in taken:
            key += 1
        if requested.key is not None:
            self._keys[requested.key] = key
        return key

    def _controller_for(self, requested: DataObject, kind: DeviceKind) -> DataObject | None:
        """Return the controller named by the spec, else the first suitable one with a free unit."""
        suitable = [device for device in self.devices if any(map(device.is_a, kind.controllers))]
        if requested.controllerKey is not None:
            key = self._keys.get(requested.controllerKey, requested.controllerKey)
            named = next((device for device in suitable if device.key == key), None)
            if named is None:
                self._fail("InvalidController", "device.controllerKey", controllerKey=requested.controllerKey)
            return named
        if not kind.controllers:
            return None
        by_preference = (c for name in kind.controllers for c in suitable if c.is_a(name))
        controller = next((c for c in by_preference if self._free_unit(c, kind) is not None), None)
        if controller is None:
            self._fail("MissingController")
        return controller

    def _unit_on(self, controller: DataObject, requested: DataObject, kind: DeviceKind) -> int | None:
        """Return the unit number of a new device; raise InvalidDeviceSpec for an occupied or invalid one."""
        if requested.unitNumber is None or requested.unitNumber < 0:
            free = self._free_unit(controller, kind)
            if free is None:
                raise MethodFault("TooManyDevices", property="virtualDeviceSpec.device")
            return free
        unit_count, own = units_of(controller)
        unit = int(requested.unitNumber)
        if unit >= unit_count or unit == own or unit in self._occupied_units(controller):
            self._fail("InvalidDeviceSpec", "device.unitNumber")
        return unit

    def _occupied_units(self, controller: DataObject) -> set[int | None]:
        return {device.unitNumber for device in self.devices if device.controllerKey == controller.key}

    def _free_unit(self, controller: DataObject, kind: DeviceKind) -> int | None:
        unit_count, own = units_of(controller)
        taken = self._occupied_units(controller) | {own}
        return next((unit for unit in range(kind.first_unit, unit_count) if unit not in taken), None)

    def _with_attached_devices(self, device: DataObject) -> DataObject:
        """Return a controller with the keys of its devices; any other device unchanged."""
        if not device.is_a("VirtualController"):
            return device
        present = [d.key for d in self.devices if d.controllerKey == device.key]
        ordered = [key for key in device.device if key in present]
        ordered += [key for key in present if key not in ordered]
        return device.replace(device=tuple(ordered) or None)


def _completed(device: DataObject, kind: DeviceKind, changes: DeviceChanges) -> DataObject:
    """Return a new device with the default properties of its type."""
    complete = device.type_.nearest(_DEFAULTS, None)
    return complete(device, kind, changes) if complete is not None else device


def _controller(device: DataObject, kind: DeviceKind, changes: DeviceChanges) -> DataObject:
    return device.replace(busNumber=device.key - kind.first_key, device=None)


def _scsi_controller(device: DataObject, kind: DeviceKind, changes: DeviceChanges) -> DataObject:
    return _controller(device, kind, changes).replace(
        hotAddRemove=True, scsiCtlrUnitNumber=7, sharedBus=device.sharedBus or "noSharing"
    )


def _disk(device: DataObject, kind: DeviceKind, changes: DeviceChanges) -> DataObject:
    return device.replace(
        shares=device.shares or shares("normal", 1000),
        storageIOAllocation=device.storageIOAllocation
        or DataObject("StorageIOAllocationInfo", limit=-1, shares=shares("normal", 1000), reservation=0),
        diskObjectId=f"1-{device.key}",
        nativeUnmanagedLinkedClone=False,
        guestReadOnly=False,
    )


def _nic(device: DataObject, kind: DeviceKind, changes: DeviceChanges) -> DataObject:
    manual = device.addressType == "manual" and device.macAddress
    connected = DataObject(
        "VirtualDeviceConnectInfo",
        migrateConnect="unset",
        startConnected=True,
        allowGuestControl=True,
        connected=changes.running,
        status="ok" if changes.running else "untried",
    )
    requested = device.connectable.__dict__ if device.connectable is not None else {}
    return device.replace(
        connectable=connected.replace(**requested),
        addressType="manual" if manual else "assigned",
        macAddress=device.macAddress if manual else mac_of("vm", changes.identity, device.key),
        wakeOnLanEnabled=True if device.wakeOnLanEnabled is None else device.wakeOnLanEnabled,
    )


#: Device type → function that sets the default properties of a new device.
_DEFAULTS: Final = {
    "VirtualSCSIController": _scsi_controller,
    "VirtualController": _controller,
    "VirtualDisk": _disk,
    "VirtualEthernetCard": _nic,
}
