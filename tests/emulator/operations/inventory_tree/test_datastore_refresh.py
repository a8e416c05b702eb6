from __future__ import annotations

from pyVmomi import vim

from tests.emulator.lab import Lab
from tests.emulator.specs import GIB


def test_a_refreshed_datastore_shows_what_it_showed_before(lab: Lab) -> None:
    datastore = lab.all(vim.Datastore)[0]
    free = datastore.summary.freeSpace
    datastore.RefreshDatastore()
    datastore.RefreshDatastoreStorageInfo()
    assert datastore.summary.freeSpace == datastore.info.freeSpace == free > GIB
