"""Runs that are killed somewhere: what they left is right, and the next one goes on."""

from __future__ import annotations

import pytest

from tests.reducing.output.killed_outputs import kill_many


@pytest.mark.parametrize("n_kills", [6, pytest.param(25, marks=pytest.mark.slow)])
def test_the_next_run_goes_on_where_a_killed_one_was(n_kills: int) -> None:
    counts = kill_many(n_kills, seed=7)
    assert not counts.wrong
    assert counts.n_kills == n_kills
    assert counts.n_finished >= 1
    assert counts.n_results > 100
