"""A virtual machine's small files are read over HTTP, as libvirt and virt-v2v do."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import pytest

from tests.emulator.wire.peer import Answer, Peer, login
from vim25_emulator import Emulator

PLACE = "dcPath=Lab&dsName=shared-1"
VMX = f"/folder/web01/web01.vmx?{PLACE}"


NOT_FOUND = ("NotFound", "InvalidDatastore", "FileNotFound")


def basic(user: str, password: str) -> str:
    return f"Authorization: Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator("restricted-user") as started:
        yield started


@pytest.fixture
def administrator(emulator: Emulator) -> str:
    return basic(emulator.username, emulator.password)


def settings(answer: Answer) -> dict[str, str]:
    """Return the keys and values of a .vmx file."""
    return dict(re.findall(r'^([\w.:]+) = "(.*)"$', answer.text, re.MULTILINE))


def cookie_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def test_a_vmx_file_describes_the_machine(peer: Peer, administrator: str) -> None:
    answer = peer.get(VMX, administrator)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/octet-stream")
    vmx = settings(answer)
    assert len(vmx) == len(answer.text.splitlines())
    expected = {
        ".encoding": "UTF-8",
        "config.version": "8",
        "virtualHW.version": "20",
        "displayName": "web01",
        "guestOS": "ubuntu-64",
        "memSize": "4096",
        "numvcpus": "1",
        "firmware": "bios",
        "nvram": "web01.nvram",
        "scsi0.virtualDev": "pvscsi",
        "scsi0:0.fileName": "web01.vmdk",
        "scsi0:0.deviceType": "scsi-hardDisk",
        "ethernet0.virtualDev": "vmxnet3",
        "ethernet0.networkName": "VM Network",
        "ethernet0.addressType": "vpx",
    }
    assert expected.items() <= vmx.items()
    assert re.fullmatch(r"(\w\w ){7}\w\w-(\w\w ){7}\w\w", vmx["uuid.bios"])


@pytest.mark.parametrize(
    ("name", "start"), [("web01.vmxf", b"<?xml"), ("web01.nvram", b"MRVN"), ("web01.vmsd", b"")]
)
def test_the_other_small_files_are_there(peer: Peer, administrator: str, name: str, start: bytes) -> None:
    answer = peer.get(f"/folder/web01/{name}?{PLACE}", administrator)
    assert answer.status == 200
    assert answer.body.startswith(start)
    head = peer.get(f"/folder/web01/{name}?{PLACE}", administrator, method="HEAD")
    assert int(head.headers["content-length"]) == len(answer.body)


def test_a_login_by_basic_authentication_opens_a_session(peer: Peer, administrator: str) -> None:
    answer = peer.get(VMX, administrator)
    cookie = cookie_of(answer)
    assert cookie.startswith('vmware_soap_session="')
    again = peer.get(VMX, f"Cookie: {cookie}")
    assert (again.status, again.body, "set-cookie" in again.headers) == (200, answer.body, False)


def test_the_session_of_a_soap_login_reads_files(emulator: Emulator, peer: Peer) -> None:
    cookie = cookie_of(peer.post(login(emulator)))
    assert peer.get(VMX, f"Cookie: {cookie}").status == 200


@pytest.mark.parametrize(
    "header",
    [
        "X-None: 1",
        basic("administrator@vsphere.local", "wrong"),
        "Authorization: Basic ???",
        "Authorization: Bearer token",
        "Cookie: vmware_soap_session=unknown",
    ],
)
def test_who_is_unknown_is_asked_to_log_in(peer: Peer, header: str) -> None:
    answer = peer.get(VMX, header)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Basic realm="VMware HTTP server"')
    assert "set-cookie" not in answer.headers


def test_browsing_needs_its_privilege(peer: Peer) -> None:
    reader = basic("readonly@vsphere.local", "vmware")
    for path in (VMX, f"/folder?{PLACE}", "/folder?dcPath=Lab"):
        answer = peer.get(path, reader)
        assert (answer.status, answer.text) == (403, "NoPermission\n")
    assert peer.get("/folder", reader).status == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/folder/web01/other.vmx?{PLACE}",
        f"/folder/nowhere?{PLACE}",
        "/folder/web01/web01.vmx?dcPath=Nowhere&dsName=shared-1",
        "/folder/web01/web01.vmx?dcPath=Lab&dsName=other",
        "/folder?dcPath=Lab/vm",
        f"/folder/../../etc/passwd?{PLACE}",
    ],
)
def test_what_is_not_there_is_not_found(peer: Peer, administrator: str, path: str) -> None:
    answer = peer.get(path, administrator)
    assert (answer.status, answer.text) in {(404, f"{fault}\n") for fault in NOT_FOUND}


def test_the_contents_of_disks_are_not_emulated(peer: Peer, administrator: str) -> None:
    answer = peer.get(f"/folder/web01/web01.vmdk?{PLACE}", administrator)
    assert (answer.status, answer.text) == (501, "NotSupported\n")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_files_are_read_only(peer: Peer, administrator: str, method: str) -> None:
    answer = peer.get(VMX, administrator, "Content-Length: 0", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET")


def test_listings_lead_to_the_file(peer: Peer, administrator: str) -> None:
    path = "/folder"
    for name in ("Lab", "shared-1", "web01", "web01.vmx"):
        answer = peer.get(path, administrator)
        assert answer.headers["content-type"].startswith("text/html")
        links = {text: link for link, text in re.findall(r'<a href="([^"]+)">([^<]+)</a>', answer.text)}
        path = links[name].replace("&amp;", "&")
    assert settings(peer.get(path, administrator))["displayName"] == "web01"
