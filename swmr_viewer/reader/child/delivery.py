"""What the ways of delivering frames have in common."""

from __future__ import annotations

from typing import Protocol

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.reader.messages import ShowIndex, ShowLive


class Delivery(Protocol):
    """Takes complete indices in, and sends frames out, a little at each step."""

    @property
    def is_idle(self) -> bool:
        """Whether everything that has to be sent was sent."""

    @property
    def is_pressed(self) -> bool:
        """Whether the next step should come at once."""

    def note_completed(self, indices: IndexArray, reshaped: bool, came: bool = True) -> None:
        """Take note of complete indices; ``reshaped``: indices mean other positions now; ``came``: they completed just now."""

    def note_joined(self, path: str) -> None:
        """Take note that a data set which was not there before can be read now."""

    def move(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Take note that indices mean other places now; called before ``note_completed``."""

    def show(self, request: ShowIndex | ShowLive) -> None:
        """Take note of what the window wants to see."""

    def step(self) -> None:
        """Send what can be sent now."""

    def abandon(self) -> None:
        """Send nothing more: the user stopped."""
