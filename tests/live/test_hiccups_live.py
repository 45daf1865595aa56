"""Storage that fails for a moment: what a poll had found before it raised is handed out all the same, and the end waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from swmr_viewer import Follower, open_swmr
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.keys.key_dataset import KeyDataset
from tests.core.stepping_writer import SteppingWriter, stepping_writer

pytestmark = pytest.mark.live

SHAPES = {"one axis": ((2000,), (None,)), "two axes that grow": ((2, 5), (None, None))}


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SteppingWriter]:
    with stepping_writer(tmp_path / "scan.h5") as writer:
        yield writer


def begin(writer: SteppingWriter, shape: tuple[int, ...], most: tuple[int | None, ...]) -> None:
    writer.do("f = h5py.File(path, 'w', libver='v110')")
    for name in "ab":
        writer.do(f"{name} = f.create_dataset('keys/{name}', {shape}, 'i4', maxshape={most}, chunks={tuple(5 for _ in shape)})")
    writer.do("f.swmr_mode = True")


@contextmanager
def failing(path: str, what: str, n_good: int = 0) -> Iterator[None]:
    """Let reading, or refreshing, a key dataset fail after some that went well."""
    real: Callable[..., Any] = getattr(KeyDataset, what)
    n_calls = [0]

    def fails(self: KeyDataset, *arguments: Any) -> Any:
        if self.path.endswith(path):
            n_calls[0] += 1
            if n_calls[0] > n_good:
                raise OSError("the storage does not answer")
        return real(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KeyDataset, what, fails)
        yield
    assert n_calls[0] > n_good, "it never failed"


@pytest.mark.parametrize("order", ["arrival", "scan"])
@pytest.mark.parametrize(("path", "what", "n_good"), [("b", "set_in", 0), ("a", "set_in", 1), ("b", "refresh", 0)], ids=str)
def test_what_was_found_before_a_poll_raised_is_handed_out(
    tmp_path: Path, writer: SteppingWriter, order: Any, path: str, what: str, n_good: int
) -> None:
    begin(writer, *SHAPES["one axis"])
    with open_swmr(tmp_path / "scan.h5") as file:
        follower = Follower(file, "keys", 0.1, order=order)
        writer.do("b[:10] = 1; f.flush()")
        assert follower.refresh()
        follower.refresh()  # now it is the first dataset's turn to be looked through, and it is read twice in a poll
        follower.take_changes()
        writer.do("a[:10] = 1; f.flush()")
        with failing(path, what, n_good):
            follower.refresh()
        assert (list(follower), follower.reason) == (list(range(10)), "timeout")
        assert [(starts.tolist(), stops.tolist()) for starts, stops in follower.take_changes().added] == [([0], [10]), ([], [])]
        assert ["could not be read" in fault for fault in follower.take_faults()] == [True]


@pytest.mark.parametrize("order", ["arrival", "scan"])
def test_a_scan_that_grew_in_a_poll_that_raised_loses_and_mixes_nothing(tmp_path: Path, writer: SteppingWriter, order: Any) -> None:
    begin(writer, *SHAPES["two axes that grow"])
    with open_swmr(tmp_path / "scan.h5") as file:
        follower = Follower(file, "keys", 0.1, order=order)
        writer.do("a[0] = b[0] = 1; f.flush()")
        assert follower.refresh()
        writer.do("[d.resize((2, 8)) for d in (a, b)]; a[:] = b[:] = 1; f.flush()")
        with failing("b", "set_in"):
            follower.refresh()
        first = list(iter(follower.next_ready, None))
        rest = list(follower)
    assert follower.scan_shape == (2, 8)
    assert sorted(first + rest) == list(range(16))


def test_a_last_poll_that_failed_is_not_the_last(tmp_path: Path, writer: SteppingWriter) -> None:
    begin(writer, *SHAPES["one axis"])
    with open_swmr(tmp_path / "scan.h5") as file:
        follower = Follower(file, "keys", 60.0, "file_closed")
        writer.do("a[:10] = b[:10] = 1; f.close()")
        with failing("b", "set_in"):
            assert [follower.check_end() for _ in range(3)] == [None] * 3
        assert (list(follower), follower.reason) == (list(range(10)), "file_closed")


def test_keys_that_cannot_be_read_for_long_are_an_error_and_no_end(tmp_path: Path, writer: SteppingWriter) -> None:
    begin(writer, *SHAPES["one axis"])
    now = [0.0]
    with open_swmr(tmp_path / "scan.h5") as file:
        follower = Follower(file, "keys", 1.0, clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds))
        with failing("b", "set_in"), pytest.raises(SwmrViewerError, match="storage does not answer"):
            list(follower)
    assert 10.0 < now[0] < 11.0
    assert follower.reason is None
