"""Start and stop an emulated vCenter.

In a program, `Emulator` is a context manager that runs its event loop in a thread:

    with Emulator(scenario="default") as vcenter:
        print(vcenter.url, vcenter.username, vcenter.password)

The command line runs the loop in the main thread (`serve`). All state of a vCenter belongs to its loop; other
threads use `call`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import math
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, ParamSpec, TypeVar, overload

from vim25_emulator.assemble import assemble
from vim25_emulator.inventory.clock import Clock, ManualClock, SystemClock
from vim25_emulator.scenario import library
from vim25_emulator.scenario.build import without_collection
from vim25_emulator.scenario.format import Scenario
from vim25_emulator.vcenter.state import VCenter
from vim25_emulator.vmodl.release import release
from vim25_emulator.wire import tls as certificates
from vim25_emulator.wire.address import listen
from vim25_emulator.wire.connection import Limits
from vim25_emulator.wire.http import HttpApplication, Observer, Transfer
from vim25_emulator.wire.listener import Listener
from vim25_emulator.wire.loop import run
from vim25_emulator.wire.routes import routes

P = ParamSpec("P")
T = TypeVar("T")

DEFAULT_USER: Final = "administrator@vsphere.local"
DEFAULT_PASSWORD: Final = "vmware"  # noqa: S105  # a documented default, no secret
DEFAULT_TASK_SECONDS: Final = 0.1

_NOT_STARTED: Final = "the emulator is not started; call start() or use it in a with statement"


@dataclass(eq=False)
class Emulator:
    """One emulated vCenter.

    `scenario` is a name listed by `library.names()`, a file, `-` for the standard input, or a `Scenario`.
    `api_version` is the release to emulate, such as `8.0.2.0` or `vcenter-5.5`; by default the scenario's.
    `messages` maps types of faults and events to texts, or is a file that does (`scenario.message_catalog`).
    `listen` is host and port; port 0 picks a free one. Without `tls`, it serves plain HTTP. `cert` and `key`
    are PEM files to use instead of the generated certificate. `user` and `password` are the administrator's.
    `task_duration` is in seconds. `clock` may be a `ManualClock`, which `advance` moves. `trace` is a file to
    append every request and response to, `-` for the standard output. `limits` restricts the size and
    duration of a request. `bound` is a socket that already listens on `listen`. After the start, `url` is the
    endpoint of the API and `ca_file` the certificate that a client must trust.

    Starting raises `ScenarioError`, `UnknownVersionError`, `ListenError` or `TlsError`, whose messages say
    what to do, or OSError if the scenario cannot be read or the trace cannot be written.
    """

    scenario: str | Path | Scenario = "default"
    _: KW_ONLY
    api_version: str | None = None
    messages: str | Path | Mapping[str, str] | None = None
    listen: tuple[str, int] = ("127.0.0.1", 0)
    tls: bool = True
    cert: Path | None = None
    key: Path | None = None
    user: str = DEFAULT_USER
    password: str = DEFAULT_PASSWORD
    task_duration: float | None = None
    clock: Clock = field(default_factory=SystemClock)
    trace: str | Path | None = None
    limits: Limits = field(default_factory=Limits)
    bound: socket.socket | None = None

    url: str = field(default="", init=False)
    ca_file: Path | None = field(default=None, init=False)
    _vcenter: VCenter | None = field(default=None, init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)
    _stopping: asyncio.Event | None = field(default=None, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.task_duration is not None and not 0 <= self.task_duration < math.inf:
            raise ValueError(f"task_duration: expected seconds, 0 or more; got {self.task_duration!r}")

    @property
    def vcenter(self) -> VCenter:
        """The vCenter's state, for use on its loop (see `call`). Raises RuntimeError before the start."""
        if self._vcenter is None:
            raise RuntimeError(_NOT_STARTED)
        return self._vcenter

    @property
    def username(self) -> str:
        """The administrator's user name; the same as `user`."""
        return self.user

    # ---- in a thread -----------------------------------------------------------------------------------

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start in a thread, and return when requests are answered. Errors of the start are raised here."""
        if self._thread is not None:
            raise RuntimeError("the emulator is already started")
        started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(started,), name="vim25-emulator", daemon=True)
        self._thread.start()
        try:
            started.result()
        except BaseException:
            self.stop()
            raise

    def _run(self, started: Future[None]) -> None:
        try:
            run(self.serve(lambda: started.set_result(None)))
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    def stop(self) -> None:
        """Answer the waiting calls, close all connections and return; no-op if not started."""
        loop, stopping = self._loop, self._stopping
        if loop is not None and stopping is not None:
            with contextlib.suppress(RuntimeError):  # the loop is already closed
                loop.call_soon_threadsafe(stopping.set)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
            self._thread = None

    @overload
    def call(self, function: Callable[P, Awaitable[T]], /, *arguments: P.args, **named: P.kwargs) -> T: ...

    @overload
    def call(self, function: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> T: ...

    def call(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        """Run a function or coroutine function on the vCenter's loop, and return its result.

        For threads other than the loop's. Raises RuntimeError if not started, and what the function raises.
        """
        if self._loop is None:
            raise RuntimeError(_NOT_STARTED)

        async def run() -> Any:
            result = function(*arguments, **named)
            return await result if inspect.isawaitable(result) else result

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def advance(self, seconds: float) -> None:
        """Advance a `ManualClock`, and return when everything due by then has happened."""
        if not isinstance(self.clock, ManualClock):
            raise TypeError("only a ManualClock can be advanced; use Emulator(clock=ManualClock())")
        self.call(self.clock.advance, seconds)

    # ---- on the loop -----------------------------------------------------------------------------------

    async def serve(self, ready: Callable[[], None]) -> None:
        """Serve until `stop` is called; call `ready` when requests are answered."""
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            async with contextlib.AsyncExitStack() as closing:
                with without_collection():
                    await self._open(closing)
                gc.freeze()  # these objects live as long as the server: collections need not visit them
                closing.callback(gc.unfreeze)
                ready()
                await self._stopping.wait()
        finally:
            self._loop = self._stopping = None

    async def _open(self, closing: contextlib.AsyncExitStack) -> None:
        """Create and open everything, what is cheap and likely to fail first; `closing` closes it."""
        bound = self.bound or listen(*self.listen)
        closing.callback(bound.close)
        identity = self._identity(self.listen[0])
        context = identity.context() if identity else None
        observer = self._observer(closing)
        self._vcenter = self._assemble()
        profile = self._vcenter.release
        transfer = Transfer(profile.says_keep_alive, profile.chunks, profile.compresses)
        application = HttpApplication(routes(self._vcenter), self.limits.body_bytes, observer, transfer)
        listener = Listener(application, bound, context, self.limits)
        closing.push_async_callback(listener.stop)
        await listener.start()
        self.ca_file = identity.authority if identity else None
        scheme, port = "https" if identity else "http", bound.getsockname()[1]
        self.url = f"{scheme}://{_url_host(self.listen[0])}:{port}/sdk"

    def _observer(self, closing: contextlib.AsyncExitStack) -> Observer | None:
        if self.trace is None:
            return None
        from vim25_emulator.wire.trace import Trace  # most servers write none, and start faster without it

        trace = Trace(self.trace, self.clock)
        closing.callback(trace.close)
        return trace.record

    def _assemble(self) -> VCenter:
        scenario = self.scenario if isinstance(self.scenario, Scenario) else library.load(str(self.scenario))
        durations = (self.task_duration, scenario.options.task_duration, DEFAULT_TASK_SECONDS)
        return assemble(
            scenario,
            release(self.api_version or str(scenario.release)),
            self.clock,
            administrators={self.user: self.password},
            messages=self._messages(),
            task_duration=next(seconds for seconds in durations if seconds is not None),
        )

    def _messages(self) -> Mapping[str, str] | None:
        if self.messages is None or isinstance(self.messages, Mapping):
            return self.messages
        from vim25_emulator.scenario import message_catalog  # most servers have no catalog

        return message_catalog.load(self.messages)

    def _identity(self, host: str) -> certificates.Identity | None:
        if not self.tls:
            return None
        if self.cert is not None:
            return certificates.from_files(Path(self.cert), Path(self.key) if self.key else None)
        return certificates.cached(host)


def _url_host(host: str) -> str:
    """Return a host as written in a URL; loopback for a wildcard address."""
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared
    return f"[{host}]" if ":" in host else host
