from __future__ import annotations

import pytest

from emulator.vcenter.release import DEFAULT, release
from emulator.vmodl.version import VERSIONS, UnknownVersion

#: Newest first, as recorded from real servers.
RECORDED = {
    "8.0.3.0": "8.0.2.0 8.0.1.0 8.0.0.2 8.0.0.1 8.0.0.0 7.0.3.2 7.0.3.1 7.0.3.0 7.0.2.1 7.0.2.0 "
    "7.0.1.1 7.0.1.0 7.0.0.2 7.0.0.0 6.9.1 6.8.7 6.7.3 6.7.2 6.7.1 6.7 6.5 6.0 5.5 5.1 5.0 4.1 4.0",
    "6.7": "6.5 6.0 5.5 5.1 5.0 4.1 4.0",
    "6.5": "6.0 5.5 5.1 5.0 4.1 4.0",
    "6.0": "5.5 5.1 5.0 4.1 4.0 2.5u2server 2.5u2 2.5",
    "5.5": "5.1 5.0 4.1 4.0 2.5u2 2.5",
}


@pytest.mark.parametrize("version_id", RECORDED)
def test_prior_versions_are_those_that_real_servers_list(version_id: str) -> None:
    profile = release(version_id)
    assert " ".join(profile.prior_versions) == RECORDED[version_id]
    assert not profile.derived


def test_the_older_namespace_is_served_up_to_6_0() -> None:
    assert [version for version in ("5.5", "6.0", "6.5", "8.0.3.0") if release(version).vim2] == [
        "5.5",
        "6.0",
    ]


def test_the_default_release_is_that_of_the_api_page() -> None:
    about = release().about("uuid")
    assert (DEFAULT, about.apiVersion, about.version) == ("8.0.2.0", "8.0.2.0", "8.0.2")
    assert about.fullName == f"VMware vCenter Server 8.0.2 build-{about.build}"
    assert (about.apiType, about.productLineId, about.licenseProductVersion) == (
        "VirtualCenter",
        "vpx",
        "8.0",
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_the_chain_can_be_emulated(version: object) -> None:
    profile = release(str(version))
    assert profile.about("uuid").apiVersion == str(version)
    assert profile.host_about().version == profile.product_version


def test_headers_came_with_releases() -> None:
    assert release("6.0").headers == ()
    assert release("6.5").headers == (("X-Frame-Options", "DENY"),)
    assert release("8.0.3.0").service_time_header == "x-envoy-upstream-service-time"
    assert [release(version).applied_soapaction for version in ("8.0.3.0", "9.0.0.0")] == [False, True]


def test_an_unknown_version_is_told_the_nearest() -> None:
    with pytest.raises(UnknownVersion, match=r"no API version '8\.0\.9\.0'; did you mean 8\.0"):
        release("8.0.9.0")
