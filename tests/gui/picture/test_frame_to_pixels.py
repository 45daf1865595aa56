"""A frame's way to the screen: painted at once and once; what is said beside it follows, seldom, and is right in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look import turns
from tests.gui.fakes import FakeSupervisor, picture

N_FRAMES = 12


class Events(QObject):
    """Counts what widgets are asked to do, and notes which frame was told when the picture was painted."""

    def __init__(self, viewer: Assembly) -> None:
        super().__init__(viewer.window)
        self.counts: Counter[tuple[str, QEvent.Type]] = Counter()
        self.told_at_painting: list[tuple[int, str]] = []
        self._session, self._title = viewer.session, viewer.window.frame_header.title
        image = viewer.window.frame_view.image
        header, column = viewer.window.frame_header, image.column
        parts = {"picture": image.view.viewport(), "header": header, "histogram": column.histogram, "column": column}
        self._names: dict[QObject, str] = {part: name for name, part in parts.items()}
        for part in parts.values():
            part.installEventFilter(self)

    def eventFilter(self, part: QObject, event: QEvent) -> bool:
        name, kind = self._names.get(part, ""), event.type()  # the window's parts end one after another
        self.counts[name, kind] += 1
        if name == "picture" and kind is QEvent.Type.Paint and self._session.scan.shown is not None:
            self.told_at_painting.append((self._session.scan.shown.index, self._title.text()))
        return False


def test_each_frame_is_painted_at_once_and_once_and_the_rest_follows_at_a_pace(
    qtbot: QtBot,
    told_at_once: None,
    monkeypatch: pytest.MonkeyPatch,
    reader: FakeSupervisor,
    following: Callable[..., Assembly],
) -> None:
    viewer = following((4, 5))
    session, window = viewer.session, viewer.window
    with qtbot.waitSignal(session.frame_settled):
        reader.say_frame(picture(), 0, (4, 5))
    QApplication.processEvents()
    paint, lay_out = QEvent.Type.Paint, QEvent.Type.LayoutRequest
    monkeypatch.setattr(turns, "PACE_S", 1.0)  # loaded machines show a frame in less
    events = Events(viewer)
    for index in range(1, N_FRAMES):
        with qtbot.waitSignal(session.frame_changed):
            reader.say_frame(picture(seed=index, dtype="<u2"), index, (4, 5))
        assert events.told_at_painting[-1][0] == index, "it is painted before anything else is done"
    assert events.counts["picture", paint] == N_FRAMES - 1
    assert events.told_at_painting[0] == (1, "Frame 0"), "the picture goes first"
    assert session.is_settling
    qtbot.waitUntil(lambda: not session.is_settling)
    expected = window.frame_view.image.histogram.counts
    qtbot.waitUntil(lambda: int(expected().sum()) == picture().size and not _is_waiting(window.frame_view.image))
    QApplication.processEvents()
    assert events.counts["picture", paint] == N_FRAMES - 1
    assert window.frame_header.title.text() == f"Frame {N_FRAMES - 1}"
    assert events.counts["header", paint] < N_FRAMES - 1
    assert events.counts["histogram", paint] < N_FRAMES - 1
    assert events.counts["header", lay_out] == events.counts["column", lay_out] == 0
    np.testing.assert_array_equal(np.sort(window.frame_view.image.histogram._values), np.sort(picture(seed=N_FRAMES - 1).ravel()))


def _is_waiting(image: object) -> bool:
    return bool(image._counting.is_active)  # type: ignore[attr-defined]


def test_the_first_frame_and_the_one_after_it_was_hidden_are_counted(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    viewer = following((4, 5))
    image = viewer.window.frame_view.image
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 0, (4, 5))
    assert image.histogram.counts().sum() == picture().size
    page: QWidget = image
    page.hide()
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture((32, 24), seed=1), 1, (4, 5))
    page.show()
    assert image.histogram.counts().sum() == 32 * 24
