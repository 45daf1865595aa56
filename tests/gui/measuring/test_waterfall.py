"""The waterfall on a scripted reader, by mouse; and its rows, pure."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import MaskRules
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curves import caption, row_text
from swmr_viewer.gui.curves.waterfall_rows import MOST_ROWS, WaterfallRows
from swmr_viewer.gui.measuring.waterfall import Waterfall
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHAPE = (4, 5)
PATHS = ("/entry/xspress/data", "/entry/vortex/data", "/entry/diode/data")
N_CHANNELS = 2500
BINS = 834
"""Three channels in each."""


def spectra_of(*indices: int, bins: int = BINS) -> np.ndarray:
    return np.array([1000.0 * index + np.arange(bins) for index in indices], np.float32)


def say_rows(
    reader: FakeSupervisor,
    *indices: int,
    unreadable: tuple[int, ...] = (),
    shape: tuple[int, ...] = SHAPE,
    revision: int | None = None,
) -> None:
    """Answer what was asked last, as the reader would."""
    asked = reader.sent(m.Measure)[-1]
    spectra, values = spectra_of(*indices), np.ones((len(indices), len(m.FRAME_COLUMNS)))
    nothing = np.isin(indices, unreadable)
    spectra[nothing], values[nothing] = np.nan, np.nan
    answers = (asked.generation, revision or asked.revision, asked.data_path)
    reader.say(m.Measured(*answers, np.array(indices), m.FRAME_COLUMNS, values, shape, spectra, N_CHANNELS))


@pytest.fixture
def spectra(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> Assembly:
    """Return a window that shows spectrum 9 of a scan with ten complete ones."""
    session = viewer.session
    session.open(m.FollowRequest("/data/scan.nxs"))
    data = (*(m.DataDescription(path, (N_CHANNELS,), "<u4") for path in PATHS[:2]), m.DataDescription(PATHS[2], (), "<f8"))
    with qtbot.waitSignal(session.opened):
        reader.say(m.Opened(reader.generation, "scan.nxs", SHAPE, ("/entry/keys/xspress",), data, None, 1))
    with qtbot.waitSignal(session.progress_changed):
        reader.say_keys(SHAPE, (0, 10))
    show(qtbot, viewer, reader, 9)
    return viewer


def show(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, index: int, path: str = PATHS[0], *, live: bool = True) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture((N_CHANNELS,), seed=index), index, SHAPE, live=live, data_path=path)


def until_drawn(qtbot: QtBot, waterfall: Waterfall, n_known: int) -> None:
    qtbot.waitUntil(lambda: waterfall.rows.n_known == n_known)
    qtbot.waitUntil(lambda: waterfall.plot.item.image is not None and not waterfall.plot._is_stale)


def at(waterfall: Waterfall, channel: float, frame: float) -> QPoint:
    point = waterfall.plot.view.mapFromScene(waterfall.plot.box.mapViewToScene(QPointF(channel, frame)))
    return QPoint(point.x(), point.y())


# ---- the window


def test_every_complete_spectrum_is_asked_for_and_falls_newest_first(qtbot: QtBot, reader: FakeSupervisor, spectra: Assembly) -> None:
    waterfall = spectra.window.measuring.waterfall
    (asked,) = reader.sent(m.Measure)
    assert (asked.data_path, asked.spectra) == (PATHS[0], True)
    assert waterfall.words.text().startswith("0 of 10 complete spectra")
    say_rows(reader, 9, 8, 7)
    until_drawn(qtbot, waterfall, 3)
    assert waterfall.words.text() == "3 of 10 complete spectra   \u2013   each point the largest value of 3 channels"
    np.testing.assert_array_equal(waterfall.rows.picture[[9, 8, 7]], spectra_of(9, 8, 7))
    assert np.isnan(waterfall.plot.item.image[[0, 6, 10, 19]]).all()
    say_rows(reader, 2, 0, unreadable=(2,))
    qtbot.waitUntil(lambda: waterfall.rows.n_unreadable == 1)
    assert waterfall.words.text().startswith("4 of 10 complete spectra   \u2013   1 cannot be read")
    assert np.isnan(waterfall.rows.picture[2]).all()


def test_the_pointer_reads_a_row_and_a_click_pins_its_frame(qtbot: QtBot, reader: FakeSupervisor, spectra: Assembly) -> None:
    waterfall, session = spectra.window.measuring.waterfall, spectra.session
    view, readout = waterfall.plot.view.viewport(), spectra.window.readout.pixel
    say_rows(reader, 9, 8, 6, 3, unreadable=(3,))
    until_drawn(qtbot, waterfall, 3)
    qtbot.waitUntil(lambda: waterfall.plot.box.viewRect().height() > 10)
    for frame, words in (
        (6, "frame 6   channels 30\u201332   largest 6\u2009010"),
        (7, "frame 7   not read yet"),
        (3, "frame 3   cannot be read"),
        (15, "frame 15   not complete yet"),
    ):
        qtbot.mouseMove(view, at(waterfall, 31.5, frame + 0.5))
        qtbot.waitUntil(lambda words=words: readout.text() == words)
    qtbot.mouseClick(view, RIGHT, pos=at(waterfall, 31.5, 6.5))
    assert session.scan.wanted_index is None
    qtbot.mouseClick(view, LEFT, pos=at(waterfall, 31.5, 6.5))
    assert session.scan.wanted_index == 6
    assert reader.sent(m.ShowIndex)[-1] == m.ShowIndex(reader.generation, 6, None, (4, 5))
    show(qtbot, spectra, reader, 6, live=False)
    assert waterfall.plot.shown_line.value() == 6.5
    qtbot.mouseClick(view, LEFT, pos=at(waterfall, 31.5, 2.5))
    assert session.scan.wanted_index == 2


def test_nothing_is_sent_for_a_waterfall_that_is_closed(qtbot: QtBot, reader: FakeSupervisor, spectra: Assembly) -> None:
    window, waterfall = spectra.window, spectra.window.measuring.waterfall
    say_rows(reader, 9, 8)
    until_drawn(qtbot, waterfall, 2)
    qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert not waterfall.isVisible()
    assert isinstance(reader.requests[-1], m.StopMeasuring)
    show(qtbot, spectra, reader, 8)
    assert not waterfall.isVisible()
    assert len(reader.sent(m.Measure)) == 1
    qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert waterfall.isVisible()
    first, second = reader.sent(m.Measure)
    assert second.revision > first.revision
    say_rows(reader, 7, revision=first.revision)  # of what was asked before
    say_rows(reader, 9, 8, 5)
    qtbot.waitUntil(lambda: waterfall.rows.n_known == 3)
    assert np.isnan(waterfall.rows.picture[7]).all()


def test_each_data_set_has_its_own_rows_and_scalars_have_none(qtbot: QtBot, reader: FakeSupervisor, spectra: Assembly) -> None:
    waterfall, session = spectra.window.measuring.waterfall, spectra.session
    say_rows(reader, 9, 8)
    until_drawn(qtbot, waterfall, 2)
    session.show_data(PATHS[1])
    assert len(reader.sent(m.StopMeasuring)) == 1
    assert waterfall.rows.n_known == 0
    show(qtbot, spectra, reader, 9, PATHS[1])
    assert reader.sent(m.Measure)[-1].data_path == PATHS[1]
    say_rows(reader, 3)
    qtbot.waitUntil(lambda: waterfall.rows.n_known == 1)
    session.show_data(PATHS[0])
    assert waterfall.rows.n_known == 2
    session.show_data(PATHS[2])
    assert len(reader.sent(m.StopMeasuring)) == 2
    assert len(reader.sent(m.Measure)) == 2


def test_a_replaced_reader_is_not_asked_to_begin_again(qtbot: QtBot, reader: FakeSupervisor, spectra: Assembly) -> None:
    waterfall, session = spectra.window.measuring.waterfall, spectra.session
    say_rows(reader, 9, 8)
    until_drawn(qtbot, waterfall, 2)
    assert session.scan.description is not None
    with qtbot.waitSignal(session.opened):
        reader.say(m.ReaderReplaced(reader.generation, "it died"), session.scan.description)
    assert len(reader.sent(m.Measure)) == 1
    say_rows(reader, 7)
    qtbot.waitUntil(lambda: waterfall.rows.n_known == 3)


def test_rows_are_those_of_the_mask_that_is_set(qtbot: QtBot, reader: FakeSupervisor, spectra: Assembly) -> None:
    waterfall, session = spectra.window.measuring.waterfall, spectra.session
    say_rows(reader, 9, 8)
    until_drawn(qtbot, waterfall, 2)
    session.prepare(PATHS[0], mask=MaskRules(above=5.0))
    show(qtbot, spectra, reader, 9)
    assert waterfall.rows.n_known == 0
    first, second = reader.sent(m.Measure)
    assert (second.data_path, second.spectra) == (first.data_path, True)


def test_a_scan_that_grows_sideways_keeps_its_rows(qtbot: QtBot, reader: FakeSupervisor, spectra: Assembly) -> None:
    waterfall = spectra.window.measuring.waterfall
    values = spectra.window.measuring.measurements.values
    say_rows(reader, 9, 4, 0)
    until_drawn(qtbot, waterfall, 3)
    say_rows(reader, 7, shape=(4, 8))
    qtbot.waitUntil(lambda: waterfall.rows.n_known == 4)
    np.testing.assert_array_equal(waterfall.rows.picture[[0, 4, 7, 12]], spectra_of(0, 4, 7, 9))
    assert waterfall.rows.picture.shape == (32, BINS)
    assert np.flatnonzero(~np.isnan(values.column("total"))).tolist() == [0, 4, 7, 12]
    assert len(reader.sent(m.Measure)) == 1


def test_rows_of_frames_that_part_are_asked_for_again(qtbot: QtBot, reader: FakeSupervisor, spectra: Assembly) -> None:
    waterfall = spectra.window.measuring.waterfall
    say_rows(reader, 9, 4, shape=(1000, 5))
    until_drawn(qtbot, waterfall, 2)
    assert "3 channels \u00d7 4 frames" in waterfall.words.text()
    say_rows(reader, 7, shape=(1000, 8))
    qtbot.waitUntil(lambda: len(reader.sent(m.Measure)) == 2)
    assert waterfall.rows.n_known == 0


def test_no_bright_row_is_lost_on_a_screen_that_has_fewer(qtbot: QtBot, reader: FakeSupervisor, spectra: Assembly) -> None:
    plot = spectra.window.measuring.waterfall.plot
    bright = (3, 777, 778, 4998)
    say_rows(reader, *bright, shape=(1000, 5))
    until_drawn(qtbot, spectra.window.measuring.waterfall, len(bright))
    n_rows = plot.rows.picture.shape[0]
    qtbot.waitUntil(lambda: len(plot.item.image) < n_rows)
    assert np.nanmax(plot.item.image[: len(plot.item.image) // 3]) == spectra_of(778).max()
    assert np.nanmax(plot.item.image) == spectra_of(4998).max()
    n_bright = np.count_nonzero(~np.isnan(plot.item.image).all(axis=1))
    assert n_bright in (3, 4)  # a row on the edge of two of the screen is seen in both
    plot.box.setRange(yRange=(770, 790), padding=0)
    qtbot.waitUntil(lambda: len(plot.item.image) == n_rows)


# ---- pure


def take(rows: WaterfallRows, *indices: int, shape: tuple[int, ...], bins: int = 8) -> None:
    rows.take(np.array(indices), spectra_of(*indices, bins=bins), np.zeros(len(indices), bool), bins, shape)


@pytest.mark.parametrize("seed", range(4))
def test_a_row_is_the_largest_of_its_frames_in_whatever_order_they_come(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spectra = rng.normal(size=(5000, 16)).astype(np.float32)
    spectra[rng.random(spectra.shape) < 0.3] = np.nan
    rows = WaterfallRows()
    order = rng.permutation(5000)
    for part, total in zip(np.split(order, [10, 400, 3000]), (5000, 5000, 5000, 5000), strict=True):
        rows.take(part, spectra[part], np.zeros(len(part), bool), 16, (total,))
    expected = np.fmax.reduceat(spectra, np.arange(0, 5000, 4), axis=0)
    assert rows.row_factor == 4
    assert rows.n_known == 5000
    np.testing.assert_array_equal(rows.picture, expected)


def test_a_scan_of_unknown_length_is_the_same_as_one_that_was_known_from_the_start() -> None:
    growing, known = WaterfallRows(), WaterfallRows()
    for index in range(6000):
        take(growing, index, shape=(index + 1,))
    for index in range(5999, -1, -1):
        take(known, index, shape=(6000,))
    assert growing.row_factor == known.row_factor == 4
    np.testing.assert_array_equal(growing.picture, known.picture)
    assert growing.size == known.size == (6000, 8)


def test_the_picture_is_bounded_for_ten_million_frames() -> None:
    rows = WaterfallRows()
    take(rows, 1_234_567, shape=(10_000_000,), bins=1024)
    assert rows.picture.shape[0] <= MOST_ROWS
    assert rows._room.nbytes <= MOST_ROWS * 1024 * 4
    assert rows.known_rows.tolist() == [1_234_567 // rows.row_factor]
    assert (~np.isnan(rows.picture)).any(axis=1).sum() == 1


def test_longer_spectra_begin_anew_and_nothing_is_nothing() -> None:
    rows = WaterfallRows()
    take(rows, 1, 2, shape=(5,))
    take(rows, 3, shape=(5,), bins=12)
    assert rows.n_known == 1
    assert rows.picture.shape == (5, 12)
    take(rows, shape=(5,))
    assert rows.n_known == 1


def test_words_tell_what_a_point_stands_for() -> None:
    rows = WaterfallRows()
    assert caption(rows, 0) == "0 of 0 complete spectra"
    rows.take(np.array([4, 5]), np.array([[7.0, np.nan], [9.5, np.nan]], np.float32), np.zeros(2, bool), 2, (4096,))
    assert caption(rows, 6) == "2 of 6 complete spectra   \u2013   each point the largest value of 2 frames"
    assert row_text(rows, 4, 0, is_complete=True) == "frames 4\u20135   channel 0   largest 9.5"
    assert row_text(rows, 5, 1, is_complete=True) == "frames 4\u20135   channel 1   masked"
    assert row_text(rows, 7, 0, is_complete=True) == "frame 7   not read yet"
