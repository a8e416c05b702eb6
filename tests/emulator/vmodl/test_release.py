from __future__ import annotations

import pytest

from vim25_emulator.vmodl.release import DEFAULT, FACTS, NO_BUILD, PRODUCTS, names, release
from vim25_emulator.vmodl.version import VERSIONS, UnknownVersionError

#: API version → the prior versions of its vimServiceVersions.xml, newest first [observed: recordings].
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
    assert not profile.derived & {"oldest_prior", "left_out_priors"}


@pytest.mark.parametrize(
    ("version_id", "full_name", "licensed"),
    [  # [observed: recordings]
        ("5.5", "VMware vCenter Server 5.5.0 build-1623101", "5.0"),
        ("6.0", "VMware vCenter Server 6.0.0 build-3018523", "6.0"),
        ("6.5", "VMware vCenter Server 6.5.0 build-4602587", "6.0"),
        ("6.7", "VMware vCenter Server 6.7.0 build-9433931", "6.0"),
    ],
)
def test_about_is_that_of_the_recorded_servers(version_id: str, full_name: str, licensed: str) -> None:
    profile = release(version_id)
    about = profile.about("uuid")
    assert (about.fullName, about.licenseProductVersion) == (full_name, licensed)
    assert (about.vendor, about.osType, about.apiVersion) == ("VMware, Inc.", "linux-x64", version_id)
    assert not profile.derived & {"build", "vendor", "os_type"}


def test_an_unknown_build_is_plainly_our_own() -> None:
    observed = {str(version) for version in VERSIONS if release(str(version)).build != NO_BUILD}
    assert observed == {"5.5", "6.0", "6.5", "6.7"}
    assert release("9.0.0.0").about("uuid").fullName == "VMware vCenter Server 9.0.0 build-0"


def test_the_default_release_is_that_of_the_api_page() -> None:
    about = release().about("uuid")
    assert (DEFAULT, about.apiVersion, about.version) == ("8.0.2.0", "8.0.2.0", "8.0.2")
    assert (about.apiType, about.productLineId, about.licenseProductVersion) == (
        "VirtualCenter",
        "vpx",
        "8.0",
    )


@pytest.mark.parametrize("name", names())
def test_every_name_is_a_release_that_can_be_emulated(name: str) -> None:
    profile = release(name)
    assert profile.about("uuid").apiVersion == PRODUCTS.get(name, name)
    assert profile.host_about().version == profile.product_version


@pytest.mark.parametrize(
    ("fact", "values"),
    [
        ("vim2", {"5.5": True, "6.0": True, "6.5": False, "8.0.3.0": False}),
        (
            "headers",
            {"6.0": (), "6.5": (("X-Frame-Options", "DENY"),), "8.0.2.0": (("vary", "Accept-Encoding"),)},
        ),
        ("service_time_header", {"6.7": None, "8.0.2.0": "x-envoy-upstream-service-time"}),
        ("applied_soapaction", {"8.0.3.1": False, "9.0.0.0": True, "9.1.1.0": True}),
        ("cookie_form", {"5.5": "uuid", "6.0": "hex", "8.0.2.0": "hex"}),
        ("unknown_method_is_located", {"6.7": True, "8.0.2.0": False}),
        ("os_type", {"4.1": "win32-x64", "5.0": "linux-x64"}),
    ],
)
def test_facts_change_with_releases(fact: str, values: dict[str, object]) -> None:
    assert {version: getattr(release(version), fact) for version in values} == values


def test_every_row_of_a_table_is_reached_and_was_observed_within_its_range() -> None:
    positions = {str(version): version.position for version in VERSIONS}
    for table in FACTS.values():
        starts = [positions[row.since] for row in table]
        assert starts == sorted(set(starts))
        assert starts[0] == 0
        for row, end in zip(table, [*starts[1:], len(VERSIONS)], strict=True):
            assert all(positions[row.since] <= positions[version] < end for version in row.observed)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("8.0.9.0", "did you mean 8.0"),
        ("7.0", r"did you mean vcenter-7\.0, vcenter-7\.0u1, .*7"),
        ("vcenter-8", r"did you mean vcenter-8\.0, vcenter-8\.0u1"),
        ("vsphere-6.5", r"vcenter-6\.5"),
        ("", "known: vcenter-2.5, vcenter-4.0, .* 9.1.1.0"),
    ],
)
def test_an_unknown_release_is_rejected_with_suggestions(name: str, hint: str) -> None:
    with pytest.raises(UnknownVersionError, match=rf"no release or API version '{name}'; .*{hint}"):
        release(name)


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("8.0.2.0", "8.0.2.0"),
        ("8.0.1.0", "8.0.1.0"),
        ("7.0.0.0", "7.0.0.0"),
        ("7.0.0.1", "7.0.0.0"),  # not in the registry
        ("8.0.3.0", None),
        ("6.9.1", None),
        ("6.7", None),
        ("8.0.2", None),
        ("v8_0_2_0", None),
        ("vcenter-8.0", None),
        ("", None),
    ],
)
def test_the_json_binding_accepts_its_own_release_and_those_before(name: str, accepted: str | None) -> None:
    found = release("8.0.2.0").json_release(name)
    assert (found and found.id) == accepted


@pytest.mark.parametrize("name", names())
def test_no_release_accepts_an_internal_version(name: str) -> None:
    profile = release(name)
    accepted = [version for version in VERSIONS if profile.json_release(version.id)]
    assert all(version.is_released for version in accepted)
    assert not accepted or accepted[-1] == profile.version
