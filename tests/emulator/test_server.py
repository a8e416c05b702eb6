"""The class `Emulator` as a program uses it, with a real pyVmomi over a real TLS socket."""

import gc
import math
import threading
import weakref
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pyVim.connect import Disconnect
from pyVmomi import vim

from tests.emulator.lab import ADMINISTRATOR, connect
from tests.emulator.wire.peer import CONTENT, Peer
from vim25_emulator import Emulator
from vim25_emulator.inventory.clock import ManualClock
from vim25_emulator.scenario.source import ScenarioError
from vim25_emulator.vmodl.version import UnknownVersionError
from vim25_emulator.wire.address import ListenError
from vim25_emulator.wire.tls import TlsError


def test_pyvmomi_logs_in_and_out() -> None:
    with Emulator() as emulator:
        service = connect(emulator)
        assert service.RetrieveContent().about.apiVersion == "8.0.2.0"
        assert service.content.sessionManager.currentSession.userName == ADMINISTRATOR
        Disconnect(service)


def test_a_wrong_password_is_an_invalid_login() -> None:
    with Emulator(password="s3cret") as emulator:
        with pytest.raises(vim.fault.InvalidLogin) as refused:
            connect(emulator, password="vmware")
        assert refused.value.msg == "Cannot complete login due to an incorrect user name or password."
        Disconnect(connect(emulator))


@pytest.mark.parametrize("version", ["5.5", "6.7", "7.0.3.2", "8.0.3.0"])
def test_pyvmomi_agrees_on_the_release_that_is_emulated(version: str) -> None:
    with Emulator(api_version=version) as emulator:
        service = connect(emulator)
        assert service._stub.versionId.strip('"') == f"urn:vim25/{version}"
        assert service.content.about.apiVersion == version
        Disconnect(service)


def test_several_live_side_by_side() -> None:
    with Emulator() as one, Emulator() as two:
        assert one.url != two.url
        for emulator in (one, two):
            Disconnect(connect(emulator))


def test_tasks_last_for_their_duration_on_a_manual_clock() -> None:
    clock = ManualClock()
    with Emulator(clock=clock, task_duration=100) as emulator:
        service = connect(emulator)
        view = service.content.viewManager.CreateContainerView(
            service.content.rootFolder, [vim.VirtualMachine], recursive=True
        )
        vm = next(vm for vm in view.view if vm.runtime.powerState == "poweredOff" and not vm.config.template)
        task = vm.PowerOn()
        emulator.advance(60)
        assert task.info.state == "running"
        assert 0 < task.info.progress < 100
        emulator.advance(60)
        assert task.info.state == "success"
        assert vm.runtime.powerState == "poweredOn"
        assert service.CurrentTime() == clock.now()


def test_only_a_manual_clock_can_be_advanced() -> None:
    with Emulator() as emulator, pytest.raises(TypeError, match="ManualClock"):
        emulator.advance(1)


# ---- calling on the loop -------------------------------------------------------------------------------


def test_call_runs_on_the_loop_and_returns_the_result() -> None:
    async def later(value: int) -> int:
        return value

    with Emulator() as emulator:
        assert emulator.call(lambda: threading.current_thread().name) == "vim25-emulator"
        assert emulator.call(later, 7) == 7
        with pytest.raises(ZeroDivisionError):
            emulator.call(lambda: 1 / 0)


def test_without_a_start_there_is_nothing_to_call() -> None:
    emulator = Emulator()
    with pytest.raises(RuntimeError, match="not started"):
        emulator.call(print)
    with pytest.raises(RuntimeError, match="not started"):
        _ = emulator.vcenter


# ---- start and end -------------------------------------------------------------------------------------


def test_leaves_no_thread_and_no_port() -> None:
    before = threading.active_count()
    with Emulator() as emulator, Peer(emulator) as peer:
        assert peer.post(CONTENT).status == 200
        emulator.stop()
        assert peer.is_hung_up_on()
        assert threading.active_count() == before
        with pytest.raises(ConnectionRefusedError):
            Peer(emulator)
        emulator.stop()  # a second call is harmless


def test_an_unreferenced_vcenter_is_collected() -> None:
    with Emulator() as emulator:
        Disconnect(connect(emulator))
        vcenter = weakref.ref(emulator.vcenter)
    del emulator
    gc.collect()
    assert vcenter() is None


def test_can_be_started_again() -> None:
    emulator = Emulator()
    for _ in range(2):
        with emulator, Peer(emulator) as peer:
            assert peer.post(CONTENT).status == 200


def test_cannot_be_started_twice_at_once() -> None:
    with Emulator() as emulator, pytest.raises(RuntimeError, match="already started"):
        emulator.start()


def test_a_stop_ends_unfinished_tasks() -> None:
    with Emulator(task_duration=1000) as emulator:
        service = connect(emulator)
        vm = service.content.searchIndex.FindByInventoryPath("Lab/vm/db01")
        assert vm.PowerOn().info.state in {"queued", "running"}


def test_a_mistake_in_a_scenario_is_raised_with_its_line(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("title: mine\nhosts:\n  esx1:\n    color: red\n")
    with pytest.raises(ScenarioError, match=r"mine\.yaml:4"):
        Emulator(mine).start()


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"scenario": "defualt"}, FileNotFoundError, "default"),
        ({"scenario": "/nowhere/mine.yaml"}, FileNotFoundError, "mine.yaml"),
        ({"api_version": "8.0.2"}, UnknownVersionError, "did you mean 8.0.2.0"),
        ({"listen": ("192.0.2.1", 0)}, ListenError, "cannot listen on 192.0.2.1"),
        ({"cert": "/nowhere/cert.pem"}, TlsError, "no such file"),
        ({"trace": "/nowhere/trace.txt"}, OSError, "nowhere"),
    ],
)
def test_an_error_of_the_start_is_raised_to_the_caller(
    options: dict[str, object], error: type[Exception], text: str
) -> None:
    before = threading.active_count()
    emulator = Emulator(**options)  # type: ignore[arg-type]
    with pytest.raises(error, match=text):
        emulator.start()
    assert threading.active_count() == before


def test_a_failed_start_frees_the_port() -> None:
    with Emulator() as emulator:
        endpoint = urlsplit(emulator.url)
    listen = (endpoint.hostname, endpoint.port)
    with pytest.raises(FileNotFoundError):
        Emulator("nowhere", listen=listen).start()  # type: ignore[arg-type]
    with Emulator(listen=listen) as emulator:  # type: ignore[arg-type]
        assert urlsplit(emulator.url).port == endpoint.port


# ---- trace ---------------------------------------------------------------------------------------------


def test_traces_every_exchange_without_its_secrets(tmp_path: Path) -> None:
    traced = tmp_path / "trace.txt"
    with Emulator(trace=traced, password="s3cret") as emulator:
        service = connect(emulator)
        key = service.content.sessionManager.currentSession.key
        with Peer(emulator) as peer:
            peer.get("/nowhere")
            peer.post("<a>")
        Disconnect(service)
    text = traced.read_text()
    firsts = [line for line in text.splitlines() if line.startswith("=== ")]
    assert [line.split()[1] for line in firsts] == [str(n) for n in range(1, len(firsts) + 1)]
    assert any("  GET /sdk/vimServiceVersions.xml  -  200  " in line for line in firsts)
    assert any("  POST /sdk  Login  200  " in line for line in firsts)
    assert any("  GET /nowhere  -  404  " in line for line in firsts)
    assert any("  POST /sdk  -  500  " in line for line in firsts)
    assert '<password versionId="8.0.2.0">***</password>' in text
    assert "s3cret" not in text
    assert key not in text
    assert "vmware_soap_session" not in text


def test_the_garbage_collector_is_left_as_it_was() -> None:
    with Emulator():
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize("seconds", [-1.0, math.nan, math.inf])
def test_a_task_takes_a_number_of_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="task_duration: expected seconds, 0 or more"):
        Emulator(task_duration=seconds)
