"""Adding, editing and removing the devices of a configuration, as `deviceChange` of a ConfigSpec asks.

The changes are made to a list of devices, one after the other, and nothing else is touched: a change that
cannot be raises its fault and everything is as before. What the changes do to files is told afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from vim25_emulator.behavior.device_backing import BackingContext, resolve_backing
from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.inventory.store import Inventory
from vim25_emulator.model.datastore_file import Leftovers
from vim25_emulator.model.device_kind import DeviceKind, kind_of, max_count, units_of
from vim25_emulator.model.entity import description, mac_of, shares
from vim25_emulator.vmodl.value import DataObject, MethodFault

_OPERATIONS: Final = ("add", "edit", "remove")


@dataclass
class DeviceChanges:
    """The devices of one virtual machine while they are changed.

    `host` is where it runs, `home` its directory. `dropped` are disks whose files remain without it,
    `attached` paths of files that were there already.
    """

    inventory: Inventory
    leftovers: Leftovers
    host: ManagedObject
    home: str
    devices: list[DataObject]
    running: bool
    identity: str
    dropped: list[DataObject] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    _keys: dict[int, int] = field(default_factory=dict)
    _index: int = 0

    def apply(self, changes: Iterable[DataObject]) -> tuple[DataObject, ...]:
        """Make the changes in their order and return the devices as they are then."""
        for self._index, change in enumerate(changes):
            if change.operation not in _OPERATIONS:
                self._refuse("InvalidDeviceOperation", badOp=change.operation)
            getattr(self, f"_{change.operation}")(change)
        return tuple(self._with_occupants(device) for device in self.devices)

    def _refuse(self, fault: str, prop: str = "device", **fields: Any) -> None:
        path = f"virtualDeviceSpec.{prop}"
        raise MethodFault(fault, property=path, deviceIndex=self._index, **fields)

    def _add(self, change: DataObject) -> None:
        wanted, kind = change.device, kind_of(change.device)
        self._require_room(kind)
        if self.running and not kind.hot:
            self._refuse("DeviceHotPlugNotSupported")
        key = self._new_key(wanted, kind)
        controller = self._controller_for(wanted, kind)
        unit = self._unit_on(controller, wanted) if controller is not None else wanted.unitNumber
        backed = resolve_backing(self._place(), wanted, change)
        self.attached += [backed.attached] if backed.attached else []
        device = wanted.replace(
            **backed.properties,
            key=key,
            controllerKey=controller.key if controller is not None else None,
            unitNumber=unit,
            deviceInfo=description(kind.label_of(key), backed.summary),
        )
        self.devices.append(_completed(device, kind, self))

    def _edit(self, change: DataObject) -> None:
        index = self._find(change.device.key)
        held, wanted = self.devices[index], change.device
        if held.type_ is not wanted.type_:
            self._refuse("InvalidDeviceSpec")
        backed = resolve_backing(self._place(), wanted, change, held)
        merged = {**held.__dict__, **wanted.__dict__, **backed.properties}
        kept = {"key": held.key, "controllerKey": held.controllerKey, "unitNumber": held.unitNumber}
        if held.connectable is not None and wanted.connectable is not None:
            kept["connectable"] = held.connectable.replace(**wanted.connectable.__dict__)
        label = held.deviceInfo.label if held.deviceInfo else kind_of(held).label_of(held.key)
        merged |= kept | {"deviceInfo": description(label, backed.summary)}
        self.devices[index] = held.replace(**merged)

    def _remove(self, change: DataObject) -> None:
        index = self._find(change.device.key)
        gone = self.devices[index]
        if any(device.controllerKey == gone.key for device in self.devices):
            self._refuse("InvalidDeviceOperation", badOp="remove")
        if self.running and not kind_of(gone).hot:
            self._refuse("DeviceHotPlugNotSupported")
        if gone.is_a("VirtualDisk") and change.fileOperation != "destroy":
            self.dropped.append(gone)
        del self.devices[index]

    def _place(self) -> BackingContext:
        return BackingContext(
            self.inventory, self.leftovers, self.host, self.home, tuple(self.devices), self._index
        )

    def _find(self, key: int) -> int:
        for index, device in enumerate(self.devices):
            if device.key == self._keys.get(key, key):
                return index
        self._refuse("DeviceNotFound", "device.key")
        raise AssertionError

    def _require_room(self, kind: DeviceKind) -> None:
        most = max_count(kind)
        if most is not None and sum(kind_of(device) is kind for device in self.devices) >= most:
            raise MethodFault("TooManyDevices", property="virtualDeviceSpec.device")

    def _new_key(self, wanted: DataObject, kind: DeviceKind) -> int:
        """Return a key that no device has, and remember what the spec calls the device by."""
        taken = {device.key for device in self.devices}
        key = kind.first_key
        while key in taken:
            key += 1
        if wanted.key is not None:
            self._keys[wanted.key] = key
        return key

    def _controller_for(self, wanted: DataObject, kind: DeviceKind) -> DataObject | None:
        """Return the controller that the spec names, else the first of the right kind with a free unit."""
        fitting = [device for device in self.devices if any(map(device.is_a, kind.controllers))]
        if wanted.controllerKey is not None:
            key = self._keys.get(wanted.controllerKey, wanted.controllerKey)
            named = next((device for device in fitting if device.key == key), None)
            if named is None:
                self._refuse("InvalidController", "device.controllerKey", controllerKey=wanted.controllerKey)
            return named
        if not kind.controllers:
            return None
        with_room = (each for name in kind.controllers for each in fitting if each.is_a(name))
        found = next((each for each in with_room if self._free_unit(each) is not None), None)
        if found is None:
            self._refuse("MissingController")
        return found

    def _unit_on(self, controller: DataObject, wanted: DataObject) -> int | None:
        """Return the unit that the device gets; raise InvalidDeviceSpec for one that is not free."""
        if wanted.unitNumber is None or wanted.unitNumber < 0:
            free = self._free_unit(controller)
            if free is None:
                raise MethodFault("TooManyDevices", property="virtualDeviceSpec.device")
            return free
        most, own = units_of(controller)
        unit = int(wanted.unitNumber)
        if unit >= most or unit == own or unit in self._units(controller):
            self._refuse("InvalidDeviceSpec", "device.unitNumber")
        return unit

    def _units(self, controller: DataObject) -> set[int | None]:
        return {device.unitNumber for device in self.devices if device.controllerKey == controller.key}

    def _free_unit(self, controller: DataObject) -> int | None:
        most, own = units_of(controller)
        taken = self._units(controller) | {own}
        return next((unit for unit in range(most) if unit not in taken), None)

    def _with_occupants(self, device: DataObject) -> DataObject:
        """Return a controller with the list of what sits on it; any other device as it is."""
        if not device.is_a("VirtualController"):
            return device
        present = [each.key for each in self.devices if each.controllerKey == device.key]
        ordered = [key for key in device.device if key in present]
        ordered += [key for key in present if key not in ordered]
        return device.replace(device=tuple(ordered) or None)


def _completed(device: DataObject, kind: DeviceKind, changes: DeviceChanges) -> DataObject:
    """Return a new device with what a server fills in."""
    filled = device.type_.nearest(_FILLED, None)
    return filled(device, kind, changes) if filled is not None else device


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
    asked = device.connectable.__dict__ if device.connectable is not None else {}
    return device.replace(
        connectable=connected.replace(**asked),
        addressType="manual" if manual else "assigned",
        macAddress=device.macAddress if manual else mac_of("vm", changes.identity, device.key),
        wakeOnLanEnabled=True if device.wakeOnLanEnabled is None else device.wakeOnLanEnabled,
    )


_FILLED: Final = {
    "VirtualSCSIController": _scsi_controller,
    "VirtualController": _controller,
    "VirtualDisk": _disk,
    "VirtualEthernetCard": _nic,
}
