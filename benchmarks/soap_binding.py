"""SOAP: calls as envelopes, answers by lxml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.message import Message
from typing import Final

from lxml import etree

from benchmarks.request import MARKS, Data, Reference, Request, Value, WrongAnswerError

_VIM: Final = "{urn:vim25}"
_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
    '<{method} xmlns="urn:vim25">{arguments}</{method}>'
    "</soapenv:Body></soapenv:Envelope>"
)


class SoapBinding:
    """vim25 in XML, at `/sdk`."""

    name = "SOAP"
    headers: Mapping[str, str] = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": "urn:vim25/8.0.2.0",
    }

    def call(
        self,
        this: Reference,
        method: str,
        arguments: Mapping[str, Value] | None = None,
        expected: str = "",
        times: int = 0,
    ) -> Request:
        """Prepare a call."""
        body = _ENVELOPE.format(method=method, arguments=_members({"_this": this, **(arguments or {})}))
        return Request("/sdk", body.encode(), (expected or f"<{method}Response").encode(), times)

    def marked(self, request: Request) -> Request:
        """Return the request with an operation id of its own, as some clients send."""
        operation = f'<operationID xmlns="urn:vim25">{next(MARKS):08x}</operationID>'
        marked = f"<soapenv:Header>{operation}</soapenv:Header><soapenv:Body>"
        return replace(request, body=request.body.replace(b"<soapenv:Body>", marked.encode()))

    def session(self, headers: Message) -> dict[str, str]:
        """Return the session's cookie."""
        cookie = headers.get("Set-Cookie")
        return {"Cookie": cookie.partition(";")[0]} if cookie else {}

    def references(self, answer: bytes) -> dict[str, Reference]:
        """Return all references by the name of their element."""
        elements = (e for e in etree.fromstring(answer).iter(f"{_VIM}*") if e.get("type"))
        return {e.tag.removeprefix(_VIM): Reference(e.get("type"), e.text or "") for e in elements}

    def reference(self, answer: bytes) -> Reference:
        """Return the first reference."""
        for found in self.references(answer).values():
            return found
        raise WrongAnswerError(f"no reference in {answer[:2000].decode()}")

    def machines(self, answer: bytes) -> dict[Reference, tuple[str, ...]]:
        """Return the texts of the values by VM."""
        return {
            self.reference(etree.tostring(found)): tuple(value.text for value in found.iter(_VIM + "val"))
            for found in etree.fromstring(answer).iter(_VIM + "objects")
        }

    def version(self, answer: bytes) -> str:
        """Return the text of the element `version`."""
        return str(etree.fromstring(answer).findtext(f".//{_VIM}version"))

    def is_truncated(self, answer: bytes) -> bool:
        """Whether the element `truncated` says so."""
        return b"<truncated>true</truncated>" in answer


def _members(members: Mapping[str, Value]) -> str:
    return "".join(_element(name, value) for name, value in members.items())


def _element(tag: str, value: Value) -> str:
    if isinstance(value, Reference):
        return f'<{tag} type="{value.type}">{value.value}</{tag}>'
    if isinstance(value, Data):
        kind = f' xsi:type="{value.type}"' if value.is_subtype else ""
        return f"<{tag}{kind}>{_members(value.members)}</{tag}>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(tag, item) for item in value)
    text = str(value).lower() if isinstance(value, bool) else value
    return f"<{tag}>{text}</{tag}>"
