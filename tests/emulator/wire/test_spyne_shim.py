"""Spyne is importable on every supported Python, and the shim leaves nothing behind."""

import subprocess
import sys

_PROGRAM = """
import sys
had_cgi = "cgi" in sys.modules
from vim25_emulator.wire.spyne_shim import importable
with importable():
    from spyne import Application, Fault, Service, rpc, const
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication
assert not any(type(finder).__module__ == "vim25_emulator.wire.spyne_shim" for finder in sys.meta_path)
assert ("cgi" in sys.modules) == had_cgi or sys.version_info < (3, 13)
import logging, math
assert const.MIN_GC_INTERVAL == math.inf
assert not logging.getLogger("spyne.application").isEnabledFor(logging.CRITICAL)
"""


def test_imports_and_leaves_nothing_behind() -> None:
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-W", "error", "-c", _PROGRAM], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_reads_headers_as_cgi_did() -> None:
    from vim25_emulator.wire.spyne_shim import _parse_header

    assert _parse_header('text/xml; charset="utf-8"; action=a') == (
        "text/xml",
        {"charset": "utf-8", "action": "a"},
    )
