"""How frames are to be prepared, per data set: the one spot that sends ``SetDisplay``, for masks, levels and rolling frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from swmr_viewer.analysis import MaskRules
from swmr_viewer.core.number_text import count_text
from swmr_viewer.reader.messages import Combine, DataDescription, SetDisplay


class FramePreparation:
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
        self._without_mask: set[str] = set()
        """Places whose file's pixel mask is not wished for."""
        self._mask_paths: dict[str, str | None] = {}

    def of(self, data_path: str) -> SetDisplay:
        """Return what is wished of a data set."""
        return replace(self._wishes.get(self._name_of(data_path), SetDisplay(0)), data_path=data_path)

    def change(self, generation: int, data_path: str, **changes: Any) -> bool:
        """Wish something else: ``mask``, ``percentiles``, ``combine`` or ``view``; return whether it is something else."""
        before, name = self.of(data_path), self._name_of(data_path)
        wish = replace(before, generation=generation, **changes)
        self._wishes[name] = wish
        if self._mask_paths.get(name) is not None:
            (self._without_mask.add if wish.mask.mask_path is None else self._without_mask.discard)(name)
        if replace(before, generation=generation) == wish:
            return False
        self._send(wish)
        return True

    def say(self, generation: int, data_path: str) -> None:
        """Say what is wished of a data set, also if it is as usual."""
        self._send(replace(self.of(data_path), generation=generation))

    def say_again(self, generation: int, data: tuple[DataDescription, ...]) -> None:
        """Say to a new generation what is not as usual: of its own accord the reader uses the file's pixel mask."""
        for one in data:
            name, mask_path = self._name_of(one.path), one.facts.mask_path
            usual = SetDisplay(generation, MaskRules(mask_path=mask_path, gaps=one.facts.gap_values), data_path=one.path)
            before, self._mask_paths[name] = self._wishes.get(name), mask_path
            wish = usual if before is None else _said_of(before, usual, uses_mask=name not in self._without_mask)
            self._wishes[name] = wish
            if wish != usual:
                self._send(wish)


def _said_of(before: SetDisplay, usual: SetDisplay, uses_mask: bool) -> SetDisplay:
    """Return what was wished of another file, with this file's generation, path and pixel mask."""
    mask = replace(before.mask, mask_path=usual.mask.mask_path if uses_mask else None, gaps=usual.mask.gaps)
    return replace(before, generation=usual.generation, data_path=usual.data_path, mask=mask)


def combined_text(combine: Combine, n_frames: int) -> str:
    """Return what a combined picture is, with the number of frames that are really in it."""
    if combine.how == "none":
        return "" if n_frames == 1 else f"{count_text(n_frames)} frames as one"  # single ones are asked for, and on their way
    return f"{combine.how} of {count_text(n_frames)} {'frame' if n_frames == 1 else 'frames'}"
