"""The reader process takes no lock, whatever the environment says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import pytest

from swmr_viewer.reader.messages import Opened
from tests.reader.listening import WAIT_S, Listener

_TRY_TO_LOCK = "import fcntl, sys; fcntl.flock(open(sys.argv[1], 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB)"


@pytest.mark.skipif(sys.platform == "win32", reason="needs flock to look for locks")
def test_the_reader_process_does_not_lock_what_it_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w", libver=("v110", "v110")) as h5file:
        h5file.create_dataset("keys/a", (4,), "i4", maxshape=(None,), chunks=(4,))
        h5file.create_dataset("data", (4, 2, 2), "u2", maxshape=(None, 2, 2), chunks=(1, 2, 2))
    monkeypatch.setenv("HDF5_USE_FILE_LOCKING", "TRUE")
    with Listener() as listener:
        listener.follow(path)
        assert listener.until_a(Opened).path == str(path)
        subprocess.run([sys.executable, "-c", _TRY_TO_LOCK, str(path)], check=True, timeout=WAIT_S)
