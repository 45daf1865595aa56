"""A snapshot of the shown frame, and the set of files that it becomes."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, field
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from swmr_viewer import __version__
from swmr_viewer.core.data_facts import DataFacts, MotorPosition, color_axis_of
from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.other_files import NO_OTHERS, OtherFiles
from swmr_viewer.export.frame_file_process import FrameFileProcess
from swmr_viewer.export.placing import place_together
from swmr_viewer.export.tables import table

FORMATS = ("png", "tiff", "npy", "h5", "csv", "json")
"""What can be written; the JSON is always written, so that no picture loses where it came from."""


@frozen(eq=False)
class Snapshot:
    """One frame as it was shown, with everything needed to find it again."""

    pixels: npt.NDArray[Any]
    """The frame exactly as the file holds it, or as ``corrected`` and ``compared`` say. Must not change while it is written."""
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
    combined: int = 1
    """How many frames are in ``pixels``."""
    combined_how: str = ""
    """Of more than one: ``sum``, ``mean`` or ``maximum``."""
    frame_time: float | None = None
    """When the frame was taken: seconds since 1970 (UTC)."""
    facts: DataFacts = field(default_factory=DataFacts)
    """What the file says of the data set's axes."""
    motor_positions: tuple[MotorPosition, ...] = ()
    """Where the motors were when the frame was taken."""
    corrected: tuple[tuple[str, str], ...] = ()
    """(dark or flat, where that frame is from) and (method, the formula) by which ``pixels`` were corrected; masked pixels are NaN then."""
    others: OtherFiles = NO_OTHERS
    """The other files that the frame comes from."""
    compared: str = ""
    """What ``pixels`` are in place of the frame: ``frame 341 - reference frame 12``."""


class FrameFileMaker(Protocol):
    """Turns a frame and its description into the bytes of an HDF5 file."""

    def make(self, pixels: npt.NDArray[Any], description: dict[str, Any]) -> bytes: ...


def fitting(formats: Sequence[str], pixels: npt.NDArray[Any]) -> tuple[str, ...]:
    """Return those of the formats that can hold such a frame: TIFF holds images and stacks of them, CSV curves and single values."""
    unfit = {"csv"} if pixels.ndim >= 2 else {"tiff"}
    return tuple(name for name in formats if name not in unfit)


def write_snapshot(
    snapshot: Snapshot,
    folder: Path,
    stem: str,
    formats: Sequence[str] = ("png", "tiff", "npy"),
    *,
    frame_files: FrameFileMaker | None = None,
) -> tuple[Path, ...]:
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
        Any of `FORMATS`: ``png`` as shown; ``tiff`` (images, in their colours where they have some; further axes as a stack), ``npy``,
        ``h5`` (NeXus) and ``csv`` (curves and single values) with the exact data and type. ``json`` is written always.
    frame_files : FrameFileMaker, optional
        Makes the HDF5 files; default: a process that is started for this one.

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
    wanted = [name for name in FORMATS if name in formats or name == "json"]
    contents = {f".{name}": _contents(snapshot, name, frame_files) for name in wanted}
    try:
        return place_together(contents, folder, stem)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportError(
            f"The snapshot could not be written to {folder}: {reason}.", "Choose a folder with room that you may write to."
        ) from error


def _check(snapshot: Snapshot, folder: Path, stem: str, formats: Sequence[str]) -> None:
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise ExportError(f"There is no snapshot format {unknown[0]!r}.", f"Choose from: {', '.join(FORMATS)}.")
    if not stem or stem != PurePath(stem).name or re.search(r'[<>:"/\\|?*\x00-\x1f]', stem):
        raise ExportError(f"{stem!r} cannot be the name of a file.", "Give a name without folders and special characters.")
    if not folder.is_dir():
        raise ExportError(f"The folder {folder} is not there.", "Create it, or choose another one.")
    if "png" in formats and snapshot.png is None:
        raise ExportError("There is no picture to write as PNG.", "Show the frame first, or leave PNG out.")
    if "tiff" in formats and snapshot.pixels.ndim < 2:
        raise ExportError(f"{snapshot.data_path} has frames with {snapshot.pixels.ndim} axes, and TIFF holds images.", "Choose NPY.")
    if "csv" in formats and snapshot.pixels.ndim > 1:
        raise ExportError(f"{snapshot.data_path} has frames with {snapshot.pixels.ndim} axes, and CSV holds curves.", "Choose NPY.")


def _contents(snapshot: Snapshot, wanted: str, frame_files: FrameFileMaker | None) -> bytes:
    if wanted == "png":
        return snapshot.png or b""
    if wanted == "json":
        return json.dumps(description_of(snapshot), indent=2, allow_nan=False).encode() + b"\n"
    if wanted == "csv":
        return _csv(snapshot).encode()
    if wanted == "h5":
        return _frame_file(snapshot, frame_files)
    return _tiff(snapshot) if wanted == "tiff" else _npy(snapshot.pixels)


def _csv(snapshot: Snapshot) -> str:
    if snapshot.pixels.ndim == 0:
        return table({"index": np.array([snapshot.index]), "value": snapshot.pixels[np.newaxis]})
    axis = _axes(snapshot)[0]
    columns: dict[str, npt.NDArray[Any]] = {"channel": np.arange(len(snapshot.pixels))}
    if axis["values"] is not None:
        columns[f"{axis['name']} ({axis['unit']})" if axis["unit"] else axis["name"]] = np.array(axis["values"])
    return table({**columns, "value": snapshot.pixels})


def _frame_file(snapshot: Snapshot, frame_files: FrameFileMaker | None) -> bytes:
    ndim = snapshot.pixels.ndim
    description = {
        "title": f"{PurePath(snapshot.file).name} {snapshot.data_path} frame {snapshot.index}",
        "interpretation": snapshot.facts.interpretation or {0: "scalar", 1: "spectrum", 2: "image"}.get(ndim, ""),
        "unit": snapshot.facts.unit,
        "axes": _axes(snapshot),
        "origin": description_of(snapshot),
    }
    if frame_files is not None:
        return frame_files.make(snapshot.pixels, description)
    with FrameFileProcess() as process:
        return process.make(snapshot.pixels, description)


def _axes(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return name, unit and values (None: counted) of each of the frame's axes, as the file has them where it does."""
    facts, shape = snapshot.facts, snapshot.pixels.shape
    counted = {1: ("channel",), 2: ("y", "x")}.get(len(shape), tuple(f"axis_{n}" for n in range(len(shape))))
    return [
        {
            "name": _at(facts.axis_names, number) or counted[number],
            "unit": _at(facts.axis_units, number) or "",
            "values": _fitting_values(_at(facts.axis_values, number), size),
        }
        for number, size in enumerate(shape)
    ]


def _at(given: tuple[Any, ...], number: int) -> Any:
    return given[number] if number < len(given) else None


def _fitting_values(values: tuple[float, ...] | None, size: int) -> list[float] | None:
    return list(values) if values is not None and len(values) == size else None


def _npy(pixels: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, pixels, allow_pickle=False)
    return buffer.getvalue()


def _tiff(snapshot: Snapshot) -> bytes:
    import tifffile  # takes 0.1 s, and most sessions never write one

    buffer = io.BytesIO()
    try:
        pixels, kind = _tiff_layout(snapshot)
        tifffile.imwrite(buffer, pixels, software=f"swmr_viewer {__version__}", **kind)
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        what = f"{snapshot.pixels.shape} {snapshot.pixels.dtype}"
        raise ExportError(f"TIFF cannot hold the frame of {snapshot.data_path} ({what}): {error}.", "Choose NPY.") from error
    return buffer.getvalue()


def _tiff_layout(snapshot: Snapshot) -> tuple[npt.NDArray[Any], dict[str, Any]]:
    """Return the pixels with their axes where TIFF has them, and the options of tifffile: the values stay as they are.

    Colours that come before the rows or last stay there; between rows and columns TIFF has no place for them, so that
    they come last. tifffile writes the shape of a stack down, and gives it back.
    """
    pixels = snapshot.pixels
    color = color_axis_of(pixels.shape, pixels.dtype, snapshot.facts.interpretation)
    stack: dict[str, Any] = {"metadata": None if pixels.ndim == 2 else {}}
    if color is None:
        return pixels, {"photometric": "minisblack", **stack}
    is_planar = color == pixels.ndim - 3
    extra = ("unassalpha",) * (pixels.shape[color] - 3)
    layout = {"photometric": "rgb", "planarconfig": "separate" if is_planar else "contig", "extrasamples": extra or None, **stack}
    return pixels if is_planar else np.ascontiguousarray(np.moveaxis(pixels, color, -1)), layout


def description_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return everything that is needed to find the frame again, ready for JSON."""
    levels = snapshot.levels
    return {
        "file": snapshot.file,
        **({"source_files": list(snapshot.others.names), "n_source_files": snapshot.others.n} if snapshot.others.names else {}),
        "data_path": snapshot.data_path,
        "key_paths": list(snapshot.key_paths),
        "index": snapshot.index,
        "position": list(snapshot.position),
        "scan_shape": list(snapshot.scan_shape),
        "time": snapshot.taken_at.astimezone().isoformat() if snapshot.taken_at.tzinfo is None else snapshot.taken_at.isoformat(),
        "frame_time": _iso(snapshot.frame_time),
        "motor_positions": [asdict(position) for position in snapshot.motor_positions],
        "combined": snapshot.combined,
        "combined_how": snapshot.combined_how or None,
        "corrected": dict(snapshot.corrected) or None,
        "compared": snapshot.compared or None,
        "shape": list(snapshot.pixels.shape),
        "dtype": snapshot.pixels.dtype.str,
        "levels": list(levels) if levels and all(map(math.isfinite, levels)) else None,
        "color_map": snapshot.color_map,
        "program": "swmr_viewer",
        "version": __version__,
    }


def _iso(unix_s: float | None) -> str | None:
    """Return a time as ISO 8601 (UTC); None where it is not known, or no calendar has it."""
    if unix_s is None:
        return None
    try:
        return datetime.fromtimestamp(unix_s, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
