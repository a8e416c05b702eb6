"""govmomi's simulator as a target: a second implementation to compare with. Users need neither it nor Go."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final

import trustme

from vim25_conformance.binding import SOAP
from vim25_conformance.client import Endpoint, endpoint_of
from vim25_conformance.journal import Journal
from vim25_conformance.situation import Lab, Location, NoSuchSituationError, Situation
from vim25_conformance.target import VCSIM, Started, TargetUnavailableError

#: vcsim does not implement Fault Tolerance, so any VM will do.
INVENTORY: Final = Lab(
    situations={"anywhere": Location(), "restricted": Location(primary="DC0_C0_RP0_VM0")},
    otherwise=Location(primary="DC0_C0_RP0_VM0", as_is=True),
)


class VcsimTarget:
    """govmomi's simulator, if it is installed."""

    name = VCSIM
    bindings: Collection[str] = (SOAP,)
    disposable = may_change = True

    def __init__(self) -> None:
        self._started, self.journal = Started(), Journal()

    @staticmethod
    def executable() -> str | None:
        """Return the path of vcsim: on PATH, or where `go install` puts it; None if it is not installed."""
        return shutil.which("vcsim") or shutil.which("vcsim", path=str(Path.home() / "go" / "bin"))

    def open(self, situation: Situation, version: str) -> Endpoint:
        """Return a vcsim with its default inventory."""
        if situation.user:
            raise NoSuchSituationError("vcsim has no second user")
        if self._started.key != ("", version) or self._started.endpoint is None:
            self._started.stop()
            self._started.endpoint = self._start(version)
            self._started.key = ("", version)
        return self._started.endpoint

    def _start(self, version: str) -> Endpoint:
        program = self.executable()
        if program is None:
            raise TargetUnavailableError(
                "vcsim is neither on PATH nor in ~/go/bin; install it with"
                " `go install github.com/vmware/govmomi/vcsim@v0.46.3`, or pass a URL"
            )
        folder = Path(
            self._started.stack.enter_context(tempfile.TemporaryDirectory(prefix="vim25-conformance-"))
        )
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1")
        authority.cert_pem.write_to_path(folder / "ca.pem")
        issued.private_key_pem.write_to_path(folder / "key.pem")
        issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        command = [
            program,
            "-l",
            "127.0.0.1:0",
            "-username",
            "user",
            "-password",
            "pass",
            "-api-version",
            version,
        ]
        command += ["-tlscert", str(folder / "cert.pem"), "-tlskey", str(folder / "key.pem")]
        process = self._started.stack.enter_context(_Process(command))
        return endpoint_of(process.url, username="user", password="pass", ca_file=str(folder / "ca.pem"))  # noqa: S106 - our own child

    def location(self, situation: Situation) -> Location | None:
        """Return a VM of the default inventory."""
        return INVENTORY.location(situation)

    def named(self) -> Iterable[Location]:
        """Return none: vcsim is nobody's."""
        return ()

    def used(self, *, changed: bool) -> None:
        """Discard a modified vcsim."""
        if changed:
            self._started.stop()

    def close(self) -> None:
        """Stop it."""
        self._started.stop()


class _Process:
    """A vcsim process whose address is known."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self.url = ""

    def __enter__(self) -> _Process:
        self._child = subprocess.Popen(  # noqa: S603 - a program that the user installed, with our own arguments
            self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self._child.stdout.readline() if self._child.stdout else ""
        self.url = "https://" + line.partition("@")[2].partition(" ")[0].strip()
        if not line.startswith("export GOVC_URL="):
            self.__exit__(None, None, None)
            raise TargetUnavailableError(f"vcsim did not start; the command was: {' '.join(self._command)}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.terminate()
        self._child.wait(10)
        if self._child.stdout:
            self._child.stdout.close()
