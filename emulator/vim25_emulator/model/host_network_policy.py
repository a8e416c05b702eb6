"""The policies of a host's virtual switch, and of its port groups, which override nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

from vim25_emulator.model.physical_nic import PNICS
from vim25_emulator.vmodl.value import DataObject


@cache
def offload_capabilities() -> DataObject:
    """Return HostNetOffloadCapabilities."""
    return DataObject("HostNetOffloadCapabilities", csumOffload=True, tcpSegmentation=True, zeroCopyXmit=True)


@cache
def inherited_policy() -> DataObject:
    """Return the policy of a port group that overrides nothing [observed: recordings]."""
    return DataObject(
        "HostNetworkPolicy",
        security=DataObject("HostNetworkSecurityPolicy"),
        nicTeaming=DataObject("HostNicTeamingPolicy", failureCriteria=DataObject("HostNicFailureCriteria")),
        offloadPolicy=DataObject("HostNetOffloadCapabilities"),
        shapingPolicy=DataObject("HostNetworkTrafficShapingPolicy"),
    )


@cache
def switch_policy() -> DataObject:
    """Return the policy of the virtual switch."""
    criteria: dict[str, Any] = dict.fromkeys(
        ("checkDuplex", "fullDuplex", "checkErrorPercent", "checkBeacon"), False
    )
    return DataObject(
        "HostNetworkPolicy",
        security=DataObject(
            "HostNetworkSecurityPolicy", allowPromiscuous=False, macChanges=False, forgedTransmits=False
        ),
        nicTeaming=DataObject(
            "HostNicTeamingPolicy",
            policy="loadbalance_srcid",
            reversePolicy=True,
            notifySwitches=True,
            rollingOrder=False,
            failureCriteria=DataObject(
                "HostNicFailureCriteria", checkSpeed="minimum", speed=10, percentage=0, **criteria
            ),
            nicOrder=DataObject("HostNicOrderPolicy", activeNic=PNICS),
        ),
        offloadPolicy=offload_capabilities(),
        shapingPolicy=DataObject("HostNetworkTrafficShapingPolicy", enabled=False),
    )
