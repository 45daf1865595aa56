"""Workers that are jobs: a scheduler in this process, and a ``sbatch`` that starts each job at once."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from swmr_viewer.engines import Batch, EngineChoice, EngineError, EngineKind
from tests.engines import dask_fakes, fake_slurm
from tests.engines.dask_processes import ROOT

# Not importorskip: loading it takes Ctrl-C for itself, for all tests of this process.
if find_spec("dask_jobqueue") is None:
    pytest.skip("dask-jobqueue is not installed", allow_module_level=True)
if sys.platform == "win32":
    pytest.skip("there is no slurm", allow_module_level=True)

from swmr_viewer.engines.dask_engine import start_dask_engine

LONGEST_S = 60.0
SLURM = EngineChoice(EngineKind.DASK, n_workers=2, scheduler="slurm")


@pytest.fixture(scope="module", autouse=True)
def idle_thread() -> None:
    """A scheduler starts a thread that stays for the life of its process."""
    from distributed.utils import _offload_executor

    _offload_executor.submit(int).result()


@pytest.fixture(autouse=True)
def another_scheduler() -> Iterator[None]:
    """Have the port taken on which a scheduler shows its pages by default, as another person's has it."""
    with socket.socket() as listening:
        with suppress(OSError):  # one has it already
            listening.bind(("", 8787))
            listening.listen()
        yield


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    path = tmp_path / "scan.h5"
    path.write_bytes(os.urandom(5000))
    return path


def test_jobs_are_started_and_ended(scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", fake_slurm.install(tmp_path / "slurm"))
    notes: list[str] = []
    with closing(start_dask_engine(dask_fakes.plan_for(scan), SLURM, notes.append, make=dask_fakes.Numbers)) as engine:
        futures = [engine.submit(Batch(number, (number,), 1, (20,))) for number in range(20)]
        assert [future.result(LONGEST_S).outputs["value"][0] for future in futures] == [2.0 * index + 1 for index in range(20)]
        assert notes[0] == "Waiting for workers of slurm."
        assert engine.words.endswith(" of slurm")
    assert len(list((tmp_path / "slurm").glob("job-*.sh"))) == 2
    assert not list(Path(os.environ["HOME"]).rglob("jobqueue.yaml"))


def test_no_slurm(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/no/such/folder")
    with pytest.raises(EngineError, match="no sbatch here"):
        start_dask_engine(dask_fakes.plan_for(scan), SLURM, print)


def test_jobs_that_are_refused_are_told(scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", fake_slurm.install(tmp_path / "slurm", refuses=True))
    with pytest.raises(EngineError, match=r"slurm starts no workers: .*invalid partition specified: no-such-queue\. Look at"):
        start_dask_engine(dask_fakes.plan_for(scan), SLURM, print, make=dask_fakes.Numbers)


def test_loading_takes_nothing_from_the_user(tmp_path: Path) -> None:
    code = """if True:
        import signal
        from swmr_viewer.engines.dask_scheduler import _without_effects
        before = signal.getsignal(signal.SIGINT)
        with _without_effects():
            import dask_jobqueue
        assert signal.getsignal(signal.SIGINT) is before
    """
    subprocess.run([sys.executable, "-c", code], check=True)
    assert not list(Path(os.environ["HOME"]).rglob("jobqueue.yaml"))
