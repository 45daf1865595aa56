"""A band of rows of each image: its mean by column, and the brightest column."""

from dataclasses import dataclass

import numpy as np

from swmr_viewer.reductions import (
    Frame,
    FrameDescription,
    Mask,
    Output,
    OutputAxis,
    Outputs,
    Reduction,
    ReductionError,
    parameter,
)


@dataclass(frozen=True)
class BandParameters:
    """Which rows."""

    first: int = parameter(0, words="first row", low=0)
    n_rows: int = parameter(10, words="number of rows", low=1)


class Band(Reduction):
    """Mean of a band of rows by column, and the brightest column."""

    name = "band"
    words = "Band of rows"
    Parameters = BandParameters
    is_thread_safe = True

    def prepare(self, description: FrameDescription) -> None:
        if len(description.frame_shape) != 2:
            raise ReductionError("Only images have rows.", "Choose a data set of images.")
        rows, columns = description.frame_shape
        first, n_rows = self.parameters.first, self.parameters.n_rows
        if first + n_rows > rows:
            raise ReductionError(f"Rows {first} to {first + n_rows - 1} are not in images of {rows} rows.", "Choose others.")
        self.rows = slice(first, first + n_rows)
        self.columns = np.arange(columns) + 0.5
        axis = OutputAxis("column", self.columns, "pixels")
        self.outputs = (
            Output("profile", (columns,), description.unit, axes=(axis,), words="mean of the band"),
            Output("brightest", unit="pixels", words="brightest column"),
        )

    def __call__(self, frame: Frame, mask: Mask | None) -> Outputs:
        band = frame[self.rows].astype(float)
        good = np.ones(band.shape, bool) if mask is None else ~mask[self.rows]
        n_good = good.sum(axis=0)
        sums = np.where(good, band, 0).sum(axis=0)
        profile = np.divide(sums, n_good, out=np.full(sums.shape, np.nan), where=n_good > 0)
        brightest = self.columns[np.nanargmax(profile)] if n_good.any() else np.nan
        return {"profile": profile, "brightest": brightest}
