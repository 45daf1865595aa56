"""One frame as an HDF5 file with NXdata, made in memory: a process of its own does it for the window, which has no HDF5.

``python -m swmr_viewer.core.frame_file`` reads orders from its standard input until that ends: a line of JSON, then the
frame's bytes (numpy's own ``save`` needs to seek, and pipes cannot). It answers each on its standard output: one line of JSON
with the number of bytes, or an error, then the bytes of the file. A process of its own and not the reader's: compressing a
frame takes as long as several frames take to come, and the live picture must not wait for a snapshot.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import IO, Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.nexus_writing import allowed_names, new_group, write_values

COMPRESS_FROM = 1 << 16
"""Bytes; below, the bookkeeping is larger than what is saved."""
GZIP_LEVEL = 2
"""Of 1 to 9. gzip, because every HDF5 reads it; the better filters are plugins that other programs may lack."""
LEAST_RANK = {"scalar": 0, "spectrum": 1, "image": 2, "rgba-image": 3, "hsla-image": 3, "cmyk-image": 3}
"""How many axes a signal needs at least for NeXus' ``interpretation``; with fewer, programs refuse to plot it."""


def frame_file(pixels: npt.NDArray[Any], description: dict[str, Any]) -> bytes:
    """Return the bytes of an HDF5 file that NeXus programs plot by themselves.

    Parameters
    ----------
    pixels : ndarray
        The frame, of any rank; stored with its own type and byte order.
    description : dict
        ``title``, ``interpretation`` ("image", "spectrum", "scalar" or ""), ``unit``, ``axes`` (per axis of the
        frame a dict with ``name``, ``unit`` and ``values``, a list or None) and ``origin``: numbers, texts, lists of
        them, and dicts of all these, by name, kept beside the frame; its ``motor_positions`` (``name``, ``value``,
        ``unit`` of each) become positioners of the instrument.

    Returns
    -------
    bytes
        ``/entry/data`` is the default NXdata, with ``data`` as its signal and one axis per axis of the frame
        (NeXus manual, "Associating plottable data", version 3). It has the title itself: silx looks for it there, and
        nexusformat in the entry as well.
    """
    with h5py.File("frame.h5", "w", driver="core", backing_store=False) as file:
        file.attrs.update({"NX_class": "NXroot", "default": "entry", "creator": "swmr_viewer"})
        entry = new_group(file, "entry", "NXentry")
        entry.attrs["default"] = "data"
        entry["title"] = description["title"]
        _write_data(new_group(entry, "data", "NXdata"), pixels, description)
        origin = dict(description["origin"])
        _write_positions(entry, origin.pop("motor_positions", []))
        write_values(entry, "origin", origin)
        file.flush()
        return bytes(file.id.get_file_image())


def _write_data(group: h5py.Group, pixels: npt.NDArray[Any], description: dict[str, Any]) -> None:
    packed: dict[str, Any] = {"compression": "gzip", "compression_opts": GZIP_LEVEL, "shuffle": True}
    data = group.create_dataset("data", data=pixels, **(packed if pixels.ndim and pixels.nbytes >= COMPRESS_FROM else {}))
    if LEAST_RANK.get(description["interpretation"], pixels.ndim + 1) <= pixels.ndim:
        data.attrs["interpretation"] = description["interpretation"]
    if description["unit"]:
        data.attrs["units"] = description["unit"]
    group.attrs["signal"] = "data"
    group["title"] = description["title"]
    names = _axis_names(description["axes"])
    if names:
        group.attrs["axes"] = names
    for number, (name, axis) in enumerate(zip(names, description["axes"], strict=True)):
        group[name] = axis["values"] if axis["values"] is not None else np.arange(pixels.shape[number])
        _describe_axis(group[name], axis, "pixel" if axis["values"] is None and pixels.ndim == 2 else "")
        group.attrs[f"{name}_indices"] = number


def _describe_axis(values: h5py.Dataset, axis: dict[str, Any], usual_unit: str) -> None:
    """Give an axis its unit (an empty one is drawn as ``()``) and, where NeXus does not allow it as a name, what the file calls it."""
    if unit := axis["unit"] or usual_unit:
        values.attrs["units"] = unit
    if axis["name"] and not values.name.endswith(f"/{axis['name']}"):
        values.attrs["long_name"] = f"{axis['name']} ({unit})" if unit else axis["name"]


def _write_positions(entry: h5py.Group, positions: list[dict[str, Any]]) -> None:
    """Write where the motors were, each as an NXpositioner: of the name that NeXus allows, and its own one beside."""
    instrument = new_group(entry, "instrument", "NXinstrument") if positions else None
    for allowed, position in zip(_axis_names(positions), positions, strict=True):
        assert instrument is not None
        positioner = new_group(instrument, allowed, "NXpositioner")
        positioner["name"], positioner["value"] = position["name"], position["value"]
        if position["unit"]:
            positioner["value"].attrs["units"] = position["unit"]


def _axis_names(axes: list[dict[str, Any]]) -> list[str]:
    return allowed_names([axis["name"] for axis in axes])


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Make files until the orders end."""
    while line := orders.readline():
        order = json.loads(line)
        content = orders.read(order["bytes"])
        try:
            pixels = np.frombuffer(content, order["dtype"]).reshape(order["shape"])
            image = frame_file(pixels, order["description"])
            answers.write(json.dumps({"bytes": len(image)}).encode() + b"\n" + image)
        except (OSError, ValueError, TypeError, RuntimeError, KeyError) as error:
            answers.write(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode() + b"\n")
        answers.flush()


def main() -> int:
    """Serve the window; its end closes the pipe, which ends this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches both; the window ends in its own way
    serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
