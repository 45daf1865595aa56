"""The points of curves, against numpy: lines, whole scans, means, snakes and random scans with positions that were read back."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

from swmr_viewer.gui.curve_panel.curve_maker import CurveMaker
from swmr_viewer.gui.curve_panel.curve_plan import Part, Plan
from swmr_viewer.quantities import BLOCK, MOST_POINTS, FileQuantity, Kind, Quantity, QuantityTable, ScanColumns

SHAPE = (4, 6)


def table_of(shape: tuple[int, ...], x: np.ndarray, y: np.ndarray, order: np.ndarray | None = None) -> QuantityTable:
    """Return a table with these read-back positions and values, both flat; NaN: not known."""
    columns = ScanColumns()
    columns.grow(shape)
    columns.note_found([FileQuantity(Quantity("x", Kind.POSITION, "mm"), len(shape) - 1, is_read_back=True)])
    known = np.flatnonzero(~np.isnan(x))
    columns.take(("x",), known, x[known, None], shape)
    if order is not None:
        columns.take(("order",), np.arange(len(order)), order[:, None].astype(float), shape)
    table = QuantityTable(columns)
    measured = np.flatnonzero(~np.isnan(y))
    table.take(("a",), measured, y[measured, None], shape)
    return table


def made(table: QuantityTable, plan: Plan) -> CurveMaker:
    maker = CurveMaker(table, plan, "a")
    for _ in maker.work():
        pass
    assert maker.is_current
    return maker


def snake(shape: tuple[int, int], seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return read-back x with jitter, values of which the last row is not measured, and the order of a snake."""
    rng = np.random.default_rng(seed)
    x = np.tile(np.linspace(-1.5, 1.5, shape[1]), (shape[0], 1)) + rng.normal(0, 0.01, shape)
    y = rng.normal(size=shape)
    y[-1] = np.nan
    order = np.arange(prod(shape)).reshape(shape)
    order[1::2] = order[1::2, ::-1]
    return x.ravel(), y.ravel(), order.ravel()


def test_a_line_stands_at_its_own_read_back_positions() -> None:
    x, y, order = snake(SHAPE)
    table = table_of(SHAPE, x, y, order)
    plan = Plan(SHAPE, "x", Part.LINE, axis=1, shown=9)
    maker = made(table, plan)
    np.testing.assert_array_equal(maker.points.x, np.sort(x[6:12]))
    np.testing.assert_array_equal(maker.points.y, y[6:12][np.argsort(x[6:12])])
    assert maker.points.indices.tolist() == (6 + np.argsort(x[6:12])).tolist()
    assert (plan.part_text, maker.x_of(9), maker.x_of(3)) == ("row 1", x[9], None)
    column = Plan(SHAPE, "index", Part.LINE, axis=0, shown=9)
    assert (made(table, column).points.indices.tolist(), column.part_text) == ([3, 9, 15, 21], "column 3")


def test_all_lines_of_a_snake_are_drawn_apart_and_as_they_were_taken() -> None:
    x, y, order = snake(SHAPE)
    table = table_of(SHAPE, x, y, order)
    points = made(table, Plan(SHAPE, "x", Part.ALL, axis=1)).points
    gaps = np.flatnonzero(points.indices < 0)
    assert gaps.tolist() == [6, 13, 20]
    for row, part in enumerate(np.split(np.arange(len(points.x)), gaps)):
        at = part[points.indices[part] >= 0]
        np.testing.assert_array_equal(points.x[at], np.sort(x.reshape(SHAPE)[row]))
        np.testing.assert_array_equal(points.y[at], y.reshape(SHAPE)[row][np.argsort(x.reshape(SHAPE)[row])])
    taken = made(table, Plan(SHAPE, "x", Part.ALL, axis=1, as_taken=True)).points
    np.testing.assert_array_equal(taken.x, x[np.argsort(order)])
    np.testing.assert_array_equal(taken.y, y[np.argsort(order)])


def test_means_over_lines_count_what_is_known() -> None:
    x, y, order = snake(SHAPE)
    y[2] = np.nan
    maker = made(table_of(SHAPE, x, y, order), Plan(SHAPE, "x", Part.MEAN, axis=1, shown=8))
    known = ~np.isnan(y.reshape(SHAPE))
    places = np.where(known, x.reshape(SHAPE), np.nan)
    np.testing.assert_allclose(maker.points.x, np.nanmean(places, axis=0))
    np.testing.assert_allclose(maker.points.y, np.nanmean(y.reshape(SHAPE), axis=0))
    assert maker.points.indices.tolist() == [6, 7, 8, 9, 10, 11]
    assert maker.x_of(14) == pytest.approx(np.nanmean(places, axis=0)[2])
    assert maker.plan.part_text == "mean of 4 rows"


def test_random_points_are_joined_by_their_places() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-1, 1, 300), rng.normal(size=300)
    x[40:] = np.nan  # not read yet
    y[7] = np.nan
    points = made(table_of((300,), x, y), Plan((300,), "x")).points
    np.testing.assert_array_equal(points.x, np.sort(x[:40]))
    np.testing.assert_array_equal(points.y, y[:40][np.argsort(x[:40])])
    assert np.isnan(points.y).sum() == 1, "what is not measured is a gap"


def test_long_scans_are_few_points_and_keep_each_extreme_with_its_frame() -> None:
    shape = (700, 300)
    rng = np.random.default_rng(1)
    x = np.tile(np.linspace(0.0, 3.0, 300), 700) + rng.normal(0, 1e-3, prod(shape))
    y = np.sin(x) + rng.normal(0, 0.01, prod(shape))
    y[BLOCK + 77], y[3 * BLOCK + 5] = 9.0, -9.0
    table = table_of(shape, x, y)
    maker = made(table, Plan(shape, "x", Part.ALL, axis=1))
    points = maker.points
    assert len(points.x) <= MOST_POINTS
    assert points.indices[np.argmax(points.y)] == BLOCK + 77
    assert points.indices[np.argmin(points.y)] == 3 * BLOCK + 5
    np.testing.assert_array_equal(points.x, x[points.indices])
    np.testing.assert_array_equal(points.y, y[points.indices])
    assert (np.diff(points.x) >= 0).all()
    assert not maker.draws_all
    for ours, right in zip(zip(*maker.pieces(), strict=True), (x, y), strict=True):
        np.testing.assert_array_equal(np.concatenate(ours), right)  # what is fitted
    table.take(("a",), np.array([5]), np.array([[20.0]]), shape)
    assert not maker.is_current
    for _ in maker.work():
        pass
    assert maker.points.indices[np.argmax(maker.points.y)] == 5
    means = made(table, Plan(shape, "x", Part.MEAN, axis=1)).points
    np.testing.assert_allclose(means.y[20], table.values("a").reshape(shape).mean(0)[20])


def test_against_the_index_a_long_scan_is_what_the_table_draws() -> None:
    y = np.arange(3.0 * BLOCK)
    table = table_of((3 * BLOCK,), np.array([np.nan]), y)
    points = made(table, Plan((3 * BLOCK,))).points
    np.testing.assert_array_equal(points.x, table.curve("a")[0])
    assert points.indices is None
