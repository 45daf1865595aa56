"""Making visible what a writer has flushed, for the datasets that survive it, by the only handle on them in this process."""

from __future__ import annotations

import h5py
from h5py._objects import phil

from swmr_viewer.core.errors import HeldTwiceError
from swmr_viewer.core.files import is_open


def can_refresh(dataset: h5py.Dataset) -> bool:
    """Return whether refreshing this dataset is safe.

    A contiguous dataset that was not allocated when the file was opened loses its handle for good at the first refresh
    after it is ("invalid dataset size, likely file corruption", HDFGroup/hdf5#5251); it can only be read as it was.
    """
    return dataset.chunks is not None or dataset.is_virtual or dataset.id.get_offset() is not None


class Refresher:
    """Refreshes one dataset.

    A second handle leaves stale chunks in the cache (measured: every frame read as the first one). The caller's script may hold
    one, and may open or close one at any time. So ours is given up for the caller's, and is opened anew when that is closed:
    datasets that are followed go by ``dataset``, and nobody keeps its ``id``.

    Parameters
    ----------
    dataset : h5py.Dataset
        Stays the same object, whatever its handle.
    """

    def __init__(self, dataset: h5py.Dataset) -> None:
        self._dataset = dataset
        self._survives = can_refresh(dataset)
        self._n_open = -1
        """Datasets that were open in this process at the last look: asking for their number takes 3 us, for each of them 60."""
        self._home: tuple[h5py.File, str] | None = None
        """Where to open it anew, if it goes by the caller's handle."""

    @property
    def dataset(self) -> h5py.Dataset:
        """The dataset, with a handle that is open (unless its file was closed)."""
        if self._home is not None and not is_open(self._dataset) and self._home[0]:
            file, name = self._home
            self._home = None
            h5py.Dataset.__init__(self._dataset, h5py.h5d.open(file.id, name.encode()))
        return self._dataset

    def refresh(self) -> None:
        """Make visible what was flushed (a dataset that would not survive it stays as it was).

        Raises
        ------
        HeldTwiceError
            If the caller holds several handles on it.
        """
        if not self._survives:
            return
        if n_open_datasets() != self._n_open:
            self._go_by_the_callers_handle()
            self._n_open = n_open_datasets()
        self.dataset.refresh()

    def _go_by_the_callers_handle(self) -> None:
        dataset = self.dataset
        others = [other for other in _handles_on(_where(dataset.id), dataset.file) if other.id != dataset.id.id]
        if len(others) > 1:
            raise HeldTwiceError(
                f"{dataset.name} in {dataset.file.filename} is open {len(others)} times elsewhere in this process: "
                "HDF5 would show old values.",
                "Keep one handle on it at most (del the others).",
            )
        for other in others:
            self._home = dataset.file, str(dataset.name)
            h5py.Dataset.__init__(dataset, other)


class HeldElsewhere:
    """A virtual dataset that is read from its sources, and that the caller may hold open all the same.

    Once the caller has read it, HDF5 holds its sources open behind it, and these read stale (measured: frame 0 for every later
    one). Refreshing it lets go of them.

    Parameters
    ----------
    dataset : h5py.Dataset
        Is not kept.
    """

    def __init__(self, dataset: h5py.Dataset) -> None:
        self._file = dataset.file
        self._where = _where(dataset.id)
        self._n_open = -1
        self._is_held = False

    def let_go(self) -> None:
        """Let HDF5 close the sources that it holds open; costs 3 us where nobody holds the dataset."""
        n_open = n_open_datasets()
        if n_open != self._n_open:
            self._n_open = n_open
            self._is_held = any(True for _ in _handles_on(self._where, self._file))
        if self._is_held:
            for handle in _handles_on(self._where, self._file):
                handle.refresh()


def n_open_datasets() -> int:
    """Return how many datasets are open in this process: one more may be the caller's, beside ours."""
    return int(h5py.h5f.get_obj_count(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_DATASET))


def _handles_on(where: tuple[int, int], file: h5py.File) -> list[h5py.h5d.DatasetID]:
    """Return the handles on an object, without a reference of their own: HDF5 refuses to refresh a handle that has two.

    h5py's lock is held until they are given up: another thread that refreshes its data set meanwhile would lose it for good ("ID already
    in use", and then "not a valid dataset identifier").
    """
    with phil:
        handles = h5py.h5f.get_obj_ids(file.id, h5py.h5f.OBJ_DATASET)
        for handle in handles:
            if h5py.h5i.get_ref(handle) > 1:
                handle.locked = True  # or h5py would give up the owner's reference with it
                h5py.h5i.dec_ref(handle)
        return [handle for handle in handles if _where(handle) == where]


def _where(handle: h5py.h5d.DatasetID) -> tuple[int, int]:
    found = h5py.h5o.get_info(handle)
    return int(found.addr), int(found.fileno)
