"""The table of quantities: expressions as columns, their versions, and what can be asked for."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.core.data_facts import ScanAxis
from swmr_viewer.quantities import BLOCK, FileQuantity, Kind, Quantity, QuantityTable, ScanColumns


@pytest.fixture
def table() -> QuantityTable:
    columns = ScanColumns()
    columns.grow((3, BLOCK))
    columns.note_axes([ScanAxis("stage_y", "mm", (0.5, 1.0, 2.0)), ScanAxis("stage_x", "um", tuple(np.arange(BLOCK) / 8))])
    columns.note_found([FileQuantity(Quantity("I0", Kind.SCALAR, "counts")), FileQuantity(Quantity("mca:roi", Kind.SCALAR, "counts"))])
    table = QuantityTable(columns)
    table.unit, table.regions, table.region_columns = "counts", ("A",), ("sum", "mean")
    return table


def _told(table: QuantityTable, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Tell the table something of two blocks; return I0 and A.sum as arrays."""
    random = np.random.default_rng(seed)
    i0, a_sum = np.full((2, 3 * BLOCK), np.nan)
    here = np.sort(random.choice(2 * BLOCK, BLOCK, replace=False))
    i0[here], a_sum[here[::2]] = random.integers(0, 3, here.size), random.normal(size=here[::2].size)
    table.scan.take(("I0",), here, i0[here, None], (3, BLOCK))
    table.take(("A.sum",), here[::2], a_sum[here[::2], None], (3, BLOCK))
    return i0, a_sum


def test_expressions_are_columns_like_others(table) -> None:
    i0, a_sum = _told(table)
    with np.errstate(all="ignore"):
        wanted = a_sum / i0 - np.tile(np.arange(BLOCK) / 8, 3)
    wanted[~np.isfinite(wanted)] = np.nan
    text = "A.sum/I0 - stage_x"
    np.testing.assert_array_equal(table.values(text), wanted)
    np.testing.assert_array_equal(table.part(text, BLOCK - 9, BLOCK + 9), wanted[BLOCK - 9 : BLOCK + 9])
    assert table.block_numbers(text) == [0, 1]
    np.testing.assert_array_equal(table.block(text, 1), wanted[BLOCK : 2 * BLOCK])
    assert table.n_known(text) == np.count_nonzero(~np.isnan(wanted))
    known = int(np.flatnonzero(~np.isnan(wanted))[3])
    assert table.at(text, known) == wanted[known]
    assert table.at(text, 3 * BLOCK + 5) is None
    assert table.prepare_curve(text, 10)
    _, y = table.curve(text)
    assert (np.nanmin(y), np.nanmax(y)) == (np.nanmin(wanted), np.nanmax(wanted))


def test_what_can_be_asked_for_is_offered_and_what_not_says_why(table) -> None:
    assert [quantity.name for quantity in table.offered()][:4] == ["index", "stage_x", "stage_y", "I0"]
    assert table.quantity("A.sum/B.sum") is None
    assert table.why_not("A.sum/B.sum") == "There is no quantity B.sum; did you mean A.sum?"
    assert "at the end" in table.why_not("A.sum /")
    assert table.quantity("A.sum/I0") == Quantity("A.sum / I0", Kind.EXPRESSION)
    assert table.quantity("A.sum/(I0*stage_y)").unit == "1/mm"
    assert table.quantity("mca:roi") == table.quantity("`mca:roi`") == Quantity("mca:roi", Kind.SCALAR, "counts")
    assert table.why_not("`mca:roi`") == table.why_not("mca:roi") == ""
    assert table.base_names(["A.sum/I0", "I0", "index", "nothing", "B.sum + I0", "A.sum +"]) == ("A.sum", "I0", "index")
    assert not table.is_measured("I0 * 2")
    table.scan.expressions = ("A.sum/I0", "A.sum / I0", "A.sum", "B.sum / I0", ")")
    assert [quantity.name for quantity in table.offered() if quantity.kind is Kind.EXPRESSION] == ["A.sum / I0"]


def test_a_version_is_another_whenever_values_are(table) -> None:
    seen = [table.version("A.sum / I0")]
    block = table.version("A.sum / I0", 1)
    table.scan.take(("I0",), np.array([3]), np.array([[2.0]]), (3, BLOCK))
    seen.append(table.version("A.sum / I0"))
    assert table.version("A.sum / I0", 1) == block
    table.take(("A.sum",), np.array([BLOCK + 3]), np.array([[2.0]]), (3, BLOCK))
    seen.append(table.version("A.sum / I0"))
    assert table.version("A.sum / I0", 1) != block
    table.measured.forget({"A.sum"})
    seen.append(table.version("A.sum / I0"))
    table.take(("A.sum",), np.array([BLOCK + 3]), np.array([[4.0]]), (3, BLOCK))
    seen.append(table.version("A.sum / I0"))
    assert len(set(seen)) == len(seen)
    index = table.version("index", 0)
    table.scan.grow((4, BLOCK))
    assert table.version("index", 0) == index
    assert table.version("index") != table.version("index", 3)
    assert table.n_known("index") == 4 * BLOCK
    places = table.version("stage_y", 0)
    table.scan.grow((4, BLOCK + 1))
    assert table.version("stage_y", 0) != places


def test_positions_that_are_read_are_not_mistaken_for_those_that_were_declared() -> None:
    columns = ScanColumns()
    columns.grow((4,))
    columns.note_axes([ScanAxis("x", "mm", (1.0, 2.0, 3.0, 4.0))])
    versions = [columns.column("x").version()]
    for value in (5.0, 6.0, 7.0):
        columns.take(("x",), np.array([1]), np.array([[value]]), (4,))
        versions.append(columns.column("x").version())
    assert len(set(versions)) == 4


def test_what_the_file_has_is_not_mistaken_for_what_is_measured_of_a_region_of_its_name(table) -> None:
    table.take(("A.sum", "A.mean"), np.array([3]), np.array([[7.0, 5.0]]), (3, BLOCK))
    table.scan.note_found([FileQuantity(Quantity("A.sum", Kind.SCALAR, "mA"))])
    assert (table.quantity("A.sum").unit, table.at("A.sum", 3), table.at("A.mean", 3)) == ("mA", None, 5.0)
    table.scan.take(("A.sum",), np.array([3]), np.array([[200.0]]), (3, BLOCK))
    assert table.at("A.sum * 2", 3) == 400.0


def test_values_stay_at_their_points_as_the_scan_grows(table) -> None:
    table.scan.grow((2, 3))
    table.scan.take(("I0",), np.arange(6), np.arange(6.0)[:, None] + 1, (2, 3))
    table.take(("A.sum",), np.arange(6), 10 * np.arange(6.0)[:, None], (2, 3))
    table.scan.grow((2, 4))
    wanted = [0, 5, 20 / 3, np.nan, 30 / 4, 8, 50 / 6, np.nan]
    np.testing.assert_allclose(table.values("A.sum / I0"), wanted)
    table.take(("A.sum",), np.array([5]), np.array([[60.0]]), (2, 3))  # told on the shape from before
    assert table.at("A.sum", 6) == 60.0
