"""Carrying out a plan: each case at each version against a target, in one process or in several.

A worker has a target of its own and knows nothing of the others; results are put into the order of the
plan, so a log does not show how many workers there were.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import itertools
import multiprocessing
import signal
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import datetime, timezone
from importlib import metadata
from multiprocessing import util
from pathlib import Path
from typing import Any

from pyVmomi import vmodl

from vim25_conformance.case import Case, registry
from vim25_conformance.client import LOST, Client, Endpoint, UnreachableError
from vim25_conformance.conversation import Conversation
from vim25_conformance.driver import Driver
from vim25_conformance.inventory import Inventory, take
from vim25_conformance.outcome import Outcome
from vim25_conformance.runlog import FORMAT, Broke, End, Entry, NotRun, Ran, Run, RunLog, Sent, in_order
from vim25_conformance.situation import NoSuchSituationError, find
from vim25_conformance.step import stopped_by
from vim25_conformance.target import Target
from vim25_conformance.target_spec import TargetSpec
from vim25_conformance.workshop import NotArrangedError

Job = tuple[str, str]
"""A case id and an API version."""

DISPOSABLE_PATIENCE = 30.0
PATIENCE = 600.0
"""Seconds that a task or a state may take: on something that we started, and on a real system."""


def perform(case: Case, version: str, target: Target) -> tuple[Entry, Conversation]:
    """Carry out one case at one API version; whatever happens becomes the entry."""
    started = time.perf_counter()
    conversation = Conversation()
    left_behind = ""
    result: Ran | NotRun | Broke
    try:
        result, left_behind = _attempt(case, version, target, conversation)
    except (NoSuchSituationError, UnreachableError) as error:
        result = NotRun(str(error)) if isinstance(error, NoSuchSituationError) else Broke(str(error))
    except Exception as error:
        result = Broke(f"{type(error).__name__}: {error}", traceback.format_exc())
    sent = tuple(
        Sent(each.method, each.status, round(each.seconds * 1000, 1)) for each in conversation.exchanges
    )
    seconds = round(time.perf_counter() - started, 3)
    return Entry(case.id, version, case.title, result, seconds, sent, left_behind), conversation


def _attempt(
    case: Case, version: str, target: Target, conversation: Conversation
) -> tuple[Ran | NotRun, str]:
    if why := _forbidden(case, target):
        return NotRun(why), ""
    endpoint = target.open(case.needs, version)
    try:
        return _converse(case, version, target, endpoint, conversation)
    finally:
        target.used(changed=bool(case.touches))


def _forbidden(case: Case, target: Target) -> str:
    """Why the case may not be carried out on the target, empty if it may."""
    changed = " and ".join(case.shared or case.touches)
    if case.shared and not target.disposable:
        return f"would change the {changed}; only on a target that is started here and thrown away"
    if case.touches and not target.may_change:
        return f"would change the {changed}; allow it with --allow-changes and a lab file"
    return ""


def _converse(
    case: Case, version: str, target: Target, endpoint: Endpoint, conversation: Conversation
) -> tuple[Ran | NotRun, str]:
    patience = DISPOSABLE_PATIENCE if target.disposable else PATIENCE
    client = Client(endpoint, version)
    client.stub.conversation = conversation
    with client:
        driver = _prepare(case, target, client, patience)
        if isinstance(driver, Outcome):
            return Ran(driver), ""
        result: Ran | NotRun
        try:
            result = _carry_out(case, driver, undo=not target.disposable)
        finally:
            left_behind = driver.workshop.undo()
            driver.close()
        return result, left_behind


def _carry_out(case: Case, driver: Driver, *, undo: bool) -> Ran | NotRun:
    """Arrange, take the steps, and keep what was seen; `undo`: Fault Tolerance is to be turned off again."""
    try:
        with _stopping(driver):
            if case.arranges:
                case.arranges.make(driver.workshop)
            elif case.touches and undo and not driver.machine.role:
                still = f"{driver.machine.name} is still fault tolerant"
                driver.workshop.undo_with(still, lambda: driver.workshop.turn_off(driver.primary))
            driver.name_the_parts()
            case.steps(driver)
        return Ran(driver.outcome())
    except NotArrangedError as error:
        return NotRun(f"could not arrange {case.arranges.title if case.arranges else ''}: {error}")


def _prepare(case: Case, target: Target, client: Client, patience: float) -> Driver | Outcome:
    """A driver on the machine that the case needs; an outcome when the target does not even show its
    inventory."""
    anywhere = case.needs.id == "anywhere"
    try:
        inventory = Inventory((), (), {}) if anywhere else take(client.content)
    except (vmodl.MethodFault, *LOST) as error:
        return Outcome((stopped_by(error, client.stub.conversation.last),))
    place = target.place(case.needs)
    machine = None if anywhere else find(case.needs, inventory, place, search=not case.touches)
    return Driver(client, inventory, machine, place, patience)


@contextlib.contextmanager
def _stopping(driver: Driver) -> Iterator[None]:
    """A failing call of the suite's own ends the steps and is kept."""
    try:
        yield
    except (vmodl.MethodFault, *LOST) as error:
        driver.stopped(error)
    except Exception as error:
        if not _from_the_client_library(error):
            raise
        driver.stopped(error)


def _from_the_client_library(error: Exception) -> bool:
    """Whether pyVmomi died of an answer, which is the target's doing and not the suite's."""
    return Path(traceback.extract_tb(error.__traceback__)[-1].filename).parent.name == "pyVmomi"


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def introduce(target: Target, version: str) -> tuple[str, dict[str, str]]:
    """The endpoint's address and what it says about itself, before anything is tried.

    Raises UnreachableError and TargetUnavailableError.
    """
    from vim25_conformance.situation import SITUATIONS

    endpoint = target.open(SITUATIONS["anywhere"], version)
    with Client(endpoint, version) as client:
        about = client.content.about
    wanted = ("fullName", "version", "build", "apiType", "apiVersion")
    return endpoint.label, {name: str(getattr(about, name, "") or "") for name in wanted}


def run(
    spec: TargetSpec,
    plan: Sequence[tuple[Case, str]],
    workers: int = 1,
    done: Callable[[Entry], None] = lambda entry: None,
) -> RunLog:
    """Carry out the plan; `done` is called for each entry as it comes. Ctrl-C ends the run, not the log."""
    started, clock = _now(), time.perf_counter()
    jobs = [(case.id, version) for case, version in plan]
    target = spec.build()
    about, label = {}, ""
    try:
        for version in dict.fromkeys(version for _, version in jobs):
            label, about[version] = introduce(target, version)
        entries, interrupted = _collect(_entries(spec, target, jobs, workers), done)
    finally:
        target.close()
    address = target.name if target.disposable else label
    head = Run(
        FORMAT,
        metadata.version("vim25-conformance") if _installed() else "unreleased",
        metadata.version("pyvmomi"),
        target.name,
        address,
        tuple(about),
        about,
        started,
    )
    end = End(len(entries), _now(), round(time.perf_counter() - clock, 3), interrupted)
    return RunLog(head, in_order(entries, jobs), end)


def _installed() -> bool:
    try:
        metadata.version("vim25-conformance")
    except metadata.PackageNotFoundError:
        return False
    return True


def _collect(
    entries: Generator[Entry, None, None], done: Callable[[Entry], None]
) -> tuple[list[Entry], bool]:
    collected: list[Entry] = []
    try:
        with contextlib.closing(entries):
            for entry in entries:
                collected.append(entry)
                done(entry)
    except KeyboardInterrupt:
        return collected, True
    return collected, False


def _entries(spec: TargetSpec, target: Target, jobs: list[Job], workers: int) -> Generator[Entry, None, None]:
    if workers == 1:
        cases = registry()
        return (perform(cases[case], version, target)[0] for case, version in jobs)
    target.close()
    return _in_processes(spec, jobs, workers)


_target: Target | None = None
"""A worker process's own target."""


def _begin(spec: TargetSpec) -> None:
    """Ctrl-C is for the parent, which lets running cases end and the servers stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    global _target
    _target = spec.build()
    util.Finalize(None, _target.close, exitpriority=10)


def _job(case: str, version: str) -> Entry:
    assert _target is not None  # noqa: S101 - the initializer has run
    return perform(registry()[case], version, _target)[0]


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait. Processes that are started meanwhile inherit that: they are deaf to it at once."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _in_processes(spec: TargetSpec, jobs: list[Job], workers: int) -> Generator[Entry, None, None]:
    """Hands out a job when a worker is free, so that an interrupted run has little to wait for."""
    context: Any = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, context, _begin, (spec,)) as pool:
        waiting = iter(jobs)
        with _interrupts_held():
            running = {pool.submit(_job, *job) for job in itertools.islice(waiting, workers)}
        while running:
            ended, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            running |= {pool.submit(_job, *job) for job in itertools.islice(waiting, len(ended))}
            for future in ended:
                yield future.result()
