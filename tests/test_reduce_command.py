"""``swmr-viewer reduce`` on real live scans: results beside numpy, followed in their turn; killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import psutil
import pytest

from swmr_viewer.cli import main
from swmr_viewer.simulator.plan import ScanPlan
from tests.live.conftest import live_writer
from tests.live.writers import LiveWriter
from tests.reducing.process.test_real_job import total_of

__all__ = ["live_writer"]

pytestmark = pytest.mark.live

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
PATHS = ("--keys", KEYS, "--data", DATA)
WAIT_S = 90.0
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


class Running:
    """A command that runs in a session of its own, read line by line."""

    def __init__(self, *arguments: object, **options: Any) -> None:
        words = [sys.executable, "-m", "swmr_viewer", *map(str, arguments)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, start_new_session=True, **options)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def until(self, event: str, **least: Any) -> dict[str, Any]:
        """Return the first line that tells this event, with numbers that are at least these."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            found: dict[str, Any] = json.loads(line)
            if found["event"] == event and all(found[name] >= value for name, value in least.items()):
                return found
        raise AssertionError(f"ended without {event}: {self.process.stderr and self.process.stderr.read()}")

    def end(self) -> tuple[int, list[dict[str, Any]], str]:
        """Return the exit status, the lines that were not read yet, and the words."""
        out, words = self.process.communicate(timeout=WAIT_S)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], words


def reduced(*arguments: object, command: str = "reduce") -> tuple[int, list[dict[str, Any]], str]:
    with Running(command, *arguments) as running:
        return running.end()


def check_totals(output: Path, writer: LiveWriter, scan_shape: tuple[int, ...], missing: tuple[int, ...] = ()) -> None:
    """Compare the totals of all frames with numpy's, and look at keys and flag."""
    n = int(np.prod(scan_shape))
    expected = np.array([np.nan if index in missing else total_of(writer.expected(index)) for index in range(n)])
    with h5py.File(output) as file:
        np.testing.assert_array_equal(file["/entry/statistics/total"][()], expected.reshape(scan_shape))
        keys = file["/entry/keys/statistics"][()]
        assert ((keys != 0).ravel() == ~np.isnan(expected)).all()
        assert file["/entry/scan_finished"][()].ravel()[0] != 0


def test_a_live_scan_is_reduced_and_its_results_are_followed(live_writer, tmp_path: Path) -> None:
    writer, output = live_writer(order="snake"), tmp_path / "out.h5"
    with Running("reduce", writer.path, *PATHS, "-o", output, "-r", "statistics") as running:
        opened = running.until("opened")
        assert (opened["data_path"], opened["scan_shape"], opened["taken_up"]) == (DATA, [3, 4], 0)
        assert {"name": "total", "shape": [], "dtype": "f8"}.items() <= opened["outputs"][0].items()
        writer.step(5)
        running.until("progress", reduced=5)  # while the scan goes on
        with Running("follow", output, "--until", "finished_flag") as following:
            following.until("frame")
            writer.finish()
            status, lines, words = running.end()
            assert status == 0, words
            assert lines[-1].pop("reason") in ("finished_flag", "all_keys")  # the keys come first
            assert lines[-1] == {"event": "ended", "reduced": 12, "failed": 0, "complete": 12, "total": 12, "finished": True}
            status, lines, _ = following.end()
            assert (status, lines[-1]["reason"], lines[-1]["complete"]) == (0, "finished_flag", 12)
    check_totals(output, writer, (3, 4))


@POSIX
def test_ctrl_c_ends_it_and_the_same_command_goes_on(live_writer, tmp_path: Path) -> None:
    writer, output = live_writer(), tmp_path / "out.h5"
    command = ("reduce", writer.path, *PATHS, "-o", output, "-r", "statistics")
    with Running(*command) as running:
        writer.step(5)
        running.until("progress", reduced=5)
        os.killpg(running.process.pid, signal.SIGINT)  # as a terminal does: to all of them
        status, lines, words = running.end()
        assert status == 130, words
        assert (lines[-1]["event"], lines[-1]["reason"], lines[-1]["reduced"], lines[-1]["finished"]) == ("ended", "stopped", 5, False)
        assert "Traceback" not in words
    with h5py.File(output) as file:
        assert np.count_nonzero(file["/entry/keys/statistics"]) == 5
    writer.finish()
    status, lines, words = reduced(*command[1:])
    assert (status, lines[0]["taken_up"], lines[-1]["reduced"]) == (0, 5, 12)
    assert "5 results are there already" in words
    check_totals(output, writer, (3, 4))
    status, lines, _ = reduced(*command[1:])
    assert (status, lines[0]["taken_up"], lines[-1]["reduced"], lines[-1]["finished"]) == (0, 12, 12, True)


@POSIX
def test_a_process_that_is_killed_is_started_again(live_writer, tmp_path: Path) -> None:
    writer, output = live_writer(), tmp_path / "out.h5"
    with Running("reduce", writer.path, *PATHS, "-o", output, "-r", "statistics") as running:
        writer.step(4)
        running.until("progress", reduced=4)
        for child in children_of(running):
            child.kill()
        writer.finish()
        status, lines, words = running.end()
        assert (status, lines[-1]["reduced"]) == (0, 12)
        assert "was ended by SIGKILL. It is started again" in words
    check_totals(output, writer, (3, 4))


@POSIX
def test_a_command_that_is_killed_leaves_no_process_and_a_file_that_is_taken_up(live_writer, tmp_path: Path) -> None:
    writer, output = live_writer(), tmp_path / "out.h5"
    command = (writer.path, *PATHS, "-o", output, "-r", "statistics", "--processes", "--workers", 2)
    with Running("reduce", *command) as running:
        writer.step(4)
        running.until("progress", reduced=4)
        assert reduced(output, "--count", 4, command="follow")[0] == 0  # what is told may not be in the file yet
        left = psutil.Process(running.process.pid).children(recursive=True)
        assert len([child for child in left if "resource_tracker" not in " ".join(child.cmdline())]) >= 3
        running.process.kill()
        psutil.wait_procs(left, timeout=WAIT_S)
        assert not [child for child in left if child.is_running()]
    writer.finish()
    status, lines, words = reduced(*command)
    assert (status, lines[0]["taken_up"], lines[-1]["reduced"]) == (0, 4, 12), words
    check_totals(output, writer, (3, 4))


def children_of(running: Running) -> list[psutil.Process]:
    """Return the processes that the command started, but Python's tracker of shared memory."""
    found = psutil.Process(running.process.pid).children()
    return [child for child in found if "resource_tracker" not in " ".join(child.cmdline())]


@POSIX
def test_nobody_reads_what_is_printed(live_writer, tmp_path: Path) -> None:
    writer, output = live_writer(), tmp_path / "out.h5"
    with Running("reduce", writer.path, *PATHS, "-o", output, "-r", "statistics", "--timeout", "600") as running:
        assert running.process.stdout is not None
        writer.step(2)
        running.until("progress", reduced=2)
        running.process.stdout.close()
        writer.step(2)
        assert running.process.wait(WAIT_S) == 141
        running.process.stdout = None
    with h5py.File(output) as file:
        assert np.count_nonzero(file["/entry/keys/statistics"]) >= 2


@POSIX
@pytest.mark.parametrize(("where", "status", "said"), [(">/dev/full", 4, "cannot be written: No space left on device"), (">&-", 141, "")])
def test_an_output_that_takes_nothing_ends_it(live_writer, tmp_path: Path, where: str, status: int, said: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("the system has no full device")
    writer = live_writer()
    writer.finish()
    words = [sys.executable, "-m", "swmr_viewer", "reduce", writer.path, *PATHS, "-o", tmp_path / "out.h5", "-r", "statistics"]
    line = f"{shlex.join(map(str, words))} {where}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def refused(capfd: pytest.CaptureFixture[str]):
    """Run in this process, and return the one sentence by which it is refused."""

    def run(*arguments: object) -> str:
        status = main(["reduce", *map(str, arguments)])
        said = capfd.readouterr()
        assert (status, said.out) == (2, ""), said.err
        assert "Traceback" not in said.err
        (sentence,) = [line for line in said.err.splitlines() if line.startswith("swmr-viewer: ")]
        return sentence

    return run


def test_an_output_that_belongs_to_something_else_is_refused_and_never_touched(live_writer, refused, tmp_path: Path) -> None:
    writer = live_writer()
    writer.finish()
    foreign, text = tmp_path / "foreign.h5", tmp_path / "notes.txt"
    with h5py.File(foreign, "w") as file:
        file["mine"] = 1
    text.write_text("mine")
    for output in (foreign, text, tmp_path, tmp_path / "no_such_folder" / "out.h5", writer.path):
        before = output.read_bytes() if output.is_file() else None
        assert output.name in refused(writer.path, *PATHS, "-o", output, "-r", "statistics")
        assert (output.read_bytes() if output.is_file() else None) == before


def test_what_cannot_be_reduced_is_one_sentence(live_writer, refused, tmp_path: Path) -> None:
    writer, output = live_writer(), tmp_path / "out.h5"
    writer.finish()
    bad = [
        (("-r", "statistics", "--set", "holw=yes"), "whole"),
        (("-r", "statistics", "--set", "whole=perhaps"), "whole"),
        (("-r", "no_such_one"), "There is no reduction no_such_one"),
        (("-r", f"{tmp_path}/own.py:Own"), "own.py"),
        (("-r", "statistics", "--data", "/nope"), "/nope"),
        (("-r", "statistics", "--mask", tmp_path / "mask.npy"), "mask.npy"),
    ]
    for arguments, words in bad:
        data = () if "--data" in arguments else ("--data", DATA)
        assert words in refused(writer.path, "--keys", KEYS, *data, "-o", output, *arguments)
        assert not output.exists()


SLOW_SUM = """
import time
from swmr_viewer.reductions import Output, Reduction


class SlowSum(Reduction):
    name = "slow_sum"

    def prepare(self, description):
        self.outputs = (Output("total"), Output("first", (4,), dtype="f4"))

    def __call__(self, frame, mask):
        time.sleep(0.004)
        return {"total": float(frame.sum()), "first": frame.ravel()[:4]}
"""


@POSIX
@pytest.mark.parametrize("n_kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_at_random_moments_and_started_again_the_file_is_right(tmp_path: Path, n_kills: int) -> None:
    shape, seed = (10 * n_kills, 20), random.randrange(1 << 30)
    dice, script, output = random.Random(seed), tmp_path / "slow_sum.py", tmp_path / "out.h5"
    script.write_text(SLOW_SUM)
    plan = ScanPlan(scan_shape=shape, frame_shape=(8, 10), period_s=0.0, order="random", seed=3)
    with LiveWriter(tmp_path / "scan.h5", plan, stepped=False) as writer:
        writer.finish()
        command = ("reduce", writer.path, *PATHS, "-o", output, "-r", f"{script}:SlowSum")
        for _ in range(n_kills):
            with Running(*command) as running:
                kill_at_a_random_moment(running, dice)
                _, words = running.process.communicate(timeout=WAIT_S)
                assert "swmr-viewer: " not in words, f"seed {seed}: {words}"
        status, lines, words = reduced(*command[1:])
        assert status == 0, f"seed {seed}: {words}"
        assert (lines[-1]["reduced"], lines[-1]["failed"], lines[-1]["finished"]) == (plan.n_points, 0, True)
        assert lines[0]["taken_up"] > 0 or n_kills < 20, f"seed {seed}: nothing was ever taken up"
        frames = [writer.expected(index) for index in range(plan.n_points)]
    with h5py.File(output) as file:
        totals = np.array([frame.sum(dtype=np.float64) for frame in frames])
        np.testing.assert_array_equal(file["/entry/slow_sum/total"][()].ravel(), totals)
        np.testing.assert_array_equal(file["/entry/slow_sum/first"][()].reshape(-1, 4), [frame.ravel()[:4] for frame in frames])
        assert np.all(file["/entry/keys/slow_sum"][()] != 0)
        assert file["/entry/scan_finished"][()].ravel()[0] != 0
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == ["out.h5"]


def kill_at_a_random_moment(running: Running, dice: random.Random) -> None:
    """Kill the command and its group, or the command alone: as it starts, or while it works."""
    is_working = dice.random() < 0.7
    if is_working:
        running.until("progress")
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.process.wait(dice.uniform(0.0, 1.0))
        return
    children = psutil.Process(running.process.pid).children(recursive=True)
    if dice.random() < 0.7:
        os.killpg(running.process.pid, signal.SIGKILL)
    else:
        running.process.kill()
    psutil.wait_procs(children, timeout=WAIT_S)  # the next one is not to find it at work
