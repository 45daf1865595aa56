"""What an output takes from the source while both grow: the axes of the scan, and what tells the scan from another one."""

from __future__ import annotations

import h5py

from swmr_viewer.core.file_state import Change
from swmr_viewer.core.files import identity_of_file
from swmr_viewer.reducing.output.content import FINGERPRINT, OutputContent
from swmr_viewer.reducing.output.layout import scan_axes
from swmr_viewer.reducing.output.pending_runs import PendingRuns
from swmr_viewer.reducing.output.source_facts import fingerprint_of

_MOST_LOOKS = 5
"""At results, for one whose frame tells its scan from another."""


class FromSource:
    """Copies from the source into an output that is open.

    Parameters
    ----------
    source : h5py.File
        What is reduced.
    h5file : h5py.File
        The output; it has everything already.
    content : OutputContent
        What it is of.
    scan_rank : int
        How many axes the scan has.
    """

    def __init__(self, source: h5py.File, h5file: h5py.File, content: OutputContent, scan_rank: int) -> None:
        self._source, self._data_path = source, content.source.data_path
        group = h5file[content.group_path]
        self._axes = scan_axes(group, content, source, scan_rank, only=group.keys())
        self._frame = h5file[FINGERPRINT]
        self._n_looks = 0 if self._frame[0] else _MOST_LOOKS

    def update(self, pending: PendingRuns) -> None:
        """Take what belongs to new results."""
        if not self._is_whole():
            return
        if self._n_looks:
            self._n_looks -= 1
            self._note(next(iter(pending))[0])
        boxes = pending.boxes()
        for axis in self._axes:
            for box in boxes:
                axis.update(box)

    def update_all(self, scan_shape: tuple[int, ...]) -> None:
        """Take all positions of the scan: they may have been read back after the last frame."""
        if self._is_whole():
            for axis in self._axes:
                axis.update(tuple(slice(0, n) for n in scan_shape))

    def _is_whole(self) -> bool:
        """Whether the source is open and what it was: one that was written anew in place reads as a mixture."""
        return bool(self._source) and identity_of_file(self._source).look() is not Change.REWRITTEN

    def _note(self, position: tuple[int, ...]) -> None:
        """Keep what tells the first frame of a result from that of another scan."""
        found = fingerprint_of(self._source, self._data_path, position).encode()
        if 0 < len(found) <= self._frame.dtype.itemsize:
            self._frame[0] = found
            self._frame.flush()
            self._n_looks = 0
