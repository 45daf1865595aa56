"""What a reduction says that it makes, and what it made of a frame: held against one another before anything is written."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.reductions.contract import FrameDescription, Output, OutputAxis, Reduction, ReductionError
from swmr_viewer.reductions.parameters import checked_parameters

MOST_OUTPUTS = 10_000
MOST_BYTES = 1 << 30
LONGEST_NAME = 100
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_IN_WORDS = {0: "a number", 1: "a pattern", 2: "a picture"}


def is_name(name: object) -> bool:
    """Return whether data sets and groups can have this name: a letter first, then letters, digits and ``_``."""
    return isinstance(name, str) and len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def prepare_reduction(reduction: Reduction, description: FrameDescription) -> tuple[Output, ...]:
    """Prepare a reduction, wherever it runs, and return its outputs.

    Raises
    ------
    ReductionError
        If its parameters are out of bounds, it cannot be prepared for such frames, or its outputs are none: why, in a sentence.
    """
    name = type(reduction).name
    if 0 in description.frame_shape:
        raise ReductionError(f"Frames of {shape_text(description.frame_shape)} have no pixels.", "Choose another data set.")
    try:
        reduction.parameters = checked_parameters(reduction.parameters)
        reduction.prepare(description)
    except ReductionError:
        raise
    except SwmrViewerError as error:
        raise ReductionError(error.message, error.remedy) from error
    except (Exception, SystemExit) as error:
        raise ReductionError(f"{name} cannot be prepared: {type(error).__name__}: {error}.") from error
    reduction.outputs = checked_outputs(reduction.outputs, name)
    return reduction.outputs


def prepared_copy(reduction: Reduction, description: FrameDescription) -> Reduction:
    """Return a copy of a reduction that is prepared; it itself stays as it is, to be sent to others.

    Raises
    ------
    ReductionError
        If it cannot be copied, or as for `prepare_reduction`.
    """
    try:
        copied = copy.deepcopy(reduction)
    except Exception as error:
        raise ReductionError(
            f"{type(reduction).name} cannot be copied for those who work: {type(error).__name__}: {error}.",
            "Let it hold nothing but its parameters until it is prepared.",
        ) from error
    prepare_reduction(copied, description)
    return copied


def checked_outputs(outputs: Iterable[Output], name: str) -> tuple[Output, ...]:
    """Return the outputs that a reduction declares.

    Parameters
    ----------
    outputs : iterable of Output
        As ``prepare`` set them.
    name : str
        Of the reduction, for the words.

    Raises
    ------
    ReductionError
        If there are none, two have one name, or one cannot be written.
    """
    found = tuple(outputs) if isinstance(outputs, tuple | list) else ()
    if not 0 < len(found) <= MOST_OUTPUTS or not all(isinstance(one, Output) for one in found):
        raise ReductionError(f"{name} declares no outputs.", f"Let prepare set self.outputs to 1 to {MOST_OUTPUTS} of Output.")
    places: dict[str, Output | OutputAxis] = {}
    for one in found:
        if why_not := _fault_of(one):
            raise ReductionError(f"The output {one.name!s:.40} of {name} cannot be written: {why_not}.")
        for part in (one, *one.axes):
            earlier = places.setdefault(part.name, part)
            if earlier is not part and not _are_alike(earlier, part):
                raise ReductionError(f"Two outputs or axes of {name} are called {part.name}.", "Give each a name of its own.")
    return found


def _fault_of(one: Output) -> str:
    """Return what is wrong with an output, or "": whoever wrote it may not look at types."""
    if not is_name(one.name):
        return "a name is a letter, then letters, digits and _"
    shape: Any = one.shape
    unit: Any = one.unit
    if not isinstance(shape, tuple) or len(shape) not in _IN_WORDS or not all(type(n) is int and n > 0 for n in shape):
        return f"its shape is {shape!s:.40}, and neither that of a number (), a pattern (n,) nor a picture (m, n)"
    try:
        dtype = np.dtype(one.dtype)
    except (TypeError, ValueError):
        return f"there is no type {one.dtype!r:.40}"
    if dtype.kind not in "iuf":
        return f"its type is {dtype!s:.40}, and neither integer nor floating"
    if dtype.itemsize * prod(shape) > MOST_BYTES:
        return f"{shape_text(shape)} values of {dtype} are more than 1 GB for each frame"
    if not isinstance(unit, str) or not isinstance(one.words, str):
        return "its unit or words are no text"
    return _fault_of_axes(one)


def _fault_of_axes(one: Output) -> str:
    if one.axes and len(one.axes) != len(one.shape):
        return f"it has {len(one.axes)} axes for {len(one.shape)} of its shape"
    axes: tuple[Any, ...] = one.axes
    for axis, length in zip(axes, one.shape, strict=False):
        if not isinstance(axis, OutputAxis) or not is_name(axis.name) or not isinstance(axis.unit, str):
            return "an axis has no name or unit"
        values = np.asarray(axis.values)
        if values.shape != (length,) or values.dtype != np.float64:
            return f"its axis {axis.name} has {shape_text(values.shape)} values of {values.dtype}, and not {length} of float64"
    return ""


def _are_alike(one: Output | OutputAxis, other: Output | OutputAxis) -> bool:
    """Whether these two are one axis, which outputs share."""
    if not isinstance(one, OutputAxis) or not isinstance(other, OutputAxis):
        return False
    return one.unit == other.unit and np.array_equal(one.values, other.values, equal_nan=True)


def as_arrays(outputs: Mapping[str, Any], declared: tuple[Output, ...]) -> dict[str, npt.NDArray[Any]]:
    """Return what a reduction made of one frame, as arrays of the shapes and types that it declared.

    Parameters
    ----------
    outputs : mapping
        What the call returned. Arrays of the right type are not copied: they are good until the next call.
    declared : tuple of Output
        As `prepare_reduction` returned them.

    Raises
    ------
    ReductionError
        If one is missing or was not declared, has another shape, or holds what its type cannot.
    """
    if not isinstance(outputs, Mapping):
        raise ReductionError(f"It returned {type(outputs).__name__} and no mapping of outputs.")
    if len(outputs) != len(declared) or any(one.name not in outputs for one in declared):
        names = {one.name for one in declared}
        missing, unknown = sorted(names - outputs.keys()), sorted(set(map(str, outputs)) - names)
        what = f"returned no {', '.join(missing)}" if missing else f"returned {', '.join(unknown)}, which it did not declare"
        raise ReductionError(f"It {what:.200}.")
    return {one.name: _as_array(outputs[one.name], one) for one in declared}


def _as_array(value: Any, one: Output) -> npt.NDArray[Any]:
    dtype = np.dtype(one.dtype)
    if type(value) is float and dtype.kind == "f" and not one.shape:
        return np.asarray(value, dtype)
    try:
        found = np.asarray(np.nan if value is None else _without_mask(value))
    except Exception as error:
        raise ReductionError(f"Its {one.name} is no array: {error!s:.100}.") from error
    if found.shape != one.shape:
        raise ReductionError(f"Its {one.name} has the shape {found.shape}, and {one.shape} was declared.")
    if found.dtype == dtype:
        return found
    if found.dtype.kind not in "biuf":
        raise ReductionError(f"Its {one.name} is of type {found.dtype}, and {dtype} was declared.")
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return found.astype(dtype)
    return _as_integers(found, dtype, one)


def _without_mask(value: Any) -> Any:
    """Return NaN in place of what numpy's masked arrays leave out, whose numbers mean nothing."""
    if not isinstance(getattr(value, "mask", None), np.ndarray | np.bool_) or not hasattr(value, "filled"):
        return value
    return value.astype(float).filled(np.nan) if value.mask.any() else value


def _as_integers(found: npt.NDArray[Any], dtype: np.dtype[Any], one: Output) -> npt.NDArray[Any]:
    limits = np.iinfo(dtype)
    with np.errstate(invalid="ignore"):
        whole = found.astype(dtype)
    # Compared as Python's numbers at the ends: 2**64 - 1 as a float is more than the type holds.
    if not (found == whole).all() or int(found.min()) < limits.min or int(found.max()) > limits.max:
        raise ReductionError(f"Its {one.name} holds what {dtype} cannot: {found.min()} to {found.max()}.")
    return whole
