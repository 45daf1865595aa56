"""What curves are drawn against: pure."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.core.data_facts import ScanAxis
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import runs_of
from swmr_viewer.gui.measuring.against import AgainstAxis, AgainstIndex, AgainstOrder, axis_places, row_against
from swmr_viewer.quantities import BLOCK, MOST_POINTS, MeasuredValues
from swmr_viewer.reader.messages import OrderRead, OrderSource
from swmr_viewer.scan_model import AcquisitionOrder

AXES = (ScanAxis("y", "mm", (0.0, 1.0, 2.0)), ScanAxis("x", "mm", (5.0, 6.0, 7.0, 8.0)))


def values_of(n: int) -> MeasuredValues:
    values = MeasuredValues()
    values.take(("a",), np.arange(n), np.arange(n, dtype=float)[:, None])
    return values


def test_all_frames_stand_at_their_index() -> None:
    x, y = AgainstIndex().points(values_of(5), "a")
    assert x.tolist() == y.tolist() == [0, 1, 2, 3, 4]
    assert (AgainstIndex().x_of(3), AgainstIndex().index_at(2.6), AgainstIndex().index_at(-4.0)) == (3.0, 3, 0)


def test_a_row_stands_where_the_axis_says() -> None:
    row = row_against(AXES, (3, 4), 6)
    assert row is not None
    assert (row.name, row.unit, row.part_text) == ("x", "mm", "row 1")
    x, y = row.points(values_of(7), "a")
    assert x.tolist() == [5, 6, 7, 8]
    np.testing.assert_array_equal(y, [4, 5, 6, np.nan])
    assert [row.x_of(index) for index in (3, 4, 7, 8)] == [None, 5.0, 8.0, None]
    assert [row.index_at(place) for place in (0.0, 6.4, 99.0)] == [4, 5, 7]


def test_a_scan_of_one_axis_is_one_row() -> None:
    axis = ScanAxis("energy", "eV", (7000.0, 7001.0, 7003.0))
    row = row_against((axis,), (3,), 2)
    assert row is not None
    assert (row.first, row.part_text, row.places.tolist()) == (0, "", [7000, 7001, 7003])
    assert row_against((ScanAxis("energy", "eV"),), (3,), 2) is None, "by the index as well"


def test_rows_of_axes_that_tell_no_values_stand_at_their_index() -> None:
    row = row_against((ScanAxis("y"), ScanAxis("x", "mm")), (3, 4), 6)
    assert row is not None
    assert (row.name, row.unit, row.places.tolist()) == ("x index", "", [0, 1, 2, 3])
    assert row_against((), (2, 3, 4), 17).part_text == "row (1, 1)"  # type: ignore[union-attr]
    assert row_against((), (), 0) is None


@pytest.mark.parametrize(
    "given", [None, (1.0, 2.0), (1.0, 2.0, np.nan), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0)], ids=["none", "short", "nan", "fill", "half fill"]
)
def test_values_that_were_not_all_written_are_no_places(given: tuple[float, ...] | None) -> None:
    assert axis_places(ScanAxis("x", "mm", given), 3) is None


def test_a_long_row_is_drawn_by_few_points_and_keeps_its_highest_value() -> None:
    n = BLOCK + 30_000
    values = MeasuredValues()
    heights = np.zeros(n)
    heights[70_001] = 9.0
    values.take(("a",), np.arange(n), heights[:, None])
    x, y = AgainstAxis("x", "mm", np.linspace(0.0, 1.0, n)).points(values, "a")
    assert len(x) <= MOST_POINTS + 2
    assert np.nanmax(y) == 9.0
    assert x[np.nanargmax(y)] == pytest.approx(70_001 / n, abs=0.001)


def test_a_snake_is_drawn_as_it_was_taken() -> None:
    progress, known = KeyProgress(1, (2, 3)), AcquisitionOrder()
    progress.add(0, *runs_of(np.arange(6)))
    known.move_to(progress)
    known.note_read(OrderRead(1, OrderSource.KEYS, runs_of(np.arange(6)), np.array([1.0, 2, 3, 6, 5, 4]), (2, 3), whole=True))
    order = AgainstOrder(known)
    x, y = order.points(values_of(5), "a")
    assert x.tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(y, [0, 1, 2, np.nan, 4, 3])
    assert order.x_of(4) == 4.0
    assert [order.index_at(place) for place in (-1.0, 3.2, 50.0)] == [0, 5, 3]
    assert order.unit == "by keys"


def test_an_order_that_nobody_knows_yet_draws_nothing() -> None:
    order = AgainstOrder(AcquisitionOrder())
    assert order.index_at(3.0) is None
    assert [len(part) for part in order.points(values_of(5), "a")] == [0, 0]
