"""A reader that a broken file took over cannot run code in the window's process: it is ended, it is said, and another goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.reader.messages import FrameReady, ReaderReplaced
from swmr_viewer.reader.supervision import process
from tests.reader.listening import Listener
from tests.reader.taken_over import FOLDER, WHAT, run_taken_over


@pytest.mark.live
@pytest.mark.parametrize(
    "what",
    [
        "code",
        "bytes",
        "request",
        pytest.param("endless", marks=pytest.mark.skipif(sys.platform == "win32", reason="writes to a descriptor")),
    ],
)
def test_a_reader_that_was_taken_over_is_ended_and_replaced(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["keys"], file["data"] = np.arange(1, 4), np.arange(36, dtype="u2").reshape(3, 3, 4)
    monkeypatch.setenv(FOLDER, str(tmp_path))
    monkeypatch.setenv(WHAT, what)
    monkeypatch.setattr(process, "run_reader", run_taken_over)
    with Listener() as listener:
        listener.follow(tmp_path / "scan.h5", "/keys", "/data")
        assert "sent what is no message of this program" in listener.until_a(ReaderReplaced).why
        assert listener.until_a(FrameReady).index == 2
        assert (listener.frames[-1][1] == np.arange(24, 36).reshape(3, 4)).all()
    assert not (tmp_path / "harm").exists()
