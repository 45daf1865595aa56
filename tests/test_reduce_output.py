"""What ``swmr-viewer reduce`` prints of a scripted job in a real process, its exit statuses, and what it refuses."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from swmr_viewer.cli import main
from swmr_viewer.commands import reduce, reduce_output
from swmr_viewer.commands.progress_line import ProgressLine, duration_text
from swmr_viewer.core.conditions import AllKeys, FinishedFlag, FrameCount
from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.reducing import process as door
from swmr_viewer.reducing.messages import ReductionProgress
from swmr_viewer.reducing.process import ReductionProcess
from tests.reducing.process.scripted_jobs import TextScriptedJob


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Run with a scripted job, and return the exit status, the lines as objects, and the words."""
    monkeypatch.setattr(door, "ReductionProcess", partial(ReductionProcess, make_job=TextScriptedJob))

    def run_command(*arguments: object, **script: object) -> tuple[int, list[dict[str, Any]], str]:
        values = [f"{name}={value}" for name, value in script.items()]
        given = ["scan.h5", "-o", "out.h5", "-r", "scripted", *(["--set", *values] if values else []), *map(str, arguments)]
        status = main(["reduce", *given])
        said = capfd.readouterr()
        return status, [json.loads(line) for line in said.out.splitlines()], said.err

    return run_command


def test_a_run_is_told_in_lines_and_in_words(run) -> None:
    status, lines, words = run(n=4, fails=2)
    assert status == 0
    assert [line["event"] for line in lines if line["event"] != "progress"] == ["opened", "fault", "ended"]
    opened, ended = lines[0], lines[-1]
    assert (opened["reduction"], opened["data_path"], opened["scan_shape"], opened["taken_up"]) == ("scripted", "/data", [4], 0)
    assert [line["message"] for line in lines if line["event"] == "fault"] == ["no such frame"]
    assert ended == {"event": "ended", "reason": "all_keys", "reduced": 4, "failed": 0, "complete": 4, "total": 4, "finished": True}
    assert "scripted of /data to out.h5, by 1 thread." in words
    assert words.splitlines()[-1] == "all_keys: 4 of 4 complete frames are reduced."


def test_what_is_there_already_is_told(run, tmp_path: Path) -> None:
    run(n=3, folder=tmp_path)
    _, lines, words = run(n=5, folder=tmp_path)
    assert lines[0]["taken_up"] == 3
    assert "3 results are there already" in words


@pytest.mark.parametrize(("reason", "status"), [("timeout", 3), ("file_replaced", 5), ("stopped", 0)])
def test_the_reason_is_the_exit_status(run, reason: str, status: int) -> None:
    found, lines, _ = run(reason=reason)
    assert (found, lines[-1]["reason"]) == (status, reason)


def test_failures_are_sentences_with_a_status(run) -> None:
    status, lines, words = run(raises=1)
    assert status == 4
    assert "ended" not in [line["event"] for line in lines]
    assert f"swmr-viewer: Reducing {Path('scan.h5').resolve()} failed: ValueError: a frame that raises." in words
    assert "Traceback" in words
    status, lines, words = run(refuses="bins")
    assert (status, lines) == (2, [])
    assert words == "swmr-viewer: There is no bins.\n"


def test_a_process_that_died_is_told_and_opened_once(run, tmp_path: Path) -> None:
    status, lines, words = run(n=5, dies_at=2, folder=tmp_path)
    assert status == 0
    assert [line["event"] for line in lines].count("opened") <= 1
    assert lines[-1]["reduced"] == 5
    assert "is gone: it was ended by SIGKILL" in words


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_cleanly(run, tmp_path: Path, number: signal.Signals, status: int) -> None:
    def interrupt() -> None:
        while not (tmp_path / "result3").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=interrupt)
    thread.start()
    found, lines, _ = run(n=4, waits=1, folder=tmp_path)
    thread.join()
    assert found == status
    assert (lines[-1]["event"], lines[-1]["reason"], lines[-1]["finished"]) == ("ended", "stopped", False)
    assert (tmp_path / "closed").exists()


def test_one_that_does_not_end_is_ended(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduce_output, "_STOPPING_S", 0.2)
    monkeypatch.setattr(reduce_output, "_CHECK_EVERY_S", 0.1)
    monkeypatch.setattr(reduce, "GRACE_S", 0.1)

    def interrupt() -> None:
        while not list(tmp_path.glob("death1-*")):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    found, lines, words = run(n=4, hangs_at=1, folder=tmp_path)
    thread.join()
    assert found == 130
    assert lines[-1]["reason"] == "stopped"
    assert "It does not end by itself" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["scan.h5", "-o", "out.h5"], "There is no reduction."),
        (["scan.h5", "-r", "statistics"], "There is no file for the results."),
        (["-o", "out.h5", "-r", "statistics"], "There is no SCAN"),
        (["scan.h5", "-o", "out.h5", "-r", "x", "--set", "bins"], "'bins' sets no parameter."),
        (["scan.h5", "-o", "out.h5", "-r", "x", "--set", "a=1", "a=2"], "The parameter a is set twice."),
        (["scan.h5", "-o", "out.h5", "-r", "x", "--workers", "0"], "0 workers do nothing."),
        (["scan.h5", "-o", "out.h5", "-r", "x", "--processes", "--scheduler", "slurm"], "Both --processes and --scheduler"),
        (["scan.h5", "-o", "out.h5", "-r", "x", "--timeout", "-1"], "-1"),
        (["--list", "nothing_like_that"], "There is no reduction nothing_like_that."),
    ],
)
def test_what_does_not_go_together_is_one_sentence(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reduce", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert said.err.count("\n") == 1


def test_the_request_is_what_the_arguments_say() -> None:
    import argparse

    parser = argparse.ArgumentParser()
    reduce.add_arguments(parser)
    given = "s.h5 -o o.h5 -r radial --set bins=5 what=a=b --data /d --keys /k --mask m.npy --workers 3 --scheduler slurm --nice 40"
    request = reduce.request_from(parser.parse_args([*given.split(), "--count", "7", "--until", "all_keys", "--wait", "2"]))
    assert (request.path, request.output, request.data_path, request.key_paths) == (os.path.abspath("s.h5"), "o.h5", "/d", ("/k",))
    assert (request.reduction.name, request.reduction.values) == ("radial", {"bins": "5", "what": "a=b"})
    assert request.engine == EngineChoice(EngineKind.DASK, 3, "slurm")
    assert (request.rules.mask_file, request.nice, request.wait_s) == ("m.npy", 19, 2.0)
    assert request.conditions == (FrameCount(7), AllKeys())
    usual = reduce.request_from(parser.parse_args(["s.h5", "-o", "o.h5", "-r", "radial"]))
    assert usual.engine == EngineChoice()
    assert isinstance(usual.conditions[0], FinishedFlag)


def test_reductions_and_parameters_are_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["reduce", "--list"]) == 0
    listed = capsys.readouterr().out
    assert {"statistics", "centre_of_mass", "radial", "pyfai1d", "pyfai2d"} <= {line.split(" ")[0] for line in listed.splitlines()}
    script = tmp_path / "own.py"
    script.write_text(
        "from dataclasses import dataclass\nfrom swmr_viewer.reductions import NoParameters, Output, Reduction, parameter\n"
        "@dataclass(frozen=True)\nclass Set:\n    limit: float = parameter(3.0, words='what counts', unit='counts', low=0)\n"
        "class Own(Reduction):\n    name = 'own'\n    Parameters = Set\n"
        "    def prepare(self, description):\n        self.outputs = (Output('x'),)\n"
        "    def __call__(self, frame, mask):\n        return {'x': 1.0}\n"
    )
    assert main(["reduce", "--list", f"{script}:Own"]) == 0
    listed = capsys.readouterr().out
    assert "--set limit=3" in listed
    assert "what counts (counts): a number" in listed
    assert "/entry/own" in listed


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_is_rewritten_on_a_terminal_and_plain_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    line = ProgressLine(terminal)
    line.show("1 of 2 reduced, and much more than fits")
    line.say("a worker was lost")
    line.show("2 of 2 reduced")
    line.clear()
    assert terminal.getvalue() == "\r\x1b[K1 of 2 reduced, and\r\x1b[Ka worker was lost\n\r\x1b[K2 of 2 reduced\r\x1b[K"
    file, times = io.StringIO(), [0.0]
    line = ProgressLine(file, lambda: times[0])
    for times[0] in range(25):
        line.show(f"{times[0]} s")
    line.clear()
    assert file.getvalue() == "10 s\n20 s\n"
    ProgressLine(None).show("nobody reads this")


def test_progress_in_words() -> None:
    known = ReductionProgress(1200, 2, 1500, 2000, 4, 38.24, 75.0, 0.26)
    assert reduce_output.progress_text(known) == "1200 of 2000 reduced, 2 failed, 38.2 per s, 1 min 15 s left, 0.3 s behind"
    growing = ReductionProgress(1200, 0, 1500, None, 4, 0.0, None, 0.0)
    assert reduce_output.progress_text(growing) == "1200 of 1500 reduced, 0 per s"
    assert [duration_text(s) for s in (0.4, 59.6, 3599, 7260)] == ["0 s", "1 min 0 s", "59 min 59 s", "2 h 1 min"]
