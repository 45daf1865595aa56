"""Keys of very many points in one message: taken a piece at a time, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import Ranges, indices_of, joined, ranges_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.session import progress_mailbox as pm
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor

N = 5000


def random_ranges(seed: int, share: float, *, shuffled: bool) -> Ranges:
    random = np.random.default_rng(seed)
    starts, stops = ranges_of(random.random(N) < share)
    order = random.permutation(starts.size) if shuffled else np.arange(starts.size)
    return starts[order], stops[order]


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("share", [0.001, 0.5, 1.0])
def test_pieces_of_a_message_tell_what_it_tells(monkeypatch: pytest.MonkeyPatch, share: float, shuffled: bool) -> None:
    monkeypatch.setattr(pm, "PIECE", 64)
    added = random_ranges(1, share, shuffled=shuffled), random_ranges(2, share / 2, shuffled=shuffled)
    progress = KeyProgress(2, (N,))
    completed = ranges_of(np.isin(np.arange(N), np.concatenate([progress.add(key, *given) for key, given in enumerate(added)])))
    mailbox, taken = pm.ProgressMailbox(), KeyProgress(2, (N,))
    mailbox.offer(m.KeysChanged(7, (N,), added, True, 3.0, completed=completed))
    mailbox.offer(m.KeysChanged(6, (N,), added, False, 3.0, completed=completed))
    pieces: list[m.KeysChanged] = []
    while mailbox.holds_any:
        (piece,) = mailbox.take(7)
        assert max(int((stops - starts).sum()) for starts, stops in piece.added) <= 2 * 64
        found = np.concatenate([taken.add(key, *given) for key, given in enumerate(piece.added)])
        assert sorted(found.tolist()) == indices_of(piece.completed).tolist(), "each frame with the keys that complete it"
        pieces.append(piece)
    assert [piece.whole for piece in pieces] == [True] + [False] * (len(pieces) - 1)
    assert {piece.last_key_at_s for piece in pieces} == {3.0}
    assert indices_of(joined(piece.completed for piece in pieces)).tolist() == indices_of(completed).tolist()
    for key in range(2):
        np.testing.assert_array_equal(taken.set_mask(key), progress.set_mask(key))


def test_a_scan_that_is_over_ends_once_its_keys_were_taken(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    shape = (10, pm.PIECE)
    session = following(shape).session
    turns: list[int] = []
    ended: list[int] = []
    session.frames_completed.connect(lambda completed: turns.append(completed.size))
    session.finished.connect(lambda _: ended.append(sum(turns)))
    n = shape[0] * shape[1]
    reader.say_keys(shape, (0, n), whole=True, at_s=time.monotonic())
    reader.say(m.Ended(session.scan.generation, "all_keys", n, n))
    qtbot.waitUntil(lambda: bool(ended))
    assert (ended, turns) == ([n], [pm.PIECE] * shape[0])
    assert session.scan.progress is not None
    assert session.scan.progress.n_complete == n
    assert len(reader.sent(m.AcknowledgeProgress)) == 1, "the reader sends no more before"
