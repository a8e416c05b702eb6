"""A stub that speaks VI/JSON, so that pyVmomi's objects can be used with it as they are.

`vm.CreateSecondaryVM_Task()` is a POST, `vm.name` a GET. The session is in a header instead of a cookie.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec
from pyVmomi import VmomiSupport, vmodl

from vim25_conformance.binding import HTTP, JSON, SESSION_HEADER
from vim25_conformance.conversation import Exchange
from vim25_conformance.json_value import JsonDecoder, JsonEncoder, UndecodableError
from vim25_conformance.recording_stub import RecordingStub, Response

#: Name of the method by which pyVmomi reads a property over SOAP.
FETCH: Final = "Fetch"


class JsonStub(RecordingStub):
    """pyVmomi's stub over VI/JSON, with a recorded conversation."""

    binding = JSON

    def address(self, kind: str, moid: str, member: str) -> str:
        """Return the path of a method or a property."""
        return "/".join((self.root, kind, quote(moid, safe=""), member))

    @property
    def root(self) -> str:
        """Return the path of the release that the client names."""
        release = self.versionId.strip('"').rpartition("/")[2]
        return f"{self.path.rstrip('/')}/vim25/{release}"

    def headers(self) -> dict[str, str]:
        """Return the headers of a request."""
        session = {SESSION_HEADER: self.sessionId} if self.sessionId else {}
        return {"Content-Type": "application/json", "User-Agent": "vim25-conformance", **session}

    def invoke(self, mo: Any, info: Any, args: Any, outer: Any) -> Any:
        """Send one call, or read one property if the call is a Fetch."""
        if not VmomiSupport.IsChildVersion(self.version, info.version):
            raise vmodl.fault.MethodNotFound(receiver=mo, method=info.name)
        kind = VmomiSupport.GetWsdlName(type(mo))
        if info.wsdlName == FETCH:
            answer = self.send("GET", self.address(kind, mo._moId, args[0]), b"", self.headers())
        else:
            body = msgspec.json.encode(JsonEncoder(self.version).arguments(info.params, args))
            answer = self.send("POST", self.address(kind, mo._moId, info.wsdlName), body, self.headers())
        return self._result(answer, info.result)

    def _result(self, answer: Response, result: Any) -> Any:
        """Return the value of a response, whose session is the stub's from then on; raise its fault."""
        status, body = answer.status, answer.read()
        if status in (http.client.OK, http.client.NO_CONTENT):
            self.sessionId = answer.getheader(SESSION_HEADER) or self.sessionId
            nothing = result() if issubclass(result, list) else None
            return self._decoded(body, result) if body else nothing
        if status == http.client.INTERNAL_SERVER_ERROR:
            fault = self._decoded(body, vmodl.MethodFault)
            raise fault if isinstance(fault, vmodl.MethodFault) else UndecodableError("a fault that is none")
        raise http.client.HTTPException(f"{status} {answer.reason}")

    def _decoded(self, body: bytes, declared: Any) -> Any:
        try:
            data = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise UndecodableError(f"not JSON: {error}") from error
        return JsonDecoder(self).value(data, declared)

    def request(
        self, verb: str, path: str, body: bytes, headers: Mapping[str, str], release: str | None = None
    ) -> Exchange:
        """Send bytes unchanged; never raise for what the server does.

        A path that does not begin with `/` is below the release, the client's own unless another is named.
        The response is one of vim25 if the path has a type.
        """
        root = f"{self.root.rpartition('/')[0]}/{release}" if release else self.root
        is_vim = "/" in path and not path.startswith("/")
        exchange = Exchange(verb, body, version=self.expected, binding=JSON if is_vim else HTTP)
        whole = path if path.startswith("/") else f"{root}/{path}"
        return self.exchange(exchange, verb, whole, headers)
