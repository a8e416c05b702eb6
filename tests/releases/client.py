"""A client of any version, independent of any library's release.

It checks that every response contains only what its version has.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from tests.emulator.wire.peer import Answer, Peer, call
from tests.releases.visibility import newer_in_detail, newer_in_result
from vim25_emulator import Emulator
from vim25_emulator.vmodl import registry
from vim25_emulator.vmodl.version import Version, version

_ALL = ("Folder", "Datacenter", "ComputeResource", "HostSystem", "VirtualMachine", "Datastore", "Network")


class RefusedError(Exception):
    """A fault. `name` is the type of the detail, None without detail; `text` the faultstring."""

    def __init__(self, code: str, text: str, detail: Any | None) -> None:
        super().__init__(text)
        self.code, self.text, self.detail = code, text, detail
        self.name = None if detail is None else local(detail).removesuffix("Fault")


def local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


class Client:
    """A connection and its session.

    `asks` is the version in the SOAPAction; `served` the version that the responses must be limited to.
    """

    def __init__(self, emulator: Emulator, asks: str | None, served: str) -> None:
        self._emulator = emulator
        self._peer = Peer(emulator)
        self._headers = [] if asks is None else [f'SOAPAction: "{asks}"']
        self.served: Version = version(served)
        self.last: Answer | None = None

    def close(self) -> None:
        self._peer.socket.close()

    def send(self, document: str) -> Any:
        """Post a document; return the child of the response's body. Raises RefusedError for a fault."""
        answer = self.last = self._peer.post(document, *self._headers)
        cookie = answer.headers.get("set-cookie")
        if cookie:
            self._headers.append("Cookie: " + cookie.partition(";")[0])
        reply = etree.fromstring(answer.body)[0][0]
        if local(reply) != "Fault":
            assert answer.status == 200
            return reply
        assert answer.status == 500
        parts = {local(part): part for part in reply}
        detail = parts["detail"][0] if "detail" in parts else None
        if detail is not None:
            newer = newer_in_detail(detail, self.served)
            assert not newer, newer
        raise RefusedError(parts["faultcode"].text, parts["faultstring"].text or "", detail)

    def call(self, name: str, this_type: str, this: str, arguments: str = "") -> Any:
        """Call a method; return the response element."""
        method = registry.method(name)
        assert method is not None
        reply = self.send(call(name, this_type, this, arguments))
        assert local(reply) == f"{name}Response"
        newer = newer_in_result(reply, method, self.served)
        assert not newer, newer
        return reply

    def login(self) -> None:
        credentials = f"<userName>{self._emulator.username}</userName>"
        credentials += f"<password>{self._emulator.password}</password>"
        self.call("Login", "SessionManager", "SessionManager", credentials)

    def content(self) -> dict[str, Any]:
        """Return the service content as a dict by property name."""
        reply = self.call("RetrieveServiceContent", "ServiceInstance", "ServiceInstance")
        return {local(child): child for child in reply[0]}

    def everything(self) -> list[Any]:
        """Return all properties of all entities, as ObjectContent elements."""
        kinds = "".join(f"<propSet><type>{kind}</type><all>true</all></propSet>" for kind in _ALL)
        return self._retrieve(kinds)

    def read(self, kind: str, *paths: str) -> dict[str, dict[str, Any]]:
        """Return moId → path → `val` element of the objects of a type."""
        path_set = "".join(f"<pathSet>{path}</pathSet>" for path in paths)
        contents = self._retrieve(f"<propSet><type>{kind}</type><all>false</all>{path_set}</propSet>")
        return {
            content[0].text: {entry[0].text: entry[1] for entry in content[1:] if local(entry) == "propSet"}
            for content in contents
        }

    def _retrieve(self, properties: str) -> list[Any]:
        selected = "<type>ManagedEntity</type>"
        view = self.call(
            "CreateContainerView",
            "ViewManager",
            "ViewManager",
            f'<container type="Folder">group-d1</container>{selected}<recursive>true</recursive>',
        )[0].text
        steps = '<selectSet xsi:type="TraversalSpec"><type>ContainerView</type><path>view</path></selectSet>'
        objects = f'<objectSet><obj type="ContainerView">{view}</obj><skip>true</skip>{steps}</objectSet>'
        spec = f"<specSet>{properties}{objects}</specSet>"
        return list(self.call("RetrieveProperties", "PropertyCollector", "propertyCollector", spec))

    def wait_for_task(self, task: str) -> dict[str, Any]:
        """Wait for the end of a task with a property filter; return its info by property."""
        spec = (
            "<spec><propSet><type>Task</type><all>false</all><pathSet>info</pathSet></propSet>"
            f'<objectSet><obj type="Task">{escape(task)}</obj></objectSet></spec>'
            "<partialUpdates>false</partialUpdates>"
        )
        self.call("CreateFilter", "PropertyCollector", "propertyCollector", spec)
        known = ""
        while True:
            update = self.call("WaitForUpdates", "PropertyCollector", "propertyCollector", known)[0]
            known = f"<version>{update[0].text}</version>"
            for info in update.iter("{urn:vim25}val"):
                parts = {local(part): part for part in info}
                if parts["state"].text in {"success", "error"}:
                    return parts


@contextmanager
def client(emulator: Emulator, asks: str, served: str | None = None) -> Iterator[Client]:
    """Log in a client of version `asks`; `served` is the version it is served as, by default the same."""
    opened = Client(emulator, f"urn:vim25/{asks}", served or asks)
    try:
        opened.login()
        yield opened
    finally:
        opened.close()
