"""How the frames of one data set are prepared: what of them is shown, which pixels are masked, what is measured."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import (
    FrameStatistics,
    FrameView,
    LevelStatistics,
    MaskRules,
    Part,
    examine,
    marked,
    resolve_view,
    saturation_of,
)
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.frozen import frozen
from swmr_viewer.decoding import share
from swmr_viewer.reader.child.preparing.pixel_masks import Mask
from swmr_viewer.reader.messages import SetDisplay

Measures = tuple[LevelStatistics | None, FrameStatistics]
PreviewOf = tuple[int, npt.NDArray[np.float32] | None]
"""Block size, and where it goes; None: it is not wanted."""
NO_PREVIEW: PreviewOf = (1, None)


@frozen(eq=False)
class FramePreparer:
    """How the frames of one data set are prepared."""

    settings: SetDisplay = field(default_factory=lambda: SetDisplay(0))
    """Of the window, or those that the facts suggest."""
    facts: DataFacts = field(default_factory=DataFacts)

    def view_of(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> FrameView:
        return resolve_view(shape, dtype, self.facts.interpretation, self.settings.view)

    def prepare(self, frame: npt.NDArray[Any], mask: Mask | None = None, out: npt.NDArray[Any] | None = None) -> npt.NDArray[Any]:
        """Return what is shown of a whole frame, masked pixels marked by their value: a view on the frame, or in ``out``."""
        return marked(self.view_of(frame.shape, frame.dtype).shown(frame, out), self.settings.mask, mask)

    def examine(
        self,
        frame: npt.NDArray[Any],
        prepared: npt.NDArray[Any],
        levels: bool = True,
        combined: int = 1,
        how: str | None = None,
        preview: PreviewOf = NO_PREVIEW,
    ) -> Measures:
        """Measure what was `prepared` of a frame; a coloured pixel is saturated where any of its colours is."""
        limit, percentiles = self.saturation(frame.dtype, combined, how), self.settings.percentiles if levels else None
        view = self.view_of(frame.shape, frame.dtype)
        if limit is None or view.part is not Part.COLOR:
            return examined(prepared, percentiles, preview, limit)
        within, statistics = examined(prepared, percentiles, preview)
        n_saturated = int(np.count_nonzero((view.picked(frame)[..., :3] >= limit).any(axis=-1)))
        return within, replace(statistics, n_saturated=n_saturated)

    def saturation(self, dtype: npt.DTypeLike, combined: int = 1, how: str | None = None) -> float | None:
        """Return from which value on a pixel is saturated; in a sum: if it was in each frame. ``how`` they are combined, if not as set."""
        limit = saturation_of(dtype, self.facts.saturation_value)
        return None if limit is None else limit * (combined if (how or self.settings.combine.how) == "sum" else 1)


def examined(
    pixels: npt.NDArray[Any], percentiles: tuple[float, float] | None, preview: PreviewOf, saturation: float | None = None
) -> Measures:
    """Measure what is shown, and make it small, on as many threads as it is worth."""
    factor, out = preview
    return examine(pixels, percentiles, saturation, factor=factor, out=out, share=share)


def default_preparer(facts: DataFacts) -> FramePreparer:
    """Return how frames are prepared until the window sets something else."""
    return FramePreparer(SetDisplay(0, MaskRules(mask_path=facts.mask_path, gaps=facts.gap_values)), facts)
