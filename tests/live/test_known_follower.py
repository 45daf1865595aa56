"""What other followers get wrong beside a real writer, each as something that this one gets right.

Measured on Diamond's swmr-tools 0.9 and DESY's LaVue; see the names of the tests.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.errors import FrameNotWrittenError
from swmr_viewer.core.keys.key_dataset import KeyDataset
from swmr_viewer.simulator.pattern import index_in
from tests.live.writers import WAIT_S, LiveWriter

pytestmark = pytest.mark.live

Start = Callable[..., LiveWriter]

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
LONGEST_NAP_S = 0.05


@contextmanager
def followed(writer: LiveWriter, timeout_s: float = WAIT_S, **options: object) -> Iterator[tuple[Follower, FrameGrabber]]:
    with open_swmr(writer.path) as file:
        follower = Follower(file, KEYS, timeout_s, **options)  # type: ignore[arg-type]
        yield follower, FrameGrabber(file, DATA, scan_shape=follower.scan_shape)


@contextmanager
def written_by(code: str, path: Path) -> Iterator[Callable[[], None]]:
    """Run a few lines of a writer in a process of its own, ``file`` open in SWMR mode after ``# swmr``; yield what lets it go on."""
    before, after = code.split("# swmr\n")
    script = (
        f"import sys, h5py, numpy as np\nfile = h5py.File({str(path)!r}, 'x', libver='v110')\n{before}"
        "file.swmr_mode = True\nprint('swmr', flush=True)\n"
        f"def gate():\n    print('done', flush=True)\n    sys.stdin.readline()\nsys.stdin.readline()\n{after}gate()\nfile.close()\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", script], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # A writer that is stuck must not hold the tests: its end is the end of what is read from it.
        watchdog = threading.Timer(WAIT_S, process.kill)
        watchdog.start()
        try:
            assert process.stdout.readline() == "swmr\n"

            def go_on() -> None:
                process.stdin.write("\n")
                process.stdin.flush()
                assert process.stdout.readline() == "done\n"

            yield go_on
            process.stdin.close()
            assert process.wait(WAIT_S) == 0
        finally:
            watchdog.cancel()
            watchdog.join()
            process.kill()


@pytest.mark.parametrize("timeout_s", [1.0, 10_000.0])
def test_the_pause_between_polls_has_nothing_to_do_with_the_timeout(live_writer: Start, timeout_s: float) -> None:
    """It slept timeout/20: a key that was flushed waited for half a second, and with a long timeout for minutes."""
    writer = live_writer()
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        time.sleep(seconds)
        if len(naps) % 5 == 0:
            writer.step()

    with followed(writer, timeout_s, sleep=nap, termination_conditions="all_keys") as (follower, grabber):
        assert [index_in(grabber.grab(index)) for index in follower] == list(range(12))
    assert len(naps) >= 12 * 5
    assert max(naps) <= LONGEST_NAP_S


def test_each_key_is_found_by_the_first_poll_after_it_was_flushed(live_writer: Start) -> None:
    writer = live_writer(n_keys=2)
    with followed(writer) as (follower, grabber):
        while len(writer.complete) < 8:
            before = len(writer.complete)
            writer.step()
            assert follower.refresh()
            assert follower.n_complete == len(writer.complete) >= before
            for index in iter(follower.next_ready, None):
                assert index_in(grabber.grab(index)) == index


def test_data_behind_their_key_cost_no_pause_and_are_there_at_the_next_try(tmp_path: Path) -> None:
    """It slept a further second whenever the data lagged the key."""
    code = """
data = file.create_dataset('data', (0, 4, 4), 'u2', maxshape=(None, 4, 4), chunks=(1, 4, 4))
key = file.create_dataset('key', (8,), 'i4', chunks=(8,))
# swmr
for index in range(3):
    key[index] = index + 1; key.flush(); gate()
    data.resize(index + 1, 0); data[index] = index + 7; data.flush(); gate()
"""
    with written_by(code, tmp_path / "a.h5") as go_on, open_swmr(tmp_path / "a.h5") as file:
        follower, grabber = Follower(file, "key"), FrameGrabber(file, "data")
        for index in range(3):
            go_on()
            follower.refresh()
            assert follower.next_ready() == index
            for _ in range(2):
                with pytest.raises(FrameNotWrittenError):
                    grabber.grab(index)
            go_on()
            np.testing.assert_array_equal(grabber.grab(index), np.full((4, 4), index + 7))
        go_on()


def test_a_poll_reads_what_is_new_and_not_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It read every key at every poll."""
    n_keys, n_polls = 2_000_000, 50
    code = f"""
key = file.create_dataset('key', ({n_keys},), 'i4', chunks=(16384,))
key[:{n_keys - 100}] = 1
# swmr
for index in range({n_keys - 100}, {n_keys - 100 + n_polls}):
    key[index] = 1; key.flush(); gate()
"""
    n_read: list[int] = []
    set_in = KeyDataset.set_in

    def counting(self: KeyDataset, scan_shape: tuple[int, ...], start: int, stop: int) -> np.ndarray:
        n_read.append(stop - start)
        return set_in(self, scan_shape, start, stop)

    with written_by(code, tmp_path / "a.h5") as go_on, open_swmr(tmp_path / "a.h5") as file:
        follower = Follower(file, "key", order="arrival")
        while follower.refresh():
            pass
        assert follower.n_complete == n_keys - 100
        monkeypatch.setattr(KeyDataset, "set_in", counting)
        for number in range(n_polls):
            go_on()
            assert follower.refresh()
            assert follower.n_complete == n_keys - 99 + number
        go_on()
    assert 0 < sum(n_read) / n_polls < 0.01 * n_keys


def test_one_missing_key_hides_no_later_frame(live_writer: Start) -> None:
    """It waited for the missing key for ever, and every later frame with it."""
    writer = live_writer(fault="drop-key", stepped=False)
    writer.finish()
    (lost,) = set(range(12)) - set(writer.complete)
    with followed(writer, 0.2, order="arrival") as (follower, grabber):
        assert sorted(index_in(grabber.grab(index)) for index in follower) == sorted(writer.complete)
    assert (follower.newest, follower.frontier) == (11, lost)


def test_a_dead_frame_is_skipped_while_the_writer_goes_on(live_writer: Start) -> None:
    """Its authors left "skip a dead frame" as a test to be written."""
    writer = live_writer(fault="drop-key")
    writer.step(12)
    (lost,) = set(range(12)) - set(writer.complete)
    with followed(writer, 1.0, on_gap="skip", gap_patience_s=0.05) as (follower, grabber):
        assert [index_in(grabber.grab(index)) for index in follower] == [index for index in range(12) if index != lost]
    assert [fault for fault in follower.take_faults() if str(lost) in fault and "given up" in fault]


@pytest.mark.parametrize(("dtype", "unset"), [("i4", 0), ("i8", -1), ("u8", 2**64 - 1)])
def test_a_first_id_of_0_is_a_frame_and_the_fill_value_is_none(tmp_path: Path, dtype: str, unset: int) -> None:
    """A first id of 0, or keys whose fill value is not 0, gave no frame at all."""
    code = f"""
key = file.create_dataset('key', (6,), '{dtype}', chunks=(3,), fillvalue={unset})
# swmr
for index in range(5):
    key[index] = index; key.flush(); gate()
"""
    with written_by(code, tmp_path / "a.h5") as go_on, open_swmr(tmp_path / "a.h5") as file:
        follower = Follower(file, "key", 0.1)
        assert [*follower] == []
        seen: list[int] = []
        for _ in range(5):
            go_on()
            follower.resume()
            seen += follower
        go_on()
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "flag",
    [
        "file.create_dataset('finished', data=np.int32(0))",
        "file.create_dataset('finished', (1,), 'i4', chunks=(1,), maxshape=(None,))",
        "file.create_dataset('finished', data=np.zeros((1, 1), 'i4'))",
    ],
    ids=["scalar", "one element", "two axes"],
)
def test_a_finished_flag_of_any_shape_ends_it(tmp_path: Path, flag: str) -> None:
    """A flag without an axis raised ValueError; one laid out in one piece ended following with RuntimeError."""
    code = f"""
flag = {flag}
key = file.create_dataset('key', (6,), 'i4', chunks=(3,))
# swmr
key[:2] = [1, 2]; key.flush(); gate()
flag[...] = 1; flag.flush()
"""
    with written_by(code, tmp_path / "a.h5") as go_on, open_swmr(tmp_path / "a.h5") as file:
        follower = Follower(file, "key", WAIT_S, ["finished_flag", "timeout"])
        go_on()
        assert [next(follower), next(follower)] == [0, 1]
        assert follower.check_end() is None
        go_on()
        assert [*follower] == []
        assert follower.reason == "finished_flag"


def test_a_finished_flag_that_cannot_be_read_live_does_no_harm(tmp_path: Path) -> None:
    """A flag that has no storage before it is set breaks HDF5's refresh (HDFGroup/hdf5#5251)."""
    code = """
flag = file.create_dataset('finished', (1,), 'i4')
key = file.create_dataset('key', (6,), 'i4', chunks=(3,))
# swmr
key[:2] = [1, 2]; key.flush(); gate()
flag[...] = 1; flag.flush(); key[2] = 3; key.flush()
"""
    with written_by(code, tmp_path / "a.h5") as go_on, open_swmr(tmp_path / "a.h5") as file:
        follower = Follower(file, "key", 0.3, ["finished_flag", "timeout"])
        go_on()
        assert [next(follower), next(follower)] == [0, 1]
        go_on()
        assert [*follower] == [2]
        assert follower.reason in {"timeout", "finished_flag"}
        assert follower.take_faults() == []


def test_a_key_dataset_of_length_0_is_a_scan_that_has_not_begun(tmp_path: Path) -> None:
    """It raised ValueError."""
    code = """
key = file.create_dataset('key', (0,), 'i4', chunks=(4,), maxshape=(None,))
# swmr
for index in range(3):
    key.resize((index + 1,)); key[index] = index + 1; key.flush(); gate()
"""
    with written_by(code, tmp_path / "a.h5") as go_on, open_swmr(tmp_path / "a.h5") as file:
        follower = Follower(file, "key")
        assert not follower.refresh()
        assert follower.total == 0
        for index in range(3):
            go_on()
            assert follower.refresh()
            assert (follower.next_ready(), follower.next_ready()) == (index, None)
        go_on()


def test_the_newest_frame_is_known_at_once_however_many_were_not_looked_at(live_writer: Start) -> None:
    """LaVue shows frames strictly one by one, and fell behind by 9 s in 400 frames."""
    writer = live_writer()
    with followed(writer) as (follower, grabber):
        for n_frames in (1, 5, 9):
            writer.step(n_frames - len(writer.complete))
            follower.refresh()
            assert follower.newest == n_frames - 1
            assert index_in(grabber.grab(follower.newest)) == n_frames - 1


def test_room_in_the_data_set_is_no_frame(tmp_path: Path) -> None:
    """LaVue goes by the shape of the data set: frames that have only been made room for are shown as zeros."""
    code = """
data = file.create_dataset('data', (20, 4, 4), 'u2', chunks=(1, 4, 4))
key = file.create_dataset('key', (20,), 'i4', chunks=(20,))
# swmr
data[0] = 5; data.flush(); key[0] = 1; key.flush()
"""
    with written_by(code, tmp_path / "a.h5") as go_on, open_swmr(tmp_path / "a.h5") as file:
        follower, grabber = Follower(file, "key", 0.1), FrameGrabber(file, "data")
        go_on()
        assert [*follower] == [0]
        assert (grabber.grab(0) == 5).all()
        with pytest.raises(FrameNotWrittenError):
            grabber.grab(1)


def test_it_does_not_keep_a_second_writer_from_its_file(live_writer: Start) -> None:
    """A reader's lock makes a writer fail after it has cut the file to nothing."""
    writer = live_writer()
    with followed(writer, 0.1) as (follower, _):
        writer.step(2)
        assert [*follower] == [0, 1]
        writer.kill()
        done = subprocess.run(
            [sys.executable, "-c", f"import h5py; h5py.File({str(writer.path)!r}, 'w').close()"], capture_output=True, timeout=WAIT_S
        )
        assert done.returncode == 0, done.stderr
    assert h5py.is_hdf5(writer.path)
