"""The command as people start it: its exit status, its words, and the file it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.live.writers import COMMAND, WAIT_S

pytestmark = pytest.mark.live
SMALL = ("--scan", "2x3", "--frame", "16x20", "--period", "0")


def simulate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=WAIT_S, check=False)


def test_a_scan_is_written_and_told_on_standard_error(tmp_path: Path) -> None:
    ended = simulate(tmp_path / "x.h5", *SMALL, "--keys", "2")
    assert ended.returncode == 0
    assert ended.stdout == ""
    lines = ended.stderr.splitlines()
    assert "6 frames of 16x20 uint16" in lines[0]
    assert lines[-1].endswith("6 of 6 frames complete.")
    assert "\r" not in ended.stderr
    with h5py.File(tmp_path / "x.h5", "r", locking=False) as h5file:
        assert h5file["/entry/diamond_scan/keys/diode"][()].tolist() == [[1, 2, 3], [4, 5, 6]]


def test_scalars_in_bursts_are_told_as_such(tmp_path: Path) -> None:
    ended = simulate(tmp_path / "x.h5", "--scan", "20x30", "--frame", "scalar", "--period", "0", "--burst", "50")
    assert ended.returncode == 0
    lines = ended.stderr.splitlines()
    assert "600 scalars, float64" in lines[0]
    assert 5 <= len(lines) <= 14
    assert lines[-1].endswith("600 of 600 frames complete.")


def test_a_long_scan_says_little_where_there_is_no_terminal(tmp_path: Path) -> None:
    ended = simulate(tmp_path / "x.h5", *SMALL, "--scan", "300")
    assert 5 <= len(ended.stderr.splitlines()) <= 14


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--scan", "3x"), "'3x' is not a scan size"),
        (("--frame", "2x2"), "too small"),
        (("--frame", "2x16x16"), "more than two sizes"),
        (("--keys", "0"), "key datasets"),
        (("--period", "-1"), "period"),
        (("--dtype", "complex64"), "complex64"),
        (("--order", "spiral"), "spiral"),
    ],
)
def test_bad_input_is_refused_before_a_file_is_made(tmp_path: Path, arguments: tuple[str, str], words: str) -> None:
    ended = simulate(tmp_path / "x.h5", *SMALL, *arguments)
    assert ended.returncode == 2
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "x.h5").exists()


def test_a_file_of_this_name_is_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    path.write_text("precious")
    ended = simulate(path, *SMALL)
    assert ended.returncode == 2
    assert "--force" in ended.stderr
    assert path.read_text() == "precious"
    assert simulate(path, *SMALL, "--force").returncode == 0
    with h5py.File(path, "r", locking=False) as h5file:
        assert h5file["/entry/detector/data"].shape == (2, 3, 16, 20)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_closes_the_file_properly(tmp_path: Path, number: signal.Signals, status: int) -> None:
    path = tmp_path / "x.h5"
    command = [*COMMAND, str(path), "--scan", "100000", "--frame", "16x20", "--period", "0.001", "--handshake"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line == "frame 20\n":
                    process.send_signal(number)
                    break
            _, said = process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
    assert process.returncode == status
    assert "closed properly" in said
    assert "Traceback" not in said
    assert path.read_bytes()[11] == 0
    with h5py.File(path, "r", locking=False) as h5file:
        n_set = np.count_nonzero(h5file["/entry/diamond_scan/keys/detector"][()])
    assert 21 <= n_set < 100_000


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_on_a_terminal_one_line_is_rewritten(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    command = [*COMMAND, str(tmp_path / "x.h5"), *SMALL, "--scan", "40"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 4096):
                said += piece
        except OSError:  # how Linux says that the other end is closed
            pass
        finally:
            os.close(ours)
        assert process.wait(WAIT_S) == 0
    lines = said.decode().replace("\r\n", "\n").splitlines()
    assert "\r40 of 40 frames" in said.decode()
    assert lines[-1].endswith("40 of 40 frames complete.")
