"""Maps: every cell, or pixel, is what plain numpy says of the nearest point, however the points lie and come."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.core.data_facts import ScanAxis
from swmr_viewer.quantities import (
    Fate,
    FileQuantity,
    GridPlacing,
    Kind,
    MapDrawing,
    MapNames,
    PointPlacing,
    Quantity,
    QuantityTable,
    ScanColumns,
    View,
    motors_of_line,
    page_of,
)
from swmr_viewer.quantities import map_picture as picture_module

RNG = np.random.default_rng(7)
WIDTH, HEIGHT = 71, 52


def table_of(shape: tuple[int, ...], axes: tuple[ScanAxis, ...] = (), **columns: np.ndarray) -> QuantityTable:
    scan = ScanColumns()
    scan.grow(shape)
    scan.note_axes(axes)
    table = QuantityTable(scan)
    scan.note_found([FileQuantity(Quantity(name, Kind.POSITION, "mm")) for name in columns])
    for name, values in columns.items():
        scan.take((name,), np.arange(values.size), values.reshape(-1, 1), shape)
    return table


def drawn(drawing: MapDrawing, width: int = WIDTH, height: int = HEIGHT, area: tuple[float, ...] = ()) -> MapDrawing:
    for _ in drawing.work():
        pass
    assert drawing.placing is not None
    drawing.set_view(View(*(area or drawing.placing.area), width, height))
    for _ in drawing.work():
        pass
    return drawing


def complete(start: int, stop: int) -> np.ndarray:
    return np.full(stop - start, Fate.UNMEASURED, np.uint8)


def pixels_of(view: View) -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(view.x, view.y)


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("is_even", [True, False])
def test_axes_of_the_file_make_cells_of_their_width(is_even: bool, direction: int) -> None:
    x = (np.arange(9) * 0.5 - 1 if is_even else np.cumsum(RNG.uniform(0.2, 2, 9)))[::direction]
    y = (np.arange(6) * 3.0 if is_even else np.cumsum(RNG.uniform(0.2, 2, 6)))[::-direction]
    table = table_of((6, 9), (ScanAxis("y", "mm", tuple(y)), ScanAxis("x", "mm", tuple(x))))
    values = RNG.normal(size=54)
    values[[5, 20]] = np.nan
    table.take(("total",), np.arange(54), values.reshape(-1, 1), (6, 9))
    drawing = drawn(MapDrawing(table, page_of((6, 9)), MapNames("total", "x", "y"), complete))
    assert isinstance(drawing.placing, GridPlacing)
    across, up = pixels_of(drawing.picture.view)
    columns = np.abs(across[..., None] - x).argmin(-1)
    rows = np.abs(up[..., None] - y).argmin(-1)
    np.testing.assert_array_equal(drawing.picture.values, values.reshape(6, 9)[rows, columns])
    assert set(drawing.picture.fates.ravel().tolist()) == {Fate.KNOWN, Fate.UNMEASURED}
    assert drawing.picture.index_at(x[3], y[2]) == 2 * 9 + 3
    left, right, bottom, top = drawing.picture.place_of(2 * 9 + 3)
    assert left < x[3] < right
    assert bottom < y[2] < top


def snake(shape: tuple[int, int]) -> np.ndarray:
    order = np.arange(np.prod(shape)).reshape(shape)
    order[1::2] = order[1::2, ::-1]
    return order.ravel()


def spiral(n: int) -> tuple[np.ndarray, np.ndarray]:
    turn, radius = np.arange(n) * np.pi * (3 - np.sqrt(5)), np.sqrt(np.arange(n) / n)
    return radius * np.cos(turn), radius * np.sin(turn)


GRID_X, GRID_Y = (part.ravel() for part in np.meshgrid(np.arange(20) * 0.1, np.arange(15) * 0.1))
JITTER = RNG.normal(scale=0.004, size=(2, 300))
FEW = np.arange(300) % 37 == 5
CASES = {
    "raster read back": ((15, 20), GRID_X + JITTER[0], GRID_Y + JITTER[1], GridPlacing),
    "snake on its grid": ((15, 20), GRID_X + JITTER[0], GRID_Y + JITTER[1], GridPlacing),
    "snake as it was taken": ((15, 20), GRID_X[snake((15, 20))] + JITTER[0], GRID_Y[snake((15, 20))] + JITTER[1], PointPlacing),
    "far from where they should be": ((15, 20), GRID_X + 12 * JITTER[0], GRID_Y + 12 * JITTER[1], PointPlacing),
    "spiral": ((300,), *spiral(300), PointPlacing),
    "flattened raster": ((300,), GRID_X + JITTER[0], GRID_Y + JITTER[1], PointPlacing),
    "raster, some infinitely far": ((15, 20), np.where(FEW, np.inf, GRID_X + JITTER[0]), np.where(FEW, -np.inf, GRID_Y), GridPlacing),
    "spiral, some infinitely far": ((300,), np.where(FEW, -np.inf, spiral(300)[0]), spiral(300)[1], PointPlacing),
}


@pytest.mark.parametrize("name", CASES)
def test_points_come_a_few_at_a_time_and_each_pixel_shows_the_nearest(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape, x, y, kind = CASES[name]
    table, values = table_of(shape, x=np.full(300, np.nan), y=np.full(300, np.nan)), RNG.normal(size=300)
    lost = {17, 18, 205}
    fates = np.full(300, Fate.TO_COME, np.uint8)
    drawing = MapDrawing(table, page_of(shape), MapNames("total", "x", "y"), lambda start, stop: fates[start:stop])
    monkeypatch.setattr(picture_module, "PIECE", 64)
    taken = snake(shape) if name == "snake on its grid" else np.arange(300)  # type: ignore[arg-type]
    for part in np.array_split(taken, 7):
        table.scan.take(("x", "y"), part, np.column_stack((x, y))[part], shape)
        seen = np.array([index for index in part.tolist() if index not in lost])
        table.take(("total",), seen, values[seen].reshape(-1, 1), shape)
        fates[part] = [Fate.MISSING if index in lost else Fate.UNMEASURED for index in part]
        drawing.note_fates(0, 300)
        drawn(drawing)
    assert isinstance(drawing.placing, kind)
    across, up = pixels_of(drawing.picture.view)
    if kind is GridPlacing:
        sides = (across, drawing.placing.x), (up, drawing.placing.y)
        columns, rows = (np.abs(at[..., None] - side.centres).argmin(-1) for at, side in sides)
        nearest, is_near = rows * 20 + columns, np.ones(across.shape, np.bool_)
        np.testing.assert_allclose(drawing.placing.x.centres, np.arange(20) * 0.1, atol=0.02)
    else:
        wide, high = drawing.placing.reach
        far = ((across[..., None] - x) / wide) ** 2 + ((up[..., None] - y) / high) ** 2
        nearest, is_near = far.argmin(-1), far.min(-1) < 1
        assert is_near.mean() > 0.5, "most of the area is drawn"
    shown = np.where(np.isin(np.arange(300), list(lost)), np.nan, values)
    np.testing.assert_array_equal(drawing.picture.values, np.where(is_near, shown[nearest], np.nan))
    expected = np.where(is_near, np.where(np.isnan(shown), Fate.MISSING, Fate.KNOWN)[nearest], Fate.NOWHERE)
    np.testing.assert_array_equal(drawing.picture.fates, expected)
    found = np.concatenate(list(drawing.picture.within(np.array([[0.25, 0.25], [0.87, 0.25], [0.87, 0.77], [0.25, 0.77]]))))
    if kind is PointPlacing:
        np.testing.assert_array_equal(found, np.flatnonzero((x > 0.25) & (x < 0.87) & (y > 0.25) & (y < 0.77)))
    else:
        np.testing.assert_array_equal(found, [row * 20 + column for row in range(3, 8) for column in range(3, 9)])
    assert drawing.picture.place_of(5) is None or np.isfinite(drawing.picture.place_of(5)).all()
    near = np.argmin((x - 0.4) ** 2 + (y - 0.3) ** 2)
    assert drawing.picture.index_at(x[near], y[near]) == near


def test_many_cells_share_a_pixel_and_the_largest_is_seen() -> None:
    shape = (400, 700)
    values = RNG.random(400 * 700)
    values[123_456] = 99.0
    table = table_of(shape)
    table.take(("total",), np.arange(values.size), values.reshape(-1, 1), shape)
    drawing = drawn(MapDrawing(table, page_of(shape), MapNames("total"), complete), 70, 50)
    np.testing.assert_array_equal(drawing.picture.values, values.reshape(50, 8, 70, 10).max(axis=(1, 3)))
    table.take(("total",), np.array([123_456]), np.array([[0.0]]), shape)
    for _ in drawing.work():
        pass
    assert drawing.picture.values.max() < 1, "and is gone once it is measured otherwise"
    drawn(drawing, 70, 50, (99.5, 169.5, 199.5, 249.5))
    np.testing.assert_array_equal(drawing.picture.values, np.where(values == 99, 0, values).reshape(shape)[200:250, 100:170])


@pytest.mark.parametrize(
    ("x", "y", "moving"),
    [
        (np.linspace(0, 1, 50), np.full(50, 3.0), ("x",)),
        (np.linspace(0, 1, 50), 3 + RNG.normal(size=50) * 1e-3, ("x",)),
        (np.linspace(0, 1, 50), np.linspace(5, 2, 50), ("x",)),
        (*spiral(50), ("x", "y")),
        (np.full(50, 1.0), np.full(50, np.nan), ()),
    ],
    ids=["one", "one, the other trembles", "both along a line", "spiral", "none"],
)
def test_scans_of_one_axis_are_maps_where_two_motors_move(x: np.ndarray, y: np.ndarray, moving: tuple[str, ...]) -> None:
    assert motors_of_line(table_of((50,), x=x, y=y), ("x", "y")) == moving


@pytest.mark.parametrize(
    ("x", "kinds"),
    [(np.full(6, 2.0), True), (np.array([1.0, np.nan, 3.0, 4.0, np.nan, np.nan]), False), (np.array([1.0] + [np.nan] * 5), False)],
    ids=["constant", "not all known", "one known"],
)
def test_axes_that_say_little_are_drawn_all_the_same(x: np.ndarray, kinds: bool) -> None:
    table = table_of((4, 6), x=np.tile(x, 4), y=np.repeat(np.arange(4.0), 6))
    drawing = drawn(MapDrawing(table, page_of((4, 6)), MapNames("index", "x", "y"), complete))
    assert isinstance(drawing.placing, GridPlacing)
    assert drawing.placing.x.is_index is kinds
    assert len(np.unique(drawing.picture.values)) == 24


def test_points_at_one_place_and_pages() -> None:
    table = table_of((2, 3), x=np.zeros(6), y=np.zeros(6))
    assert isinstance(drawn(MapDrawing(table, page_of((2, 3)), MapNames("index", "x", "y"), complete)).placing, GridPlacing)
    page = page_of((3, 1, 4, 5), 2)
    assert (page.rows, page.columns, page.start, page.stop) == (4, 5, 40, 60)
    assert page_of((7, 1)).is_line
    table = table_of((3, 4, 5))
    drawing = drawn(MapDrawing(table, page_of((3, 4, 5), 1), MapNames("index"), complete))
    assert drawing.picture.values.min() == 20
    assert drawing.picture.place_of(19) is None
