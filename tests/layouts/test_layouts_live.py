"""Every layout followed from before its first frame to its end: each frame once, none early, none wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.errors import FrameNotWrittenError, NotSwmrError, NotSwmrYetError
from swmr_viewer.core.scan import index_of, position_of
from tests.layouts.catalogue import LAYOUTS
from tests.layouts.conftest import LayoutWriter
from tests.layouts.pieces import Layout, Source
from tests.live.writers import WAIT_S

pytestmark = pytest.mark.live

Start = Callable[..., LayoutWriter]

LIVE = [name for name, layout in LAYOUTS.items() if layout.followable_live]
NOT_LIVE = [name for name, layout in LAYOUTS.items() if not layout.followable_live]
N_STEPS = 9


def follower_of(file: h5py.File, layout: Layout, order: str) -> Follower:
    ends = ("timeout", *layout.ends, *(["finished_flag"] if layout.finished_path else []))
    return Follower(
        file,
        layout.key_paths,
        WAIT_S,
        ends,
        finished_path=layout.finished_path,
        length_paths=layout.length_paths,
        order=order,
        scan_shape=layout.scan_shape if layout.tells_shape else None,
    )


class Comparing:
    """Grabs what a follower hands out, of every detector, and compares it."""

    def __init__(self, file: h5py.File, layout: Layout, follower: Follower) -> None:
        self._file = file
        self.layout = layout
        self._follower = follower
        self._grabbers: list[tuple[Source, FrameGrabber]] = []
        self.seen: list[int] = []
        self.n_compared = 0

    def index_of(self, position: tuple[int, ...]) -> int:
        """Return the flat index on the whole scan; positions are the truth while it grows."""
        return index_of(position, self.layout.scan_shape)

    def compare(self, position: tuple[int, ...], *, wait_s: float = WAIT_S) -> None:
        """Compare all detectors' frames at a position; a key may be set before its frame is there."""
        if not self._grabbers:
            shape = self._follower.scan_shape
            self._grabbers = [(source, FrameGrabber(self._file, source.path, scan_shape=shape)) for source in self.layout.sources]
        index_there = self.index_of(position)
        for source, grabber in self._grabbers:
            found = grab_once_written(grabber, position, wait_s)
            np.testing.assert_array_equal(found, source.expected(index_there), f"frame {index_there} of {source.path}")
            assert found.shape == source.frame_axes
            self.n_compared += 1
        self.seen.append(index_there)


def grab_once_written(grabber: FrameGrabber, index: int | tuple[int, ...], wait_s: float) -> Any:
    end = time.monotonic() + wait_s
    while True:
        try:
            return grabber.grab(index)
        except FrameNotWrittenError:
            if time.monotonic() >= end:
                raise
            time.sleep(0.001)


@pytest.mark.parametrize("name", LIVE)
def test_in_scan_order_while_it_is_written(start: Start, name: str) -> None:
    writer = start(name)
    writer.begin()
    with open_swmr(writer.path, WAIT_S) as file:
        follower = follower_of(file, writer.layout, "scan")
        comparing = Comparing(file, writer.layout, follower)
        first_shape = follower.scan_shape
        writer.run()
        for index in follower:
            comparing.compare(position_of(index, follower.scan_shape))
    check_the_end(follower, comparing)
    if first_shape[1:] == follower.scan_shape[1:]:  # else flat numbers changed their meaning
        assert comparing.seen == sorted(comparing.seen)


@pytest.mark.parametrize("name", LIVE)
def test_in_order_of_arrival_and_in_step_with_the_writer(start: Start, name: str) -> None:
    writer = start(name)
    writer.begin()
    with open_swmr(writer.path, WAIT_S) as file:
        follower = follower_of(file, writer.layout, "arrival")
        comparing = Comparing(file, writer.layout, follower)
        waiting: list[tuple[int, ...]] = []
        for _ in range(N_STEPS):
            writer.step()
            poll_until(follower, lambda: follower.n_complete >= len(writer.keys_set) - writer.layout.most_late)
            waiting += [position_of(index, follower.scan_shape) for index in iter(follower.next_ready, None)]
            waiting = [position for position in waiting if not is_compared(comparing, position, writer)]
            assert set(comparing.seen) <= set(writer.complete)
        assert len(comparing.seen) >= len(writer.complete) - writer.layout.most_late > 0
        writer.run()
        for position in waiting:
            comparing.compare(position)
        for index in follower:
            comparing.compare(position_of(index, follower.scan_shape))
    check_the_end(follower, comparing)


def check_the_end(follower: Follower, comparing: Comparing) -> None:
    layout = comparing.layout
    assert sorted(comparing.seen) == list(range(layout.n_frames))
    assert comparing.n_compared == layout.n_frames * len(layout.sources)
    assert follower.reason != "timeout"
    assert follower.take_faults() == []


def is_compared(comparing: Comparing, position: tuple[int, ...], writer: LayoutWriter) -> bool:
    if comparing.index_of(position) in writer.complete:
        comparing.compare(position, wait_s=0)
        return True
    assert comparing.index_of(position) in writer.keys_set
    with pytest.raises(FrameNotWrittenError):
        comparing.compare(position, wait_s=0)
    return False


def poll_until(follower: Follower, done: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not done() and time.monotonic() < end:
        follower.refresh()
    assert done()


@pytest.mark.parametrize("name", NOT_LIVE)
def test_what_cannot_be_followed_live_says_so_and_is_right_when_it_is_closed(start: Start, name: str) -> None:
    writer = start(name)
    layout = writer.layout
    writer.step(2)
    with pytest.raises((NotSwmrError, NotSwmrYetError)) as refused:
        open_swmr(writer.path, live=True)
    assert str(writer.path) in str(refused.value)
    assert layout.why_not
    writer.finish()
    with open_swmr(writer.path) as file:
        (source,) = layout.sources
        grabber = FrameGrabber(file, source.path, scan_shape=layout.scan_shape)
        indices = list(range(layout.n_frames))
        if layout.key_paths:
            indices = list(Follower(file, layout.key_paths, 0, "always_true"))
        for index in indices:
            np.testing.assert_array_equal(grabber.grab(index), source.expected(index))
    assert indices == list(range(layout.n_frames))


def test_a_virtual_master_is_not_closed_while_its_sources_are_written(start: Start) -> None:
    writer = start("odin_ids")
    writer.begin()
    with open_swmr(writer.path, WAIT_S) as file:
        follower = Follower(file, writer.layout.key_paths, WAIT_S, ("file_closed", "timeout"))
        writer.step(4)
        assert not follower.file_is_closed()
        writer.run()
        assert list(follower) == list(range(writer.layout.n_frames))
    assert follower.reason == "file_closed"
