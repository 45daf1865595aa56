"""In which order frames were taken, read when it is asked for: of what is there, of what comes, and by a reader that took over."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import indices_of
from swmr_viewer.reader.messages import Event, KeysChanged, OrderRead, OrderSource, ReaderReplaced, SendOrder
from swmr_viewer.scan_model import AcquisitionOrder
from swmr_viewer.simulator.orders import scan_points
from tests.live.scripted_writer import ScriptedWriter
from tests.live.writers import LiveWriter
from tests.reader.listening import Listener

pytestmark = pytest.mark.live
KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
MakeWriter = Callable[..., LiveWriter]


def order_of(listener: Listener) -> AcquisitionOrder:
    """Return the order as the window makes it of everything that was heard."""
    order, progress = AcquisitionOrder(), None
    for event in listener.events:
        if isinstance(event, KeysChanged):
            if progress is None or event.whole:
                progress = KeyProgress(len(event.added), event.scan_shape)
            progress.grow(event.scan_shape)
            for key, ranges in enumerate(event.added):
                progress.add(key, *ranges)
            order.move_to(progress)
            order.note_completed(np.sort(indices_of(event.completed)), event.last_key_came)
        elif isinstance(event, OrderRead):
            order.note_read(event)
    return order


def until_told(listener: Listener, n: int, of: tuple[OrderSource, ...] = (OrderSource.KEYS,)) -> AcquisitionOrder:
    def is_told(event: Event) -> bool:
        order = order_of(listener) if isinstance(event, OrderRead | KeysChanged) else None
        return order is not None and order.source in of and order.indices().size == n

    listener.until(is_told)
    return order_of(listener)


@pytest.mark.parametrize("options", [{}, {"order": "snake"}, {"order": "random", "n_keys": 2}, {"growing": True}], ids=str)
def test_what_was_there_and_what_comes_is_told_in_the_order_of_the_visits(live_writer: MakeWriter, options: dict[str, object]) -> None:
    writer = live_writer(**options)
    n_lag = max(writer.plan.lags)
    writer.step(5 + n_lag)
    with Listener() as listener:
        listener.supervisor.send(SendOrder(listener.follow(writer.path, KEYS, DATA)))
        order = until_told(listener, 5)
        for n in range(6, 13):
            writer.step()
            order = until_told(listener, n)
        assert order.source is OrderSource.KEYS
        assert order.indices().tolist() == scan_points(writer.plan).tolist()
        assert sum(event.values.size for event in listener.all_of(OrderRead)) == 12, "each is read once"


def test_a_reader_that_took_anothers_place_tells_it_anew(live_writer: MakeWriter) -> None:
    writer = live_writer(order="snake")
    writer.step(7)
    with Listener() as listener:
        listener.supervisor.send(SendOrder(listener.follow(writer.path, KEYS, DATA)))
        until_told(listener, 7)
        os.kill(listener.pid, signal.SIGKILL)
        listener.until_a(ReaderReplaced)
        writer.step(5)
        assert until_told(listener, 12).indices().tolist() == scan_points(writer.plan).tolist()
        assert listener.all_of(OrderRead)[-1].source is OrderSource.KEYS
        assert sum(event.whole for event in listener.all_of(OrderRead)) == 2


def test_keys_that_are_all_the_same_tell_nothing_and_the_order_is_as_they_came(tmp_path: Path) -> None:
    with ScriptedWriter() as writer, Listener() as listener:
        writer.new(tmp_path / "scan.h5", 1, (3, 4), (1, 4))
        visits = [(0, 3), (0, 1), (2, 0), (1, 1)]
        listener.supervisor.send(SendOrder(listener.follow(tmp_path / "scan.h5", "/keys", "/data")))
        for n, position in enumerate(visits):
            writer.frame(position)
            writer.key(0, [position])
            order = until_told(listener, n + 1, tuple(OrderSource))
        told = listener.all_of(OrderRead)
        if not told or told[-1].values.size:
            listener.until(lambda event: isinstance(event, OrderRead) and not event.values.size)
            order = order_of(listener)
        assert (order.source, order.is_answered) == (OrderSource.ARRIVAL, True)
        assert order.indices().tolist() == [4 * y + x for y, x in visits]


def written(path: Path, keys: dict[str, np.ndarray], times: np.ndarray | None = None) -> Path:
    with h5py.File(path, "w", libver="v110") as file:
        file["entry/instrument/det/data"] = np.ones((3, 4, 2, 2), "u2")
        file["entry/instrument/det"].attrs["NX_class"] = "NXdetector"
        for name, values in keys.items():
            file.create_dataset(f"entry/keys/{name}", data=values, maxshape=(None, None))
        if times is not None:
            file.create_dataset("entry/instrument/det/start_time", data=times, maxshape=(None,) * times.ndim)
            file["entry/instrument/det/start_time"].attrs["start"] = "2026-03-04T05:06:07"
    return path


VISITS = np.random.default_rng(2).permutation(12)
SAME, COUNTED = np.ones((3, 4), "i4"), (1 + np.argsort(VISITS)).reshape(3, 4).astype("i4")


@pytest.mark.parametrize(
    ("keys", "times", "source"),
    [
        ({"a": SAME, "b": COUNTED}, None, OrderSource.KEYS),
        ({"a": COUNTED % 5 + 1}, 0.1 * COUNTED, OrderSource.TIMES),
        ({"a": SAME}, 0.1 * COUNTED.ravel(), OrderSource.TIMES),
        ({"a": SAME}, None, OrderSource.INDEX),
        ({"a": SAME}, np.full((3, 4), np.nan), OrderSource.INDEX),
    ],
    ids=["the second keys", "times", "flat times", "nothing", "times that are not written"],
)
def test_the_best_of_what_the_file_has_is_taken(
    tmp_path: Path, keys: dict[str, np.ndarray], times: np.ndarray | None, source: OrderSource
) -> None:
    path = written(tmp_path / "scan.h5", keys, times)
    with Listener() as listener:
        listener.supervisor.send(SendOrder(listener.follow(path, "/entry/keys", "/entry/instrument/det/data")))
        listener.until(lambda event: isinstance(event, OrderRead | KeysChanged) and order_of(listener).source is source)
        if times is None and source is OrderSource.INDEX and not listener.all_of(OrderRead):
            listener.until_a(OrderRead)
        expected = VISITS if source in (OrderSource.KEYS, OrderSource.TIMES) else np.arange(12)
        assert order_of(listener).indices().tolist() == expected.tolist()


def test_times_that_are_written_after_the_key_are_read_once_they_are_there(tmp_path: Path) -> None:
    with ScriptedWriter() as writer, Listener() as listener:
        writer.new(tmp_path / "scan.h5", 1, (1, 3), (1, 3), motors=("start_time",), started="2026-03-04T05:06:07")
        listener.supervisor.send(SendOrder(listener.follow(tmp_path / "scan.h5", "/keys", "/data")))
        for at in (0, 1, 2):
            writer.frame((0, at))
            writer.key(0, [(0, at)])
            until_told(listener, at + 1, tuple(OrderSource))
        for at, time_s in ((2, 1.0), (0, 2.0), (1, 3.0)):
            writer.moved("start_time", (0, at), time_s)
        assert until_told(listener, 3, (OrderSource.TIMES,)).indices().tolist() == [2, 0, 1]


def test_a_large_scan_is_told_in_parts_that_hold_up_nothing(tmp_path: Path) -> None:
    shape, n = (300, 700), 210_000
    visits = np.random.default_rng(3).permutation(n)
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file.create_dataset("data", data=np.ones(shape, "f4"), chunks=(1, 700))
        file.create_dataset("keys/k", data=1 + np.argsort(visits).reshape(shape).astype("i4"), chunks=(1, 700))
    with Listener() as listener:
        listener.supervisor.send(SendOrder(listener.follow(tmp_path / "scan.h5", "/keys", "/data")))
        listener.until(lambda _: sum(event.values.size for event in listener.all_of(OrderRead)) == n)
        assert all(event.values.size <= 2 * 65_536 for event in listener.all_of(OrderRead))
        assert len(listener.all_of(OrderRead)) > 2
        np.testing.assert_array_equal(order_of(listener).indices(), visits)
