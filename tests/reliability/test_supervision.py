"""The real window in trouble with its reader or its storage: nothing lost, nothing twice, nothing wrong, and it waits for none of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.reliability.slow_storage import compiler
from tests.reliability.supervision import LIMIT_S, OF_STORAGE, in_a_process

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="POSIX signals, /proc, LD_PRELOAD"),
]
_OF_STORAGE = [pytest.param(name, marks=pytest.mark.skipif(compiler() is None, reason="needs a C compiler")) for name in OF_STORAGE]


@pytest.mark.parametrize("trouble", ["killed five times", "stopped, another asked for", *_OF_STORAGE])
def test_the_window_goes_on_and_nothing_is_lost(tmp_path: Path, trouble: str) -> None:
    outcome = in_a_process(trouble, tmp_path)
    assert outcome.is_right, outcome
    assert outcome.said_s is not None
    assert outcome.replaced_s is not None
    # What stands still does so for longer than the limit: who waited for it would have waited that long.
    assert outcome.longest_wait_ms < 1000 * LIMIT_S / 4, outcome


def test_a_reader_that_answers_again_stays(tmp_path: Path) -> None:
    outcome = in_a_process("stopped for a moment", tmp_path)
    assert outcome.is_right, outcome
    assert outcome.said_s is not None
    assert outcome.replaced_s is None
