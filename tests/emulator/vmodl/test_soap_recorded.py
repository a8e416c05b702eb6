"""Recorded exchanges with real vCenters, 5.5 to 8.0.3: each answer, read and written again, is as it was.

The recordings are in pyvmomi's source distributions (Apache-2.0) and not in ours: they are fetched once with
pip and kept in the user's cache folder. Without network, the tests are skipped.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from emulator.vmodl import registry
from emulator.vmodl.registry import Kind
from emulator.vmodl.soap_decoder import decode_call, parse_envelope
from emulator.vmodl.soap_encoder import encode_envelope_fault, encode_fault_detail, encode_response, envelope
from emulator.vmodl.soap_reader import data, reader
from emulator.vmodl.version import NEWEST, Version, version
from emulator.vmodl.xml_tree import Element, parse

#: Source distribution → versions that its recorded clients ask for.
RELEASES = {
    "7.0.3": {"2.0", "4.1", "5.5", "6.0", "6.5", "6.7"},
    "8.0.3.0.1": {"2.0", "4.1", "5.5", "6.5", "8.0.2.0"},
}
_VERSION_ID = re.compile(r"urn:vim25?/([0-9.]+)")


class Exchange(NamedTuple):
    """One recorded request and its answer; `client` is the version that the request asks for."""

    source: str
    client: Version
    request: bytes
    answer: bytes


def archive(release: str) -> Path:
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = caches / "vim25-conformance" / f"pyvmomi-{release}.tar.gz"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as fresh:
            fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--retries=0", "--timeout=5"]
            what = ["--no-deps", "--no-binary=pyvmomi", f"--dest={fresh}", f"pyvmomi=={release}"]
            done = subprocess.run([*fetch, *what], capture_output=True, text=True)  # noqa: S603  # fixed words
            if done.returncode:
                pytest.skip(f"cannot fetch the recordings: {done.stderr.strip().splitlines()[-1:]}")
            (Path(fresh) / kept.name).replace(kept)
    return kept


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads the recordings, some of which were written by Python 2."""


_Loader.add_constructor("tag:yaml.org,2002:python/unicode", lambda _loader, node: node.value)


@cache
def exchanges(release: str) -> tuple[Exchange, ...]:
    found = []
    with tarfile.open(archive(release)) as files:
        for member in files:
            if member.name.endswith(".yaml") and "/tests/fixtures/" in member.name:
                content = files.extractfile(member)
                assert content is not None
                recorded = yaml.load(content, _Loader)  # noqa: S506  # a safe loader
                found += list(_exchanges(Path(member.name).name, recorded["interactions"]))
    return tuple(found)


def _exchanges(source: str, interactions: list[Any]) -> Iterator[Exchange]:
    """Yield the vim25 exchanges among the recorded ones; others ask for documents, or other services."""
    for interaction in interactions:
        request, answer = interaction["request"], interaction["response"]["body"]["string"]
        asked = _VERSION_ID.search(str(request["headers"]))
        if asked and "Envelope" in str(answer):
            yield Exchange(source, version(asked[1]), _bytes(request["body"]), _bytes(answer))


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def written_again(answer: Element, client: Version) -> bytes:
    """The document that carries what an answer's element says, read and encoded by the codec."""
    if answer.name == "Fault":
        code, text, detail = answer
        fault = data(detail[0].attributes["xsi:type"], client.position)(detail[0])
        return encode_envelope_fault(code.text, text.text, encode_fault_detail(fault, client))
    method = registry.method(answer.name.removesuffix("Response"))
    assert method is not None
    if method.result.kind is Kind.VOID:
        return envelope(encode_response(method, None, client))
    values = tuple(map(reader(method.result, client.position), answer))
    result = values if method.result.array else next(iter(values), None)
    return envelope(encode_response(method, result, client))


@pytest.mark.parametrize("release", RELEASES)
def test_every_answer_is_written_again_byte_for_byte(release: str) -> None:
    for exchange in exchanges(release):
        answer = parse(exchange.answer)[0][0]
        assert written_again(answer, exchange.client) == exchange.answer.rstrip(b"\n"), exchange.source


@pytest.mark.parametrize("release", RELEASES)
def test_every_request_is_read(release: str) -> None:
    for exchange in exchanges(release):
        call = decode_call(parse_envelope(exchange.request), exchange.client, NEWEST)
        assert call.method.name.encode() in exchange.request


@pytest.mark.parametrize("release", RELEASES)
def test_the_recordings_are_of_many_versions_and_kinds(release: str) -> None:
    assert len(exchanges(release)) > 300
    assert {exchange.client.id for exchange in exchanges(release)} == RELEASES[release]
    kinds = {parse(exchange.answer)[0][0].name for exchange in exchanges(release)}
    assert kinds >= {"Fault", "RetrieveServiceContentResponse", "LoginResponse", "FindByUuidResponse"}
