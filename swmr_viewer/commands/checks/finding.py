"""One line of what was found, and how a check is kept from waiting for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from enum import StrEnum

from swmr_viewer.core.frozen import frozen


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and not as well as it could, or somebody may be surprised."""
    PROBLEM = "problem"
    """Something does not work."""


@frozen
class Finding:
    """What one check found."""

    level: Level
    name: str
    """What was looked at."""
    found: str
    """A sentence or two."""
    remedy: str = ""
    """What to do; empty: nothing."""


Look = Callable[[], Finding | Iterable[Finding]]
LIMIT_S = 5.0


def ok(name: str, found: str) -> Finding:
    """Return that all is right."""
    return Finding(Level.OK, name, found)


def warning(name: str, found: str, remedy: str) -> Finding:
    """Return that something is less than good."""
    return Finding(Level.WARNING, name, found, remedy)


def problem(name: str, found: str, remedy: str) -> Finding:
    """Return that something does not work."""
    return Finding(Level.PROBLEM, name, found, remedy)


def within_time(name: str, look: Look, limit_s: float = LIMIT_S) -> tuple[Finding, ...]:
    """Return what a look finds, or that it was not done in time; it is left alone then, on its own thread.

    A system call on dead storage does not return: nothing but the end of the process ends it.
    """
    found: list[tuple[Finding, ...]] = []
    thread = threading.Thread(target=lambda: found.append(_looked(name, look)), name=f"check of {name}", daemon=True)
    thread.start()
    thread.join(limit_s)
    return found[0] if found else (problem(name, f"It does not answer within {limit_s:g} s.", "Check its storage, and its network."),)


def _looked(name: str, look: Look) -> tuple[Finding, ...]:
    try:
        found = look()
        return (found,) if isinstance(found, Finding) else tuple(found)
    except Exception as error:
        return (warning(name, f"It could not be looked at: {type(error).__name__}: {error}.", "Tell the developers."),)
