"""Places with the real reader: a pattern on the command line, and two files whose groups are named after the scan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.display_settings import LevelMode
from swmr_viewer.reader import messages as m

pytestmark = pytest.mark.live
PATTERN = "/entry/*/data"
WAIT_MS = 60_000


def scan_file(folder: Path, number: int, shape: tuple[int, int] = (32, 24)) -> str:
    path = folder / f"{number}.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file["keys/k"] = np.arange(1, 4)
        file[f"entry/scan_{number}/data"] = np.random.default_rng(number).poisson(20, (3, *shape)).astype("u2")
    return str(path)


def test_what_a_pattern_names_stays_as_it_was_looked_at(qtbot: QtBot, tmp_path: Path, live_viewer: Any) -> None:
    assembly: Assembly = live_viewer(scan_file(tmp_path, 1), data_paths=(PATTERN,))
    session, window = assembly.session, assembly.window

    def wait_for(number: int) -> None:
        qtbot.waitUntil(lambda: session.scan.shown is not None and session.scan.data_path == f"/entry/scan_{number}/data", timeout=WAIT_MS)

    wait_for(1)
    sizes: list[tuple[int, int]] = []

    def has_its_place() -> bool:
        """Whether the picture, which came a moment ago, has been as large as it is for a while."""
        sizes.append((window.frame_view.image.view.width(), window.frame_view.image.view.height()))
        return len(sizes) > 10 and len(set(sizes[-10:])) == 1

    qtbot.waitUntil(has_its_place)
    window.display.fix_levels(3.0, 40.0)
    window.frame_view.image.box.setRange(xRange=(5, 15), yRange=(6, 14), padding=0)
    seen = window.frame_view.image.box.viewRect()
    session.open(m.FollowRequest(scan_file(tmp_path, 2), data_paths=(PATTERN,)))
    wait_for(2)
    assert window.frame_view.image.levels == (3.0, 40.0)
    assert window.frame_view.image.box.viewRect() == seen
    session.open(m.FollowRequest(scan_file(tmp_path, 3, (24, 32)), data_paths=(PATTERN,)))
    wait_for(3)
    assert window.display.settings.mode is LevelMode.PERCENTILES
