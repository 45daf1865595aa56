"""Two hundred fixed broken files through reader, commands and window; ``python -m tests.reliability.fuzz`` takes more of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from swmr_viewer.core.conditions import AllKeys, Timeout
from swmr_viewer.reader.messages import Ended, FollowRequest, FrameMeasured
from tests.reader.listening import WAIT_S, Listener
from tests.reliability.fuzz.__main__ import Account, Fuzz
from tests.reliability.fuzz.cases import case
from tests.reliability.fuzz.judging import Outcome, Shown, judge
from tests.reliability.fuzz.oracle import Oracle
from tests.reliability.fuzz.sound import Sound, names, sound

pytestmark = [pytest.mark.live, pytest.mark.slow]

N_CASES, N_TESTS = 200, 10
SEED = 0
PIPE_BEHIND_LINKS = 374
"""The number of a case."""
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
    assert account.counts["frames as written"] > 4  # not everything was refused
    assert account.counts["refusals told"] > 0


@pytest.mark.parametrize(("how", "least"), [("complete", 500), ("growing", 400), ("coded", 900)])
def test_sound_files_are_read_completely(how: str, least: int) -> None:
    n_frames = 0
    with TemporaryDirectory() as folder, Listener() as listener:
        for number, name in enumerate(name for name in names() if how in name):
            one = sound(name)
            if not one.is_followable:
                continue
            n_frames += read_completely(listener, one, one.put(Path(folder, str(number))))
    assert n_frames > least


def read_completely(listener: Listener, one: Sound, main: Path) -> int:
    """Follow a sound file to its end, and return how many frames were measured; each is the one that was written."""
    n_before = len(listener.events)
    request = FollowRequest(
        str(main),
        key_paths=one.key_paths,
        data_paths=tuple(one.written),
        length_paths=one.length_paths,
        finished_path=one.finished_path,
        scan_shape=one.scan_shape if one.tells_shape else None,
        conditions=(AllKeys(), Timeout(1.0)) if one.is_complete else (Timeout(0.3),),  # nobody writes to it
        every_frame=True,
        order="arrival",
        wait_s=WAIT_S,
    )
    listener.generation = listener.supervisor.follow(request)
    listener.until(lambda event: isinstance(event, Ended) and event.generation == listener.generation)
    measured = [event for event in listener.events[n_before:] if isinstance(event, FrameMeasured)]
    for event in measured:
        for path, told in event.data.items():
            written = one.frame(path, event.position)
            assert written is not None, (one.name, event.position)
            assert Shown(path, event.position, event.scan_shape, told).is_the_same(written), (one.name, path, event.position)
    if one.is_complete:
        assert len({event.position for event in measured}) == prod(one.scan_shape), one.name
        assert all(set(event.data) == set(one.written) for event in measured), one.name
    return len(measured)


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


@pytest.mark.skipif(sys.platform == "win32", reason="makes named pipes")
def test_a_pipe_behind_links_costs_readers_and_is_said() -> None:
    """Opening it never returns, and no look at the file beforehand can tell."""
    with Fuzz(SEED, STUCK_S) as fuzz:
        one, outcome = fuzz.run(PIPE_BEHIND_LINKS, "reader")
    assert one.kind == "pipe_behind_links"
    assert outcome.faults == []
    assert len(outcome.replaced) >= 2
    assert all("did not answer" in why for why in outcome.replaced)
    assert any("cannot be inspected" in words and str(one.main) in words for words in outcome.refusals)
