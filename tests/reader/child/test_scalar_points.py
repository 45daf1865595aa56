"""Values that are not there yet are looked at again, and a 0 that was counted is one in the end. No clock is waited for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data_facts import ScalarFact, ScalarKind
from swmr_viewer.core.scalars import Scalar
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S
from swmr_viewer.reader.child.measuring.scalar_points import ReadScalar

SHAPE = (4, 5)
POINTS = np.arange(20)


class Source:
    """Values in memory: 0 where nothing was written."""

    window = 7

    def __init__(self) -> None:
        self.values = np.zeros(20)
        self.is_broken = self.has_nothing = False
        self.is_at_rest = True

    def refresh(self) -> None:
        if self.is_broken:
            raise OSError("not now")

    def read(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.float64]:
        assert stop - start <= self.window
        return self.values[start:stop].copy()

    def is_fill(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        return np.asarray(values == 0)


def made() -> tuple[Source, ReadScalar]:
    source = Source()
    return source, ReadScalar(Scalar(ScalarFact("I0", "", "/i0", ScalarKind.SCALAR), source))


def again(scalar: ReadScalar, now: float, shape: tuple[int, ...] = SHAPE) -> dict[int, float]:
    found: dict[int, float] = {}
    for _ in range(scalar.n_parts_missed):
        indices, values = scalar.look_again(shape, now)
        found |= dict(zip(indices.tolist(), values.tolist(), strict=True))
    return found


def test_what_was_not_there_is_told_when_it_is_and_what_stays_fill_is_taken_as_it_is_after_a_while() -> None:
    source, scalar = made()
    source.values[:10] = POINTS[:10] + 1
    first = scalar.read(SHAPE, POINTS, now=0.0, is_over=False)
    assert first[:10].tolist() == (POINTS[:10] + 1).tolist()
    assert np.isnan(first[10:]).all()
    assert again(scalar, 1.0) == {}
    source.values[12:14] = 5.0
    assert again(scalar, 2.0) == {12: 5.0, 13: 5.0}
    assert again(scalar, FRAME_TIMEOUT_S) == dict.fromkeys([10, 11, *range(14, 20)], 0.0)
    assert scalar.n_parts_missed == 0


def test_of_what_was_never_written_nothing_is_told_and_of_what_is_over_each_zero_at_once() -> None:
    source, scalar = made()
    source.has_nothing = True
    assert np.isnan(scalar.read(SHAPE, POINTS, now=0.0, is_over=True)).all()
    assert scalar.n_parts_missed == 0
    source.has_nothing = False
    source.values[3] = 1.0
    source.is_at_rest = False
    known = np.flatnonzero(~np.isnan(scalar.read(SHAPE, POINTS, now=0.0, is_over=True)))
    assert known.tolist() == [3], "its own file is still written"
    source.is_at_rest = True
    assert scalar.read(SHAPE, POINTS, now=0.0, is_over=True).tolist() == source.values.tolist()


def test_what_cannot_be_read_now_is_read_later_also_where_the_scan_grew_meanwhile() -> None:
    source, scalar = made()
    source.values[:] = 1.0 + POINTS
    source.is_broken = True
    assert np.isnan(scalar.read((2, 5), np.array([1, 7]), now=0.0, is_over=False)).all()
    assert scalar.n_parts_missed == 0
    source.is_broken = False
    scalar.remap_indices((2, 5), (2, 8))
    assert again(scalar, 1.0, (2, 8)) == {at: 1.0 + at for at in moved(np.array([1, 7]), (2, 5), (2, 8)).tolist()}
