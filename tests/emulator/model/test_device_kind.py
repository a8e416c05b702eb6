from __future__ import annotations

import pytest

from vim25_emulator.model.device_kind import kind_of
from vim25_emulator.vmodl.value import DataObject


@pytest.mark.parametrize(
    ("device_type", "kind"),
    [
        ("VirtualVmxnet3", "VirtualEthernetCard"),
        ("VirtualLsiLogicSASController", "VirtualSCSIController"),
        ("VirtualUSBXHCIController", "VirtualUSBXHCIController"),
        ("VirtualNVDIMMController", "VirtualNVDIMMController"),
        ("VirtualSIOController", "VirtualSIOController"),
        ("VirtualController", "VirtualController"),
        ("VirtualSriovEthernetCard", "VirtualEthernetCard"),
        ("VirtualDevice", "VirtualDevice"),
    ],
)
def test_the_kind_of_a_device_is_that_of_its_nearest_type(device_type: str, kind: str) -> None:
    assert kind_of(DataObject(device_type)).type_name == kind
