"""A reduction in the window on a real scan, with the real process: numbers and patterns are those of numpy, of every frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reductions import FrameDescription, prepare_reduction, reduction_named
from tests.gui.waiting import WAIT_MS, wait_shown

pytestmark = pytest.mark.live
LiveViewer = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton


def centre_of(frame: np.ndarray) -> dict[str, float]:
    """Return what the reduction makes of a frame, called by hand."""
    reduction = reduction_named("centre_of_mass")
    prepare_reduction(reduction, FrameDescription(frame.shape, frame.dtype.str))
    return {name: float(value) for name, value in reduction(frame, frame == np.iinfo(frame.dtype).max).items()}


def test_numbers_of_a_live_scan_are_quantities(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer()
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    parts, session = assembly.window.reductions, assembly.session
    scan.step(3)
    wait_shown(qtbot, assembly, 2)
    parts.show_panel.trigger()
    parts.panel._choose("centre_of_mass")
    qtbot.waitUntil(lambda: "background" in parts.panel.form.fields, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "total" in parts.panel.views.numbers.text(), timeout=WAIT_MS)  # of the shown frame, at once
    assert not [name for name in names(assembly) if name.startswith("centre")]  # of the others nothing was asked for
    qtbot.mouseClick(parts.panel.run_bar.start, LEFT)
    qtbot.waitUntil(lambda: session.scan.quantities.n_known("centre_of_mass.x") == 3, timeout=WAIT_MS)
    scan.step(4)
    qtbot.waitUntil(lambda: session.scan.quantities.n_known("centre_of_mass.x") == 7, timeout=WAIT_MS)
    expected = [centre_of(scan.expected(index)) for index in range(7)]
    for name in ("x", "y", "total"):
        found = session.scan.quantities.values(f"centre_of_mass.{name}")
        np.testing.assert_allclose(found[:7], [one[name] for one in expected], rtol=1e-12)
        assert np.isnan(found[7:]).all()
    wait_shown(qtbot, assembly, 6)
    shown = f"{expected[6]['total']:.0f}"
    qtbot.waitUntil(lambda: shown in plain_digits(parts.panel.views.numbers.text()), timeout=WAIT_MS)
    qtbot.mouseClick(parts.panel.run_bar.stop, LEFT)
    qtbot.waitUntil(lambda: parts.panel.run_bar.words.text() == "Stopped: 7 frames reduced", timeout=WAIT_MS)
    assert parts.panel.run_bar.start.isEnabled()


def names(assembly: Assembly) -> list[str]:
    return [quantity.name for quantity in assembly.session.scan.quantities.offered()]


def plain_digits(text: str) -> str:
    return "".join(text.replace("\u2009", "").replace("\u202f", "").replace("&nbsp;", ""))
