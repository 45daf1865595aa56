"""How frames are to be prepared, per data set: the one place that sends ``SetDisplay``, for masks, levels and rolling frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from swmr_viewer.reader.messages import SetDisplay


class FrameWishes:
    """Keeps what was wished of each data set, and says it anew to each generation.

    Parameters
    ----------
    send : callable
        Takes a ``SetDisplay`` to the reader.
    """

    def __init__(self, send: Callable[[SetDisplay], None]) -> None:
        self._send = send
        self._wishes: dict[str, SetDisplay] = {}

    def of(self, data_path: str) -> SetDisplay:
        """Return what is wished of a data set."""
        return self._wishes.get(data_path, SetDisplay(0, data_path=data_path))

    def change(self, generation: int, data_path: str, **changes: Any) -> bool:
        """Wish something else: ``mask``, ``percentiles`` or ``combine``; return whether it is something else."""
        before = self.of(data_path)
        wish = replace(before, generation=generation, **changes)
        self._wishes[data_path] = wish
        if replace(before, generation=generation) == wish:
            return False
        self._send(wish)
        return True

    def say_again(self, generation: int, data_paths: tuple[str, ...]) -> None:
        """Say to a new generation what is not as usual."""
        for path in data_paths:
            wish = replace(self.of(path), generation=generation)
            if wish != SetDisplay(generation, data_path=path):
                self._send(wish)
