"""What a reduction made is seen: patterns over their axis, pictures, numbers; and nothing of another frame, ever."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.curves import PlotPane
from swmr_viewer.gui.reductions.result_views import PATIENCE_MS, ResultViews
from swmr_viewer.reducing.messages import Prepared, Reduced, ShownReduced
from swmr_viewer.reductions import Output, OutputAxis

SHAPE = (3, 4)
Q = OutputAxis("q", np.linspace(0.5, 4.5, 200), "1/angstrom")
CHI = OutputAxis("azimuth", np.linspace(-180, 170, 36), "deg")
INTENSITY = Output("intensity", (200,), "counts", axes=(Q,))
CAKE = Output("cake", (36, 200), "counts", axes=(CHI, Q))
AREA, TOTAL = Output("peak_area", (), "counts", words="area of peak 1"), Output("total", (), "")


def pattern_of(index: int) -> np.ndarray:
    return 10 + 100 * (index + 1) * np.exp(-0.5 * ((Q.values - 1.5 - 0.1 * index) / 0.05) ** 2)


def outputs_of(index: int) -> dict[str, Any]:
    cake = np.repeat(pattern_of(index)[None], 36, axis=0)
    cake[:3] = np.nan
    return {"intensity": pattern_of(index), "cake": cake, "peak_area": np.float64(index + 0.5), "total": np.float64(np.nan)}


def at(pane: PlotPane, x: float, y: float) -> QPoint:
    point = pane.view.mapFromScene(pane.box.mapViewToScene(QPointF(x, y)))
    return QPoint(point.x(), point.y())


def reduced_of(*indices: int) -> Reduced:
    patterns = np.array([pattern_of(index) for index in indices], np.float32)
    return Reduced(SHAPE, np.array(indices), {"peak_area": np.array(indices) + 0.5}, {"intensity": patterns})


def six_complete() -> KeyProgress:
    progress = KeyProgress(1, SHAPE)
    progress.add(0, np.array([0]), np.array([6]))
    return progress


@pytest.fixture
def views(qtbot: QtBot) -> ResultViews:
    """Return the views of a reduction of a scan of which six frames are complete."""
    made = ResultViews()
    qtbot.addWidget(made)
    made.resize(520, 480)
    made.show()
    made.begin(Prepared("pyfai1d", "/entry/data", ("/entry/keys",), SHAPE, (AREA, INTENSITY, CAKE, TOTAL), "2 threads", "", 0))
    made.note_progress(six_complete())
    return made


def known_rows(views: ResultViews) -> list[int]:
    return views.pattern.waterfall.rows.known_rows.tolist()


def test_the_first_pattern_is_shown_over_its_axis(views: ResultViews) -> None:
    views.await_frame(2)
    views.show_frame(ShownReduced(SHAPE, 2, outputs_of(2)))
    assert views.pages.currentWidget() is views.pattern
    x, y = views.pattern.curve.curve.getData()
    np.testing.assert_array_equal(x, Q.values)
    np.testing.assert_array_equal(y, pattern_of(2))
    assert views.pattern.curve.plot.getAxis("bottom").labelText == "q (1/angstrom)"
    assert views.about.text() == "frame 2"


def test_a_frame_that_is_not_reduced_soon_shows_nothing_of_the_one_before(qtbot: QtBot, views: ResultViews) -> None:
    views.await_frame(2)
    views.show_frame(ShownReduced(SHAPE, 2, outputs_of(2)))
    views.await_frame(3)
    assert views.about.text() == "frame 2"  # which is what is drawn, for a moment
    qtbot.waitUntil(lambda: views.pattern.curve.nothing.text() == "This frame is not reduced yet")
    assert views.pattern.curve.view.isHidden()
    assert views.about.text() == "This frame is not reduced yet"
    views.show_frame(ShownReduced(SHAPE, 2, outputs_of(2)))  # late: it is the one before
    assert views.pattern.curve.view.isHidden()
    views.show_frame(ShownReduced(SHAPE, 3, outputs_of(3)))
    assert not views.pattern.curve.view.isHidden()
    np.testing.assert_array_equal(views.pattern.curve.curve.getData()[1], pattern_of(3))


def test_frames_that_are_reduced_soon_do_not_flicker(qtbot: QtBot, views: ResultViews) -> None:
    for index in (1, 2, 3):
        views.await_frame(index)
        assert views.pattern.curve.view.isHidden() == (index == 1)
        views.show_frame(ShownReduced(SHAPE, index, outputs_of(index)))
        np.testing.assert_array_equal(views.pattern.curve.curve.getData()[1], pattern_of(index))
    qtbot.wait(2 * PATIENCE_MS)
    assert views.about.text() == "frame 3"
    assert not views.pattern.curve.view.isHidden()


def test_a_waterfall_takes_no_room_before_there_are_rows(views: ResultViews) -> None:
    assert views.pattern.waterfall.isHidden()
    views.take(reduced_of(0))
    assert not views.pattern.waterfall.isHidden()


def test_why_a_frame_has_no_result_is_said(views: ResultViews) -> None:
    views.await_frame(1)
    views.show_frame(ShownReduced(SHAPE, 1, {}, "Frame 1 cannot be read: its chunk is damaged."))
    assert views.pattern.curve.nothing.text() == "Frame 1 cannot be read: its chunk is damaged."
    assert "damaged" in views.about.text()


def test_patterns_of_the_scan_make_a_waterfall_that_leads_to_frames(qtbot: QtBot, views: ResultViews) -> None:
    views.take(reduced_of(0, 1))
    views.take(reduced_of(5))
    assert known_rows(views) == [0, 1, 5]
    plot = views.pattern.waterfall
    qtbot.waitUntil(lambda: plot.item.image is not None and plot.box.viewRect().height() > 5)
    with qtbot.waitSignal(views.index_clicked) as clicked:
        qtbot.mouseClick(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=at(plot, 2.0, 5.5))
    assert clicked.args == [5]


def test_the_waterfall_says_how_much_is_missing(views: ResultViews) -> None:
    views.take(reduced_of(0, 1))
    assert views.pattern.words.text() == "2 of 6 complete frames are reduced"


def test_pictures_and_numbers_are_chosen_in_a_menu(qtbot: QtBot, views: ResultViews) -> None:
    views.await_frame(4)
    views.show_frame(ShownReduced(SHAPE, 4, outputs_of(4)))
    assert {action.text() for action in _offered(views)} == {"intensity", "cake", "numbers"}
    _choose(views, "cake")
    assert views.pages.currentWidget() is views.picture
    assert views.picture.plot.getAxis("left").labelText == "azimuth (deg)"
    rect = views.picture.picture.item.mapRectToParent(views.picture.picture.item.boundingRect())
    assert rect.left() == pytest.approx(Q.values[0] - (Q.values[1] - Q.values[0]) / 2)
    assert rect.bottom() == pytest.approx(175)
    _choose(views, "numbers")
    assert views.pages.currentWidget() is views.numbers
    assert "area of peak 1" in views.numbers.text()
    assert "4.5 counts" in views.numbers.text()
    assert "nothing" in views.numbers.text()  # not 0, and not nan


def test_the_value_under_the_pointer_is_told(qtbot: QtBot, views: ResultViews) -> None:
    views.await_frame(4)
    views.show_frame(ShownReduced(SHAPE, 4, outputs_of(4)))
    _choose(views, "cake")
    picture = views.picture
    told = [""]
    views.pointed.connect(told.append)

    def points_at(x: float, y: float, words: str) -> bool:
        for aside in (0.0, 0.02):  # pyqtgraph passes over moves that follow too soon, and Qt over those that are none
            qtbot.mouseMove(picture.view.viewport(), at(picture, x + aside, y))
        return told[-1].startswith(words)

    qtbot.waitUntil(lambda: points_at(1.9, 100.0, "azimuth 100 deg   q 1."))
    qtbot.waitUntil(lambda: points_at(1.9, -178.0, "azimuth -180 deg   q 1."))
    assert told[-1].endswith("nothing")  # not 0, and not nan


def test_another_reduction_begins_with_nothing(views: ResultViews) -> None:
    views.await_frame(2)
    views.take(reduced_of(2))
    views.show_frame(ShownReduced(SHAPE, 2, outputs_of(2)))
    views.begin(Prepared("statistics", "/entry/data", (), SHAPE, (TOTAL,), "2 threads", "", 0))
    assert views.pages.currentWidget() is views.numbers
    assert views.numbers.text() == "This frame is not reduced yet"
    assert not views.choice.isEnabled()


def test_a_growing_inner_axis_moves_the_patterns(views: ResultViews) -> None:
    views.take(reduced_of(1, 5))
    grown = Reduced((3, 6), np.array([17]), {}, {"intensity": np.array([pattern_of(0)], np.float32)})
    views.take(grown)
    assert known_rows(views) == [1, 7, 17]


def test_names_of_plug_ins_are_no_markup(views: ResultViews) -> None:
    hostile = Output("n", (), "<b>", words="<script>x</script>")
    views.begin(Prepared("x", "/d", (), SHAPE, (hostile,), "", "", 0))
    views.await_frame(0)
    views.show_frame(ShownReduced(SHAPE, 0, {"n": np.float64(1)}))
    assert "<script>" not in views.numbers.text()
    assert "&lt;b&gt;" in views.numbers.text()


def _offered(views: ResultViews) -> list[Any]:
    views.choice.menu().aboutToShow.emit()
    return views.choice.menu().actions()


def _choose(views: ResultViews, words: str) -> None:
    next(action for action in _offered(views) if action.text() == words).trigger()
