"""Areas of peaks in patterns, against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.reductions import ReductionError
from swmr_viewer.reductions.pyfai.peaks import peaks_of

AXIS = np.linspace(1, 5, 401)
PEAK = 30 * np.exp(-0.5 * ((AXIS - 3) / 0.05) ** 2)
AREA = 30 * 0.05 * np.sqrt(2 * np.pi)


def test_the_area_is_the_sum_of_bins_times_their_width() -> None:
    one, other = peaks_of(AXIS, [(2.5, 3.5), (1.2, 1.4)], False, "deg")
    assert (one.name, other.name) == ("peak_1", "peak_2")
    inside = (AXIS >= 2.5) & (AXIS <= 3.5)
    assert one.area(PEAK.astype("f4")) == pytest.approx(PEAK[inside].sum() * 0.01)
    assert one.area(PEAK) == pytest.approx(AREA)
    assert one.area(PEAK + 7) == pytest.approx(AREA + 7 * inside.sum() * 0.01)
    assert other.area(PEAK) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("slope", [0, 4, -9])
def test_a_straight_background_is_taken_away(slope: float) -> None:
    (peak,) = peaks_of(AXIS, [(2.5, 3.5)], True, "deg")
    assert peak.area(PEAK + 50 + slope * AXIS) == pytest.approx(AREA, rel=1e-6)
    assert peak.area(50 + slope * AXIS) == pytest.approx(0, abs=1e-9)


def test_bins_without_pixels_are_bridged_while_most_have_some() -> None:
    for has_background in (False, True):
        (peak,) = peaks_of(AXIS, [(2, 4)], has_background, "deg")
        line = 5 + 2 * AXIS
        whole = peak.area(line)
        line[150] = line[220:240] = np.nan
        assert peak.area(line) == pytest.approx(whole)
        line[100:230] = np.nan
        assert np.isnan(peak.area(line))
        assert np.isnan(peak.area(np.full(401, np.nan)))


@pytest.mark.parametrize(
    ("asked", "has_background", "said"),
    [
        ((6, 7), False, "6 to 7 deg of peak_1 holds 0 of the pattern's bins, which go from 1 to 5"),
        ((3.001, 3.009), False, "holds 0"),
        ((4, 3), False, "holds 0"),
        ((3.001, 3.021), True, "holds 2"),
    ],
)
def test_ranges_without_bins_are_refused(asked: tuple[float, float], has_background: bool, said: str) -> None:
    with pytest.raises(ReductionError, match=said):
        peaks_of(AXIS, [asked], has_background, "deg")
