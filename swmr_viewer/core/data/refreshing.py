"""Making visible what a writer has flushed, for the datasets that survive it."""

from __future__ import annotations

import h5py


def can_refresh(dataset: h5py.Dataset) -> bool:
    """Return whether refreshing this dataset is safe.

    A contiguous dataset that was not allocated when the file was opened loses its handle for good at the first refresh
    after it is ("invalid dataset size, likely file corruption", HDFGroup/hdf5#5251); it can only be read as it was.
    """
    return dataset.chunks is not None or dataset.is_virtual or dataset.id.get_offset() is not None
