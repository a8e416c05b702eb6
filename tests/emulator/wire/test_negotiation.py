"""The version that a SOAPAction requests, and the list of versions that a server supports."""

import pytest

from vim25_emulator.vmodl.release import release
from vim25_emulator.wire.negotiation import Negotiator, service_versions


@pytest.mark.parametrize(
    ("server", "action", "expected"),
    [
        ("8.0.2.0", '"urn:vim25/8.0.2.0"', "8.0.2.0"),
        ("8.0.2.0", "urn:vim25/5.5", "5.5"),
        ("8.0.2.0", " urn:vim25/6.7 ", "6.7"),
        ("8.0.2.0", "urn:vim25", "2.5u2"),
        ("8.0.2.0", '"urn:vim25"', "2.5u2"),
        ("8.0.2.0", "urn:vim25/9.0.0.0", "8.0.2.0"),  # newer than the server
        ("8.0.2.0", "urn:vim25/7.0", "8.0.2.0"),  # no such id
        ("8.0.2.0", "urn:vim25/2.0", "8.0.2.0"),  # 2.0 is of the other namespace
        ("8.0.2.0", "urn:vim2/2.0", "8.0.2.0"),  # rejected since 6.5
        ("6.0", "urn:vim2/2.0", "2.0"),
        ("8.0.2.0", None, "8.0.2.0"),
        ("8.0.2.0", "", "2.5u2"),
        ("8.0.2.0", '""', "2.5u2"),
        ("8.0.2.0", "vim25", "8.0.2.0"),
        ("8.0.2.0", "CurrentTime", "8.0.2.0"),
        ("8.0.2.0", "urn:vim25#Login", "8.0.2.0"),
        ("8.0.2.0", "urn:vim25/8.0.2.0\x00junk", "8.0.2.0"),
    ],
)
def test_soap_action_determines_the_version(server: str, action: str | None, expected: str) -> None:
    assert Negotiator(release(server)).negotiate(action).version.id == expected


@pytest.mark.parametrize(
    ("server", "action", "applied"),
    [
        ("9.0.0.0", "urn:vim25/9.9.9.9", "urn:vim25/9.0.0.0"),
        ("9.0.0.0", None, "urn:vim25/9.0.0.0"),
        ("9.0.0.0", "", None),
        ("9.0.0.0", "urn:vim25/8.0.2.0", None),
        ("8.0.2.0", "urn:vim25/9.9.9.9", None),  # sent since 9.0 only
    ],
)
def test_reports_the_applied_version(server: str, action: str | None, applied: str | None) -> None:
    assert Negotiator(release(server)).negotiate(action).applied == applied


@pytest.mark.parametrize(
    ("server", "action", "unsupported"),
    [
        ("8.0.2.0", "urn:vim25/7.0", "urn:vim25/7.0"),
        ("8.0.2.0", "urn:vim2/2.0", "urn:vim2/2.0"),
        ("2.5", "urn:vim25", "urn:vim25"),  # stands for 2.5u2, which is newer
        ("8.0.2.0", "urn:vim25/6.7", None),
        ("8.0.2.0", "", None),
    ],
)
def test_reports_an_unsupported_version(server: str, action: str, unsupported: str | None) -> None:
    assert Negotiator(release(server)).negotiate(action).unsupported == unsupported


@pytest.mark.parametrize(
    ("server", "prior"),
    [  # [observed: recordings]
        (
            "8.0.3.0",
            "8.0.2.0 8.0.1.0 8.0.0.2 8.0.0.1 8.0.0.0 7.0.3.2 7.0.3.1 7.0.3.0 7.0.2.1 7.0.2.0 7.0.1.1 7.0.1.0"
            " 7.0.0.2 7.0.0.0 6.9.1 6.8.7 6.7.3 6.7.2 6.7.1 6.7 6.5 6.0 5.5 5.1 5.0 4.1 4.0",
        ),
        ("6.7", "6.5 6.0 5.5 5.1 5.0 4.1 4.0"),
        ("6.0", "5.5 5.1 5.0 4.1 4.0 2.5u2server 2.5u2 2.5"),
        ("5.5", "5.1 5.0 4.1 4.0 2.5u2 2.5"),
    ],
)
def test_service_versions_are_as_recorded(server: str, prior: str) -> None:
    versions = "".join(f"<version>{one}</version>" for one in prior.split())
    old = "<namespace><name>urn:vim2</name><version>2.0</version></namespace>" if server < "6.5" else ""
    assert service_versions(release(server)).decode() == (
        '<?xml version="1.0" encoding="UTF-8" ?><namespaces version="1.0"><namespace><name>urn:vim25</name>'
        f"<version>{server}</version><priorVersions>{versions}</priorVersions></namespace>{old}</namespaces>\n"
    )
