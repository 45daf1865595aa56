"""The library beside a real writer: every frame once, none early, none wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.simulator.layouts.pieces import side_name
from swmr_viewer.simulator.pattern import index_in
from tests.live.writers import WAIT_S, LiveWriter

pytestmark = pytest.mark.live

Start = Callable[..., LiveWriter]

DATA = {"diamond": "/entry/detector/data", "areadetector": "/entry/data/data"}


def keys_of(writer: LiveWriter) -> list[str]:
    if writer.plan.layout == "diamond":
        return ["/entry/diamond_scan/keys"]
    homes = ["", *(f"/{side_name(number)}" for number in range(1, writer.plan.n_keys))]
    return [f"/entry/instrument{home}/NDAttributes/NDArrayUniqueId" for home in homes]


def grabber_of(file: h5py.File, writer: LiveWriter, follower: Follower) -> FrameGrabber:
    return FrameGrabber(file, DATA[writer.plan.layout], scan_shape=follower.scan_shape)


def follower_of(file: h5py.File, writer: LiveWriter, **options: Any) -> Follower:
    return Follower(file, keys_of(writer), WAIT_S, ("finished_flag", "file_closed", "timeout"), **options)


@pytest.mark.parametrize("layout", ["diamond", "areadetector"])
@pytest.mark.parametrize("scan", ["raster", "snake", "random"])
@pytest.mark.parametrize(
    "compression", ["none", "bslz4", pytest.param("gzip", marks=pytest.mark.slow), pytest.param("blosc", marks=pytest.mark.slow)]
)
def test_every_frame_is_handed_out_once_and_right(live_writer: Start, layout: str, scan: str, compression: str) -> None:
    writer = live_writer(layout=layout, order=scan, compression=compression, n_keys=2, scan_shape=(6, 7), period_s=0.002, stepped=False)
    with open_swmr(writer.path) as file:
        follower = follower_of(file, writer, order="arrival" if scan == "random" else "scan")
        grabber = grabber_of(file, writer, follower)
        seen = []
        for index in follower:
            frame = grabber.grab(index)
            assert np.array_equal(frame, writer.expected(index))
            seen.append(index)
    assert sorted(seen) == list(range(42))
    assert scan == "random" or seen == list(range(42))
    assert follower.reason in {"finished_flag", "file_closed"}
    assert follower.take_faults() == []


def test_nothing_is_handed_out_before_its_key_is_set(live_writer: Start) -> None:
    writer = live_writer(n_keys=3)
    with open_swmr(writer.path) as file:
        follower = follower_of(file, writer)
        assert not follower.refresh()
        seen: list[int] = []
        while len(writer.complete) < 12:
            writer.step()
            poll_until(follower, lambda: follower.n_complete == len(writer.complete))
            seen += iter(follower.next_ready, None)
            assert seen == writer.complete
    assert seen == list(range(12))


def poll_until(follower: Follower, done: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not done() and time.monotonic() < end:
        follower.refresh()


def test_a_writer_that_dies_is_an_end_by_timeout_and_loses_nothing(live_writer: Start) -> None:
    writer = live_writer()
    writer.step(5)
    writer.kill()
    with open_swmr(writer.path) as file:
        follower = Follower(file, keys_of(writer), 0.2)
        grabber = grabber_of(file, writer, follower)
        assert [index_in(grabber.grab(index)) for index in follower] == list(range(5))
    assert follower.reason == "timeout"


def test_a_writer_that_closes_early_is_an_end_of_its_own(live_writer: Start) -> None:
    writer = live_writer()
    with open_swmr(writer.path) as file:
        follower = follower_of(file, writer)
        writer.step(3)
        assert next(follower) == 0
        writer.close_early()
        assert [*follower] == [1, 2]
    assert follower.reason == "file_closed"


def test_a_lost_key_is_skipped_on_request_and_the_rest_goes_on(live_writer: Start) -> None:
    writer = live_writer(fault="drop-key", stepped=False)
    writer.finish()
    with open_swmr(writer.path) as file:
        waiting = Follower(file, keys_of(writer), 0.1)
        assert len([*waiting]) < waiting.n_complete
        skipping = Follower(file, keys_of(writer), 0.5, on_gap="skip", gap_patience_s=0.1)
        seen = [*skipping]
    assert seen == sorted(writer.complete)
    assert len(seen) < 12
    assert any("given up" in fault for fault in skipping.take_faults())


def test_following_goes_on_after_a_timeout(live_writer: Start) -> None:
    writer = live_writer()
    with open_swmr(writer.path) as file:
        follower = Follower(file, keys_of(writer), 0.05)
        writer.step(2)
        assert [*follower] == [0, 1]
        writer.step(2)
        follower.resume()
        assert [*follower] == [2, 3]


def test_two_followers_and_two_grabbers_on_one_file_do_not_disturb_one_another(live_writer: Start) -> None:
    writer = live_writer(compression="gzip", n_keys=2)
    with open_swmr(writer.path) as file:
        followers = [follower_of(file, writer) for _ in range(2)]
        grabbers = [grabber_of(file, writer, follower) for follower in followers]
        writer.step(4)
        for follower, grabber in zip(followers, grabbers, strict=True):
            poll_until(follower, lambda f=follower: f.n_complete == len(writer.complete))
            for index in writer.complete:
                assert np.array_equal(grabber.grab(index), writer.expected(index))
        writer.finish()
        assert [*followers[0]] == [*followers[1]] == list(range(12))
        assert followers[0].take_faults() == followers[1].take_faults() == []
