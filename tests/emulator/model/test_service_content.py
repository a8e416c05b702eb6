from __future__ import annotations

import pytest

from tests.emulator.scenario.site import Site
from vim25_emulator.vmodl.registry import data_type
from vim25_emulator.vmodl.type_description import Kind
from vim25_emulator.vmodl.value import MoRef
from vim25_emulator.vmodl.version import version


@pytest.mark.parametrize(("client", "references"), [("5.5", 34), ("8.0.2.0", 47)])
def test_a_client_sees_as_many_managers_as_on_a_real_server(client: str, references: int) -> None:
    content = Site.of("default", "8.0.3.0").built.service_instance.get("content")
    position = version(client).position
    declared = data_type("ServiceContent").properties.values()
    visible = [
        prop.name
        for prop in declared
        if prop.type.kind is Kind.REFERENCE and prop.since <= position and prop.name in content.__dict__
    ]
    assert len(visible) == references


def test_managers_have_the_mo_ids_that_clients_expect(default: Site) -> None:
    content = default.built.service_instance.get("content")
    assert content.rootFolder == MoRef("Folder", "group-d1")
    assert content.propertyCollector == MoRef("PropertyCollector", "propertyCollector")
    assert content.setting == MoRef("OptionManager", "VpxSettings")
    assert content.perfManager == MoRef("PerformanceManager", "PerfMgr")
    assert content.cryptoManager == MoRef("CryptoManagerKmip", "CryptoManager")


def test_an_old_release_does_not_have_newer_managers() -> None:
    site = Site.of("default", "5.5")
    assert site.built.service_instance.get("content.certificateManager") is None
    assert MoRef("CertificateManager", "certificateManager") not in site.inventory


def test_the_license_of_the_hosts_is_listed(default: Site) -> None:
    (license,) = default.inventory["LicenseManager"].get("licenses")
    assert (license.editionKey, license.used) == ("esx.enterprisePlus.cpuPackage", 4)
    features = [prop.value.key for prop in license.properties if prop.key == "feature"]
    assert "ft:8" in features


def test_a_license_without_fault_tolerance_does_not_list_it() -> None:
    (license,) = Site.of("not-licensed").inventory["LicenseManager"].get("licenses")
    features = [prop.value.key for prop in license.properties if prop.key == "feature"]
    assert not [feature for feature in features if feature.startswith("ft")]
