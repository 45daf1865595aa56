"""The first frame in the dialog: asked for once, shown truly, never an old one, and no file is read in vain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.inspection import FileState
from swmr_viewer.gui.display.color_maps import DEFAULT_COLOR_MAP, color_table
from swmr_viewer.gui.look.theme import DARK, LIGHT, theme_of_application
from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.gui.opening.preview import PreviewPane
from swmr_viewer.opening.assessment import Tone
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.opening.fake_inspector import FakeInspector, click_row
from tests.opening.inspections import FRAMES, KEYS, inspection

PATH = "/data/scan.nxs"
TOTAL, SPECTRUM = "/entry/eiger/total", "/entry/eiger/spectrum"
MASKED = np.iinfo(np.uint16).max
FRAME = np.array([[0, 10, 20], [30, 40, MASKED]], np.uint16)
LIVE = inspection(state=FileState.SWMR)


@pytest.fixture
def pane(dialog: OpenDialog) -> PreviewPane:
    return dialog.contents.preview


def open_file(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, found=LIVE) -> None:
    """Name a file, tell what is in it, and wait until its first frame is asked for."""
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(found)
    qtbot.waitUntil(lambda: len(inspector.previews) == 1)


def test_the_frame_of_what_was_found_is_shown_with_its_text(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane
) -> None:
    open_file(qtbot, dialog, inspector)
    assert inspector.previews == [FollowRequest(PATH, (KEYS,), (FRAMES,))]
    assert "Reading the first frame" in pane.instead.text()
    inspector.show_frame(FRAME, index=3, position=(0, 3))
    assert (pane.path.text(), pane.title.text()) == (FRAMES, "Frame 3 at (0, 3), the first complete one")
    assert [line.text() for line in pane.details] == ["2 \u00d7 3, uint16", "from 0 to 40", "1 without a measurement"]
    assert pane.picture.isVisible()
    assert not pane.instead.isVisible()


def test_the_picture_is_coloured_between_its_levels_and_masked_pixels_follow_the_look(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane
) -> None:
    open_file(qtbot, dialog, inspector)
    inspector.show_frame(np.array([[0] * 99 + [10], [20] * 99 + [MASKED]], np.uint16))
    table = color_table(DEFAULT_COLOR_MAP)
    theme = theme_of_application()
    try:
        for scheme, colors in (("dark", DARK), ("light", LIGHT)):
            theme.force(scheme)
            image = pane.picture.image()
            assert image is not None
            assert (image.width(), image.height()) == (100, 2)
            assert image.pixelColor(0, 0).getRgb()[:3] == tuple(table[0])
            assert image.pixelColor(99, 0).getRgb()[:3] == tuple(table[127])
            assert image.pixelColor(0, 1).getRgb()[:3] == tuple(table[255])
            assert image.pixelColor(99, 1) == QColor(colors.masked)
    finally:
        theme.force(None)


def test_a_spectrum_is_a_curve_and_a_scalar_its_number(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane
) -> None:
    open_file(qtbot, dialog, inspector)
    empty = pane.picture.grab().toImage()
    inspector.show_frame(np.array([0, 5, np.nan, 1, 1, 7.5]))
    assert pane.picture.image() is None
    curve = pane.picture.grab().toImage()
    assert curve != empty
    assert pane.details[0].text() == "6 points, float64"
    click_row(qtbot, dialog, TOTAL)
    qtbot.waitUntil(lambda: len(inspector.previews) == 2)
    inspector.show_frame(np.array(2**60, np.uint64))
    assert pane.picture.grab().toImage() not in (empty, curve)
    shown = pane.picture.thumbnail()
    assert shown is not None
    assert shown.value == str(2**60)
    assert pane.details[0].text() == "one value, uint64"


@pytest.mark.parametrize(
    ("frame", "details"),
    [
        (np.full((2, 3, 4), 7, "u4"), ["2 \u00d7 3 \u00d7 4, uint32; the first of 2", "from 7 to 7", ""]),
        (np.full((1, 3, 4), 7, "u4"), ["1 \u00d7 3 \u00d7 4, uint32", "from 7 to 7", ""]),
        (np.full((3, 4), 3 + 4j), ["3 \u00d7 4, complex128", "magnitude from 5 to 5", ""]),
        (np.full((3, 4, 3), (255, 40, 5), "u1"), ["3 \u00d7 4 \u00d7 3, uint8", "colour mean from 100 to 100", ""]),
    ],
)
def test_frames_that_hold_more_than_a_picture_shows_have_one(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane, frame: np.ndarray, details: list[str]
) -> None:
    open_file(qtbot, dialog, inspector)
    inspector.show_frame(frame)
    assert [line.text() for line in pane.details] == details
    image = pane.picture.image()
    assert image is not None
    assert (image.width(), image.height()) == (4, 3)
    if frame.shape == (3, 4, 3):
        assert image.pixelColor(1, 1).getRgb()[:3] == (255, 40, 5)


def test_typing_asks_once_when_it_pauses(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    open_file(qtbot, dialog, inspector)
    inspector.show_frame(FRAME)
    dialog.fields.data.setFocus()
    dialog.fields.data.selectAll()
    qtbot.keyClicks(dialog.fields.data, TOTAL)
    assert len(inspector.previews) == 1
    qtbot.waitUntil(lambda: len(inspector.previews) > 1)
    assert [one.data_paths for one in inspector.previews] == [(FRAMES,), (TOTAL,)]
    dialog.fields.finished.setFocus()
    qtbot.keyClicks(dialog.fields.finished, "x")
    assert not dialog.preview._pause.isActive()


def test_an_answer_about_what_was_chosen_before_is_dropped(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane
) -> None:
    open_file(qtbot, dialog, inspector)
    click_row(qtbot, dialog, SPECTRUM)
    inspector.show_frame(FRAME, number=1)
    assert pane.title.text() == ""
    qtbot.waitUntil(lambda: len(inspector.previews) == 2)
    inspector.show_frame(FRAME, number=1)
    assert pane.title.text() == ""
    inspector.show_frame(np.arange(5.0), number=2)
    assert (pane.path.text(), pane.details[0].text()) == (SPECTRUM, "5 points, float64")
    dialog.file_field.setFocus()
    dialog.file_field.selectAll()
    qtbot.keyClicks(dialog.file_field, "/data/other.nxs")
    assert (pane.path.text(), pane.title.text()) == ("", "")
    inspector.show_frame(np.arange(5.0), number=2)
    assert (pane.path.text(), pane.title.text()) == ("", "")


def test_what_the_user_turned_to_last_is_previewed(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane) -> None:
    open_file(qtbot, dialog, inspector)
    click_row(qtbot, dialog, TOTAL)
    assert pane.path.text() == TOTAL
    click_row(qtbot, dialog, "/entry/title")  # no numbers: the field's data set it is
    assert pane.path.text() == FRAMES
    click_row(qtbot, dialog, "/entry/eiger")
    assert pane.path.text() == FRAMES
    qtbot.keyClick(dialog.tree.view, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.tree.view, Qt.Key.Key_Down)
    assert dialog.tree.selected_paths() == ["/entry/eiger/odd"]
    assert pane.path.text() == "/entry/eiger/odd"
    dialog.fields.data.setFocus()
    dialog.fields.data.selectAll()
    qtbot.keyClicks(dialog.fields.data, SPECTRUM)
    assert pane.path.text() == SPECTRUM
    qtbot.waitUntil(lambda: inspector.previews[-1].data_paths == (SPECTRUM,))


def test_it_looks_again_until_a_frame_is_complete(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane) -> None:
    open_file(qtbot, dialog, inspector)
    inspector.refuse_frame("No frame is complete yet.")
    assert pane.instead.remark().tone is Tone.PLAIN
    qtbot.waitUntil(lambda: len(inspector.previews) == 2, timeout=30_000)
    assert pane.instead.text() == "No frame is complete yet."  # while the second look goes on
    inspector.show_frame(FRAME)
    assert pane.title.text() == "Frame 0 at (0, 0)"
    assert not dialog.preview._retry.isActive()


def test_a_closed_file_without_complete_frames_is_asked_once(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    open_file(qtbot, dialog, inspector, inspection(state=FileState.CLOSED))
    inspector.refuse_frame("No frame is complete, and the file is closed.")
    assert not dialog.preview._retry.isActive()


def test_a_file_that_killed_its_reader_is_not_read_again_by_itself(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane
) -> None:
    open_file(qtbot, dialog, inspector)
    inspector.refuse_frame("The first frame cannot be read: reading it ended the reader 2 times.", kind=FailureKind.FILE_BROKEN)
    assert pane.instead.remark().tone is Tone.PROBLEM
    dialog.inspection.ask()
    inspector.answer(LIVE)
    assert not dialog.preview._pause.isActive()
    assert not dialog.preview._retry.isActive()
    assert "ended the reader" in pane.instead.text()
    qtbot.keyClick(dialog, Qt.Key.Key_F5)
    inspector.answer(LIVE)
    qtbot.waitUntil(lambda: len(inspector.previews) == 2)


def test_a_frame_that_is_read_is_not_interrupted_by_a_look_for_keys(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    without_keys = replace(LIVE, keys=(), key_paths=())
    open_file(qtbot, dialog, inspector, without_keys)
    asked = len(inspector.asked)
    dialog.inspection._retry.timeout.emit()
    assert len(inspector.asked) == asked
    assert dialog.inspection._retry.isActive()
    inspector.show_frame(FRAME)
    dialog.inspection._retry.timeout.emit()
    assert len(inspector.asked) == asked + 1


def test_a_closed_dialog_asks_for_nothing(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane) -> None:
    open_file(qtbot, dialog, inspector)
    inspector.refuse_frame("No frame is complete yet.")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not any(timer.isActive() for timer in (dialog.preview._pause, dialog.preview._retry, dialog.preview._tick))
    dialog.show()
    inspector.answer(LIVE)
    qtbot.waitUntil(lambda: len(inspector.previews) == 2)
    inspector.show_frame(FRAME)
    assert pane.title.text()


def test_nothing_else_moves_when_the_frame_comes(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, pane: PreviewPane) -> None:
    dialog.resize(dialog.minimumSize())
    open_file(qtbot, dialog, inspector)
    QApplication.processEvents()
    places = [widget.geometry() for widget in (dialog, dialog.contents, dialog.tree, pane, dialog.fields)]
    for say in (lambda: inspector.refuse_frame("A long reason. " * 40, kind=FailureKind.PATH), lambda: inspector.show_frame(FRAME)):
        dialog.preview.forget()
        dialog._choose_preview()
        n = len(inspector.previews)
        qtbot.waitUntil(lambda n=n: len(inspector.previews) == n + 1)
        say()
        QApplication.processEvents()
        assert [widget.geometry() for widget in (dialog, dialog.contents, dialog.tree, pane, dialog.fields)] == places
