"""Which condition ended the scan, and when, in words (pure functions)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from swmr_viewer.core.conditions import Condition, Timeout
from swmr_viewer.core.number_text import seconds_text
from swmr_viewer.reader.messages import Ended


def end_text(ended: Ended, conditions: Sequence[Condition], now: datetime) -> str:
    """Return ``Ended at 14:03:07: all keys are set``; a timeout after which keys are looked for is no end.

    When a scan ended that was over before it was opened, nobody knows: then it is said when the file was written last.
    """
    if ended.still_following:
        return f"{reason_text(ended.reason, conditions)}, still looking"
    reason = reason_text(ended.reason, conditions)
    if ended.was_over and ended.at is None:
        return f"Over before it was looked at: {reason}"
    at = datetime.fromtimestamp(ended.at) if ended.at is not None else now
    when = f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
    return f"Last written {when}: {reason}" if ended.was_over else f"Ended at {when}: {reason}"


def reason_text(reason: str, conditions: Sequence[Condition]) -> str:
    """Return why following ended."""
    limits = [one.seconds for one in conditions if isinstance(one, Timeout)]
    known = {
        "timeout": f"no new key for {seconds_text(min(limits))}" if limits else "no new key came",
        "finished_flag": "the finished flag was set",
        "all_keys": "all keys are set",
        "frame_count": "the number of frames was reached",
        "file_closed": "the writer closed the file",
        "always_true": "all was read",
        "stopped": "you stopped it",
        "file_replaced": "the file was replaced",
    }
    return known.get(reason, reason)


def countdown_text(seconds_left: float | None, *, is_quiet: bool = False) -> str:
    """Return the countdown to the timeout; while nothing comes it says that this is no end yet."""
    if seconds_left is None:
        return "quiet, not finished" if is_quiet else ""
    if is_quiet:
        return f"quiet, not finished: timeout in {seconds_text(seconds_left)}"
    return f"timeout in {seconds_text(seconds_left)} if nothing comes"
