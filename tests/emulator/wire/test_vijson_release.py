"""Releases of the JSON binding: servers that have it, paths that they accept, what a release hides."""

from __future__ import annotations

import pytest

from tests.emulator.wire.json_peer import JsonPeer
from tests.emulator.wire.peer import CONTENT, Peer
from vim25_emulator import Emulator
from vim25_emulator.vmodl.release import names, release

PARTS = "ServiceInstance/ServiceInstance/content"
SERVERS = [name for name in names() if name[0].isdigit() and name.count(".") == 3 and release(name).vijson]


@pytest.mark.parametrize("server", ["5.5", "6.7", "7.0.0.0", "7.0.3.2", "8.0.0.2"])
@pytest.mark.parametrize("path", [f"/sdk/vim25/7.0.0.0/{PARTS}", "/sdk/vim25/8.0.1.0/x", "/sdk/vim25/"])
def test_before_8_0_1_0_post_meets_the_soap_server(server: str, path: str) -> None:
    """[observed: an ESXi host, which has no JSON either; derived, for a vCenter]"""
    with Emulator(api_version=server) as emulator, Peer(emulator) as peer:
        answer = peer.post('{"a": 1}', path=path)
        assert (answer.status, answer.headers["content-type"]) == (500, "text/xml; charset=utf-8")
        code, text = answer.fault
        assert code == "ClientFaultCode"
        assert text.startswith("Error returned by expat parser: not well-formed (invalid token)")
        assert "vmware-api-session-id" not in answer.headers
        answer = peer.get(path)
        assert (answer.status, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")
        assert peer.post(CONTENT, path=path).status == 200  # it is the SOAP server


@pytest.mark.parametrize("server", SERVERS)
def test_every_server_accepts_its_own_api_version_and_the_ones_before(server: str) -> None:
    """Clients put `about.apiVersion` into the path as it stands [observed: clients]."""
    with Emulator(api_version=server) as emulator, JsonPeer(emulator, "7.0.0.0") as peer:
        about = peer.value_of(PARTS)["about"]
        assert about["apiVersion"] == server
        accepted = {each for each in (*SERVERS, "7.0.0.1", "7.0.3.2", "8.0.0.1") if each <= server}
        for name in (*SERVERS, "7.0.0.1", "7.0.3.2", "8.0.0.1", "6.9.1", "8.0.1", "9.9.9.9", ""):
            answer = peer.read(f"/sdk/vim25/{name}/{PARTS}")
            assert answer.status == (200 if name in accepted else 500), name
            if answer.status == 500:
                assert answer.value["_typeName"] == "InvalidRequest"
                assert "Unknown release ID" in answer.value["faultstring"]


def test_answers_have_nothing_that_is_newer_than_the_path() -> None:
    with Emulator(api_version="9.1.1.0") as emulator, JsonPeer(emulator, "9.0.0.0") as new:
        new.login()
        with JsonPeer(emulator, "8.0.3.1") as old:
            old.session = new.session
            assert "directPathProfileManager" in new.value_of(PARTS)
            assert "directPathProfileManager" not in old.value_of(PARTS)
        content = new.value_of(f"/sdk/vim25/7.0.0.1/{PARTS}")  # served as the release before it [derived]
        assert content == new.value_of(f"/sdk/vim25/7.0.0.0/{PARTS}")
        assert "patchLevel" not in content["about"]


def test_the_release_of_the_path_is_the_version_of_the_fault() -> None:
    """A client gets no fault that its release does not have, but the nearest ancestor of it."""
    with Emulator("restricted-user", api_version="9.1.1.0") as emulator, JsonPeer(emulator) as peer:
        peer.login("readonly@vsphere.local", "vmware")
        rename, body = "Folder/group-d1/Rename_Task", {"newName": "x"}
        assert "missingPrivileges" in peer.call(rename, body).value
        fault = peer.call(f"/sdk/vim25/7.0.0.0/{rename}", body).value
        assert fault["_typeName"] == "NoPermission"
        assert "missingPrivileges" not in fault
