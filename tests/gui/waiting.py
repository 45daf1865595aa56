"""Waiting for what a real scan brings to the window: for events, with a generous bound."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly

WAIT_MS = 60_000


def wait_shown(qtbot: QtBot, assembly: Assembly, index: int) -> np.ndarray:
    """Wait until this frame is shown, and return a copy of its raw pixels."""
    session = assembly.session
    qtbot.waitUntil(lambda: session.scan.shown is not None and session.scan.shown.index == index, timeout=WAIT_MS)
    assert session.scan.shown is not None
    return np.array(session.scan.shown.raw)


def wait_complete(qtbot: QtBot, assembly: Assembly, n_frames: int) -> None:
    """Wait until the window knows of so many complete frames."""
    qtbot.waitUntil(
        lambda: assembly.session.scan.progress is not None and assembly.session.scan.progress.n_complete == n_frames, timeout=WAIT_MS
    )
