"""What the error bar shows: what happened, what to do, the details, and an action where one helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


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
