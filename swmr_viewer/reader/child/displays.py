"""How the frames of each data set are prepared: masks, levels, combination, as the window asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import MaskRules, marked
from swmr_viewer.analysis.frame_statistics import saturation_of
from swmr_viewer.analysis.masks import DEFAULT_RULES
from swmr_viewer.core.errors import PathError
from swmr_viewer.core.files.links import open_object
from swmr_viewer.core.nexus.facts import DataFacts
from swmr_viewer.reader.messages import Combine, SetDisplay

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Display:
    """How the frames of one data set are prepared."""

    rules: MaskRules = DEFAULT_RULES
    percentiles: tuple[float, float] = (0.5, 99.5)
    combine: Combine = field(default_factory=Combine)
    pixel_mask: Mask | None = None
    told_saturation: float | None = None

    def prepared(self, frame: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the frame with its masked pixels told by their value; the frame itself where the rules add nothing."""
        mask = self.pixel_mask if self.pixel_mask is not None and self.pixel_mask.shape == frame.shape else None
        return marked(frame, self.rules, mask)

    def saturation(self, dtype: npt.DTypeLike, combined: int = 1) -> float | None:
        """Return from which value on a pixel is saturated; in a sum: if it was in each frame."""
        told = saturation_of(dtype, self.told_saturation)
        return None if told is None else told * (combined if self.combine.how == "sum" else 1)


class Displays:
    """The display of each data set.

    Parameters
    ----------
    h5file : h5py.File
        Where pixel masks are.
    facts : mapping of str to DataFacts
        What is known of each data set, by path.
    """

    def __init__(self, h5file: h5py.File, facts: Mapping[str, DataFacts]) -> None:
        self._h5file = h5file
        self._masks: dict[str, Mask] = {}
        self._displays = {path: Display(told_saturation=one.saturation_value) for path, one in facts.items()}

    def add(self, path: str, facts: DataFacts) -> None:
        """Take in a data set that was not there before; what was wished of it already stays."""
        self._displays[path] = replace(self.of(path), told_saturation=facts.saturation_value)

    def of(self, path: str) -> Display:
        """Return the display of a data set."""
        return self._displays.get(path, Display())

    def set(self, wish: SetDisplay) -> list[str]:
        """Take a wish, and return what cannot be done of it."""
        paths = [wish.data_path] if wish.data_path is not None else list(self._displays)
        mask, faults = None, []
        if wish.mask.mask_path is not None:
            try:
                mask = self._mask(wish.mask.mask_path)
            except PathError as error:
                faults.append(str(error))
        for path in paths:
            before = self._displays.get(path, Display())
            self._displays[path] = replace(before, rules=wish.mask, percentiles=wish.percentiles, combine=wish.combine, pixel_mask=mask)
        return faults

    def _mask(self, path: str) -> Mask:
        """Read a mask once: True is masked."""
        if path not in self._masks:
            try:
                found = open_object(self._h5file, path)
                if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "iufb":
                    raise PathError(f"{path} is no pixel mask.", "Name a data set of numbers, 0 where a pixel is good.")
                self._masks[path] = np.asarray(found[()] != 0)
            except (OSError, RuntimeError, KeyError, ValueError) as error:
                raise PathError(f"The pixel mask {path} cannot be read: {error}.", "The frames are shown without it.") from error
        return self._masks[path]
