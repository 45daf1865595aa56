"""A mask of pixels -> NPY, TIFF or EDF: 1 is masked, 0 is good."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import ExportError
from swmr_viewer.export.placing import place_together

MASK_ENDINGS = (".npy", ".tif", ".edf")
EDF_BLOCK = 512
"""The header of an EDF file is as long as a multiple of this (bytes)."""


def write_mask(mask: npt.NDArray[np.bool_], file: str | Path) -> Path:
    """Write a mask (bool, (rows, columns)) as uint8 in the format of the file's ending; NPY where it has none of them.

    Returns
    -------
    Path
        The file, which has a number behind its name where the name was taken: nothing is replaced.

    Raises
    ------
    ExportError
        If it cannot be written.
    """
    target, values = Path(file), np.ascontiguousarray(mask, dtype=np.uint8)
    ending = target.suffix.lower() if target.suffix.lower() in (*MASK_ENDINGS, ".tiff") else ".npy"
    stem = target.stem if target.suffix.lower() == ending else target.name
    try:
        (written,) = place_together({ending: _content(values, ending)}, target.parent, stem)
    except OSError as error:
        raise ExportError(f"The mask cannot be written to {target}: {error.strerror or error}.", "Choose another place.") from error
    return written


def _content(values: npt.NDArray[np.uint8], ending: str) -> bytes:
    buffer = io.BytesIO()
    if ending == ".edf":
        return edf_bytes(values)
    if ending == ".npy":
        np.save(buffer, values, allow_pickle=False)
    else:
        import tifffile  # takes 0.1 s, and most sessions never write one

        tifffile.imwrite(buffer, values)
    return buffer.getvalue()


def edf_bytes(values: npt.NDArray[np.uint8]) -> bytes:
    """Return an image of bytes as an ESRF data file: a header in words, which ends at a multiple of 512 bytes, and the pixels."""
    rows, columns = values.shape
    lines = {
        "HeaderID": "EH:000001:000000:000000",
        "Image": 1,
        "ByteOrder": "LowByteFirst",
        "DataType": "UnsignedByte",
        "Dim_1": columns,
        "Dim_2": rows,
        "Size": values.size,
    }
    words = "{\n" + "".join(f"{name} = {value} ;\n" for name, value in lines.items())
    length = -(-(len(words) + 2) // EDF_BLOCK) * EDF_BLOCK
    return (words.ljust(length - 2) + "}\n").encode("ascii") + values.tobytes()
