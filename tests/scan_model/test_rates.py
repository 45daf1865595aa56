"""Rates over recent seconds."""

from __future__ import annotations

import pytest

from swmr_viewer.scan_model.rates import RateMeter


def test_the_rate_is_that_of_recent_seconds() -> None:
    meter = RateMeter(window_s=5.0)
    assert meter.per_second(0.0) is None
    for tick in range(41):
        meter.note(tick * 0.5, tick + 1)
    assert meter.per_second(20.0) == pytest.approx(2.0)
    assert meter.per_second(40.0) is None
