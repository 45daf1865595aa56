"""The one plain state of the scan, resolved from facts by a pure function; and problems, with what to do about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class SessionState:
    """The state, and the text for it."""

    kind: StateKind
    text: str
    """A few words, for the state line."""
    detail: str = ""
    """One sentence, for the tooltip."""


_WAITING = {
    Phase.WAITING_FOR_FILE: (StateKind.WAITING_FOR_FILE, "Waiting for the file"),
    Phase.WAITING_FOR_SWMR: (StateKind.WAITING_FOR_SWMR, "Waiting for SWMR"),
    Phase.WAITING_FOR_KEYS: (StateKind.WAITING_FOR_KEYS, "Waiting for keys"),
}
_ENDS = {
    "timeout": "timeout",
    "finished_flag": "flag set",
    "all_keys": "all keys set",
    "frame_count": "frame count",
    "file_closed": "file closed",
    "always_true": "all read",
}
_SURELY_FINISHED = ("finished_flag", "all_keys")
_END_DETAILS = {
    "timeout": "No new key came for the time that was set. The scan may still go on: Resume waits again.",
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
        return SessionState(StateKind.REPLACED, f"File replaced at {_clock(facts.replaced)}", replaced_text(facts.replaced))
    if facts.ended is not None and not facts.ended.still_following:
        return _with_awaited(_ended(facts.ended), facts.awaited)
    if facts.stuck_s > 0:
        since = f"For {seconds_text(facts.stuck_s)}{f', while {facts.doing}' if facts.doing else ''}."
        detail = "The reader process waits for the storage or for HDF5; the window stays usable, and the reader is replaced if it lasts."
        return SessionState(StateKind.STORAGE, "Storage not answering", f"{since} {detail}")
    if facts.ended is not None:
        return _with_awaited(SessionState(StateKind.LOOKING, "Still looking", _looking_detail(facts.quiet_s)), facts.awaited)
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


def _ended(ended: Ended) -> SessionState:
    if ended.reason == "stopped":
        return SessionState(StateKind.STOPPED, "Stopped", "You stopped following; the scan may still go on. Resume follows again.")
    text = f"{'Finished' if is_finished(ended) else 'Ended'}: {_ENDS.get(ended.reason, ended.reason)}"
    detail = _END_DETAILS.get(ended.reason, "")
    if not is_finished(ended) and ended.complete < ended.total:
        detail = f"{detail} {count_text(ended.complete)} of {count_text(ended.total)} points are complete.".strip()
    return SessionState(StateKind.FINISHED, text, detail)


def is_finished(ended: Ended) -> bool:
    """Whether the scan is known to be finished: its flag is set, or nothing is missing. A file that is closed may have gaps.

    That so many frames are complete as were asked for, or that no key came, proves nothing of a scan that may still grow.
    """
    if ended.reason in _SURELY_FINISHED:
        return True
    return ended.reason in ("file_closed", "always_true") and 0 < ended.total == ended.complete


def _looking_detail(quiet_s: float | None) -> str:
    quiet = "No key yet" if quiet_s is None else f"No key for {seconds_text(quiet_s)}"
    return f"{quiet}, still looking: following goes on by itself when keys come."


def _following(facts: Facts) -> SessionState:
    if facts.phase is None:
        return SessionState(StateKind.WAITING_FOR_FILE, "Opening", "The reader opens the file.")
    if facts.quiet_s is not None and facts.quiet_s >= quiet_after_s(facts.rate):
        return SessionState(StateKind.QUIET, "Quiet", f"No new key for {seconds_text(facts.quiet_s)}. Quiet is not finished.")
    return SessionState(StateKind.LIVE, "Live", "New keys are followed as they come.")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong."""

    message: str
    remedy: str = ""
    details: str = ""
    severity: str = "error"
    """``error``: nothing goes on; ``note``: following goes on."""
    action_text: str = ""
    action: Callable[[], None] | None = None
