"""The one plain state of the scan, resolved from facts by a pure function; and problems, with what to do about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import Enum

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.number_text import count_text, seconds_text
from swmr_viewer.reader.messages import Ended, Failed, FileReplaced, Phase

LEAST_QUIET_S = 2.0
"""No new key for less than this (s) is nothing to speak of."""


class StateKind(Enum):
    """What the window shows, in one word each for code; ``SessionState.text`` is for people."""

    EMPTY = "empty"
    WAITING_FOR_FILE = "waiting for file"
    WAITING_FOR_SWMR = "waiting for swmr"
    WAITING_FOR_KEYS = "waiting for keys"
    LIVE = "live"
    QUIET = "quiet"
    LOOKING = "still looking"
    STORAGE = "storage"
    FINISHED = "finished"
    """Following ended by itself; whether the scan is finished is `is_finished`."""
    STOPPED = "stopped"
    REPLACED = "replaced"
    FAILED = "failed"


@frozen
class Facts:
    """What the state depends on."""

    has_request: bool
    phase: Phase | None = None
    stuck_s: float = 0.0
    doing: str = ""
    """What the reader was about to do when it answered last."""
    quiet_s: float | None = None
    """Seconds since the last key; None before the first."""
    rate: float | None = None
    """Frames per second over recent seconds."""
    ended: Ended | None = None
    failed: Failed | None = None
    message: str = ""
    awaited: tuple[tuple[str, str], ...] = ()
    """(path, why) of the data sets that are not there yet."""
    replaced: FileReplaced | None = None
    key_came: bool = True
    """Whether the last key came while it was looked for; else it was there before."""
    now: datetime | None = None
    """The time of day, here: of what was on another day, the day is told."""


@frozen
class SessionState:
    """The state, and the text for it."""

    kind: StateKind
    text: str
    """A few words, for the state line."""
    detail: str = ""
    """One sentence, for the tooltip."""
    shorter: tuple[str, ...] = ()
    """Fewer words where there is little room, and still fewer."""

    @property
    def in_words(self) -> tuple[str, ...]:
        """The text, and shorter ones."""
        return (self.text, *self.shorter)


_WAITING = {
    Phase.WAITING_FOR_FILE: (StateKind.WAITING_FOR_FILE, "Waiting for the file"),
    Phase.WAITING_FOR_SWMR: (StateKind.WAITING_FOR_SWMR, "Waiting for SWMR"),
    Phase.WAITING_FOR_KEYS: (StateKind.WAITING_FOR_KEYS, "Waiting for keys"),
}
_ENDS = {
    "timeout": "timeout",
    "finished_flag": "finished flag",
    "all_keys": "all keys set",
    "frame_count": "frame count",
    "file_closed": "file closed",
    "always_true": "all read",
    "file_replaced": "file replaced",
}
_SURELY_FINISHED = ("finished_flag", "all_keys")
_END_DETAILS = {
    "timeout": "No new key came for the time that was set. The scan may still go on: Go on waits again.",
    "finished_flag": "The finished flag of the scan was set.",
    "all_keys": "Every point of the scan is complete.",
    "frame_count": "The number of frames that was asked for is complete.",
    "file_closed": "The writer closed the file.",
}


def resolve_state(facts: Facts) -> SessionState:
    """Return the state and its texts; a failure beats an end, an end beats a storage that does not answer, and that the rest."""
    if not facts.has_request:
        return SessionState(StateKind.EMPTY, "No file")
    if facts.failed is not None:
        return SessionState(StateKind.FAILED, "Failed", f"{facts.failed.message} {facts.failed.remedy}".strip())
    if facts.replaced is not None:
        text = f"File replaced at {_clock(facts.replaced)}"
        return SessionState(StateKind.REPLACED, text, replaced_text(facts.replaced), ("File replaced",))
    if facts.ended is not None and not facts.ended.still_following:
        return _with_awaited(_ended(facts.ended, facts.now), facts.awaited)
    if facts.stuck_s > 0:
        since = f"For {seconds_text(facts.stuck_s)}{f', while {facts.doing}' if facts.doing else ''}."
        detail = "The reader process waits for the storage or for HDF5; the window stays usable, and the reader is replaced if it lasts."
        return SessionState(StateKind.STORAGE, "Storage not answering", f"{since} {detail}", ("Storage?",))
    if facts.ended is not None:
        return _with_awaited(_paused(facts.quiet_s), facts.awaited)
    if facts.phase in _WAITING:
        kind, text = _WAITING[facts.phase]
        return SessionState(kind, text, facts.message)
    return _with_awaited(_following(facts), facts.awaited)


def _with_awaited(state: SessionState, awaited: tuple[tuple[str, str], ...]) -> SessionState:
    """Put first which data sets are waited for: where no frame is shown, this is why."""
    waits = (f"Waiting for {path}: {why}." for path, why in awaited)
    return replace(state, detail=" ".join((*waits, state.detail)).strip())


def replaced_text(replaced: FileReplaced) -> str:
    """Return what happened to the file, when, and what is still there."""
    rest = "Frames that were not read before cannot be read any more." if replaced.in_place else "Its frames can still be looked at."
    return f"At {_clock(replaced)} {replaced.message} {rest}"


def _clock(replaced: FileReplaced) -> str:
    return f"{datetime.fromtimestamp(replaced.at):%H:%M:%S}"


def quiet_after_s(rate: float | None) -> float:
    """Return how long (s) a pause must be to be worth a word: several usual intervals, 2 s at least."""
    return max(LEAST_QUIET_S, 4.0 / rate) if rate else LEAST_QUIET_S


def _ended(ended: Ended, now: datetime | None) -> SessionState:
    when = _when(ended, now)
    if ended.reason == "stopped":
        detail = "You stopped following; the scan may still go on. Go on follows again."
        return SessionState(StateKind.STOPPED, f"Stopped by you {when}".strip(), detail, ("Stopped by you", "Stopped"))
    what = _ENDS.get(ended.reason, ended.reason)
    text, shorter = f"Ended: {what}{', ' if ended.was_over and when else ' '}{when}".strip(), (f"Ended: {what}", "Ended")
    detail = _END_DETAILS.get(ended.reason, "")
    if ended.was_over:
        detail = f"{detail} It was over before it was looked at, nobody knows since when.".strip()
    if is_incomplete(ended):
        share = f"{count_text(ended.complete)} of {count_text(ended.total)}"
        detail = f"{text}. {detail} {share} points are complete."
        text, shorter = f"Ended before it was complete: {share}", (f"Incomplete: {share}", "Incomplete")
    return SessionState(StateKind.FINISHED, text, detail, shorter)


def _when(ended: Ended, now: datetime | None) -> str:
    """Return ``at 14:03:07``; of what was over before it was looked at, when its files were written last; nothing where nobody knows."""
    if ended.at is None:
        return ""
    at = datetime.fromtimestamp(ended.at)
    clock = f"{at:%H:%M:%S}" if now is None or at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
    return f"last written {clock}" if ended.was_over else f"at {clock}"


def is_incomplete(ended: Ended) -> bool:
    """Whether following ended with points missing."""
    return ended.complete < ended.total


def is_finished(ended: Ended) -> bool:
    """Whether the scan is known to be finished: its flag is set, or nothing is missing. A file that is closed may have gaps.

    That so many frames are complete as were asked for, or that no key came, proves nothing of a scan that may still grow.
    """
    if ended.reason in _SURELY_FINISHED:
        return True
    return ended.reason in ("file_closed", "always_true") and 0 < ended.total == ended.complete


def _paused(quiet_s: float | None) -> SessionState:
    quiet = "no key yet" if quiet_s is None else f"no key for {seconds_text(quiet_s)}"
    text, shorter = f"Paused: {quiet}, still looking", (f"Paused: {quiet}", "Paused")
    detail = "It has been quiet for longer than the timeout. Following goes on by itself when keys come."
    return SessionState(StateKind.LOOKING, text, detail, shorter)


def _following(facts: Facts) -> SessionState:
    if facts.phase is None:
        return SessionState(StateKind.WAITING_FOR_FILE, "Opening", "The reader opens the file.")
    if facts.quiet_s is not None and facts.quiet_s >= quiet_after_s(facts.rate):
        text = f"Quiet: no key for {seconds_text(facts.quiet_s)}"
        return SessionState(StateKind.QUIET, text, "Quiet is not finished.", ("Quiet",))
    if facts.quiet_s is None or not facts.key_came:  # nobody knows yet whether anything is written
        what = "no key yet" if facts.quiet_s is None else "no new key yet"
        return SessionState(StateKind.LIVE, f"Following: {what}", "New keys are followed as they come.", (what.capitalize(),))
    return SessionState(StateKind.LIVE, "Scan running", "New keys are followed as they come.", ("Running",))


@frozen
class Problem:
    """One thing that went wrong."""

    message: str
    remedy: str = ""
    details: str = ""
    severity: str = "error"
    """``error``: nothing goes on; ``note``: following goes on."""
    action_text: str = ""
    action: Callable[[], None] | None = None
