from __future__ import annotations

from pyVmomi import vim

from tests.emulator.lab import Lab


def test_no_host_has_a_tpm(lab: Lab) -> None:
    assert lab.all(vim.HostSystem)[0].QueryTpmAttestationReport() is None
