"""A writer does everything with its file while window and ``follow`` are on it; ``python -m tests.reliability.writer_first`` does more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.busy_writer import OPERATIONS
from tests.reliability.writer_first import watch

pytestmark = [pytest.mark.live, pytest.mark.slow]
N_ROUNDS = 8


def test_no_operation_of_a_writer_fails_and_no_handle_is_kept(tmp_path: Path) -> None:
    outcome = watch(tmp_path, N_ROUNDS, seed=1)
    assert outcome.is_right, outcome
    assert all(outcome.done[name] >= N_ROUNDS for name in OPERATIONS)
    assert outcome.chosen.total() > 0
