"""Names in a file are shown as they are there: no markup, no mnemonics, one line; whatever their bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import moment_text
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel, button_text, tip
from tests.gui.fakes import FakeSupervisor, picture
from tests.odd_names import write_odd_names

SHOWN = ("Fe&Cu <b>5", "d\u00e9tecteur \u00b5 \u65e5\u672c", "pil[0]*?", r"line\nbreak", r"\x1b[31mred", r"tab\tname", "caf\u00e9")


def seen(words: str) -> str:
    """Return what a tooltip shows."""
    return QTextDocumentFragment.fromHtml(words).toPlainText() if "<p" in words else words


def test_tooltips_and_buttons_show_words_as_they_are() -> None:
    assert seen(tip("Fe&Cu <b>5 K</b>\nsecond\x1b line")) == "Fe&Cu <b>5 K</b>\nsecond\\x1b line"
    assert tip("plain") == "plain"
    assert button_text("Fe&Cu") == "Fe&&Cu"


@pytest.mark.parametrize("label", [PlainLabel, ElidedLabel])
def test_labels_show_words_as_they_are(qtbot: QtBot, label: type[PlainLabel | ElidedLabel]) -> None:
    made = label()
    qtbot.addWidget(made)
    made.say("<b>5 K</b> &amp; \n")
    assert made.text() == "<b>5 K</b> &amp; \\n"
    assert made.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.live
def test_every_data_set_is_named_and_drawn(qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path) -> None:
    path = tmp_path / "scan & <i>[*].h5"
    paths = write_odd_names(path)
    viewer = live_viewer(path, data_paths=paths)
    session, window = viewer.session, viewer.window
    tabs = window.measuring.data_tabs
    qtbot.waitUntil(lambda: tabs.count() == len(SHOWN) + 1, timeout=20_000)
    assert [tabs.tabText(number).replace("&&", "&") for number in range(tabs.count())] == [*SHOWN, "side by side"]
    for number, name in enumerate(SHOWN):
        tabs.setCurrentIndex(number)
        qtbot.waitUntil(lambda number=number: session.scan.shown is not None and session.scan.shown.raw[0, 0] == number + 1, timeout=20_000)
        assert session.scan.shown is not None
        assert session.scan.shown.data_path == paths[number]
        assert f"/entry/{name}/data" in window.top_bar.paths_text
        assert seen(tabs.tabToolTip(number)).startswith(f"/entry/{name}/data")
        assert not window.grab().isNull()
    assert window.windowTitle() == "scan & <i>[*][*].h5 \u2013 swmr_viewer"
    shown_as_markup = [
        one.text() for one in window.findChildren(QLabel) if one.textFormat() != Qt.TextFormat.PlainText and "<i>" in one.text()
    ]
    assert shown_as_markup == []


def test_a_failure_and_an_axis_are_told_as_they_are(qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]) -> None:
    facts = DataFacts(axis_names=("<b>energy</b>\n",), axis_units=("&micro;",), axis_values=(tuple(range(64)),), unit="<i>")
    viewer = following((4, 5), frame=(64,), facts=facts)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture((64,)), 0, (4, 5))
    axis = viewer.window.frame_view.curve.plot.getAxis("bottom")
    assert axis.label.toPlainText().strip() == r"<b>energy</b>\n (&micro;)"
    viewer.window.readout.point_at((3,))
    assert r"<b>energy</b>\n 3" in viewer.window.readout.pixel.text()


@pytest.mark.parametrize("unix_s", [-1e12, 1e18, 1e300, -1e300, float("inf"), float("nan"), -6.3e10, 2.6e11])
def test_times_that_no_calendar_has_are_left_out(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly], unix_s: float
) -> None:
    assert moment_text(unix_s, unix_s) == "" or -6.3e10 <= unix_s <= 2.6e11
    viewer = following((4, 5))
    reader.frame_time = unix_s
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 0, (4, 5))
    QApplication.processEvents()
    assert viewer.window.frame_header.title.text() == "Frame 0"
    if not moment_text(unix_s, unix_s):
        assert "taken" not in viewer.window.frame_header.words
    assert np.isfinite(viewer.window.frame_view.levels).all()
