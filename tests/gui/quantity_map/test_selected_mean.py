"""The mean over a selection: a piece at a time, and only what changed is looked at again."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.gui.quantity_map.selected_mean import SelectedMean
from swmr_viewer.quantities import BLOCK, QuantityTable, ScanColumns

N = 5 * BLOCK


def test_the_mean_is_that_of_the_selected_points_whatever_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    columns, random = ScanColumns(), np.random.default_rng(0)
    columns.grow((N,))
    table = QuantityTable(columns)
    values = random.random(N)
    values[::7] = np.nan
    table.take(("total",), np.arange(N), values[:, None], (N,))
    selected = np.flatnonzero(random.random(N) < 0.3)
    selected = selected[(selected < BLOCK) | (selected > 3 * BLOCK)]
    mean = SelectedMean(table, "total / 2 + index", selected)
    pieces = 1
    while not mean.work(0.0):
        pieces += 1
    assert pieces == 3, "blocks in which points are selected"
    assert mean.mean == pytest.approx(np.nanmean((values / 2 + np.arange(N))[selected]))
    values[selected[:5]] = [1e6, np.nan, 3.0, -7.0, np.inf]
    table.take(("total",), selected[:5], values[selected[:5], None], (N,))
    looked_at: list[int] = []
    part = type(table.column("total / 2 + index")).part
    monkeypatch.setattr(type(table.column("total / 2 + index")), "part", lambda self, *at: looked_at.append(at[0]) or part(self, *at))
    assert mean.work(10.0)
    assert looked_at == [selected[0]], "one block"
    values[selected[4]] = np.nan
    assert mean.mean == pytest.approx(np.nanmean((values / 2 + np.arange(N))[selected]))
    assert SelectedMean(table, "nothing", selected).work(1.0)
    assert SelectedMean(table, "nothing", selected).mean is None
