"""The Follower on files at rest: conditions, groups and datasets, unset values, bad input. Live files: tests/live."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import AllKeys, AlwaysTrue, FileClosed, FinishedFlag, Follower, FrameCount, Timeout
from swmr_viewer.core.conditions import ConditionError, default_conditions, in_order
from swmr_viewer.core.errors import NoKeysError, PathError, PathNotThereError, ShapeError
from swmr_viewer.core.keys import keyset


class Clock:
    """Time that passes only while one sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., h5py.File]]:
    """Return a function that writes datasets (path -> array or create_dataset options) and opens the file to read."""
    opened: list[h5py.File] = []

    def build(datasets: dict[str, Any]) -> h5py.File:
        path = tmp_path / f"{len(opened)}.h5"
        with h5py.File(path, "w", libver="v110") as file:
            for name, what in datasets.items():
                file.create_dataset(name, **(what if isinstance(what, dict) else {"data": what}))
        opened.append(h5py.File(path, "r", swmr=True, locking=False))
        return opened[-1]

    yield build
    for file in opened:
        file.close()


def keys(*values: int) -> np.ndarray:
    return np.array(values, "i4")


def test_a_complete_scan_is_handed_out_and_the_timeout_is_not_waited_for(make: Callable[..., h5py.File], clock: Clock) -> None:
    follower = Follower(make({"keys/a": np.arange(8).reshape(2, 4, 1, 1) + 1}), ["keys"], clock=clock, sleep=clock.sleep)
    assert list(follower) == list(range(8))
    assert (follower.reason, follower.scan_shape, follower.scan_rank, clock.naps) == ("all_keys", (2, 4), 2, [])
    assert (follower.frontier, follower.newest, follower.is_finished()) == (8, 7, True)


def test_the_iterator_waits_for_the_timeout_and_no_longer(make: Callable[..., h5py.File], clock: Clock) -> None:
    follower = Follower(make({"keys/a": keys(1, 2, 0, 4)}), "keys", 3.0, clock=clock, sleep=clock.sleep)
    assert list(follower) == [0, 1]
    assert follower.reason == "timeout"
    assert 3.0 <= sum(clock.naps) < 3.1
    assert (follower.frontier, follower.newest, follower.n_complete) == (2, 3, 3)


@pytest.mark.parametrize("paths", ["keys", ["keys"], "/keys/", ["keys/a", "keys/b"], ["/keys", "/keys/a"]])
def test_paths_are_groups_or_datasets_one_or_many(make: Callable[..., h5py.File], clock: Clock, paths: Any) -> None:
    file = make({"keys/a": keys(1, 2, 3), "keys/b": keys(1, 0, 3), "keys/name": {"data": "text"}})
    follower = Follower(file, paths, 1, clock=clock, sleep=clock.sleep, order="arrival")
    assert list(follower) == [0, 2]
    assert (len(follower.key_paths), follower.n_set, follower.lag) == (2, (3, 2), (0, 1))


@pytest.mark.parametrize(
    ("options", "values", "expected"),
    [
        ({"dtype": "i4"}, [1, 2, 0, 4], [0, 1, 3]),
        ({"dtype": "i8", "fillvalue": -1}, [0, 1, -1, 3], [0, 1, 3]),
        ({"dtype": "u4", "fillvalue": 2**32 - 1}, [0, 1, 2**32 - 1, 3], [0, 1, 3]),
        ({"dtype": "f8", "fillvalue": np.nan}, [0.0, 1.0, np.nan, 3.0], [0, 1, 3]),
        ({"dtype": "i4"}, [0, 1, 2, 0], [0, 1, 2]),
        ({"dtype": "i4"}, [0, 1, 2, 3], [0, 1, 2, 3]),
        ({"dtype": "i4"}, [0, 2, 3, 4], [1, 2, 3]),
        ({"dtype": "i4"}, [0, 1, 1, 1], [1, 2, 3]),
    ],
    ids=[
        "zero",
        "minus one",
        "all ones",
        "nan",
        "cut short",
        "counted from zero",
        "first one lost",
        "flags, first one late",
    ],
)
def test_unset_values(
    make: Callable[..., h5py.File], clock: Clock, options: dict[str, Any], values: list[Any], expected: list[int]
) -> None:
    file = make({"uid": {"shape": (4,), "chunks": (2,), **options, "data": np.array(values, options["dtype"])}})
    assert list(Follower(file, "uid", 1, order="arrival", clock=clock, sleep=clock.sleep)) == expected


def test_the_user_names_the_unset_value(make: Callable[..., h5py.File], clock: Clock) -> None:
    follower = Follower(make({"k": keys(7, 0, 5)}), "k", 1, unset=7, order="arrival", clock=clock, sleep=clock.sleep)
    assert list(follower) == [1, 2]


@pytest.mark.parametrize(
    ("conditions", "reason", "expected"),
    [
        ("finished_flag", "finished_flag", [0, 1]),
        (FinishedFlag("/other"), "timeout", [0, 1]),
        (["all_keys", Timeout(2)], "timeout", [0, 1]),
        (FrameCount(1), "frame_count", [0]),
        (["frame_count"], None, []),
        ("file_closed", "file_closed", [0, 1]),
        (FileClosed(), "file_closed", [0, 1]),
        ("always_true", "always_true", [0, 1]),
        (AlwaysTrue(), "always_true", [0, 1]),
        ([AllKeys(), "timeout", "finished_flag"], "finished_flag", [0, 1]),
        ("whenever", None, []),
    ],
)
def test_conditions(make: Callable[..., h5py.File], clock: Clock, conditions: Any, reason: str | None, expected: list[int]) -> None:
    file = make({"scan/keys/a": keys(1, 2, 0, 0), "scan/scan_finished": keys(1), "other": keys(0)})
    if reason is None:
        with pytest.raises(ConditionError):
            Follower(file, "scan/keys", 1, conditions)
        return
    if conditions == FinishedFlag("/other"):
        conditions = [conditions, Timeout(1)]
    follower = Follower(file, "scan/keys", 1, conditions, clock=clock, sleep=clock.sleep)
    assert list(follower) == expected
    assert follower.reason == reason


def test_a_function_is_a_condition(make: Callable[..., h5py.File], clock: Clock) -> None:
    def two_frames(situation: Any) -> bool:
        return bool(situation.n_complete >= 2)

    follower = Follower(make({"k": keys(1, 2, 0)}), "k", 1, two_frames, clock=clock, sleep=clock.sleep)
    assert list(follower) == [0, 1]
    assert follower.reason == "two_frames"


def test_a_finished_flag_alone_that_is_not_there_would_wait_for_ever(make: Callable[..., h5py.File]) -> None:
    with pytest.raises(ConditionError, match="No finished flag"):
        Follower(make({"k": keys(1, 0)}), "k", 1, "finished_flag")


@pytest.mark.parametrize("flag", [np.int32(1), keys(1), np.ones((1, 1), "u1")])
def test_flags_of_every_shape(make: Callable[..., h5py.File], clock: Clock, flag: Any) -> None:
    follower = Follower(make({"k": keys(1, 0), "f": flag}), "k", 1, "finished_flag", finished_path="f", clock=clock, sleep=clock.sleep)
    assert list(follower) == [0]
    assert follower.reason == "finished_flag"


def test_stop_from_another_thread_wakes_a_waiting_follower(make: Callable[..., h5py.File]) -> None:
    follower = Follower(make({"k": keys(1, 0)}), "k", 3600)
    assert next(follower) == 0
    stopper = threading.Timer(0.05, follower.stop)
    stopper.start()
    assert list(follower) == []
    stopper.join()
    assert follower.reason == "stopped"


def test_reset_starts_again(make: Callable[..., h5py.File], clock: Clock) -> None:
    follower = Follower(make({"k": keys(1, 2, 3)}), "k", 1, clock=clock, sleep=clock.sleep)
    assert list(follower) == [0, 1, 2] == (follower.reset() or list(follower))


def test_next_after_the_end_stays_at_the_end(make: Callable[..., h5py.File], clock: Clock) -> None:
    follower = Follower(make({"k": keys(0, 0)}), "k", 1, clock=clock, sleep=clock.sleep)
    for _ in range(2):
        with pytest.raises(StopIteration):
            next(follower)
    assert follower.refresh() is False


def test_an_empty_key_dataset_is_a_scan_that_has_not_begun(make: Callable[..., h5py.File], clock: Clock) -> None:
    follower = Follower(
        make({"k": {"shape": (0,), "maxshape": (None,), "chunks": (4,), "dtype": "i4"}}), "k", 1, clock=clock, sleep=clock.sleep
    )
    assert list(follower) == []
    assert (follower.reason, follower.total, follower.newest) == ("timeout", 0, None)


def test_flat_unique_ids_of_a_scan_whose_shape_is_told(make: Callable[..., h5py.File], clock: Clock) -> None:
    ids = {"shape": (6,), "maxshape": (None,), "chunks": (4,), "dtype": "i4", "data": np.arange(6) + 1}
    file = make({"scan/keys/uid": ids, "scan/scan_shape": keys(2, 3)})
    follower = Follower(file, "scan/keys", 1, clock=clock, sleep=clock.sleep)
    assert list(follower) == list(range(6))
    assert follower.scan_shape == (2, 3)


@pytest.mark.parametrize(
    ("paths", "error"),
    [("nothing", PathNotThereError), ("text", PathError), ("group", NoKeysError), ([], NoKeysError), (["a", "rows"], ShapeError)],
)
def test_bad_paths_say_so(make: Callable[..., h5py.File], paths: Any, error: type[Exception]) -> None:
    file = make({"text": {"data": "words"}, "group/text": {"data": "words"}, "a": keys(1, 2), "rows": np.ones((3, 4), "i4")})
    with pytest.raises(error) as raised:
        Follower(file, paths)
    assert str(raised.value).endswith(".")


def test_what_is_added_can_be_mirrored(make: Callable[..., h5py.File]) -> None:
    follower = Follower(make({"k": keys(1, 2, 0, 4)}), "k")
    assert follower.refresh()
    ((starts, stops),) = follower.take_changes().added
    assert (starts.tolist(), stops.tolist()) == ([0, 3], [2, 4])
    assert follower.take_changes().added[0][0].size == 0
    assert follower.take_faults() == []


def test_time_in_which_the_computer_slept_is_no_time_without_a_key(make: Callable[..., h5py.File], clock: Clock) -> None:
    def sleep(seconds: float) -> None:
        clock.sleep(3600.0 if len(clock.naps) == 5 else seconds)

    follower = Follower(make({"k": keys(1, 2, 0)}), "k", 3.0, clock=clock, sleep=sleep)
    assert (list(follower), follower.reason) == ([0, 1], "timeout")
    assert max(clock.naps) == 3600.0
    assert 2.9 <= sum(clock.naps) - 3600.0 < 3.1


@pytest.mark.parametrize("stands_still_at", [6, 7, 8, 9], ids="reading {}".format)
def test_a_process_that_is_stopped_between_two_pauses_ends_no_scan(
    make: Callable[..., h5py.File], clock: Clock, stands_still_at: int
) -> None:
    n_looks = 0

    def is_over(follower: Follower) -> bool:  # looked at where the clock is, between a poll and the pause behind it
        nonlocal n_looks
        n_looks += 1
        clock.now += 3600.0 if n_looks == stands_still_at else 0.0
        return False

    follower = Follower(make({"k": keys(1, 2, 0)}), "k", 5.0, [is_over, "timeout"], clock=clock, sleep=clock.sleep)
    assert (list(follower), follower.reason) == ([0, 1], "timeout")
    assert n_looks > stands_still_at
    assert 2.9 <= sum(clock.naps) < 5.1


def test_after_a_pause_of_the_user_the_timeout_is_as_long_as_ever(make: Callable[..., h5py.File], clock: Clock) -> None:
    follower = Follower(make({"k": keys(1, 2, 0)}), "k", 3.0, clock=clock, sleep=clock.sleep)
    assert list(follower) == [0, 1]
    clock.now += 3600.0
    before = sum(clock.naps)
    follower.resume()
    assert (list(follower), follower.reason) == ([], "timeout")
    assert 2.9 <= sum(clock.naps) - before < 3.1


def test_polls_come_soon_after_a_key_and_seldom_when_it_is_quiet(make: Callable[..., h5py.File], clock: Clock) -> None:
    follower = Follower(make({"k": keys(1, 0)}), "k", clock=clock)
    follower.refresh()
    assert follower.suggest_poll_s() == pytest.approx(0.001)
    clock.now += 4
    assert follower.suggest_poll_s() == pytest.approx(0.02)
    clock.now += 60
    assert follower.suggest_poll_s() == pytest.approx(0.05)


@pytest.mark.parametrize("given", ["timeout", ["timeout"], ("all_keys", "timeout"), [AllKeys(), "timeout"]])
def test_conditions_that_are_replaced_mean_what_the_constructor_means(make: Callable[..., h5py.File], clock: Clock, given: Any) -> None:
    file = make({"k": keys(1, 0), "flag": keys(0)})
    follower = Follower(file, "k", 3.0, "always_true", finished_path="flag", clock=clock, sleep=clock.sleep)
    follower.conditions = given
    assert follower.conditions[-1] == Timeout(3.0)
    assert (list(follower), follower.reason) == ([0], "timeout")
    assert 3.0 <= sum(clock.naps) < 3.1
    follower.conditions = "finished_flag"
    assert follower.conditions == (FinishedFlag("flag"),)


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (FinishedFlag("/nowhere"), PathNotThereError),
        ([FinishedFlag("/text"), "timeout"], PathError),
        ("finished_flag", ConditionError),
        ("whenever", ConditionError),
        (["timeout", 5], ConditionError),
    ],
    ids=str,
)
def test_a_refused_condition_changes_nothing(make: Callable[..., h5py.File], clock: Clock, refused: Any, error: type[Exception]) -> None:
    follower = Follower(make({"k": keys(1, 0), "text": {"data": "words"}}), "k", 2.0, clock=clock, sleep=clock.sleep)
    with pytest.raises(error):
        follower.conditions = refused
    assert follower.conditions == (Timeout(2.0),)
    assert (list(follower), follower.reason) == ([0], "timeout")
    assert 2.0 <= sum(clock.naps) < 2.1


def test_the_first_reason_that_holds_says_most() -> None:
    several = (Timeout(0), AlwaysTrue(), FileClosed(), AllKeys(), FinishedFlag(), FrameCount(1))
    assert [one.name for one in in_order(several)] == [
        "frame_count", "finished_flag", "all_keys", "file_closed", "timeout", "always_true"
    ]  # fmt: skip
    assert default_conditions(3.0) == (FinishedFlag(), AllKeys(), FileClosed(), Timeout(3.0))


def test_a_link_that_leads_nowhere_is_tried_now_and_then_and_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, tried = Clock(), []
    opened = keyset.open_object
    monkeypatch.setattr(keyset, "open_object", lambda file, path: (tried.append(path), opened(file, path))[1])
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        file["keys/here"] = np.arange(1, 4)
        file["keys/late"] = h5py.ExternalLink("detector.h5", "/uid")
    with h5py.File(tmp_path / "scan.h5") as file:
        follower = Follower(file, "/keys", timeout=2.0, clock=clock, sleep=clock.sleep)
        tried.clear()
        for _ in range(100):
            follower.refresh()
            clock.now += 0.01
        assert set(tried) == {"/keys/late"}
        assert len(tried) <= 6
        follower.refresh()
        with h5py.File(tmp_path / "detector.h5", "w") as detector:
            detector["uid"] = np.arange(1, 4)
        follower.stop()
        assert follower.check_end() == "stopped"
        assert [follower.next_ready() for _ in range(4)] == [0, 1, 2, None]
