"""Masks in files of their own: NPY, TIFF, and, with fabio, EDF and others. Not read in the window's process: it must not load fabio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import PathError, SwmrViewerError

Mask = npt.NDArray[np.bool_]

MOST_PIXELS = 1 << 28
REMEDY = "Choose another mask."
INSTALL = "Install it with: pip install 'swmr-viewer[files]'. Or save the mask as NPY or TIFF."


def read_mask_file(file: str) -> Mask:
    """Return which pixels a file masks: those that are not 0, NaN included.

    Raises
    ------
    PathError
        If it cannot be read, or holds no image of numbers; or fabio is needed, and not installed.
    """
    try:
        values = np.squeeze(_read(Path(file)))
    except ImportError as error:
        raise PathError(f"The mask {file} cannot be read: files of its kind are read by fabio, which is not installed.", INSTALL) from error
    except SwmrViewerError:
        raise
    except Exception as error:  # whatever an untrusted file does to the libraries that read it
        raise PathError(f"The mask {file} cannot be read: {str(error) or type(error).__name__}.", REMEDY) from error
    if values.ndim != 2 or values.dtype.kind not in "iufb":
        raise PathError(f"The mask {file} holds no image of numbers: its shape is {values.shape}.", REMEDY)
    return np.asarray(values != 0)


def _read(file: Path) -> npt.NDArray[Any]:
    ending = file.suffix.lower()
    if ending == ".npy":
        mapped = np.load(file, mmap_mode="r", allow_pickle=False)
        return np.array(_bounded(file, mapped, mapped.shape))
    if ending in (".tif", ".tiff"):
        return _read_tiff(file)
    return _read_by_fabio(file)


def _read_tiff(file: Path) -> npt.NDArray[Any]:
    import tifffile

    with tifffile.TiffFile(file) as opened:
        page: Any = opened.pages[0]
        _bounded(file, None, page.shape)
        return np.asarray(page.asarray())


def _read_by_fabio(file: Path) -> npt.NDArray[Any]:
    import fabio

    with fabio.open(str(file)) as image:
        return np.asarray(_bounded(file, image.data, image.shape))


def _bounded(file: Path, values: Any, shape: Any) -> Any:
    """Return the values, unless there are more than any detector has."""
    if np.prod([int(n) for n in shape], dtype=float) > MOST_PIXELS:
        raise PathError(f"The mask {file} is too large: its shape is {tuple(shape)}.", REMEDY)
    return values
