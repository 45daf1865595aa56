"""A snapshot of the shown frame, and the set of files that it becomes."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer import __version__
from swmr_viewer.core.errors import ExportError
from swmr_viewer.export.placing import place_together

FORMATS = ("png", "tiff", "npy", "json")
"""What can be written; the JSON is always written, so that no picture loses where it came from."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One frame as it was shown, with everything needed to find it again."""

    pixels: npt.NDArray[Any]
    """The frame exactly as the file holds it: image, spectrum or scalar. Must not change while it is written."""
    file: str
    data_path: str
    key_paths: tuple[str, ...]
    index: int
    position: tuple[int, ...]
    scan_shape: tuple[int, ...]
    taken_at: datetime
    """With a time zone."""
    levels: tuple[float, float] | None = None
    """Values shown in the first and in the last colour."""
    color_map: str = ""
    png: bytes | None = None
    """The picture as the window drew it."""


def stem_of(snapshot: Snapshot) -> str:
    """Return a file name without ending that is allowed on every platform: file, data set and index."""
    name = f"{PurePath(snapshot.file).stem}_{snapshot.data_path.strip('/')}_{snapshot.index:06d}"
    return re.sub(r"[^\w.+-]+", "-", name)


def write_snapshot(snapshot: Snapshot, folder: Path, stem: str, formats: Sequence[str] = FORMATS) -> tuple[Path, ...]:
    """Write a snapshot as a set of files that share one name, and replace nothing.

    Parameters
    ----------
    snapshot : Snapshot
        What to write.
    folder : Path
        An existing folder.
    stem : str
        File name without ending; where a file of the set exists already, the whole set
        takes the next free of ``stem-2``, ``stem-3`` ...
    formats : sequence of str
        Any of `FORMATS`: ``png`` as shown, ``tiff`` (images alone) and ``npy`` with the exact data and type.

    Returns
    -------
    tuple of Path
        The files, in the order of `FORMATS`. They appear complete or not at all.

    Raises
    ------
    ExportError
        If the request makes no sense, or the folder cannot be written to.
    """
    _check(snapshot, folder, stem, formats)
    wanted = [one for one in FORMATS if one in formats or one == "json"]
    contents = {f".{one}": _contents(snapshot, one) for one in wanted}
    try:
        return place_together(contents, folder, stem)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportError(
            f"The snapshot could not be written to {folder}: {reason}.", "Choose a folder with room that you may write to."
        ) from error


def _check(snapshot: Snapshot, folder: Path, stem: str, formats: Sequence[str]) -> None:
    unknown = [one for one in formats if one not in FORMATS]
    if unknown:
        raise ExportError(f"There is no snapshot format {unknown[0]!r}.", f"Choose from: {', '.join(FORMATS)}.")
    if not stem or stem != PurePath(stem).name or re.search(r'[<>:"/\\|?*\x00-\x1f]', stem):
        raise ExportError(f"{stem!r} cannot be the name of a file.", "Give a name without folders and special characters.")
    if not folder.is_dir():
        raise ExportError(f"The folder {folder} is not there.", "Create it, or choose another one.")
    if "png" in formats and snapshot.png is None:
        raise ExportError("There is no picture to write as PNG.", "Show the frame first, or leave PNG out.")
    if "tiff" in formats and snapshot.pixels.ndim != 2:
        raise ExportError(f"{snapshot.data_path} has frames with {snapshot.pixels.ndim} axes, and TIFF holds images.", "Choose NPY.")


def _contents(snapshot: Snapshot, wanted: str) -> bytes:
    if wanted == "png":
        return snapshot.png or b""
    if wanted == "json":
        return json.dumps(_description(snapshot), indent=2, allow_nan=False).encode() + b"\n"
    return _tiff(snapshot) if wanted == "tiff" else _npy(snapshot.pixels)


def _npy(pixels: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, pixels, allow_pickle=False)
    return buffer.getvalue()


def _tiff(snapshot: Snapshot) -> bytes:
    import tifffile  # takes 0.1 s, and most sessions never write one

    buffer = io.BytesIO()
    try:
        tifffile.imwrite(buffer, snapshot.pixels, photometric="minisblack", metadata=None, software=f"swmr_viewer {__version__}")
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        kind = f"{snapshot.pixels.shape} {snapshot.pixels.dtype}"
        raise ExportError(f"TIFF cannot hold the frame of {snapshot.data_path} ({kind}): {error}.", "Choose NPY.") from error
    return buffer.getvalue()


def _description(snapshot: Snapshot) -> dict[str, Any]:
    levels = snapshot.levels
    return {
        "file": snapshot.file,
        "data_path": snapshot.data_path,
        "key_paths": list(snapshot.key_paths),
        "index": snapshot.index,
        "position": list(snapshot.position),
        "scan_shape": list(snapshot.scan_shape),
        "time": snapshot.taken_at.astimezone().isoformat() if snapshot.taken_at.tzinfo is None else snapshot.taken_at.isoformat(),
        "shape": list(snapshot.pixels.shape),
        "dtype": snapshot.pixels.dtype.str,
        "levels": list(levels) if levels and all(map(math.isfinite, levels)) else None,
        "color_map": snapshot.color_map,
        "program": "swmr_viewer",
        "version": __version__,
    }
