"""A writer that is asked to end does so between two steps, and not in the midst of one."""

from __future__ import annotations

import signal

import pytest

from swmr_viewer.commands.terminal import EarlyEnd, Terminated


@pytest.mark.parametrize(("number", "kind"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)])
def test_what_is_protected_is_finished_first(number: signal.Signals, kind: type[KeyboardInterrupt]) -> None:
    waited: list[int] = []
    with EarlyEnd() as early_end:
        early_end.protect()
        early_end.stop(waited.append)(1)
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt) as raised:
            early_end.stop(waited.append)(2)
    assert raised.type is kind
    assert waited == [1]


def test_waiting_is_ended_at_once_and_so_is_what_needs_no_protection() -> None:
    with EarlyEnd() as early_end:
        with pytest.raises(Terminated):
            signal.raise_signal(signal.SIGTERM)
        early_end.protect()
    with EarlyEnd() as early_end:
        early_end.protect()
        with pytest.raises(KeyboardInterrupt):
            early_end.stop(signal.raise_signal)(signal.SIGINT)


def test_a_signal_that_the_shell_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with EarlyEnd():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
