"""Data sets that are not there yet when a scan is opened: their links are tried again until they lead somewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import h5py

from swmr_viewer.core.errors import PathNotThereError, SwmrViewerError
from swmr_viewer.core.files.links import open_object
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.waiting import Retries
from swmr_viewer.reader.child.layout import refuse_too_large, slot_layout

_LEADS_NOWHERE = "its link leads nowhere yet"
_NO_KEYS, _NO_PART = "its keys are not there yet", "no part of it is there yet"


class LateData:
    """What is waited for, and why.

    Before a key dataset is there nobody knows how many of the data's axes are the scan's, so data wait for keys as well.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, h5file: h5py.File, clock: Callable[[], float] = time.monotonic) -> None:
        self._h5file = h5file
        self._whys: dict[str, str] = {}
        self._retries = Retries(clock)

    @property
    def paths(self) -> tuple[str, ...]:
        """The data sets that are waited for."""
        return tuple(self._whys)

    @property
    def waits(self) -> tuple[tuple[str, str], ...]:
        """(path, why) of each of them."""
        return tuple(self._whys.items())

    @property
    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return bool(self._whys) and self._retries.is_due

    def open_all(self, paths: Iterable[str], follower: Follower) -> tuple[dict[str, FrameGrabber], list[SwmrViewerError]]:
        """Open data sets; those that are not there yet are waited for from now on.

        Returns
        -------
        dict
            What could be opened, by path.
        list of SwmrViewerError
            What will not be there by waiting.
        """
        opened: dict[str, FrameGrabber] = {}
        errors: list[SwmrViewerError] = []
        for path in paths:
            try:
                if not follower.extent_is_known:
                    self._note_late(path, _NO_KEYS)
                    continue
                grabber = FrameGrabber(self._h5file, path, scan_shape=follower.scan_shape)
                refuse_too_large(path, slot_layout(grabber.frame_shape, grabber.dtype))
                opened[path] = grabber
                self._whys.pop(path, None)
            except SwmrViewerError as error:
                if not self._may_come(path, error):
                    errors.append(error)
                    self._whys.pop(path, None)
        return opened, errors

    def look(self, follower: Follower) -> tuple[dict[str, FrameGrabber], list[SwmrViewerError]]:
        """Try those that are waited for once more; as :meth:`open_all`."""
        with self._retries.trying():
            return self.open_all(self.paths, follower)

    def _note_late(self, path: str, otherwise: str) -> None:
        """Take note of why it has to wait: because of its link, or otherwise this.

        Raises
        ------
        PathNotThereError
            If there is not even a link: what is made after the file was opened is seen by a new open only.
        """
        self._whys[path] = _LEADS_NOWHERE if open_object(self._h5file, path) is None else otherwise

    def _may_come(self, path: str, error: SwmrViewerError) -> bool:
        """Whether something at this path is worth waiting for; take note of it if it is."""
        if not isinstance(error, PathNotThereError):
            return False
        try:
            self._note_late(path, _NO_PART)
        except PathNotThereError:
            return False
        return True
