"""Tables of all scan points, read back as people do, and compared with what went in."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise
from math import prod
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core import table_file
from swmr_viewer.core.errors import ExportError
from swmr_viewer.export import TableColumn, TableLayout, TableProcess, blocks_of
from swmr_viewer.export.table_writing import TableBlock

RANDOM = np.random.default_rng(6)


@pytest.mark.parametrize("shape", [(7,), (3, 4), (5, 1, 300), (2, 70_001), (1, 1, 9), (3, 100, 100), (0,), (4, 0)])
def test_blocks_make_up_the_grid_one_after_the_other(shape: tuple[int, ...]) -> None:
    blocks = list(blocks_of(shape, 1000))
    assert sum(prod(block.shape) for block in blocks) == prod(shape)
    assert all(before.stop == after.start for before, after in pairwise(blocks))
    grid = np.arange(prod(shape)).reshape(shape)
    for block in blocks:
        assert prod(block.shape) <= 1000
        where = tuple(slice(*one) if isinstance(one, tuple) else one for one in block.where)
        np.testing.assert_array_equal(grid[where].ravel(), np.arange(block.start, block.stop))


def write(tmp_path: Path, layout: TableLayout, values: dict[str, np.ndarray], blocks: list[TableBlock]) -> tuple[Path, Path, int]:
    paths = tmp_path / "one.csv", tmp_path / "one.nxs"
    process = TableProcess(layout, *paths)
    try:
        for block in blocks:
            process.add(block, np.array([values[column.name].ravel()[block.start : block.stop] for column in layout.columns]))
        return *paths, process.finish()
    finally:
        process.close()


def test_a_raster_with_gaps_as_csv_and_as_nexus(tmp_path: Path) -> None:
    shape = (6, 50)
    x, y = np.linspace(-1, 1, 50), np.linspace(0, 3, 6)
    values = {
        "stage_x": np.broadcast_to(x, shape),
        "stage_y": np.broadcast_to(y[:, np.newaxis], shape),
        "stage_x_read": x + RANDOM.normal(0, 1e-3, shape),
        "I0": RANDOM.normal(5, 1, shape),
        "A.sum": RANDOM.poisson(2**40, shape).astype(float),
        "A.sum / I0, twice": RANDOM.normal(0, 1e-300, shape),
    }
    missing = RANDOM.random(shape) < 0.3
    for name in ("I0", "A.sum", "A.sum / I0, twice"):
        values[name][missing] = np.nan
    values["I0"][0, :5] = np.nan
    values["A.sum"][0, 6] = np.nan
    layout = TableLayout(
        shape,
        (
            TableColumn("stage_x", "mm", counts=False),
            TableColumn("stage_y", "mm", counts=False),
            TableColumn("stage_x_read", "mm", counts=False),
            TableColumn("I0", "A"),
            TableColumn("A.sum", "", "A sum"),
            TableColumn("A.sum / I0, twice"),
        ),
        axes=(("stage_y",), ("stage_x_read", "stage_x")),
        along=("stage_x", "stage_y"),
        title="scan.nxs /entry/data",
        regions=({"name": "A", "kind": "rectangle", "points": [[1.5, 2], [30, 40]]},),
        fits=(
            {
                "curve": "A.sum",
                "against": "stage_x",
                "model": "gaussian",
                "span": [-1.0, 0.5],
                "values": [{"name": "centre", "value": 0.3, "uncertainty": 0.01, "unit": "mm"}],
            },
        ),
        origin={"file": "/data/scan.nxs", "scan_shape": list(shape)},
    )
    text, nexus, n_rows = write(tmp_path, layout, values, list(blocks_of(shape, 120)))

    known = np.flatnonzero(
        ~np.isnan(values["A.sum"]).ravel() | ~np.isnan(values["I0"]).ravel() | ~np.isnan(values["A.sum / I0, twice"]).ravel()
    )
    with text.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    names = [
        "index",
        "position_0",
        "position_1",
        "stage_x (mm)",
        "stage_y (mm)",
        "stage_x_read (mm)",
        "I0 (A)",
        "A.sum",
        "A.sum / I0, twice",
    ]
    assert header == names
    assert len(rows) == n_rows == known.size
    read = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
    np.testing.assert_array_equal(read[:, 0], known)
    np.testing.assert_array_equal(read[:, 1:3].T, np.unravel_index(known, shape))
    for number, name in enumerate(values, 3):
        np.testing.assert_array_equal(read[:, number], values[name].ravel()[known])
    assert all("." not in row[7] for row in rows)  # counts are whole

    with h5py.File(nexus) as file:
        assert file[file.attrs["default"]].attrs["default"] == "table"
        table = file["entry/table"]
        assert table.attrs["NX_class"] == "NXdata"
        assert list(table.attrs["axes"]) == ["stage_y", "stage_x"]
        assert (table.attrs["signal"], list(table.attrs["auxiliary_signals"])) == ("I0", ["A.sum", "A.sum___I0__twice"])
        np.testing.assert_array_equal(table["stage_x"], x)
        np.testing.assert_array_equal(table["stage_y"], y)
        assert (table.attrs["stage_x_indices"], table.attrs["stage_y_indices"]) == (1, 0)
        assert list(table.attrs["stage_x_read_indices"]) == [0, 1]
        for name, stored in (
            ("stage_x_read", "stage_x_read"),
            ("I0", "I0"),
            ("A.sum", "A.sum"),
            ("A.sum / I0, twice", "A.sum___I0__twice"),
        ):
            np.testing.assert_array_equal(table[stored], values[name])
            assert table[stored].attrs["quantity"] == name
        assert table["I0"].attrs["units"] == "A"
        assert table["A.sum"].attrs["long_name"] == "A sum"
        np.testing.assert_array_equal(file["entry/regions/A/points"], [[1.5, 2], [30, 40]])
        assert file["entry/regions/A/kind"][()] == b"rectangle"
        assert (file["entry/fits/A.sum/centre"][()], file["entry/fits/A.sum/centre_errors"][()]) == (0.3, 0.01)
        assert (file["entry/fits/A.sum/against"][()], list(file["entry/fits/A.sum/span"])) == (b"stage_x", [-1.0, 0.5])
        assert file["entry/origin/file"][()] == b"/data/scan.nxs"


def test_a_spiral_is_flat_with_its_positions(tmp_path: Path) -> None:
    values = {"x": RANDOM.normal(size=5000), "y": RANDOM.normal(size=5000), "total": RANDOM.normal(size=5000)}
    columns = (TableColumn("x", "mm", counts=False), TableColumn("y", "mm", counts=False), TableColumn("total"))
    text, nexus, n_rows = write(tmp_path, TableLayout((5000,), columns, axes=(("x", "y"),)), values, list(blocks_of((5000,), 999)))
    assert n_rows == 5000 == len(text.read_text().splitlines()) - 1
    with h5py.File(nexus) as file:
        table = file["entry/table"]
        assert list(table.attrs["axes"]) == ["x"]
        for name, column in values.items():
            np.testing.assert_array_equal(table[name], column)


def test_what_cannot_be_written_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    layout = TableLayout((3,), (TableColumn("total"),))
    (tmp_path / "there.csv").write_text("mine")
    process = TableProcess(layout, tmp_path / "new" / "one.csv", None)
    try:
        with pytest.raises(ExportError, match=r"could not be written: .*No such file"):
            process.finish()
    finally:
        process.close()
    process = TableProcess(layout, tmp_path / "one.csv", tmp_path / "one.nxs")
    process.close()  # before its end
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["there.csv"]


@pytest.mark.parametrize("ending", ["csv", "nxs"])
def test_a_table_that_storage_gives_back_otherwise_is_told_and_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    path = tmp_path / f"table.{ending}"
    values = RANDOM.normal(size=(1, 3000))
    layout = TableLayout((3000,), (TableColumn("x"),), axes=((),)).plain
    order = {**layout, "csv": None, "nxs": None, ending: str(path)}
    block = {"start": 0, "where": [[0, 3000]], "shape": [3000]}
    sent = b"".join((json.dumps(order).encode(), b"\n", json.dumps(block).encode(), b"\n", values.tobytes(), b'{"end": true}\n'))
    assert table_file.write_table(io.BytesIO(sent)) == 3000

    def spoil(path: Path) -> None:
        content = path.read_bytes()
        at = content.index(values[0, 2000].tobytes() if ending == "nxs" else b"\n2000,")
        path.write_bytes(content[: at + 2] + bytes([content[at + 2] ^ 1]) + content[at + 3 :])

    path.unlink()
    monkeypatch.setattr(table_file, "settle", spoil)
    with pytest.raises(OSError, match="does not read back as it was"):
        table_file.write_table(io.BytesIO(sent))
    assert not path.exists()
