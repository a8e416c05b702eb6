"""The health of a host's hardware as its sensors report it (HealthSystemRuntime): nothing is ever wrong."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from vim25_emulator.vmodl.value import DataObject


class _Sensor(NamedTuple):
    """A sensor: its type, and its reading in hundredths of a unit."""

    type: str
    reading: int
    unit: str


#: Name → sensor; the readings are made up, and the same on all hosts.
_SENSORS: Final = {
    "System board inlet temperature": _Sensor("temperature", 2_200, "degrees C"),
    "System board fan 1": _Sensor("fan", 720_000, "RPM"),
    "Power supply 1 voltage": _Sensor("voltage", 23_000, "Volts"),
    "System board power consumption": _Sensor("power", 18_400, "Watts"),
}


@cache
def health_system_runtime(packages: int) -> DataObject:
    """Return HealthSystemRuntime of a host with this number of processor packages."""
    return DataObject(
        "HealthSystemRuntime",
        systemHealthInfo=DataObject(
            "HostSystemHealthInfo",
            numericSensorInfo=tuple(
                _sensor(number, name, sensor) for number, (name, sensor) in enumerate(_SENSORS.items())
            ),
        ),
        hardwareStatusInfo=DataObject(
            "HostHardwareStatusInfo",
            memoryStatusInfo=(_element("HostHardwareElementInfo", "Memory"),),
            cpuStatusInfo=tuple(
                _element("HostHardwareElementInfo", f"CPU{number}") for number in range(1, packages + 1)
            ),
            storageStatusInfo=(_element("HostStorageElementInfo", "Lab storage controller"),),
        ),
    )


def _element(type_name: str, name: str) -> DataObject:
    return DataObject(type_name, name=name, status=_green("Green", "The element works as expected"))


def _sensor(number: int, name: str, sensor: _Sensor) -> DataObject:
    return DataObject(
        "HostNumericSensorInfo",
        name=name,
        healthState=_green("green", "The reading is in its normal range"),
        currentReading=sensor.reading,
        unitModifier=-2,
        baseUnits=sensor.unit,
        rateUnits="none",
        sensorType=sensor.type,
        id=f"0.7.1.{number}",
    )


def _green(key: str, summary: str) -> DataObject:
    """Return a healthy state; keys of elements begin with a capital [observed: recordings of 6.7]."""
    return DataObject("ElementDescription", label="Green", summary=summary, key=key)
