"""Frames in files that are not HDF5: NPY, TIFF, and, with fabio, EDF, CBF and others. Read here: the window must not load fabio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import PathError

ENDINGS = (".npy", ".tif", ".tiff", ".edf", ".cbf", ".img", ".mccd", ".bsl")
INSTALL = "Install it with: pip install 'swmr-viewer[files]'. Or save the frames as HDF5, NPY or TIFF."
REMEDY = "Nothing is corrected: choose another file."
MOST_VALUES = 1 << 30


def is_picture(path: str) -> bool:
    """Whether a file is none of HDF5, by the ending of its name."""
    return Path(path).suffix.lower() in ENDINGS


def read_pictures(path: str) -> npt.NDArray[Any]:
    """Return what a file holds: one picture, or a stack of them.

    Raises
    ------
    PathError
        If it cannot be read, or fabio is needed and not installed.
    """
    ending = Path(path).suffix.lower()
    try:
        if ending == ".npy":
            found = np.load(path, mmap_mode="r", allow_pickle=False)
        else:
            found = _of_tiff(path) if ending in (".tif", ".tiff") else _by_fabio(path)
    except ImportError as error:
        raise PathError(f"{path} cannot be read: files of its kind are read by fabio, which is not installed.", INSTALL) from error
    except FileNotFoundError:
        raise
    except PathError:
        raise
    except Exception as error:  # whatever an untrusted file does to the libraries that read it
        raise PathError(f"{path} cannot be read: {str(error) or type(error).__name__}.", REMEDY) from error
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "iuf":
        raise PathError(f"{path} does not hold numbers.", REMEDY)
    return found


def _of_tiff(path: str) -> npt.NDArray[Any]:
    import tifffile

    with tifffile.TiffFile(path) as opened:
        series: Any = opened.series[0]
        _check(path, series.shape)
        return np.asarray(series.asarray())


def _by_fabio(path: str) -> npt.NDArray[Any]:
    import fabio

    with fabio.open(path) as image:
        n = max(1, int(image.nframes))
        _check(path, (n, *image.shape))
        return np.stack([np.asarray(image.get_frame(number).data if n > 1 else image.data) for number in range(n)])


def _check(path: str, shape: tuple[int, ...]) -> None:
    if np.prod([int(n) for n in shape], dtype=float) > MOST_VALUES:
        raise PathError(f"{path} is too large: its shape is {tuple(shape)}.", REMEDY)
