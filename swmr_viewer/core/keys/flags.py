"""The finished flag: a small dataset that turns non-zero when the scan ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import h5py
import numpy as np

from swmr_viewer.core.data.refreshing import Refresher
from swmr_viewer.core.errors import PathError, PathNotThereError
from swmr_viewer.core.files.links import leads_out, open_object

_FLAG_NAMES = ("scan_finished", "finished")


class FlagDataset:
    """A finished flag as it is now, whatever its shape and layout.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    path : str
        The dataset.

    Raises
    ------
    PathNotThereError, PathError
        If the path names nothing (yet), or something that is not a dataset of numbers.
    """

    def __init__(self, h5file: h5py.File, path: str) -> None:
        found = open_object(h5file, path)
        if found is None:
            raise PathNotThereError(f"The link {path} in {h5file.filename} leads nowhere yet.", "Wait until its writer has made the file.")
        if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "iufb":
            raise PathError(f"{path} in {h5file.filename} is not a dataset of numbers.", "Name a dataset that turns non-zero at the end.")
        self.path = path
        self._dataset = found
        self._refresher = Refresher(found)

    def is_set(self) -> bool:
        """Return whether any value is non-zero by now; no value at all, and what is not a number, is not set.

        A flag that cannot be refreshed reads as it was when the file was opened, and another condition has to end the scan.
        """
        self._refresher.refresh()
        if self._dataset.shape is None:
            return False
        values = np.asarray(self._dataset[()])
        return bool(np.any((values != 0) & (values == values)))


def flags_near(h5file: h5py.File, key_paths: Iterable[str]) -> Iterator[str]:
    """Yield the paths that are named like a finished flag, beside the key datasets or one group further out, whatever is there."""
    for path in key_paths:
        parents = path.rstrip("/").split("/")[:-1]
        for depth in (len(parents), len(parents) - 1):
            for name in _FLAG_NAMES:
                candidate = "/".join([*parents[:depth], name])
                if depth >= 0 and (candidate in h5file or leads_out(h5file, candidate)):
                    yield candidate
