"""Writers of every layout that are killed somewhere: what was handed out is right, and no end is told that is untrue."""

from __future__ import annotations

import pytest

from tests.live.killed_writers import kill_many

pytestmark = [pytest.mark.live, pytest.mark.slow]


def test_what_killed_writers_leave_is_right_and_no_end_is_told_that_is_untrue() -> None:
    counts = kill_many(16, seed=1)
    assert counts.wrong == []
    assert counts.n_frames > 60
    assert counts.reasons["timeout"] > 3
