"""How frames are to be prepared, per data set: the one spot that sends ``SetDisplay``, for masks, levels and rolling frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from swmr_viewer.analysis import MaskRules
from swmr_viewer.reader.messages import DataDescription, SetDisplay


class FrameWishes:
    """Keeps what was wished of each data set, and says it anew to each generation.

    Parameters
    ----------
    send : callable
        Takes a ``SetDisplay`` to the reader.
    name_of : callable
        Returns the name of a data set's place, by which wishes are kept.
    """

    def __init__(self, send: Callable[[SetDisplay], None], name_of: Callable[[str], str]) -> None:
        self._send = send
        self._name_of = name_of
        self._wishes: dict[str, SetDisplay] = {}

    def of(self, data_path: str) -> SetDisplay:
        """Return what is wished of a data set."""
        return replace(self._wishes.get(self._name_of(data_path), SetDisplay(0)), data_path=data_path)

    def change(self, generation: int, data_path: str, **changes: Any) -> bool:
        """Wish something else: ``mask``, ``percentiles`` or ``combine``; return whether it is something else."""
        before = self.of(data_path)
        wish = replace(before, generation=generation, **changes)
        self._wishes[self._name_of(data_path)] = wish
        if replace(before, generation=generation) == wish:
            return False
        self._send(wish)
        return True

    def say(self, generation: int, data_path: str) -> None:
        """Say what is wished of a data set, also if it is as usual."""
        self._send(replace(self.of(data_path), generation=generation))

    def say_again(self, generation: int, data: tuple[DataDescription, ...]) -> None:
        """Say to a new generation what is not as usual."""
        for one in data:
            before = self.of(one.path)
            wish = replace(before, generation=generation, mask=with_mask_of(before.mask, one.facts.mask_path))
            if wish != SetDisplay(generation, data_path=one.path):
                self._wishes[self._name_of(one.path)] = wish
                self._send(wish)


def with_mask_of(rules: MaskRules, mask_path: str | None) -> MaskRules:
    """Return the rules with this file's pixel mask in place of another file's, if they go by one."""
    return rules if rules.mask_path is None else replace(rules, mask_path=mask_path)
