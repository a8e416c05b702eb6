"""The routes of the server. The WSDL's URL accepts calls, too, since clients post to where they load it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.version import Version
from vim25_emulator.wire.http import Handler, Reply, Request, Routes, plain
from vim25_emulator.wire.negotiation import service_versions
from vim25_emulator.wire.soap_application import SoapApplication
from vim25_emulator.wire.soap_endpoint import SoapEndpoint

_SERVICE: Final = "vimService.wsdl"
_IMPORTED: Final = (
    "vim.wsdl",
    "core-types.xsd",
    "query-types.xsd",
    "vim-types.xsd",
    "reflect-types.xsd",
    "query-messagetypes.xsd",
    "reflect-messagetypes.xsd",
    "vim-messagetypes.xsd",
)
_API_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes(vcenter: VCenter) -> Routes:
    """Return path → HTTP method → handler."""
    call = SoapEndpoint(SoapApplication(vcenter))
    release = vcenter.release
    service = _description(_SERVICE, release.version)
    return {
        "/sdk": {"POST": call},
        "/sdk/vim25/": _vijson(vcenter, call),
        "/sdk/vimService": {"GET": service, "POST": call},
        f"/sdk/{_SERVICE}": {"GET": service, "POST": call},
        **{f"/sdk/{name}": {"GET": _description(name, release.version)} for name in _IMPORTED},
        **{path: {"GET": _datastore_access(vcenter)} for path in ("/folder", "/folder/")},
        **({"/api/": dict.fromkeys(_API_METHODS, _automation_api(vcenter))} if release.api_session else {}),
        "/sdk/vimServiceVersions.xml": {"GET": lambda _request: _xml(service_versions(release))},
    }


def _xml(content: bytes) -> Reply:
    return Reply(200, content, [(b"content-type", b"text/xml; charset=utf-8")])


def _datastore_access(vcenter: VCenter) -> Handler:
    def serve(request: Request) -> Reply:
        from vim25_emulator.wire.datastore_access import datastore_access  # most servers never serve it

        return datastore_access(vcenter, request)

    return serve


def _vijson(vcenter: VCenter, soap: Handler) -> Mapping[str, Handler]:
    """Return the handlers of the JSON binding, which is imported for its first request.

    In a release without it, POST meets the SOAP server [observed: an ESXi host, which has no JSON either].
    """
    if not vcenter.release.vijson:
        return {"POST": soap, "GET": lambda request: plain(404, f"{request.path} is not here")}

    @cache
    def endpoint() -> Handler:
        from vim25_emulator.wire.vijson_endpoint import vijson_endpoint

        return vijson_endpoint(vcenter)

    return dict.fromkeys(("POST", "GET"), lambda request: endpoint()(request))


def _automation_api(vcenter: VCenter) -> Handler:
    def serve(request: Request) -> Reply:
        from vim25_emulator.wire.automation_api import automation_api  # most servers never serve it

        return automation_api(vcenter, request)

    return serve


def _description(name: str, version: Version) -> Handler:
    """Return a handler for a file of the WSDL, with the URL of the service as the client reached it."""

    def serve(request: Request) -> Reply:
        from vim25_emulator.soap.wsdl import documents  # most servers never serve it

        scheme = "https" if request.secure else "http"
        return _xml(documents(version, f"{scheme}://{request.header(b'host') or 'localhost'}/sdk")[name])

    return serve
