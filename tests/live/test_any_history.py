"""Any order of arrival, any gaps, any growth, any number of keys: each complete frame once, none early, none wrong."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.keys import raw_chunks
from tests.live.scripted_writer import ScriptedWriter, value_at

pytestmark = pytest.mark.live

Position = tuple[int, ...]


@pytest.fixture(scope="module")
def writer() -> Iterator[ScriptedWriter]:
    with ScriptedWriter() as process:
        yield process


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("histories")
    return (folder / f"{number}.h5" for number in itertools.count())


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, Position, Position, Position, list[tuple[int, list[Position]]]]:
    """Return (number of keys, first extent, chunks, last extent, what is set step by step)."""
    rank, n_keys = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    last = tuple(draw(st.integers(1, 5)) for _ in range(rank))
    first = tuple(draw(st.integers(0, n)) for n in last)
    chunks = tuple(draw(st.integers(1, 4)) for _ in range(rank))
    points = list(itertools.product(*map(range, last)))
    steps = st.tuples(st.integers(0, n_keys - 1), st.lists(st.sampled_from(points), min_size=1, max_size=6, unique=True))
    return n_keys, first, chunks, last, draw(st.lists(steps, max_size=15))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=histories(), order=st.sampled_from(["scan", "arrival"]), raw=st.booleans())
def test_the_follower_is_what_a_naive_model_says(
    writer: ScriptedWriter, paths: Iterator[Path], history: tuple, order: str, raw: bool
) -> None:
    with mock.patch.object(raw_chunks, "_LEAST_BYTES", 1 if raw else sys.maxsize):
        follow(writer, next(paths), history, order)


def follow(writer: ScriptedWriter, path: Path, history: tuple, order: str) -> None:
    n_keys, first, chunks, _, steps = history
    writer.new(path, n_keys, first, chunks)
    keys: list[set[Position]] = [set() for _ in range(n_keys)]
    handed_out: list[Position] = []
    written: set[Position] = set()
    with open_swmr(path) as file:
        follower = Follower(file, "keys", 0, "always_true", order=order)
        grabber = FrameGrabber(file, "data", scan_rank=len(first))
        for number, positions in steps:
            for position in set(positions) - written:
                writer.frame(position)
                written.add(position)
            writer.key(number, positions)
            keys[number].update(positions)
            complete = set.intersection(*keys)
            follower.refresh()
            shape = follower.scan_shape
            assert follower.n_complete == len(complete)
            flat = {index: at for index, at in enumerate(itertools.product(*map(range, shape))) if pad(at, first) in complete}
            assert follower.newest == max(flat, default=None)
            assert follower.frontier == next((i for i in itertools.count() if i not in flat), 0)
            for index in iter(follower.next_ready, None):
                position = pad(flat[index], first)
                handed_out.append(position)
                grabber.scan_shape = shape
                assert (grabber.grab(index) == value_at(position)).all()
        assert len(set(handed_out)) == len(handed_out)
        assert set(handed_out) <= set.intersection(*keys)
        assert order == "scan" or set(handed_out) == set.intersection(*keys)
        assert follower.take_faults() == []
    writer.close()


def pad(position: Position, like: Position) -> Position:
    """The follower drops trailing axes that are 1 long so far."""
    return (*position, *(0 for _ in range(len(like) - len(position))))
