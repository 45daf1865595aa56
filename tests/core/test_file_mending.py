"""A file that a killed writer left is made fit for the next one: its flags, its end, and the checksum of both."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core.errors import FileBrokenError
from swmr_viewer.core.file_mending import checksum, mend
from swmr_viewer.core.file_state import read_file_state
from swmr_viewer.core.inspection import FileState

KILLED_WRITER = """
import os, signal, sys, h5py, numpy as np
file = h5py.File(sys.argv[1], "w", libver="v110")
data = file.create_dataset("data", (0,), "i4", maxshape=(None,), chunks=(64,))
file["other"] = np.arange(5)
file.swmr_mode = True
data.resize((5000,))
data[:] = np.arange(5000)
data.flush()
os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


@pytest.fixture
def left(tmp_path: Path) -> Path:
    path = tmp_path / "left.h5"
    subprocess.run([sys.executable, "-c", KILLED_WRITER, str(path)], timeout=60)
    return path


def test_the_checksum_is_hdf5s_own(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w", libver="v110"):
        pass
    block = (tmp_path / "a.h5").read_bytes()[:48]
    assert checksum(block[:44]) == int.from_bytes(block[44:], "little")


@pytest.mark.parametrize(
    ("text", "known"),
    [("", 0xDEADBEEF), ("Four score and seven years ago", 0x17770551)],
)
def test_the_checksum_is_that_of_its_author(text: str, known: int) -> None:
    # Values from the driver in lookup3.c, for an initial value of 0.
    assert checksum(text.encode()) == known


def test_the_next_writer_overwrites_nothing(left: Path) -> None:
    assert read_file_state(left) is FileState.SWMR
    with pytest.raises(OSError, match="already open for write"):
        h5py.File(left, "r+")
    mend(left)
    assert read_file_state(left) is FileState.CLOSED
    with h5py.File(left, "r+", libver="v110") as file:
        file["more"] = np.arange(100_000)
        file["data"].resize((6000,))
        file["data"][5000:] = 7
    with h5py.File(left, "r") as file:
        assert np.array_equal(file["data"][:5000], np.arange(5000))
        assert (file["data"][5000:] == 7).all()
        assert np.array_equal(file["more"], np.arange(100_000))
        assert file["other"][:].tolist() == [0, 1, 2, 3, 4]


def test_the_flags_alone_are_not_enough(left: Path) -> None:
    """HDF5 takes the end from the superblock: that is from before SWMR mode, so that it refuses, or would write over what is there."""
    block = bytearray(left.read_bytes()[:48])
    assert int.from_bytes(block[28:36], "little") < left.stat().st_size


def test_mended_twice_is_mended(left: Path) -> None:
    mend(left)
    mend(left)
    with h5py.File(left, "r") as file:
        assert np.array_equal(file["data"], np.arange(5000))


@pytest.mark.parametrize("at", [0, 8, 20, 45])
def test_a_damaged_superblock_is_left_alone(left: Path, at: int) -> None:
    content = bytearray(left.read_bytes())
    content[at] ^= 0xFF
    left.write_bytes(content)
    with pytest.raises(FileBrokenError, match="damaged superblock"):
        mend(left)
    assert left.read_bytes() == bytes(content)
