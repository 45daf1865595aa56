"""What stands where in an output: results with their axes, keys, the finished flag, and notes of what was done (NeXus).

/entry                   NXentry
  NAME                   NXdata: one data set per output, their axes, the scan's axes
  NAME_OUTPUT            NXdata: links, for outputs of another shape than the first one: NeXus wants one shape in a group
  keys/NAME              one key per scan point, for all outputs
  scan_finished
  process                NXprocess: program, version, date, the reduction with its parameters, the source
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import h5py
import numpy as np

from swmr_viewer import __version__
from swmr_viewer.core.nexus_writing import allowed_names
from swmr_viewer.core.result_axes import AxisCopy, axes_of, declare_axes
from swmr_viewer.reducing.output.content import LAYOUT, PROGRAM, TAKEN, OutputContent, Shape
from swmr_viewer.reductions import Output

_POINTS_PER_CHUNK, _USUAL_ALONG = 1024, 16
_LONGEST_FINGERPRINT = 400
_INTERPRETATIONS = ("scalar", "spectrum", "image")


def chunk_of(scan_shape: Shape) -> Shape:
    """Return the chunk of what is one number per scan point: some 1,000 of them, as many as fit along the last axis first."""
    chunk = [1] * len(scan_shape)
    room = _POINTS_PER_CHUNK
    for axis in reversed(range(len(scan_shape))):
        length = scan_shape[axis] if scan_shape[axis] > 1 else _USUAL_ALONG  # it will grow
        chunk[axis] = min(length, room) if axis else room
        room = max(1, room // chunk[axis])
    return tuple(chunk)


def write_content(h5file: h5py.File, content: OutputContent, scan_shape: Shape, source: h5py.File) -> None:
    """Put everything into a new file that there will ever be; results and keys grow."""
    _put(h5file.attrs, NX_class="NXroot", default="entry", creator=PROGRAM)
    entry = _new(h5file, "entry", "NXentry", default=content.group_name)
    group = _new(entry, content.group_name, "NXdata")
    rank = len(scan_shape)
    for output in content.outputs:
        _make_output(group, output, scan_shape)
    for name, axis in content.axes():
        _put(group.create_dataset(name, data=np.asarray(axis.values, np.float64)).attrs, units=axis.unit)
    copies = scan_axes(group, content, source, rank)
    _describe(entry, content, copies, rank)
    unlimited = (None,) * rank
    _new(entry, "keys", "NXcollection").create_dataset(
        content.group_name, scan_shape, "i4", maxshape=unlimited, chunks=chunk_of(scan_shape)
    )
    entry.create_dataset("scan_finished", (1,), "i4", maxshape=(None,), chunks=(1,))
    _write_process(entry, content)


def _make_output(group: h5py.Group, output: Output, scan_shape: Shape) -> None:
    dtype, rank = np.dtype(output.dtype), len(scan_shape)
    # One pattern or picture per chunk: it is never half there, and no other is written again with it.
    chunks = (1,) * rank + output.shape if output.shape else chunk_of(scan_shape)
    fill = np.array(np.nan if dtype.kind in "fc" else 0).astype(dtype)[()]
    maxshape = (None,) * rank + output.shape
    made = group.create_dataset(output.name, scan_shape + output.shape, dtype, maxshape=maxshape, chunks=chunks, fillvalue=fill)
    _put(made.attrs, units=output.unit, long_name=output.words)
    if len(output.shape) < len(_INTERPRETATIONS):
        _put(made.attrs, interpretation=_INTERPRETATIONS[len(output.shape)])


def scan_axes(
    group: h5py.Group, content: OutputContent, source: h5py.File, rank: int, only: Collection[str] | None = None
) -> list[AxisCopy]:
    """Copy the axes of the scan into the group of the results, or go on with the copies that are there (``only``)."""
    found = list(axes_of(source, content.source.data_path, rank))
    taken = [*(output.name for output in content.outputs), *(name for name, _ in content.axes())]
    names = allowed_names([name for name, _, _ in found], taken)
    return [
        AxisCopy(name, original, along, group)
        for name, (_, original, along) in zip(names, found, strict=True)
        if only is None or (name in only and group[name].ndim == len(along))
    ]


def _describe(entry: h5py.Group, content: OutputContent, copies: Sequence[AxisCopy], rank: int) -> None:
    """Declare each output over its axes: those that have the shape of the first one in its group, others in groups of links."""
    group = entry[content.group_name]
    alike: dict[Any, list[Output]] = {}
    for output in content.outputs:
        alike.setdefault((output.shape, *content.axes_of_output(output)), []).append(output)
    ours, *others = alike.values()
    _declare(group, content, ours, copies, rank)
    names = allowed_names([f"{content.group_name}_{outputs[0].name}" for outputs in others], [*TAKEN, content.group_name])
    for name, outputs in zip(names, others, strict=True):
        links = _new(entry, name, "NXdata")
        axes = [axis for axis in content.axes_of_output(outputs[0]) if axis != "."]
        for linked in [*(output.name for output in outputs), *(axis.name for axis in copies), *dict.fromkeys(axes)]:
            links[linked] = h5py.SoftLink(f"{group.name}/{linked}")
        _declare(links, content, outputs, copies, rank)


def _declare(group: h5py.Group, content: OutputContent, outputs: list[Output], copies: Sequence[AxisCopy], rank: int) -> None:
    """Say how outputs of one shape are drawn."""
    first, *others = outputs
    _put(group.attrs, signal=first.name)
    if others:
        group.attrs["auxiliary_signals"] = np.array([one.name.encode() for one in others])
    names = content.axes_of_output(first)
    declare_axes(group, copies, rank, names)
    for axis, name in enumerate(names, rank):
        if name != ".":
            group.attrs[f"{name}_indices"] = np.array([axis], np.int32)


def _write_process(entry: h5py.Group, content: OutputContent) -> None:
    process = _new(entry, "process", "NXprocess")
    process.attrs["layout"] = LAYOUT
    date = datetime.now().astimezone().isoformat(timespec="seconds")
    _fields(process, program=PROGRAM, version=__version__, date=date, reduction=content.reduction, outputs=content.outputs_text)
    note = _new(process, "note", "NXnote")
    _fields(note, type="application/json", description="the parameters of the reduction", data=content.values_text)
    _fields(_new(process, "parameters", "NXparameters"), **_as_fields(content.values))
    source, facts = _new(process, "source", "NXcollection"), content.source
    _fields(source, file_name=facts.path, data_path=facts.data_path, inode=np.uint64(facts.inode))
    source.create_dataset("frame", (1,), f"S{_LONGEST_FINGERPRINT}", maxshape=(None,), chunks=(1,))


def _as_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as HDF5 has them: texts, numbers and lists of numbers as they are, others as JSON."""
    names = allowed_names(list(values), (), "parameter")
    return {name: _as_field(value) for name, value in zip(names, values.values(), strict=True) if value is not None}


def _as_field(value: Any) -> Any:
    if isinstance(value, str):
        return value
    try:
        array = np.array(value)
    except ValueError:  # lists of several lengths
        array = np.empty(0)
    return array if array.dtype.kind in "iufb" and array.size else json.dumps(value, sort_keys=True, default=str)


def _new(parent: h5py.Group, name: str, nx_class: str, **attributes: str) -> h5py.Group:
    group = parent.create_group(name)
    _put(group.attrs, NX_class=nx_class, **attributes)
    return group


def _put(attributes: h5py.AttributeManager, **texts: str) -> None:
    """Set attributes, none that are empty. Texts have a fixed length: SWMR readers cannot read others."""
    for name, text in texts.items():
        if text:
            attributes.create(name, **_fixed(text))


def _fields(group: h5py.Group, **values: Any) -> None:
    for name, value in values.items():
        group.create_dataset(name, **(_fixed(value) if isinstance(value, str) else {"data": value}))


def _fixed(text: str) -> dict[str, Any]:
    encoded = text.encode(errors="surrogateescape")
    return {"data": encoded, "dtype": h5py.string_dtype("utf-8", max(1, len(encoded)))}
