"""The rows of a waterfall from a real scan: each compared with the spectrum that was written, and told once."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

from swmr_viewer.analysis import spectrum_factor, valid_mask
from swmr_viewer.core.conditions import FileClosed, Timeout
from swmr_viewer.reader.messages import FrameReady, Measure, Measured, ReaderReplaced, ShowIndex, StopMeasuring
from tests.live.scripted_writer import ScriptedWriter, value_at
from tests.live.writers import LiveWriter
from tests.reader.listening import Listener

pytestmark = [pytest.mark.live, pytest.mark.slow]

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
UNTIL = (FileClosed(), Timeout(60.0))


def rows_of(listener: Listener, final_shape: tuple[int, ...]) -> dict[int, np.ndarray]:
    """Return the rows by their index on the final shape; each may be told once."""
    rows: dict[int, np.ndarray] = {}
    for event in listener.all_of(Measured):
        places = np.unravel_index(event.indices, event.scan_shape)
        indices = np.ravel_multi_index(places, final_shape)
        for index, spectrum in zip(indices.tolist(), event.spectra, strict=True):
            assert index not in rows, f"frame {index} was told twice"
            rows[index] = spectrum
    return rows


def until_told(listener: Listener, n: int, shape: tuple[int, ...]) -> dict[int, np.ndarray]:
    if len(rows_of(listener, shape)) < n:
        listener.until(lambda _: len(rows_of(listener, shape)) >= n)
    return rows_of(listener, shape)


def assert_written(writer: LiveWriter, rows: dict[int, np.ndarray], n: int) -> None:
    assert sorted(rows) == list(range(n))
    for index, row in rows.items():
        spectrum = writer.expected(index)
        values = np.where(valid_mask(spectrum), spectrum, np.nan)
        expected = np.fmax.reduceat(values, np.arange(0, spectrum.size, spectrum_factor(spectrum.size)))
        np.testing.assert_array_equal(row, expected.astype(np.float32), err_msg=f"frame {index}")


@pytest.mark.parametrize("order", ["raster", "snake"])
@pytest.mark.parametrize("n_channels", [64, 2500])
def test_every_complete_spectrum_is_told_once_newest_first(live_writer, order, n_channels):
    shape = (4, 10)
    writer = live_writer(scan_shape=shape, order=order, frame_shape=(n_channels,), dtype="uint32")
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(20)
        listener.until(lambda _: len(set(listener.announced)) == 20)
        listener.supervisor.send(Measure(generation, 1, DATA, spectra=True))
        first = listener.until_a(Measured)
        until_told(listener, 20, shape)
        writer.finish()
        rows = until_told(listener, 40, shape)
    assert first.indices.tolist() == sorted(first.indices.tolist(), reverse=True)
    assert first.n_channels == n_channels
    assert_written(writer, rows, 40)


@pytest.mark.parametrize("kills", [False, True])
def test_a_scan_that_grows_sideways_keeps_its_rows_and_tells_none_twice(tmp_path, kills):
    shape = (4, 6)
    places = [(0, 0), (0, 1), (1, 1), (0, 2), (3, 0), (1, 2), (2, 4), (0, 4), (3, 5), (1, 0), (2, 5), (0, 5)]
    with ScriptedWriter() as writer, Listener() as listener:
        writer.new(tmp_path / "grows.h5", 1, (1, 1), (2, 2), (16,))
        generation = listener.follow(tmp_path / "grows.h5", "keys", "data", conditions=UNTIL)
        listener.supervisor.send(Measure(generation, 1, "data", spectra=True))
        for n, place in enumerate(places, 1):
            writer.frame(place)
            writer.key(0, [place])
            if kills and n % 4 == 0:
                os.kill(listener.pid, signal.SIGKILL)
                listener.until_a(ReaderReplaced)
            until_told(listener, n, shape)
        writer.close()
        rows = rows_of(listener, shape)
        seen = [event.scan_shape for event in listener.all_of(Measured)]
    assert len(set(seen)) > 4
    assert {np.unravel_index(index, shape): row.tolist() for index, row in rows.items()} == {at: [value_at(at)] * 16 for at in places}


@pytest.mark.parametrize("growing", [False, True])
def test_a_killed_reader_is_followed_by_one_that_goes_on(live_writer, growing):
    shape = (5, 60)
    writer = live_writer(scan_shape=shape, growing=growing, frame_shape=(64,))
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.supervisor.send(Measure(generation, 1, DATA, spectra=True))
        for n in (40, 100, 180):
            writer.step(n - len(writer.complete))
            os.kill(listener.pid, signal.SIGKILL)  # with whatever it has told by now
            listener.until_a(ReaderReplaced)
            until_told(listener, n - 10, shape)
        writer.finish()
        rows = until_told(listener, 300, shape)
        assert len(listener.all_of(ReaderReplaced)) == 3
    assert_written(writer, rows, 300)


def test_a_window_that_does_not_answer_gets_one_message_and_its_frames(live_writer):
    writer = live_writer(scan_shape=(1000,), frame_shape=(64,))
    with Listener(answers=False) as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.supervisor.send(Measure(generation, 1, DATA, spectra=True))
        writer.finish()
        for index in (3, 5, 7):
            listener.supervisor.send(ShowIndex(generation, index))
            listener.until(lambda event, index=index: isinstance(event, FrameReady) and event.index == index)
        assert len(listener.all_of(Measured)) == 1


def test_nothing_comes_once_measuring_was_stopped(live_writer):
    writer = live_writer(scan_shape=(300,), frame_shape=(64,))
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.supervisor.send(Measure(generation, 1, DATA, spectra=True))
        writer.step(5)
        until_told(listener, 1, (300,))
        listener.supervisor.send(StopMeasuring(generation))
        writer.finish()
        listener.until(lambda event: isinstance(event, FrameReady) and event.index == 299)
        assert len(rows_of(listener, (300,))) <= 5
