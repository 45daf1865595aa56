"""How frames are to be prepared, per data set: the one spot that sends ``SetDisplay``, for masks, levels and combined frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from swmr_viewer.analysis import MaskRules
from swmr_viewer.core.number_text import count_text
from swmr_viewer.reader.messages import Combine, Correction, DataDescription, OfPoints, SetDisplay


class FramePreparation:
    """Keeps the settings of each data set, and sends them anew to each generation.

    Parameters
    ----------
    send : callable
        Takes a ``SetDisplay`` to the reader.
    name_of : callable
        Returns the name of a data set's place, by which settings are kept.
    """

    def __init__(self, send: Callable[[SetDisplay], None], name_of: Callable[[str], str]) -> None:
        self._send = send
        self._name_of = name_of
        self._settings: dict[str, SetDisplay] = {}
        self._without_mask: set[str] = set()
        """Places whose file's pixel mask is switched off."""
        self._mask_paths: dict[str, str | None] = {}

    def of(self, data_path: str) -> SetDisplay:
        """Return the settings of a data set."""
        return replace(self._settings.get(self._name_of(data_path), SetDisplay(0)), data_path=data_path)

    def correction_in(self, place: str) -> Correction:
        """Return by which dark and flat frames those of a place are corrected."""
        return self._settings.get(place, SetDisplay(0)).correction

    def change(self, generation: int, data_path: str, **changes: Any) -> bool:
        """Set fields of ``SetDisplay`` (``mask``, ``percentiles``, ``combine`` ...); return whether they were different before."""
        before, name = self.of(data_path), self._name_of(data_path)
        setting = replace(before, generation=generation, **changes)
        self._settings[name] = setting
        if self._mask_paths.get(name) is not None:
            (self._without_mask.add if setting.mask.mask_path is None else self._without_mask.discard)(name)
        if replace(before, generation=generation) == setting:
            return False
        self._send(setting)
        return True

    def send(self, generation: int, data_path: str) -> None:
        """Send the settings of a data set, also if they are as usual."""
        self._send(replace(self.of(data_path), generation=generation))

    def send_unusual(self, generation: int, datasets: tuple[DataDescription, ...]) -> None:
        """Send a new generation what is not as usual: of its own accord the reader uses the file's pixel mask."""
        for dataset in datasets:
            name, mask_path = self._name_of(dataset.path), dataset.facts.mask_path
            usual = SetDisplay(generation, MaskRules(mask_path=mask_path, gaps=dataset.facts.gap_values), data_path=dataset.path)
            before, self._mask_paths[name] = self._settings.get(name), mask_path
            setting = usual if before is None else _transferred(before, usual, uses_mask=name not in self._without_mask)
            self._settings[name] = setting
            if setting != usual:
                self._send(setting)


def _transferred(before: SetDisplay, usual: SetDisplay, uses_mask: bool) -> SetDisplay:
    """Return the settings of another file, with this file's generation, path and pixel mask."""
    mask = replace(before.mask, mask_path=usual.mask.mask_path if uses_mask else None, gaps=usual.mask.gaps)
    return replace(before, generation=usual.generation, data_path=usual.data_path, mask=mask)


def exact_text(combine: Combine, n_frames: int, index: int, run: tuple[int, int] | None) -> str:
    """Return which frames are in a combined picture: ``sum of frames 341-360``; where others are between them, how many and the newest."""
    if combine.how == "none" or n_frames == 1:
        return combined_text(combine, n_frames)
    if run is not None:
        return f"{combine.how} of frames {count_text(run[0])}\u2013{count_text(run[1])}"
    return f"{combined_text(combine, n_frames)} up to {count_text(index)}"


def points_text(of_points: OfPoints, n_frames: int) -> str:
    """Return what the frames of some scan points are as one: ``mean of 341 of 400 points``, the others being not complete or unreadable."""
    n_points = of_points.n_points
    share = count_text(n_points) if n_frames == n_points else f"{count_text(n_frames)} of {count_text(n_points)}"
    rest = f", {count_text(of_points.n_to_read)} to read" if of_points.n_to_read else ""
    return f"{of_points.how} of {share} {'point' if n_points == 1 else 'points'}{rest}"


def combined_text(combine: Combine, n_frames: int) -> str:
    """Return what a combined picture is, with the number of frames that are really in it."""
    if combine.how == "none":
        return "" if n_frames == 1 else f"{count_text(n_frames)} frames as one"  # single ones are asked for, and on their way
    return f"{combine.how} of {count_text(n_frames)} {'frame' if n_frames == 1 else 'frames'}"
