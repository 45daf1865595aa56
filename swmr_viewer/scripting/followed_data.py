"""What a script follows of a file, where it names only some of it."""

from __future__ import annotations

from collections.abc import Callable

import h5py

from swmr_viewer.core.discovery import inspect_open
from swmr_viewer.core.errors import PathError, PathNotThereError
from swmr_viewer.core.files import open_object, path_named
from swmr_viewer.core.fitting import DataFits, DataShape, fit_data
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.keys import KeyPaths


def what_is_followed(
    h5file: h5py.File,
    data_path: str | h5py.Dataset,
    key_paths: KeyPaths | None,
    follower: Follower | None,
    clock: Callable[[], float],
) -> tuple[str, Follower]:
    """Return the path of the frames, and what follows their keys."""
    path = path_named(h5file, data_path) if data_path else ""
    if path and follower is not None:
        return path, follower
    if path and key_paths is not None:
        return path, Follower(h5file, key_paths, clock=clock)
    found = inspect_open(h5file, [path] if path else [])
    if not path and not found.data_paths:
        raise PathNotThereError(f"No frames of a scan are found in {h5file.filename}.", "Name their data set.")
    if follower is None:
        follower = Follower(
            h5file,
            found.key_paths if key_paths is None else key_paths,
            scan_shape=found.declared_scan_shape if key_paths is None else None,
            finished_path=found.finished_path,
            length_paths=found.length_paths if key_paths is None else (),
            clock=clock,
        )
    return path or found.data_paths[0], follower


def axes_of(h5file: h5py.File, path: str, scan_shape: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Return how many leading axes of a data set are the scan's, and the shape of a frame."""
    try:
        data = open_object(h5file, path)
    except PathNotThereError:
        data = None
    if data is None:
        raise PathNotThereError(f"{path} is not there (yet) in {h5file.filename}.", "Check the path, or wait for the writer.")
    if not isinstance(data, h5py.Dataset):
        raise PathError(f"{path} in {h5file.filename} is no data set.", "Name the data set of the frames.")
    fits = fit_data(DataShape(tuple(data.shape), tuple(data.maxshape)), scan_shape)
    if not isinstance(fits, DataFits):
        raise fits.error()
    return fits.scan_rank, tuple(data.shape[fits.scan_rank :])
