"""The services of a host, and the firewall's rule sets that open their ports. All hosts have the same."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from vim25_emulator.vmodl.value import DataObject

#: Service → label, policy, whether it runs. The labels are the emulator's own.
_SERVICES: Final = {
    "DCUI": ("Direct console", "on", True),
    "TSM": ("ESXi shell", "off", False),
    "TSM-SSH": ("SSH", "off", False),
    "ntpd": ("NTP daemon", "on", True),
    "vmsyslogd": ("Syslog server", "on", True),
    "vpxa": ("vCenter agent", "on", True),
    "fdm": ("HA agent", "on", True),
}

#: Service → the rule set that is enabled while it runs [observed: recordings of 8.0.3].
_RULE_SETS_OF: Final = {"vpxa": ("vpxHeartbeats",)}


class _RuleSet(NamedTuple):
    """A rule set: label, ports or the first and last of a range, protocol, direction, service."""

    label: str
    ports: tuple[int | tuple[int, int], ...]
    protocol: str
    direction: str
    service: str | None = None
    enabled: bool = True


#: Key → rule set.
_RULE_SETS: Final = {
    "sshServer": _RuleSet("SSH server", (22,), "tcp", "inbound", "TSM-SSH"),
    "ntpClient": _RuleSet("NTP client", (123,), "udp", "outbound", "ntpd"),
    "vMotion": _RuleSet("vMotion", (8000,), "tcp", "inbound"),
    "faultTolerance": _RuleSet("Fault Tolerance", (8100, 8200, 8300), "tcp", "inbound"),
    "fdm": _RuleSet("HA agent", (8182,), "tcp", "inbound", "fdm"),
    "vpxHeartbeats": _RuleSet("vCenter heartbeats", (902,), "udp", "outbound", "vpxa"),
    "gdbserver": _RuleSet(
        "Debugger of virtual machines", ((1000, 9999), (50_000, 50_999)), "tcp", "inbound", enabled=False
    ),
}


@cache
def service_info() -> DataObject:
    """Return HostServiceInfo."""
    package = DataObject(
        "HostServiceSourcePackage", sourcePackageName="esx-base", description="Base system of ESXi"
    )
    return DataObject(
        "HostServiceInfo",
        service=tuple(
            DataObject(
                "HostService",
                key=key,
                label=label,
                required=False,
                uninstallable=False,
                running=running,
                ruleset=_RULE_SETS_OF.get(key),
                policy=policy,
                sourcePackage=package,
            )
            for key, (label, policy, running) in _SERVICES.items()
        ),
    )


@cache
def firewall_info() -> DataObject:
    """Return HostFirewallInfo."""
    return DataObject(
        "HostFirewallInfo",
        defaultPolicy=DataObject("HostFirewallDefaultPolicy", incomingBlocked=True, outgoingBlocked=True),
        ruleset=tuple(
            DataObject(
                "HostFirewallRuleset",
                key=key,
                label=rule_set.label,
                required=False,
                rule=tuple(_rule(rule_set, port) for port in rule_set.ports),
                service=rule_set.service,
                enabled=rule_set.enabled,
                allowedHosts=DataObject("HostFirewallRulesetIpList", allIp=True),
                userControllable=True,
                ipListUserConfigurable=True,
            )
            for key, rule_set in _RULE_SETS.items()
        ),
    )


def _rule(rule_set: _RuleSet, port: int | tuple[int, int]) -> DataObject:
    first, last = port if isinstance(port, tuple) else (port, None)
    return DataObject(
        "HostFirewallRule",
        port=first,
        endPort=last,
        direction=rule_set.direction,
        portType="dst",
        protocol=rule_set.protocol,
    )
