from __future__ import annotations

import pytest
from pyVmomi import vim

from tests.emulator.lab import Lab
from vim25_emulator.inventory.retained_items import RetainedItems, bytes_of
from vim25_emulator.vmodl.value import DataObject


def item(key: int, text: str = "") -> DataObject:
    return DataObject("KeyValue", key=str(key), value=text)


def test_the_newest_items_are_retained() -> None:
    items = RetainedItems(3, 1 << 20)
    assert [items.put(key, item(key)) for key in range(5)] == [0, 0, 0, 1, 1]
    assert [found.key for found in items] == ["2", "3", "4"]
    assert [found.key for found in reversed(items)] == ["4", "3", "2"]


def test_an_item_is_replaced_in_its_place() -> None:
    items = RetainedItems(3, 1 << 20)
    for key in range(3):
        items.put(key, item(key))
    items.put(0, item(0, "new"))
    assert [found.value for found in items] == ["new", "", ""]
    assert items.size == sum(map(bytes_of, items))


def test_large_items_replace_more_small_ones() -> None:
    items = RetainedItems(1000, 100_000)
    for key in range(100):
        items.put(key, item(key))
    items.put("large", item(0, "x" * 90_000))
    assert items.size <= 100_000
    assert len(items) < 100
    items.put("larger than all", item(0, "x" * 200_000))
    assert [len(found.value) for found in items] == [200_000]


def test_failed_logins_with_long_names_leave_little_behind(lab: Lab) -> None:
    posted = lab.emulator.vcenter.events.posted
    before = posted.size
    lab.content.sessionManager.Logout()
    for _ in range(30):
        with pytest.raises(vim.fault.InvalidLogin):
            lab.content.sessionManager.Login("x" * 1_000_000, "y")
    assert posted.size - before < 30 * 2_000
    lab.content.sessionManager.Login(lab.emulator.username, lab.emulator.password)
