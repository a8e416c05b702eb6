"""The two servers, how each is started, and what the kernel says they use.

CPU time is read from Linux's per-process CPU clock (nanoseconds, all threads, also those that ended), memory
from /proc; a measured server runs in no debugger and writes no log.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from benchmarks.connection import Connection
from benchmarks.request import Binding, service_content
from benchmarks.result import CannotMeasureError

SCENARIOS = {None: "default", 100: "hundred-vms", 1_000: "thousand-vms", 10_000: "ten-thousand-vms"}


class ServerFailedError(CannotMeasureError):
    """A server ended before it could be measured."""


class TooSlowError(CannotMeasureError):
    """A server did not respond within the limit."""


@dataclass(frozen=True)
class ServerCommand:
    """How to start a server: `command(address, size)` is its argv; without a size, its default inventory."""

    name: str
    command: Callable[[str, int | None], list[str]]

    @contextmanager
    def running(self, size: int | None = None, limit: float = 60.0) -> Iterator[Server]:
        """Start it, wait for the first response, yield it, end it; raise ServerFailedError, TooSlowError."""
        with tempfile.TemporaryFile("w+") as complaints:
            port = _free_port()
            started = time.perf_counter()
            command = self.command(f"127.0.0.1:{port}", size)
            process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=complaints, env=_environment()
            )
            try:
                connection = _first_answer(self.name, process, port, complaints, limit)
                yield Server(process.pid, connection, time.perf_counter() - started)
                connection.close()
            finally:
                _end(process)


@dataclass(frozen=True)
class Server:
    """A running server: the first connection to it, and the seconds from spawn to its first response."""

    pid: int
    connection: Connection
    cold_start: float

    def speaking(self, binding: Binding) -> Server:
        """Return the same with a connection that speaks another binding."""
        return replace(self, connection=Connection(self.connection.port, binding))

    def cpu(self) -> float:
        """Return the CPU seconds that the process has used so far."""
        return time.clock_gettime(~self.pid << 3 | 2)  # what clock_getcpuclockid(3) computes

    def resident(self) -> float:
        """Return the resident memory in mebibytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise ServerFailedError(f"process {self.pid} has ended")


def emulator(command: list[str]) -> ServerCommand:
    """Return the emulator, whose tasks take no time, as vcsim's."""

    def argv(address: str, size: int | None) -> list[str]:
        return [*command, "serve", "--scenario", SCENARIOS[size], "--listen", address, "--task-duration", "0"]

    return ServerCommand("emulator", argv)


def vcsim(command: str) -> ServerCommand:
    """Return vcsim, with as many VMs in one cluster of four hosts."""

    def argv(address: str, size: int | None) -> list[str]:
        inventory = [] if size is None else ["-standalone-host", "0", "-host", "4", "-vm", str(size)]
        return [command, "-l", address, "-dc", "1", "-cluster", "1", *inventory]

    return ServerCommand("vcsim", argv)


def _environment() -> dict[str, str]:
    """Return our environment, but let Python cache its compiled modules as an installed program does."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _first_answer(
    name: str, process: subprocess.Popen[bytes], port: int, complaints: IO[str], limit: float
) -> Connection:
    began = time.perf_counter()
    while (waited := time.perf_counter() - began) < limit:
        try:
            connection = Connection(port)
            connection.ask(service_content(connection.binding))
            return connection
        except OSError:
            if process.poll() is not None:
                complaints.seek(0)
                raise ServerFailedError(
                    f"{name} ended with status {process.returncode}:\n{complaints.read()}"
                ) from None
        time.sleep(max(0.001, waited / 200))  # at most half a percent late
    raise TooSlowError(f"{name} did not respond within {limit:g} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
