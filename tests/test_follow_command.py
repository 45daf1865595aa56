"""``swmr-viewer follow``: lines of JSON, exit statuses, signals, pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from swmr_viewer.cli import main
from tests.core.test_damaged import change, killed_file
from tests.live.conftest import live_writer
from tests.live.reused_names import NEW, ReusedNames
from tests.odd_names import N_FRAMES, write_odd_names
from tests.reader import broken

__all__ = ["live_writer"]

pytestmark = pytest.mark.live

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
PATHS = ("--keys", KEYS, "--data", DATA)
WAIT_S = 60.0
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and pipes")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "swmr_viewer", "follow", *map(str, arguments)]


@pytest.fixture
def follow(capfd):
    """Run to the end in this process, and return the exit status, the lines as objects, and the words."""

    def run(*arguments: object) -> tuple[int, list[dict[str, Any]], str]:
        status = main(["follow", *map(str, arguments)])
        said = capfd.readouterr()
        return status, [json.loads(line) for line in said.out.splitlines()], without_waits(said.err)

    return run


def without_waits(words: str) -> str:
    """Leave out that the storage does not answer: on a busy machine the reader may be silent for two seconds."""
    return "".join(line for line in words.splitlines(keepends=True) if not line.startswith("storage does not answer"))


class Following:
    """A command that runs, read line by line."""

    def __init__(self, *arguments: object, **options: Any) -> None:
        self.process = subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def __enter__(self) -> Following:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def until(self, event: str, **members: object) -> dict[str, Any]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            found: dict[str, Any] = json.loads(line)
            if found["event"] == event and all(found[name] == value for name, value in members.items()):
                return found
        raise AssertionError(f"ended without {event}: {self.process.stderr and self.process.stderr.read()}")


def test_a_live_scan_is_printed_frame_by_frame_and_ends_with_its_flag(live_writer):
    writer = live_writer(order="snake", n_keys=2)
    with Following(writer.path, *PATHS, "--until", "finished_flag") as following:  # and not once the last key is set
        opened = following.until("opened")
        assert opened["scan_shape"] == [3, 4]
        assert opened["key_paths"] == [f"{KEYS}/detector", f"{KEYS}/diode"]
        assert opened["data_paths"] == [DATA]
        assert opened["finished_path"] == "/entry/diamond_scan/scan_finished"
        writer.step(3)
        assert following.until("frame")["index"] == 0  # flushed while the scan goes on
        writer.finish()
        rest, words = following.process.communicate(timeout=WAIT_S)
        *frames, ended = map(json.loads, rest.splitlines())
        assert [frame["index"] for frame in frames] == list(range(1, 12))
        for frame in frames:
            pixels = writer.expected(frame["index"])
            assert frame["position"] == [*divmod(frame["index"], 4)]
            assert frame["data"][DATA] == {
                "shape": [24, 32],
                "dtype": "uint16",
                "min": int(pixels.min()),
                "max": int(pixels.max()),
                "sum": int(pixels.sum(dtype=np.int64)),
            }
        assert ended == {"event": "ended", "reason": "finished_flag", "complete": 12, "total": 12}
        assert (following.process.returncode, without_waits(words)) == (0, "")


def test_timings_tell_how_long_each_stage_took_and_which_is_the_slowest(live_writer, follow):
    writer = live_writer()
    writer.finish()
    status, (_, *frames, ended), words = follow(writer.path, *PATHS, "--timings")
    stages = ["waiting to be read", "reading and decoding", "examining", "handing over"]
    assert [list(frame["stages_ms"]) for frame in frames] == [stages] * 12
    assert all(span >= 0 for frame in frames for span in frame["stages_ms"].values())
    told = ended["timings"]
    assert (status, told["frames"], told["skipped"], list(told["stages_ms"])) == (0, 12, 0, stages)
    slowest = max(stages, key=lambda stage: told["stages_ms"][stage]["median"])
    assert told["slowest"] == slowest
    assert told["memory_bytes"] is None or told["memory_bytes"] > 1e6
    assert words.startswith("12 frames, 0 skipped")
    assert f"Slowest: {slowest}" in words.splitlines()[-1]


def test_without_paths_what_inspection_finds_is_followed(live_writer, follow):
    writer = live_writer()
    writer.finish()
    status, lines, words = follow(writer.path)
    assert (status, words) == (0, "")
    assert DATA in lines[0]["data_paths"]
    assert [line["index"] for line in lines[1:-1]] == list(range(12))
    assert set(lines[1]["data"]) == set(lines[0]["data_paths"])


def test_a_killed_writer_is_a_timeout_and_status_3(live_writer, follow):
    writer = live_writer()
    writer.step(4)
    writer.kill()
    status, lines, _ = follow(writer.path, *PATHS, "--timeout", 0.3)
    assert status == 3
    assert [line["index"] for line in lines[1:-1]] == [0, 1, 2, 3]
    assert lines[-1] == {"event": "ended", "reason": "timeout", "complete": 4, "total": 12}


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        (("--until", "all_keys"), "all_keys"),
        (("--until", "file_closed"), "file_closed"),
        (("--until", "always_true"), "always_true"),
        (("--count", 5), "frame_count"),
    ],
)
def test_it_ends_with_what_was_asked_for(live_writer, follow, until, reason):
    writer = live_writer()
    writer.finish()
    status, lines, _ = follow(writer.path, *PATHS, *until)
    assert status == 0
    assert lines[-1]["reason"] == reason
    assert len(lines[1:-1]) == (5 if reason == "frame_count" else 12)


def test_order_of_arrival(live_writer):
    writer = live_writer(order="random", seed=3)
    with Following(writer.path, *PATHS, "--order", "arrival", "--until", "file_closed") as following:
        following.until("opened")
        for _ in range(4):
            (index,) = writer.step()
            following.until("frame", index=index)
        writer.finish()
        assert following.until("ended")["complete"] == 12


def test_a_lost_frame_is_given_up_on_request_and_told(live_writer, follow):
    writer = live_writer(fault="drop-key", stepped=False)
    writer.finish()
    status, lines, _ = follow(writer.path, *PATHS, "--skip-gaps", "0.1", "--until", "timeout", "--timeout", "1")
    assert status == 3
    assert [line["index"] for line in lines if line["event"] == "frame"] == sorted(writer.complete) != list(range(12))
    assert any("given up" in line["message"] for line in lines if line["event"] == "fault")


def test_a_told_scan_shape_and_a_length_instead_of_keys(live_writer, follow):
    writer = live_writer(layout="areadetector", stepped=False)
    writer.finish()
    data = "/entry/data/data"
    status, lines, _ = follow(writer.path, "--length", data, "--data", data, "--scan-shape", "3x4", "--until", "file_closed")
    assert status == 0
    assert lines[0]["scan_shape"] == [3, 4]
    assert [line["position"] for line in lines if line["event"] == "frame"] == [[row, column] for row in range(3) for column in range(4)]


def test_a_file_that_comes_later_is_waited_for(live_writer, tmp_path):
    with Following(tmp_path / "scan.h5", *PATHS, "--wait", WAIT_S) as following:
        assert following.process.stderr is not None
        assert "waiting for the file" in following.process.stderr.readline()
        writer = live_writer()
        following.until("opened")
        writer.finish()
        assert following.until("ended")["complete"] == 12
        assert following.process.wait(WAIT_S) == 0


def test_bad_input_is_one_sentence_and_status_2(live_writer, follow, tmp_path):
    writer = live_writer()
    rubbish = tmp_path / "rubbish.h5"
    rubbish.write_bytes(b"not HDF5" * 100)
    bad = [
        ((tmp_path / "none.h5",), "none.h5", True),
        ((rubbish,), "rubbish.h5 is not an HDF5 file", False),
        ((writer.path, "--keys", "/nope", "--data", DATA), "/nope", True),
        ((writer.path, "--keys", KEYS, "--data", "/entry"), "/entry", False),
        ((writer.path, *PATHS, "--until", "frame_count"), "--count N", False),
        ((writer.path, *PATHS, "--timeout", "-1"), "-1", False),
    ]
    for arguments, words, may_wait in bad:
        status, lines, said = follow(*arguments)
        assert (status, lines) == (2, []), arguments
        assert said.startswith("swmr-viewer: ")
        assert words in said
        assert said.count("\n") == 1
        assert ("--wait" in said) == may_wait, said


def test_arguments_that_do_not_exist_are_refused(capsys):
    assert main(["follow", "x.h5", "--until", "doomsday"]) == 2
    assert "doomsday" in capsys.readouterr().err


@POSIX
def test_a_file_that_ends_every_reader_is_a_failure_and_status_4(tmp_path):
    path = broken.write_hanging_opening(tmp_path)
    script = tmp_path / "impatient.py"
    script.write_text(
        "import sys\nfrom swmr_viewer.reader import supervision\nfrom swmr_viewer.cli import main\n"
        "if __name__ == '__main__':\n"
        "    make = supervision.Supervisor\n"
        "    supervision.Supervisor = lambda: make(stuck_after_s=1.0)\n"
        "    sys.exit(main(sys.argv[1:]))\n"
    )
    arguments = ["follow", str(path), "--keys", broken.KEYS, "--data", broken.DATA]
    done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert "storage does not answer" in done.stderr
    assert str(path) in done.stderr.splitlines()[-1]


@POSIX
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_a_last_line_and_no_process_left(live_writer, number, status):
    writer = live_writer()
    with Following(writer.path, *PATHS, start_new_session=True) as following:
        following.until("opened")
        writer.step(2)
        following.until("frame", index=1)
        children = psutil.Process(following.process.pid).children(recursive=True)
        os.killpg(following.process.pid, number) if number == signal.SIGINT else following.process.send_signal(number)
        rest, words = following.process.communicate(timeout=WAIT_S)
        assert json.loads(rest.splitlines()[-1])["reason"] == "stopped"
        assert (following.process.returncode, without_waits(words)) == (status, "")
        assert children
        psutil.wait_procs(children, timeout=WAIT_S)
        assert not [one for one in children if one.is_running()]


@POSIX
def test_whoever_reads_may_go_at_any_time(live_writer):
    writer = live_writer()
    writer.step(2)
    with Following(writer.path, *PATHS, "--timeout", 600) as following:
        following.until("opened")
        children = psutil.Process(following.process.pid).children(recursive=True)
        assert following.process.stdout is not None
        following.process.stdout.close()  # and no further frame comes that would fail to be written
        assert following.process.wait(WAIT_S) == 141
        assert following.process.stderr is not None
        assert without_waits(following.process.stderr.read()) == ""
        psutil.wait_procs(children, timeout=WAIT_S)
        assert not [one for one in children if one.is_running()]


@POSIX
def test_its_output_is_json_even_when_a_library_writes_to_the_terminal(live_writer, tmp_path):
    """What the reader's process prints on its standard output ends up with the words."""
    writer = live_writer()
    writer.finish()
    path = Path(tmp_path / "noisy")
    path.mkdir()
    (path / "sitecustomize.py").write_text(
        "import sys\n"
        "if '--multiprocessing-fork' in sys.orig_argv:\n"
        "    import atexit, os, threading\n"
        "    import swmr_viewer.reader.child.entry as p\n"
        "    prepare = p.prepare_process\n"
        "    p.prepare_process = lambda: (prepare(), os.write(1, b'noise\\n'))\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{Path.cwd()}"}
    done = subprocess.run(command(writer.path, *PATHS), capture_output=True, text=True, timeout=WAIT_S, check=True, env=environment)
    assert "noise" in done.stderr
    assert [json.loads(line)["event"] for line in done.stdout.splitlines()] == ["opened", *["frame"] * 12, "ended"]


def test_names_of_any_kind_are_followed_and_told_as_plain_text(tmp_path):
    paths = write_odd_names(tmp_path / "odd.h5")
    done = subprocess.run(
        [*command(tmp_path / "odd.h5", "--data"), *(os.fsencode(one) for one in paths)], capture_output=True, timeout=WAIT_S, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    frames = [line for line in lines if line["event"] == "frame"]
    assert done.returncode == 0
    assert [line["index"] for line in frames] == list(range(N_FRAMES))
    assert [set(line["data"]) for line in frames] == [set(paths)] * N_FRAMES
    gone = subprocess.run(command(tmp_path / "odd.h5", "--data", "/entry/\x1b[31mgone\n"), capture_output=True, timeout=WAIT_S, check=False)
    assert gone.returncode == 2
    assert b"\x1b" not in gone.stderr
    assert rb"/entry/\x1b[31mgone\n" in gone.stderr
    assert len(gone.stderr.splitlines()) == 1


@POSIX
@pytest.mark.parametrize("in_place", [True, False])
def test_a_file_that_is_replaced_is_an_end_of_its_own_and_status_5(tmp_path: Path, in_place: bool) -> None:
    path, aside = tmp_path / "scan.h5", tmp_path / "scan.new"
    with ReusedNames() as old, ReusedNames() as new:
        old.begin(path)
        old.frames(path, 0, 4)
        with Following(path, "--keys", "/keys", "--data", "/data", "--until", "timeout", "--timeout", WAIT_S) as following:
            following.until("frame", index=3)
            if in_place:
                old.kill()
                new.begin(path, NEW)
            else:
                new.begin(aside, NEW)
                new.frames(aside, 0, 6)
                os.replace(aside, path)
            rest, words = following.process.communicate(timeout=WAIT_S)
        assert [json.loads(line) for line in rest.splitlines()] == [
            {"event": "ended", "reason": "file_replaced", "complete": 4, "total": 4}
        ]
        assert following.process.returncode == 5
        assert f"{path} was replaced" in words


def test_a_file_whose_entry_is_damaged_is_called_damaged_and_status_4(tmp_path: Path) -> None:
    path, at = killed_file(tmp_path)
    change(path, at["/entry"] + 12)
    done = subprocess.run(command(path), capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert done.returncode == 4, done.stderr
    assert done.stdout == ""
    assert "/entry (damaged: its metadata have a wrong checksum)" in done.stderr
    assert "Copy it again" in done.stderr
    assert "lead nowhere" not in done.stderr
