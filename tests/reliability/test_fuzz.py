"""Two hundred fixed broken files through reader, commands and window; ``python -m tests.reliability.fuzz`` takes more of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from swmr_viewer.core.conditions import AllKeys, FileClosed, Timeout
from swmr_viewer.reader.messages import FollowRequest
from tests.reliability.fuzz.__main__ import Account, Fuzz
from tests.reliability.fuzz.cases import Case, case
from tests.reliability.fuzz.judging import Outcome, Shown, judge
from tests.reliability.fuzz.oracle import Oracle
from tests.reliability.fuzz.sound import names, sound
from tests.reliability.fuzz.through_reader import Readers

pytestmark = [pytest.mark.live, pytest.mark.slow]

N_CASES, N_TESTS = 200, 10
SEED = 0
STUCK_S = 3.0
"""A healthy reader may be silent for as long on a busy machine: it is replaced then, and that is no fault."""


@pytest.fixture
def oracle() -> Iterator[Oracle]:
    made = Oracle()
    yield made
    made.close()


@pytest.mark.parametrize("part", range(N_TESTS))  # one of them has all that go through a window
def test_a_broken_file_costs_no_more_than_its_frames(part: int) -> None:
    account, faults = Account(), []
    with Fuzz(SEED, STUCK_S) as fuzz:
        for number in range(part, N_CASES, N_TESTS):
            one, outcome = fuzz.run(number)
            account.note(one, outcome)
            faults += [f"case {number}, {one.words[:300]}: {fault}" for fault in outcome.faults]
    assert faults == []
    assert account.counts["cases"] == N_CASES // N_TESTS
    assert account.counts["frames as written"] > 20  # not everything was refused
    assert account.counts["refusals told"] > 5


def test_sound_files_are_read_completely(tmp_path: Path, oracle: Oracle) -> None:
    readers, n_frames = Readers(), 0
    try:
        for number, name in enumerate(names()):
            one = sound(name)
            if not one.is_followable:
                continue
            main = one.put(tmp_path / str(number))
            ends = (FileClosed(), AllKeys(), Timeout(1.0)) if one.is_complete else (Timeout(1.0),)
            shape = one.scan_shape if one.tells_shape else None
            request = FollowRequest(
                str(main),
                one.key_paths,
                tuple(one.written),
                one.finished_path,
                ends,
                wait_s=5.0,
                length_paths=one.length_paths,
                scan_shape=shape,
            )
            whole = Case(number, "sound", name, main.parent, main, request, is_unchecked=False, sound=one)
            outcome = readers.run(whole)
            judge(whole, outcome, oracle)
            refused = [words for words in outcome.refusals if "has not been written" not in words or one.is_complete]
            assert (outcome.faults, refused, outcome.replaced) == ([], [], []), name
            assert {frame.path for frame in outcome.shown} == set(list(one.written)[:3]), name
            n_frames += len(outcome.shown)
    finally:
        readers.close()
    assert n_frames > 300


def test_a_wrong_frame_is_judged_wrong(tmp_path: Path, oracle: Oracle) -> None:
    with case(next(numbers_through_reader(tmp_path)), SEED, tmp_path) as one:
        assert one.sound is not None
        path, make = next(iter(one.sound.written.items()))
        position = (0,) * len(one.sound.scan_shape)
        right = np.asarray(make(0))
        wrong = right.copy()
        wrong.reshape(-1)[-1] += 1
        for pixels, n_faults in ((right, 0), (wrong, 1), (right[..., :-1], 1)):
            outcome = Outcome(shown=[Shown(path, position, one.sound.scan_shape, pixels)])
            judge(one, outcome, oracle)
            assert len(outcome.faults) == n_faults, outcome.faults


def numbers_through_reader(folder: Path) -> Iterator[int]:
    """Yield cases in which HDF5 notices what was done, of images."""
    for number in range(N_CASES):
        with case(number, SEED, folder) as one:
            if one.sound is not None and not one.is_unchecked and np.asarray(next(iter(one.sound.written.values()))(0)).ndim == 2:
                yield number


def test_a_case_is_made_again_by_its_number(tmp_path: Path) -> None:
    for number in range(60):
        with case(number, SEED, tmp_path / "one") as first, case(number, SEED, tmp_path / "other") as second:
            assert first.words == second.words
            assert first.request.key_paths == second.request.key_paths
            files = [
                sorted((path.name, path.is_file() and path.stat().st_size) for path in one.folder.iterdir()) for one in (first, second)
            ]
            assert files[0] == files[1]


@pytest.mark.parametrize(
    ("message", "n_faults"),
    [
        ("{main} is damaged.", 0),
        ("", 2),
        ("KeyError: 'x'", 2),
        ("Something is damaged.", 1),
    ],
)
def test_a_refusal_is_a_sentence_that_names_the_file(tmp_path: Path, message: str, n_faults: int) -> None:
    with case(1, SEED, tmp_path) as one:
        outcome = Outcome()
        outcome.refuse(one, "failure", message.format(main=one.main), None)
        assert len(outcome.faults) == n_faults
