"""The scan that is reduced: its file, what follows its keys, and what is known of its frames."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import h5py
import numpy as np

from swmr_viewer.analysis import MaskRules, drawn_mask, read_mask_file, resolve_view
from swmr_viewer.core.conditions import default_conditions
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.discovery import inspect_open, refused_text
from swmr_viewer.core.errors import ExternalDataError, NoKeysError, PathError, PathNotThereError, SwmrViewerError
from swmr_viewer.core.files import ALLOW_EXTERNAL, BROKEN, open_object, open_swmr, refuse_another_file
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.nexus import read_facts
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.reducing.messages import ReduceRequest
from swmr_viewer.reductions import FrameDescription, Mask, OutputAxis


@dataclass(eq=False)
class SourceScan:
    """What is open of a scan while it is reduced."""

    h5file: Any
    follower: Follower
    data_path: str
    scan_rank: int
    chunk_length: int
    """How many frames share a chunk along the last axis of the scan."""
    description: FrameDescription
    notes: tuple[str, ...] = ()
    """What people should know of how it is read."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held by each thread while it uses the file, of which there is one: HDF5 would show old pixels by a second handle."""

    def close(self) -> None:
        """Close the file."""
        self.follower.close()
        self.h5file.close()


def open_source(request: ReduceRequest, clock: Callable[[], float]) -> SourceScan:
    """Open what is to be reduced, as the viewer would: what is not named is found.

    Raises
    ------
    FileReplacedError
        If another file has the path by now than the request means.
    SwmrViewerError
        If that is not possible; ``retryable`` where it may be later.
    """
    h5file = open_swmr(request.path, external=request.external)
    try:
        if request.stamp is not None:
            refuse_another_file(h5file, request.stamp)
        return _open_in(h5file, request, clock)
    except BaseException:
        h5file.close()
        raise


def _open_in(h5file: h5py.File, request: ReduceRequest, clock: Callable[[], float]) -> SourceScan:
    given = (*request.key_paths, *request.length_paths)
    named = (request.data_path,) if request.data_path else ()
    # Before anything is held open: a second handle on a data set would break its refresh.
    found = None if given and named else inspect_open(h5file, (*given, *named))
    data_path = request.data_path or next(iter(found.data_paths if found is not None else ()), "")
    if not data_path:
        late = found.late_paths if found is not None else ()
        why = f" {', '.join(late)} lead nowhere yet." if late else ""
        refused = " ".join(refused_text(found.tree)) if found is not None else ""
        if refused:
            raise ExternalDataError(f"No frames of a scan are found in what {request.path} holds itself. {refused}", ALLOW_EXTERNAL)
        raise PathNotThereError(f"No frames of a scan are found in {request.path}.{why}", "Name their data set.")
    keys, lengths = (request.key_paths, request.length_paths) if given or found is None else (found.key_paths, found.length_paths)
    if not keys and not lengths:
        why = " ".join(found.notes) if found is not None else ""
        raise NoKeysError(
            f"No key dataset was found in {request.path}. {why}".strip(), "Name one: a dataset with one value per scan point."
        )
    follow = partial(
        Follower,
        h5file,
        keys,
        termination_conditions=request.conditions or default_conditions(),
        finished_path=request.finished_path or (found.finished_path if found is not None else None),
        order="scan" if request.shows_only else "arrival",  # where nothing is handed out nothing shall wait for it: 40 bytes a frame
        scan_shape=request.scan_shape or (found.declared_scan_shape if found is not None and not given else None),
        length_paths=lengths,
        clock=clock,
    )
    follower = follow()
    if not follower.extent_is_known:
        raise PathNotThereError(
            f"The keys {', '.join(keys)} in {request.path} are not there yet.", "Wait until their writer has made them."
        )
    grabber = FrameGrabber(h5file, data_path, scan_shape=follower.scan_shape)
    if grabber.scan_rank < follower.scan_rank:  # the keys have a tail of axes that is none of the scan's
        follower, rank = follow(scan_rank=grabber.scan_rank), grabber.scan_rank
        grabber.close()
        grabber = FrameGrabber(h5file, data_path, scan_shape=follower.scan_shape)
        assert grabber.scan_rank == rank
    facts = read_facts(h5file, data_path, grabber.scan_rank, grabber.frame_shape)
    notes = () if keys else (f"There are no keys in {request.path}: the length of {', '.join(lengths)} stands in for them.",)
    description, about_masks = _described(h5file, grabber, facts, request)
    chunk_length = grabber.chunk_shape[-1] if grabber.chunk_shape else 1
    grabber.close()  # whoever reads frames opens the data set: nobody else must hold it then
    return SourceScan(h5file, follower, data_path, grabber.scan_rank, chunk_length, description, (*notes, *about_masks))


def _described(
    h5file: h5py.File, grabber: FrameGrabber, facts: DataFacts, request: ReduceRequest
) -> tuple[FrameDescription, tuple[str, ...]]:
    rules = request.rules if request.rules.gaps or not request.rules.sentinel else replace(request.rules, gaps=facts.gap_values)
    if rules.mask_path is None and request.uses_file_mask and facts.mask_path is not None:
        rules = replace(rules, mask_path=facts.mask_path)
    view = resolve_view(grabber.frame_shape, grabber.dtype, facts.interpretation)
    # An axis of length 1 is dropped as the window drops it: of data of (n, 1, rows, columns) a frame is an image.
    drops_axes = view.color_axis is None and not view.further
    shape, facts = (view.shown_shape, facts.of_axes(view.axes)) if drops_axes else (grabber.frame_shape, facts)
    mask, notes = _mask(h5file, rules, shape, is_named=request.rules.mask_path is not None)
    described = zip(facts.axis_names, facts.axis_units, facts.axis_values, strict=True)
    axes = tuple(None if values is None else OutputAxis(name, np.asarray(values, np.float64), unit) for name, unit, values in described)
    return (
        FrameDescription(
            frame_shape=shape,
            dtype=grabber.dtype.str,
            mask=mask,
            rules=rules,
            geometry=request.geometry.over(facts.geometry),
            axes=axes,
            unit=facts.unit,
            saturation_value=facts.saturation_value,
            data_path=grabber.path,
        ),
        notes,
    )


def _mask(h5file: h5py.File, rules: MaskRules, shape: tuple[int, ...], *, is_named: bool) -> tuple[Mask | None, tuple[str, ...]]:
    """Return the mask of all frames: the file's own, one of another file, what was drawn. One that was named counts, or is an error."""
    notes: list[str] = []
    mask: Mask | None = None
    if rules.mask_path is not None:
        try:
            mask = _mask_in(h5file, rules.mask_path, shape)
        except PathError as error:
            if is_named:
                raise
            notes.append(f"{error.message} Frames are reduced without it.")
    if rules.has_own_mask:
        start = read_mask_file(rules.mask_file) if rules.mask_file is not None else None
        if start is not None and start.shape != shape:
            raise PathError(
                f"The mask {rules.mask_file} has the shape {shape_text(start.shape)}, and frames have {shape_text(shape)}.",
                "Choose another.",
            )
        own = drawn_mask(rules.drawn, shape, start)
        mask = own if mask is None else mask | own
    return mask, tuple(notes)


def _mask_in(h5file: h5py.File, path: str, shape: tuple[int, ...]) -> Mask:
    """Return a pixel mask of the file: what is not 0, axes of length 1 left out.

    Raises
    ------
    PathError
        If it cannot be used: one with a mask for each frame is not.
    """
    try:
        found = open_object(h5file, path)
        if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "iufb" or found.shape is None:
            raise PathError(f"The pixel mask {path} does not hold numbers.", "Name another.")
        if tuple(n for n in found.shape if n != 1) != tuple(n for n in shape if n != 1):
            shapes = f"{shape_text(found.shape)}, and frames have {shape_text(shape)}"
            raise PathError(f"The pixel mask {path} has the shape {shapes}: it is no mask of all frames.", "Name another.")
        return np.asarray(found[()] != 0).reshape(shape)
    except (*BROKEN, SwmrViewerError) as error:
        if isinstance(error, PathError):
            raise
        raise PathError(f"The pixel mask {path} cannot be read: {error}", "Name another.") from error
