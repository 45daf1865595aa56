"""Every frame, combinations and measurements where frames lag or are damaged, or the scan grows. No clock is waited for."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.analysis import Region
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.child.frame_order import Backlog
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S, FrameReader
from swmr_viewer.reader.child.measuring.measurer import Measurer
from swmr_viewer.reader.child.sending import Sender
from swmr_viewer.reader.child.showing.live import LiveDelivery
from swmr_viewer.reader.messages import Combine, Fault, FrameReady, Measure, Measured, SetDisplay, SetEveryFrame, ShowIndex, ShowLive
from tests.reader.child.test_delivery import N, parts

__all__ = ["parts"]


class Bench:
    """A delivery and a measurer on a scan whose keys and frames the test sets."""

    def __init__(self, parts, unreadable=()) -> None:
        self.scan, self.pipe, self.grabber, self.clock, self.slots, self.name = parts
        frames = FrameReader(self.scan, self.pipe, unreadable, self.clock)
        self.preparers = frames.preparers
        self.measurer = Measurer(frames)
        self.live = LiveDelivery(frames, Sender(frames, self.scan, self.slots, self.measurer.measure_shown))
        self.grabber.dtype = np.dtype("<u4")

    def set(self, start: int, stop: int, shape: tuple[int, ...] | None = None) -> None:
        before = self.scan.progress.scan_shape
        if shape is not None:
            self.scan.progress.grow(shape)
            self.measurer.remap_indices(before, shape)
        new = self.scan.set(start, stop)
        self.live.add_completed(new, False)
        self.measurer.add_completed(new)

    def steps(self, n: int = 1, *, release: bool = True) -> list[tuple[int, int, int]]:
        """Take steps; return index, number of frames and first pixel of what was sent."""
        sent = []
        for _ in range(n):
            self.live.step()
            for event in self.pipe.take(FrameReady):
                assert self.scan.told[event.index], "a frame overtook its keys"
                pixel = np.ndarray((), event.dtype, self.slots._blocks[self.name].buf)[()]
                sent.append((event.index, event.combined, int(pixel)))
            if release:
                self.slots.release(self.name)
        return sent

    def combine(self, how: str, n: int | None) -> None:
        self.preparers.set(SetDisplay(1, combine=Combine(how, n)))
        self.live.prepare_again()

    def spectra(self) -> dict[int, list[float]]:
        self.measurer.step()
        self.measurer.acknowledge()
        found: dict[int, list[float]] = {}
        for event in self.pipe.take(Measured):
            assert event.spectra.dtype == np.float32
            for index, spectrum in zip(event.indices.tolist(), event.spectra.tolist(), strict=True):
                assert index not in found, f"frame {index} was told twice"
                found[index] = spectrum
        return found

    def rows(self) -> dict[int, float]:
        self.measurer.step()
        self.measurer.acknowledge()
        found = {}
        for event in self.pipe.take(Measured):
            found |= dict(zip(event.indices.tolist(), event.values[:, 0].tolist(), strict=True))
        return found


@pytest.fixture
def bench(parts):
    return Bench(parts)


def test_every_frame_waits_for_one_that_lags_and_passes_over_one_that_is_damaged(bench):
    bench.live.set_every_frame(SetEveryFrame(1, True))
    bench.grabber.late, bench.grabber.damaged = {1}, {3}
    bench.set(0, 5)
    assert bench.steps(4) == [(0, 1, 0)]
    assert not bench.live.is_idle
    bench.grabber.late = set()
    assert [index for index, _, _ in bench.steps(6)] == [1, 2, 4]
    assert [fault.index for fault in bench.pipe.take(Fault)] == [3]
    assert bench.live.is_idle


def test_every_frame_gives_up_one_that_never_comes(bench):
    bench.live.set_every_frame(SetEveryFrame(1, True))
    bench.grabber.late = {0}
    bench.set(0, 2)
    assert bench.steps(2) == []
    bench.clock.now += FRAME_TIMEOUT_S + 1
    assert [index for index, _, _ in bench.steps(3)] == [1]


def test_every_frame_in_doubt_is_waited_for_as_long_as_its_key_is_old(bench):
    bench.set(0, 1)
    assert bench.steps() == [(0, 1, 0)]
    bench.live.set_every_frame(SetEveryFrame(1, True))
    bench.grabber.doubtful = {1: set(), 2: set(), 3: set()}
    bench.set(1, 3)
    bench.clock.now += FRAME_TIMEOUT_S - 1
    bench.set(3, 4)
    assert bench.steps(2) == []
    bench.clock.now += 2
    assert bench.steps(3) == [(1, 1, 1), (2, 1, 2)]
    bench.clock.now += FRAME_TIMEOUT_S
    assert bench.steps(2) == [(3, 1, 3)]
    assert [fault.index for fault in bench.pipe.take(Fault)] == [1, 2, 3]


def test_frames_in_doubt_are_measured_and_combined_in_the_end(bench):
    bench.measurer.measure(Measure(1, 1, "/data"))
    bench.combine("sum", 3)
    bench.grabber.doubtful = {1: set(), 2: set()}
    bench.set(0, 3)
    bench.steps(4)
    bench.measurer.step()
    bench.clock.now += FRAME_TIMEOUT_S + 0.1
    assert bench.steps(4)[-1] == (2, 3, 3)
    bench.measurer.acknowledge()
    for _ in range(4):
        bench.clock.now += 1
        bench.measurer.step()
        bench.measurer.acknowledge()
    measured = [row for event in bench.pipe.take(Measured) for row in event.indices.tolist()]
    assert sorted(measured) == [0, 1, 2]
    faults = bench.pipe.take(Fault)
    assert {fault.index for fault in faults} == {1, 2}
    assert all("as it is" in fault.message for fault in faults)


def test_every_frame_goes_on_from_the_one_in_the_window_not_from_the_one_on_its_way(bench):
    bench.set(0, 1)
    assert [index for index, _, _ in bench.steps(1)] == [0]
    bench.set(1, 6)
    assert [index for index, _, _ in bench.steps(2)] == [5]
    bench.live.set_every_frame(SetEveryFrame(1, True, shown=(0,)))
    assert [index for index, _, _ in bench.steps(7)] == [1, 2, 3, 4, 5]
    bench.set(6, 7)
    assert [index for index, _, _ in bench.steps(2)] == [6]


@pytest.mark.parametrize("shown", [(99,), (1, 2)])
def test_every_frame_goes_on_where_it_was_if_the_window_shows_what_is_not_there(bench, shown):
    bench.set(0, 3)
    assert [index for index, _, _ in bench.steps(1)] == [2]
    bench.live.set_every_frame(SetEveryFrame(1, True, shown=shown))
    bench.set(3, 5)
    assert [index for index, _, _ in bench.steps(4)] == [3, 4]


def test_every_frame_goes_on_where_it_was_after_one_was_pinned(bench):
    bench.live.set_every_frame(SetEveryFrame(1, True))
    bench.set(0, 4)
    assert [index for index, _, _ in bench.steps(2)] == [0, 1]
    bench.live.show(ShowIndex(1, 0))
    assert [index for index, _, _ in bench.steps(2)] == [0]
    bench.live.show(ShowLive(1))
    assert [index for index, _, _ in bench.steps(4)] == [2, 3]


def test_nothing_is_delivered_twice_after_a_reader_was_replaced(bench):
    bench.live.set_every_frame(SetEveryFrame(1, True, passed=np.array([0, 1, 3]), passed_shape=(N,)))
    bench.set(0, 6)
    assert [index for index, _, _ in bench.steps(5)] == [2, 4, 5]


@pytest.mark.parametrize(("n", "sums"), [(3, [0, 1, 3, 6, 9]), (None, [0, 1, 3, 6, 10])])
def test_every_frame_is_combined_with_those_before_it_and_no_later_one(bench, n, sums):
    bench.combine("sum", n)
    bench.live.set_every_frame(SetEveryFrame(1, True))
    bench.set(0, 5)
    sent = bench.steps(30)
    assert [(index, pixel) for index, _, pixel in sent] == list(enumerate(sums))
    assert bench.live.is_idle


@pytest.mark.parametrize("how", ["sum", "maximum"])
def test_a_window_that_jumps_ahead_holds_its_own_frames_alone(bench, how):
    bench.combine(how, 3)
    bench.set(0, 3)
    assert bench.steps(6)[-1] == (2, 3, 3 if how == "sum" else 2)
    bench.set(3, 9)
    sent = bench.steps(8)
    assert sent[-1] == (8, 3, 21 if how == "sum" else 8)
    assert bench.live.is_idle


def test_a_damaged_frame_is_left_out_and_said_and_a_late_one_comes_in_later(bench):
    bench.combine("sum", 4)
    bench.grabber.damaged, bench.grabber.late = {2}, {1}
    bench.set(0, 4)
    assert bench.steps(8)[-1] == (3, 2, 3)
    assert [fault.index for fault in bench.pipe.take(Fault)] == [2]
    bench.grabber.late = set()
    assert bench.steps(4) == [(3, 3, 4)]


@pytest.mark.parametrize(("n", "damaged", "run"), [(3, set(), (3, 5)), (None, set(), (0, 5)), (3, {4}, None), (None, {2}, None)])
def test_which_frames_are_combined_is_told_where_they_are_a_run(bench, n, damaged, run):
    bench.combine("sum", n)
    bench.grabber.damaged = damaged
    bench.set(0, 6)
    runs = []
    for _ in range(12):
        bench.live.step()
        runs += [event.run for event in bench.pipe.take(FrameReady)]
        bench.slots.release(bench.name)
        bench.clock.now += 1
    assert runs[-1] == run


def test_a_combination_of_all_takes_what_is_new_first(bench):
    bench.set(0, 6)
    bench.combine("mean", None)
    assert bench.steps(1) == [(5, 1, 5)]
    bench.set(6, 7)
    bench.steps(1)
    assert bench.grabber.reads[-1] == 6
    bench.clock.now += 1
    sent = bench.steps(8)
    assert sent[-1][:2] == (6, 7)


def test_a_pinned_frame_is_combined_with_those_below_it(bench):
    bench.combine("sum", 3)
    bench.set(0, 8)
    bench.steps(5)
    bench.live.show(ShowIndex(1, 4))
    assert bench.steps(5)[-1] == (4, 3, 9)
    assert bench.live.is_idle
    bench.live.show(ShowIndex(1, 9))
    assert bench.steps(3) == []
    assert [fault.index for fault in bench.pipe.take(Fault)] == [9]


def test_shown_frames_are_measured_on_their_way_and_the_others_once(bench):
    bench.measurer.measure(Measure(1, 1, "/data", (Region("r", "rectangle", ((0, 0), (1, 1))),)))
    bench.set(0, 5)
    assert [index for index, _, _ in bench.steps(1)] == [4]
    assert bench.rows() == {index: 6.0 * index for index in range(5)}
    assert sorted(bench.grabber.reads) == [0, 1, 2, 3, 4]
    assert bench.rows() == {}


def test_frames_that_lag_are_measured_later_and_damaged_ones_are_missing(bench):
    bench.grabber.late, bench.grabber.damaged = {1}, {2, 3}
    bench.measurer.measure(Measure(1, 1, "/data"))
    bench.set(0, 4)
    rows = bench.rows()
    assert rows[0] == 0.0
    assert 1 not in rows
    assert np.isnan([rows[2], rows[3]]).all()
    assert len(bench.pipe.take(Fault)) == 1
    bench.grabber.late = set()
    bench.clock.now += 1
    assert bench.rows() == {1: 6.0}


def test_rows_wait_for_the_window_and_come_together(bench):
    bench.measurer.measure(Measure(1, 1, "/data"))
    bench.set(0, 2)
    bench.measurer.step()
    bench.set(2, 6)
    bench.measurer.step()
    assert len(bench.pipe.take(Measured)) == 1
    bench.measurer.acknowledge()
    assert sorted(bench.rows()) == [2, 3, 4, 5]


def test_frames_that_killed_a_reader_are_not_touched(parts):
    bench = Bench(parts, unreadable=(("/data", (2,)),))
    bench.measurer.measure(Measure(1, 1, "/data"))
    bench.combine("sum", None)
    bench.set(0, 4)
    bench.steps(6)
    assert np.isnan(bench.rows()[2])
    assert 2 not in bench.grabber.reads


def test_places_are_kept_when_a_scan_grows_sideways():
    assert moved(np.array([0, 1, 2, 3]), (2, 2), (2, 5)).tolist() == [0, 1, 5, 6]
    assert moved(np.array([3]), (2, 2), (7, 2)).tolist() == [3]


def test_a_backlog_gives_the_latest_first_and_each_once():
    backlog = Backlog()
    backlog.push(np.array([0, 1, 2]))
    backlog.push(np.array([7, 8]))
    assert backlog.take_out(7)
    assert not backlog.take_out(7)
    assert not backlog.take_out(5)
    assert len(backlog) == 4
    assert [backlog.pop() for _ in range(5)] == [8, 2, 1, 0, None]
    assert len(backlog) == 0


def test_spectra_come_along_reduced_and_those_that_cannot_be_read_are_missing(bench):
    bench.grabber.frame_shape, bench.grabber.damaged = (2500,), {1}
    bench.measurer.measure(Measure(1, 1, "/data", spectra=True))
    bench.set(0, 3)
    bench.measurer.step()
    (event,) = bench.pipe.take(Measured)
    assert event.indices.tolist() == [2, 1, 0]
    assert (event.n_channels, event.spectra.shape) == (2500, (3, 834))
    assert (event.spectra[[0, 2]] == [[2], [0]]).all()
    assert np.isnan(event.spectra[1]).all()
    assert np.isnan(event.values).all(axis=1).tolist() == [False, True, False]
    assert len(bench.pipe.take(Fault)) == 1
    bench.measurer.acknowledge()
    bench.clock.now += 100
    assert bench.spectra() == {}
    assert bench.grabber.reads.count(1) == 1


def test_spectra_that_nobody_asked_for_stay_in_the_reader(bench):
    bench.grabber.frame_shape = (16,)
    bench.measurer.measure(Measure(1, 1, "/data"))
    bench.set(0, 3)
    bench.measurer.step()
    assert [event.spectra for event in bench.pipe.take(Measured)] == [None]


def test_spectra_that_grew_longer_come_in_a_message_of_their_own(bench):
    bench.grabber.frame_shape = (16,)
    bench.measurer.measure(Measure(1, 1, "/data", spectra=True))
    bench.set(0, 1)
    bench.measurer.step()
    bench.set(1, 2)
    bench.measurer.step()
    bench.grabber.frame_shape = (32,)
    bench.set(2, 4)
    assert {index: len(one) for index, one in bench.spectra().items()} == {0: 16}
    assert {index: len(one) for index, one in bench.spectra().items()} == {1: 16}
    assert {index: len(one) for index, one in bench.spectra().items()} == {2: 32, 3: 32}


def test_no_more_is_read_than_a_window_that_does_not_answer_can_take(bench):
    bench.scan.progress = KeyProgress(1, (5000,))
    bench.grabber.frame_shape = (16,)
    bench.measurer.measure(Measure(1, 1, "/data", spectra=True))
    bench.set(0, 5000)
    for _ in range(4):
        bench.measurer.step()
    assert len(bench.pipe.take(Measured)) == 1
    assert not bench.measurer.has_work
    assert len(bench.grabber.reads) == 2 * 256
    bench.live.step()  # the newest, which was measured already
    bench.measurer.acknowledge()
    seen = {}
    while more := bench.spectra():
        assert not seen.keys() & more.keys()
        seen |= more
    assert sorted(bench.grabber.reads) == sorted([*range(5000), 4999])
    assert len(seen) == 5000 - 256


def test_what_was_told_is_not_told_again_when_a_scan_grows_sideways(bench):
    bench.grabber.frame_shape = (16,)
    bench.scan.progress = KeyProgress(1, (2, 5))
    bench.measurer.measure(Measure(1, 1, "/data", spectra=True))
    bench.set(5, 8)
    assert sorted(bench.spectra()) == [5, 6, 7]
    bench.grabber.late = {8}
    bench.set(8, 9)
    bench.measurer.step()
    bench.measurer.step()
    bench.set(0, 1, (2, 8))  # frame 8 is at index 11 from here on
    assert sorted(bench.spectra()) == [0]
    bench.grabber.late = set()
    bench.clock.now += 1
    assert sorted(bench.spectra()) == [11]


def test_a_new_reader_tells_what_its_predecessor_had_not_on_the_shape_by_now(bench):
    bench.grabber.frame_shape = (16,)
    bench.scan.progress = KeyProgress(1, (2, 8))
    bench.set(0, 12)
    bench.measurer.measure(Measure(1, 1, "/data", spectra=True, already=np.array([0, 1, 5, 6]), already_shape=(2, 5)))
    assert sorted(bench.spectra()) == [2, 3, 4, 5, 6, 7, 10, 11]
    bench.set(13, 14, (2, 9))
    assert sorted(bench.spectra()) == [13]


@pytest.mark.parametrize(
    ("shape", "further"),
    [((4, 6), {"centre_x": 2.0, "centre_y": 1.5}), ((6,), {"centre": 1.5, "width": np.sqrt(1.25)}), ((), {})],
    ids=["images", "spectra", "scalars"],
)
def test_what_is_measured_of_a_region_depends_on_what_frames_are(bench, shape, further):
    bench.grabber.frame_shape = shape
    bench.set(3, 4)
    bench.measurer.measure(Measure(1, 1, "/data", (Region("A", "rectangle", ((0.0, 0.0), (4.0, 3.0))),)))
    bench.measurer.step()
    (measured,) = bench.pipe.take(Measured)
    row = dict(zip(measured.columns, measured.values[0].tolist(), strict=True))
    of_region = {name.removeprefix("A."): value for name, value in row.items() if name.startswith("A.")}
    n = 1 if not shape else 12 if len(shape) == 2 else 4
    assert of_region == pytest.approx({"sum": 3.0 * n, "mean": 3.0, "maximum": 3.0, "std": 0.0, **further})
