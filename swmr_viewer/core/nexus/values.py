"""Single values and words as NeXus files have them, and what is to be said of values that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.nexus.units import in_unit, wavelength_of_energy
from swmr_viewer.core.plain_text import decoded, plain

BROKEN = (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError, OverflowError)
"""What metadata may raise, being written at this moment, or of variable length under SWMR."""
MOST_VALUES = 100_000


class Values:
    """Values of a file by path.

    Parameters
    ----------
    at : callable
        Returns what is at a path, or None.
    """

    def __init__(self, at: Callable[[str], Any]) -> None:
        self._at = at
        self.left_out: dict[str, str] = {}
        """Values that are there and of no use, in words, by path."""

    def number(self, path: str) -> float | None:
        """Return a single finite number: written as a number or a text, or several times as the same one."""
        found = self._at(path)
        if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "iufSO" or not 0 < found.size <= MOST_VALUES:
            return None
        try:
            told = np.asarray(found[()]).reshape(-1)
        except BROKEN:
            return None
        if told.dtype.kind not in "iuf":
            return self._number_in_text(path, told[0]) if told.size == 1 else None
        low, high = float(told.min()), float(told.max())
        if low != high or not isfinite(low):
            self.left_out[path] = f"{low:g} to {high:g}" if isfinite(low) else f"{low:g}"
            return None
        return low

    def _number_in_text(self, path: str, told: Any) -> float | None:
        words = decoded(told) if isinstance(told, bytes) else str(told)
        try:
            value = float(words)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            self.left_out[path] = repr(plain(words)[:40])
            return None
        return value

    def quantity(self, path: str) -> tuple[float, str] | None:
        """Return a single number and its unit; one without a unit is left out: to guess at it has shown distances of kilometres."""
        value = self.number(path)
        if value is None:
            return None
        unit = " ".join(text_of(self._at(path), "units")).strip()
        if not unit:
            self.left_out[path] = f"{value:g} (no unit)"
            return None
        return value, unit

    def length(self, *paths: str) -> float | None:
        """Return the first of these that is a length above 0, in metres."""
        return self._first(paths, lambda value, unit: in_unit(value, unit, "m"))

    def photon_wavelength(self, path: str) -> float | None:
        """Return the wavelength (m) of photons of an energy."""
        return self._first((path,), wavelength_of_energy)

    def _first(self, paths: tuple[str, ...], converted: Callable[[float, str], float | None]) -> float | None:
        before = dict(self.left_out)
        for path in paths:
            told = self.quantity(path)
            value = converted(*told) if told is not None else None
            if value is not None and value > 0:
                self.left_out = before
                return value
            if told is not None:
                self.left_out[path] = f"{told[0]:g} {plain(told[1])}"
        return None


def text_of(owner: Any, name: str) -> list[str]:
    """Return an attribute's words; none where it is missing or cannot be read."""
    try:
        told = np.atleast_1d(owner.attrs.get(name, ()))
    except BROKEN:
        return []
    texts = [one.encode(errors="surrogateescape") if isinstance(one, str) else one for one in told.tolist()]
    return [decoded(one) for one in texts if isinstance(one, bytes)]
