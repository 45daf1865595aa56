"""Where a spectrum's channels lie on its axis, and the way back (pure numpy)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


class ChannelAxis:
    """Channel n covers [n, n + 1) of the channel coordinate; on the axis its value stands at its middle.

    Parameters
    ----------
    values : float64 array (n,)
        Where each channel is drawn; n is 1 or more.
    """

    def __init__(self, values: npt.NDArray[np.float64]) -> None:
        self.values = values
        steps = np.diff(values)
        self.is_one_way = bool(np.isfinite(values).all() and ((steps > 0).all() or (steps < 0).all()))
        """Whether the values only rise, or only fall: else a place on the axis belongs to no one channel."""

    def __len__(self) -> int:
        return len(self.values)

    def place(self, channel: float) -> float:
        """Return where a channel coordinate is on the axis; beyond the ends the last step goes on."""
        at = channel - 0.5
        start, step = self._from(int(np.floor(at)))
        return float(self.values[start] + (at - start) * step)

    def channel(self, place: float) -> float:
        """Return the channel coordinate of a place on an axis that is one way."""
        falls = len(self) > 1 and self.values[1] < self.values[0]
        found = np.searchsorted(-self.values, -place, "right") if falls else np.searchsorted(self.values, place, "right")
        start, step = self._from(int(found) - 1)
        return float(start + (place - self.values[start]) / step + 0.5)

    def clipped(self, place: float) -> float:
        """Return the place, or the end of the first or last channel where it is beyond."""
        return self.place(min(max(self.channel(place), 0.0), float(len(self))))

    def _from(self, wanted: int) -> tuple[int, float]:
        """The channel from which to go on, and how far the next one is."""
        if len(self) == 1:
            return 0, 1.0
        start = min(max(wanted, 0), len(self) - 2)
        return start, float(self.values[start + 1] - self.values[start])
