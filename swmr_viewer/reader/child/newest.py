"""Which frame a live view should show next. Pure: indices in, candidates out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray

_FALLBACKS = 3


class NewestFrame:
    """The frame that completed last.

    In a raster scan that is the highest complete index. Where a snake runs backwards it is not: there the highest one
    would stand still for a whole row, so the direction in which indices arrive decides. A gap that is filled late does
    not pull the view back; a random scan, where nearly every index is far from the one before, does.
    """

    def __init__(self) -> None:
        self._latest: int | None = None
        self._step = 1
        self._orderly = True
        self._settled: int | None = None
        self._given_up: set[int] = set()

    def note_completed(self, indices: IndexArray) -> None:
        """Take note of indices that became complete."""
        if not indices.size:
            return
        lowest, highest = int(indices.min()), int(indices.max())
        if self._latest is None:
            self._latest = highest
            return
        reach = indices.size + 1
        backwards = 0 <= self._latest - highest <= reach
        was_orderly, self._orderly = self._orderly, backwards or 0 <= lowest - self._latest <= reach
        if was_orderly and not self._orderly and highest < self._latest:
            return
        self._step = -1 if backwards else 1
        self._latest = lowest if backwards else highest

    def forget_places(self) -> None:
        """Take note that indices mean other positions now: the scan shape grew."""
        self._latest = self._settled = None
        self._given_up.clear()

    def show_again(self) -> None:
        """Take note that the view holds something else, so that the newest has to be sent again."""
        self._settled = None

    @property
    def is_backwards(self) -> bool:
        """Whether indices come falling: a snake on its way back."""
        return self._step < 0

    @property
    def is_settled(self) -> bool:
        """Whether the newest frame was shown, or given up."""
        return self._latest is None or self._latest == self._settled or self._latest in self._given_up

    def candidates(self, progress: KeyProgress) -> Iterator[int]:
        """Yield the newest frame and, for when it cannot be read yet, a few before it that were not shown."""
        index = self._latest
        for _ in range(_FALLBACKS):
            if index is None or index == self._settled:
                return
            if index not in self._given_up:
                yield index
            index = progress.nearest_complete(index, -self._step)
            if index is not None and self._settled is not None and (index - self._settled) * self._step <= 0:
                return

    def note_shown(self, index: int) -> None:
        """Take note that this frame was sent."""
        self._settled = index

    def give_up_only(self, indices: Iterable[int]) -> None:
        """Take note that these frames will not come, and that no others are known: another data set is shown, or indices moved."""
        self._given_up = set(indices)

    def give_up(self, index: int) -> None:
        """Take note that this frame will not come."""
        self._given_up.add(index)
