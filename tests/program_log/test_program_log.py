"""The log: written by a thread of its own, rotated, bounded, and never in anybody's way."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from swmr_viewer.program_log import ProgramLog, log
from swmr_viewer.program_log.old_logs import name_of_log, remove_old
from swmr_viewer.program_log.repeats import Repeats


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., ProgramLog]]:
    logs: list[ProgramLog] = []

    def make(folder: Path | None = None, **options: object) -> ProgramLog:
        logs.append(ProgramLog(folder or tmp_path / "logs", **options))  # type: ignore[arg-type]
        return logs[-1]

    yield make
    for one in logs:
        assert one.close(30.0)


def test_what_is_told_stands_in_the_file_in_order(made):
    one = made(begin="swmr_viewer 1.2")
    one.info("opened a\x1b[31m\nb\udcff.h5")
    one.error("It failed.", "Traceback:\n  line\x07 one\n")
    assert one.close(30.0)
    lines = one.path.read_text(encoding="utf-8").splitlines()
    assert [line.partition("  ")[2] for line in lines[:3]] == [
        "INFO     swmr_viewer 1.2",
        r"INFO     opened a\x1b[31m\nb" + "\u00ff.h5",
        "ERROR    It failed.",
    ]
    assert lines[3:] == ["    Traceback:", r"      line\x07 one"]
    assert one.tail(2) == ("    Traceback:", r"      line\x07 one")
    assert (one.fault, one.n_lost) == ("", 0)


def test_it_is_rotated_and_takes_no_more_room_than_that(made):
    one = made(max_bytes=2000, most_waiting=5000)
    for number in range(400):
        one.info(f"{chr(97 + number % 26)}{chr(97 + number // 26)} " + "x" * 50)
    assert one.close(30.0)
    files = sorted(path.name.partition(".log")[2] for path in one.path.parent.iterdir())
    assert files == ["", ".1", ".2"]
    assert all(path.stat().st_size <= 2000 for path in one.path.parent.iterdir())


def test_storage_that_does_not_answer_holds_up_nobody_and_what_is_lost_is_counted(made, monkeypatch):
    release, is_in = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        is_in.set()
        release.wait(60)

    monkeypatch.setattr(log, "remove_old", hang)
    one = made(most_waiting=10)
    try:
        assert is_in.wait(30)
        for number in range(15):
            one.info(chr(97 + number) * 3)
        assert one.n_lost == 5
        assert not one.close(0.01)
        assert one.tail(1)[0].endswith("ooo")
    finally:
        release.set()
    assert one.close(30.0)
    text = one.path.read_text(encoding="utf-8")
    assert "5 lines are lost here" in text
    assert "jjj" in text
    assert "kkk" not in text


def test_a_folder_that_cannot_be_made_is_a_fault_in_words(made, tmp_path):
    (tmp_path / "file").write_text("")
    one = made(tmp_path / "file" / "logs")
    one.info("something")
    assert one.close(30.0)
    assert one.fault in (os.strerror(errno.ENOTDIR), os.strerror(errno.ENOENT))
    assert one.n_lost >= 1
    assert one.tail(1)[0].endswith("something")


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_disk_that_is_full_is_a_fault_and_raises_nothing(tmp_path):
    script = """
import resource, signal, sys
from pathlib import Path
from swmr_viewer.program_log import ProgramLog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
log = ProgramLog(Path(sys.argv[1]))
for letter in "abcdefgh":
    log.info(letter * 60)
print(log.close(30.0), log.fault)
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert done.stdout == f"True {os.strerror(errno.EFBIG)}\n"


def test_long_details_are_cut_in_their_middle(made):
    one = made()
    one.warning("deep", "\n".join(map(str, range(1000))))
    assert one.close(30.0)
    lines = one.path.read_text(encoding="utf-8").splitlines()[1:]
    assert len(lines) == log.MOST_DETAILS + 1
    assert lines[log.MOST_DETAILS // 2] == "    ... 800 lines ..."
    assert lines[-1] == "    999"


def test_lines_that_repeat_are_counted_and_written_no_more():
    now = 0.0
    repeats = Repeats(lambda: now, most=3, within_s=60.0)
    assert [repeats.passed(f"frame {number} is missing") for number in range(5)] == [(True, 0)] * 3 + [(False, 0)] * 2
    assert repeats.passed("another") == (True, 0)
    now = 61.0
    assert repeats.passed("frame 9 is missing") == (True, 2)
    assert repeats.passed("frame 10 is missing") == (False, 0)
    now = 122.0
    assert repeats.passed("frame 11 is missing") == (True, 1)
    now = 183.0
    assert repeats.passed("frame 12 is missing") == (True, 0)
    assert repeats.passed("frame 13 is missing") == (True, 0)
    for number in range(1000):
        repeats.passed(str(hash(str(number))) + chr(97 + number % 26) * (number // 26))
    assert len(repeats._seen) <= 200


def test_what_repeats_is_told_with_its_count(made):
    now = 0.0
    one = made(clock=lambda: now)
    for _ in range(34):
        one.warning("again")
    now = 100.0
    one.warning("again")
    assert one.tail(1)[0].endswith("again (4 more like this were left out)")


def test_old_logs_are_removed_and_those_that_may_be_written_stay(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()

    def write(host: str, pid: int, at: float) -> Path:
        path = folder / name_of_log(host, pid, at)
        for one in (path, path.with_name(f"{path.name}.1")):
            one.write_text("x")
            os.utime(one, (at, at))
        return path

    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(60)
    gone = process.pid
    now = 1e9
    other_old, other_new = write("far-away", gone, now - 8 * 86400), write("far-away", gone, now - 2 * 86400)
    running, ended = write("here", os.getpid(), now - 9 * 86400), write("here", gone, now - 9 * 86400)
    newest = write("here", gone, now)
    (folder / "mine.txt").write_text("x")
    remove_old(folder, "here", now, kept=1)
    kept = {path.name for path in folder.iterdir() if path.name.endswith((".log", ".txt"))}
    expected = {newest.name, other_new.name, "mine.txt"} | ({running.name} if sys.platform != "win32" else set())
    assert kept == expected
    assert not other_old.exists()
    assert not ended.exists()
    assert len(list(folder.iterdir())) == 2 * len(expected) - 1


def test_two_processes_have_two_logs():
    assert name_of_log("a/b\n-c", 12, 0.0).endswith("-a_b__c-12.log")
    assert name_of_log("here", 1, 0.0) != name_of_log("here", 2, 0.0)


def test_a_crash_leaves_where_each_thread_was_and_the_next_log_names_it(tmp_path):
    script = """
import os, sys, time
from pathlib import Path
from swmr_viewer.program_log import ProgramLog
log = ProgramLog(Path(sys.argv[1]), "begun")
while not log.path.exists():
    time.sleep(0.001)
print(log.path, flush=True)
if sys.argv[2:]:
    os.abort()
log.close(30.0)
"""
    command = [sys.executable, "-c", script, str(tmp_path / "logs")]
    crashed = subprocess.run([*command, "crash"], capture_output=True, text=True, timeout=60, check=False)
    assert crashed.returncode != 0
    left = Path(f"{crashed.stdout.strip()}.crash")
    assert "Aborted" in left.read_text(encoding="utf-8")
    assert 'File "<string>", line 10 in <module>' in left.read_text(encoding="utf-8")
    sound = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert str(left) in Path(sound.stdout.strip()).read_text(encoding="utf-8")
    assert list(left.parent.glob("*.crash")) == [left]
