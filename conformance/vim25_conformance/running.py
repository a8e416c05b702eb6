"""Run a plan: each case at each version against a target, in one process or in several.

Each worker has a target of its own; results are sorted into the order of the plan, so that a log does not
depend on the number of workers.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import itertools
import math
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import datetime, timezone
from importlib import metadata
from multiprocessing import util
from pathlib import Path
from typing import Any

from pyVmomi import vmodl

from vim25_conformance import interruption
from vim25_conformance.binding import BINDINGS, SOAP
from vim25_conformance.case import Case, registry
from vim25_conformance.client import EndpointClient, UnreachableError
from vim25_conformance.conversation import GARBLED, LOST, Conversation
from vim25_conformance.driver import Driver
from vim25_conformance.outcome import Outcome
from vim25_conformance.runlog import (
    FORMAT,
    Broke,
    End,
    Entry,
    Key,
    NotRun,
    Ran,
    Run,
    RunLog,
    Sent,
    in_order,
    lost,
)
from vim25_conformance.situation import NoSuchSituationError, find
from vim25_conformance.step import stopped_by
from vim25_conformance.survey import InventorySurvey, survey
from vim25_conformance.target import Target, TargetUnavailableError, lacks
from vim25_conformance.target_spec import TargetSpec
from vim25_conformance.task_runner import NotArrangedError

#: Seconds that a task or a state may take, on a disposable target and on a real system.
DISPOSABLE_PATIENCE = 30.0
PATIENCE = 600.0
#: Cases in a row without an answer after which a run ends.
GONE = 3


def perform(case: Case, version: str, target: Target, binding: str = SOAP) -> tuple[Entry, Conversation]:
    """Run one case at one API version over one binding; whatever happens becomes the entry."""
    started = time.perf_counter()
    conversation, left_behind = Conversation(), list[str]()
    target.journal.begin(case.id)
    result: Ran | NotRun | Broke
    try:
        result = _attempt(case, version, target, binding, conversation, left_behind)
    except interruption.Interrupted:
        result = NotRun(f"interrupted by {interruption.received()}")
    except (NoSuchSituationError, UnreachableError) as error:
        is_lost = isinstance(error.__cause__, LOST)
        result = (
            NotRun(str(error)) if isinstance(error, NoSuchSituationError) else Broke(str(error), lost=is_lost)
        )
    except Exception as error:
        result = Broke(
            f"{type(error).__name__}: {error}", traceback.format_exc(), lost=isinstance(error, LOST)
        )
    sent = tuple(
        Sent(each.method, each.status, round(each.seconds * 1000, 1)) for each in conversation.exchanges
    )
    seconds = round(time.perf_counter() - started, 3)
    left = "; ".join(left_behind)
    return Entry(case.id, version, case.title, result, seconds, sent, left, binding), conversation


def _attempt(
    case: Case, version: str, target: Target, binding: str, conversation: Conversation, left_behind: list[str]
) -> Ran | NotRun:
    """Run the case; add to `left_behind` what could not be undone, however the case ends."""
    if why := why_not(case, version, target, binding):
        return NotRun(why)
    endpoint = target.open(case.needs, version)
    try:
        client = EndpointClient(endpoint, version, binding)
        client.stub.conversation = conversation
        return _converse(case, target, client, left_behind)
    finally:
        target.used(changed=bool(case.touches))


def why_not(case: Case, version: str, target: Target, binding: str) -> str:
    """Return why the case is not run on the target, as far as that is known beforehand; empty if it is."""
    return _about_another(case, binding) or lacks(target, binding, version) or _forbidden(case, target)


def _about_another(case: Case, binding: str) -> str:
    """Return why the case says nothing about the binding, empty if it does."""
    if case.binding in (None, binding):
        return ""
    return f"about the {BINDINGS[case.binding]} wire, not {BINDINGS[binding]}"


def _forbidden(case: Case, target: Target) -> str:
    """Return why the case may not run on the target, empty if it may."""
    changed = " and ".join(case.shared or case.touches)
    if case.shared and not target.disposable:
        return f"would modify the {changed}; only on the disposable targets `emulator` and `vcsim`"
    if case.touches and not target.may_change:
        return f"would modify the {changed}; allow it with --allow-changes and a lab file"
    return ""


def _converse(case: Case, target: Target, client: EndpointClient, left_behind: list[str]) -> Ran | NotRun:
    patience = DISPOSABLE_PATIENCE if target.disposable else PATIENCE
    client.stub.deadline = time.monotonic() + client.endpoint.case_limit
    with client:
        driver = _prepare(case, target, client, patience)
        if isinstance(driver, Outcome):
            return Ran(driver)
        try:
            return _carry_out(case, driver, undo=not target.disposable)
        finally:
            client.stub.deadline = math.inf
            left_behind += driver.preparation.undo()
            driver.close()


def _carry_out(case: Case, driver: Driver, *, undo: bool) -> Ran | NotRun:
    """Set up the situation, run the steps, return the outcome; `undo` turns Fault Tolerance off again."""
    try:
        with _stopping(driver):
            if case.arranges:
                case.arranges.make(driver.preparation)
            elif case.touches and undo and not driver.machine.role:
                driver.preparation.intend_protection()
            driver.name_roles()
            case.steps(driver)
        return Ran(driver.outcome(), driver.said)
    except NotArrangedError as error:
        return NotRun(f"could not arrange {case.arranges.title if case.arranges else ''}: {error}")


def _prepare(case: Case, target: Target, client: EndpointClient, patience: float) -> Driver | Outcome:
    """Return a driver for the VM that the case needs; an outcome if the inventory cannot be read."""
    anywhere = case.needs.id == "anywhere"
    try:
        inventory = InventorySurvey((), (), {}) if anywhere else survey(client.content)
    except (vmodl.MethodFault, *GARBLED, *LOST) as error:
        conversation = client.stub.conversation
        stop = stopped_by(error, conversation.last_failed)
        return Outcome((stop,), broken=conversation.review()[1])
    location = target.location(case.needs)
    machine = None if anywhere else find(case.needs, inventory, location, search=not case.touches)
    return Driver(client, inventory, machine, location, patience, target.journal)


@contextlib.contextmanager
def _stopping(driver: Driver) -> Iterator[None]:
    """End the steps at a failing call of the suite's own, and record it."""
    try:
        yield
    except (vmodl.MethodFault, *LOST) as error:
        driver.stopped(error)
    except Exception as error:
        if not isinstance(error, GARBLED) and not _from_the_client_library(error):
            raise
        driver.stopped(error)


def _from_the_client_library(error: Exception) -> bool:
    """Whether pyVmomi failed on a response, which is the target's fault and not the suite's."""
    return Path(traceback.extract_tb(error.__traceback__)[-1].filename).parent.name == "pyVmomi"


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def introduce(target: Target, version: str, binding: str = SOAP) -> tuple[str, dict[str, str]]:
    """Return the endpoint's address and its `about`, before anything is tried.

    Raise UnreachableError and TargetUnavailableError.
    """
    from vim25_conformance.situation import SITUATIONS

    endpoint = target.open(SITUATIONS["anywhere"], version)
    with EndpointClient(endpoint, version, binding) as client:
        about = client.content.about
    wanted = ("fullName", "version", "build", "apiType", "apiVersion")
    return endpoint.label, {name: str(getattr(about, name, "") or "") for name in wanted}


def run(
    spec: TargetSpec,
    plan: Sequence[tuple[Case, str, str]],
    workers: int = 1,
    done: Callable[[Entry], None] = lambda entry: None,
    begun: Callable[[Run], None] = lambda head: None,
) -> RunLog:
    """Run the plan. A signal ends the run and preserves the log.

    Call `begun` when the target answers, and `done` for each entry as it arrives.
    """
    started, clock = _now(), time.perf_counter()
    jobs = [(case.id, version, binding) for case, version, binding in plan]
    versions, bindings = (tuple(dict.fromkeys(each)) for each in list(zip(*jobs, strict=True))[1:])
    target = spec.build()
    try:
        with interruption.in_order(target.journal.summary):
            label, about = _introduced(target, versions, bindings)
            head = _head(target, label, about, started, versions, bindings)
            begun(head)
            entries, interrupted, stopped = _collect(_entries(spec, target, jobs, workers), done)
    finally:
        target.close()
    end = End(len(entries), _now(), round(time.perf_counter() - clock, 3), interrupted, stopped)
    return RunLog(head, in_order(entries, jobs), end)


def _head(
    target: Target,
    label: str,
    about: dict[str, dict[str, str]],
    started: str,
    versions: tuple[str, ...],
    bindings: tuple[str, ...],
) -> Run:
    return Run(
        FORMAT,
        metadata.version("vim25-conformance") if _installed() else "unreleased",
        metadata.version("pyvmomi"),
        target.name,
        target.name if target.disposable else label,
        versions,
        about,
        started,
        bindings,
    )


def _introduced(
    target: Target, versions: Sequence[str], bindings: Sequence[str]
) -> tuple[str, dict[str, dict[str, str]]]:
    """Introduce the target at each version over each binding that it has; raise also if it has none."""
    columns = list(itertools.product(versions, bindings))
    label, about = "", dict[str, dict[str, str]]()
    possible = [column for column in columns if not lacks(target, column[1], column[0])]
    if not possible:
        raise TargetUnavailableError(lacks(target, columns[0][1], columns[0][0]))
    for version, binding in possible:
        interruption.check()
        label, about[version] = introduce(target, version, binding)
    return label, about


def _installed() -> bool:
    try:
        metadata.version("vim25-conformance")
    except metadata.PackageNotFoundError:
        return False
    return True


def _collect(
    entries: Generator[Entry, None, None], done: Callable[[Entry], None]
) -> tuple[list[Entry], bool, str]:
    """Return the entries, whether the run was interrupted, and why it ended early."""
    collected: list[Entry] = []
    try:
        with contextlib.closing(entries):
            for entry in entries:
                collected.append(entry)
                done(entry)
                if len(collected) >= GONE and all(map(lost, collected[-GONE:])):
                    return collected, False, f"the target is gone: {GONE} cases in a row got no answer"
    except KeyboardInterrupt:
        return collected, True, ""
    return collected, bool(interruption.received()), ""


def _entries(spec: TargetSpec, target: Target, jobs: list[Key], workers: int) -> Generator[Entry, None, None]:
    if workers == 1:
        return _one_by_one(target, jobs)
    target.close()
    return _in_processes(spec, jobs, workers)


def _one_by_one(target: Target, jobs: list[Key]) -> Generator[Entry, None, None]:
    cases = registry()
    for case, version, binding in jobs:
        interruption.check()
        yield perform(cases[case], version, target, binding)[0]


#: The target of this worker process.
_target: Target | None = None


def _begin(spec: TargetSpec) -> None:
    """Build the worker's target; ignore signals, by which the parent ends running cases in order."""
    for each in interruption.SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    global _target
    _target = spec.build()
    util.Finalize(None, _target.close, exitpriority=10)
    threading.Thread(target=_die_with_the_parent, args=(_target,), daemon=True).start()


def _die_with_the_parent(target: Target) -> None:
    """Stop the target and end the process when the parent ends, however that happens."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        target.close()
        os._exit(1)


def _job(case: str, version: str, binding: str) -> Entry:
    assert _target is not None  # noqa: S101 - the initializer has run
    return perform(registry()[case], version, _target, binding)[0]


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Defer the signals. Processes started meanwhile inherit the mask and ignore them from the beginning."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, interruption.SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _in_processes(spec: TargetSpec, jobs: list[Key], workers: int) -> Generator[Entry, None, None]:
    """Submit a job whenever a worker is free, so that an interrupted run ends soon."""
    context: Any = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, context, _begin, (spec,)) as pool:
        waiting = iter(jobs)
        with _interrupts_held():
            running = {pool.submit(_job, *job) for job in itertools.islice(waiting, workers)}
        while running:
            with interruption.waiting():
                ended, running = concurrent.futures.wait(
                    running, return_when=concurrent.futures.FIRST_COMPLETED
                )
            running |= {pool.submit(_job, *job) for job in itertools.islice(waiting, len(ended))}
            for future in ended:
                yield future.result()
