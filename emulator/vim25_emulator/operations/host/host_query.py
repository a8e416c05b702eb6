"""HostSystem: queries."""

from __future__ import annotations

from vim25_emulator.inventory.managed_object import ManagedObject
from vim25_emulator.vcenter.call import Call
from vim25_emulator.vcenter.operation import operation


@operation("HostSystem", "QueryTpmAttestationReport")
def query_tpm_attestation_report(call: Call, host: ManagedObject) -> None:
    """Return unset: no host has a TPM."""
