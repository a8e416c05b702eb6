"""What is served where. Clients post to the URL that they read the WSDL from, so that takes calls too."""

from __future__ import annotations

from emulator.vcenter.state import VCenter
from emulator.wire.app import VimApplication
from emulator.wire.endpoint import SoapEndpoint
from emulator.wire.http import Handler, Reply, Request, Routes
from emulator.wire.negotiation import service_versions


def routes(vcenter: VCenter) -> Routes:
    """Return path → HTTP method → handler for everything that a vCenter serves."""
    call = SoapEndpoint(VimApplication(vcenter))
    return {
        "/sdk": {"POST": call},
        "/sdk/vimService": {"POST": call},
        "/sdk/vimService.wsdl": {"POST": call},
        "/sdk/vimServiceVersions.xml": {"GET": _document(service_versions(vcenter.release))},
    }


def _document(content: bytes) -> Handler:
    def serve(_request: Request) -> Reply:
        return Reply(200, content, [(b"content-type", b"text/xml; charset=utf-8")])

    return serve
