"""Chunks with changed bytes make no decoder step out of bounds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.decoding.changed_bytes import FILTERS


@pytest.mark.skipif(sys.platform == "win32", reason="pages are protected otherwise there, and these decoders are not to be had")
def test_changed_chunks_never_read_or_write_out_of_bounds() -> None:
    command = [sys.executable, "-m", "tests.decoding.changed_bytes", "--times", "300"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2], timeout=120)
    assert ended.returncode == 0, f"{ended.stdout}{ended.stderr}"
    assert [line.split(":")[0] for line in ended.stdout.splitlines()] == list(FILTERS)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="forks, and these decoders are not to be had there")
def test_what_is_made_of_changed_chunks_is_what_h5py_makes_of_them_and_what_crashes_it_is_refused() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.decoding.beside_h5py", "--times", "100"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2], timeout=200)
    assert ended.returncode == 0, f"{ended.stdout}{ended.stderr}"
    assert [line.split(":")[0] for line in ended.stdout.splitlines()] == list(FILTERS)
    assert "h5py crashes, this leaves it to h5py" not in ended.stdout
    assert "h5py decodes, this leaves it to h5py" not in ended.stdout
    assert ended.stdout.count("the same") >= len(FILTERS) - 2
