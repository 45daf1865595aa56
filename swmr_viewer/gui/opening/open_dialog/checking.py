"""What is wrong with the paths of a request, told from an inspection alone (no Qt here)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import prod
from typing import Literal

import numpy as np

from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.inspection import FileState, Inspection, TreeNode, entry_of
from swmr_viewer.core.scan_extent import KeyShape, can_number, extent_of, is_stray, numbered, planned_shape
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reader.patterns_in_requests import with_patterns_expanded

Field = Literal["keys", "length", "data", "finished"]
Weight = Literal["stops", "waits", "note"]

_STAND_IN = "Or choose a data set whose length stands in."
_COMPARED = 1000
"""Paths looked through for a similar one at each key stroke (20 us each)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to know about one field."""

    field: Field
    text: str
    """What is wrong and what to do, in one or two sentences."""
    weight: Weight = "stops"
    """``stops``: opening makes no sense; ``waits``: what is missing may still come; ``note``: good to know."""


def check_request(inspection: Inspection, request: FollowRequest) -> tuple[Problem, ...]:
    """Check the paths of a request against what is in the file.

    Parameters
    ----------
    inspection : Inspection
        Of the file that the request names.
    request : FollowRequest
        An empty path stands for what inspection found.

    Returns
    -------
    tuple of Problem
        In the order of the fields; empty if nothing is wrong.
    """
    return tuple(_Check(inspection, request).problems())


class _Check:
    def __init__(self, inspection: Inspection, request: FollowRequest) -> None:
        self._nodes = {node.path: node for node in inspection.tree}
        self._growing = inspection.state in (FileState.SWMR, FileState.WRITING)
        self._scan_shape = inspection.scan_shape or ()
        self._entries = inspection.entries
        self._ends: tuple[int, ...] = ()
        """Where the scan of the chosen keys ends, as far as is known."""
        self._missing: Weight = "waits" if self._growing else "stops"
        request = with_patterns_expanded(request, inspection)
        self._key_paths = tuple(map(normal, request.key_paths or inspection.key_paths))
        self._length_paths = tuple(map(normal, request.length_paths or (() if self._key_paths else inspection.length_paths)))
        self._data_paths = tuple(map(normal, request.data_paths or inspection.data_paths))
        self._finished = normal(request.finished_path) if request.finished_path else None

    def problems(self) -> Iterator[Problem]:
        yield from self._about_keys()
        for path in self._length_paths:
            yield from self._about_path("length", path, self._about_length)
        yield from self._about_data()
        if self._finished:
            yield from self._about_path("finished", self._finished, self._about_flag)

    def _about_keys(self) -> Iterator[Problem]:
        if not self._key_paths and not self._length_paths:
            yield Problem("keys", f"No key dataset was found. Name one: it has one number per scan point. {_STAND_IN}", self._missing)
        for path in self._key_paths:
            yield from self._about_path("keys", path, self._about_key)
        yield from self._disagreeing_keys()

    def _about_data(self) -> Iterator[Problem]:
        if not self._data_paths:
            yield Problem("data", "No data set was found. Name the one to show.", self._missing)
        for path in self._data_paths:
            yield from self._about_path("data", path, self._about_frames)

    def _about_path(self, field: Field, path: str, more: Callable[[TreeNode], Iterator[Problem]]) -> Iterator[Problem]:
        """Whether the path names something; only then whether it is the right thing."""
        node = TreeNode("/", "group") if path == "/" else self._nodes.get(path)
        if node is None:
            yield self._nothing_at(field, path)
        elif node.kind == "unreadable":
            weight: Weight = "waits" if "link to" in node.note else self._missing  # another file's writer may be at it
            yield Problem(field, f"{path} cannot be read ({node.note}). Copy the file again, or name another path.", weight)
        elif node.kind == "broken link":
            where = f" ({node.note})" if node.note else ""
            yield Problem(field, f"{path} is a link that leads nowhere yet{where}.", "waits")
        else:
            yield from more(node)

    def _nothing_at(self, field: Field, path: str) -> Problem:
        close = get_close_matches(path, list(self._nodes)[:_COMPARED], n=1, cutoff=0.7)
        remedy = f"Did you mean {close[0]}?" if close else "Choose a path from the tree."
        yet = " yet" if self._growing else ""
        return Problem(field, f"{path} names nothing in this file{yet}. {remedy}", self._missing)

    def _about_key(self, node: TreeNode) -> Iterator[Problem]:
        if node.kind == "group":
            if not any(_holds_numbers(one) for one in self._directly_in(node.path)):
                text = f"{node.path} is a group without key datasets directly in it. Choose a dataset, or a group of them."
                yield Problem("keys", text, self._missing)
        elif not _holds_numbers(node):
            yield Problem("keys", f"{node.path} holds {node.dtype}, not numbers. Choose a dataset with one number per scan point.")
        elif node.path in self._data_paths and len(trimmed(node.shape)) > 2:
            yield Problem("keys", f"{node.path} holds the frames. Choose a dataset with one number per scan point.")
        elif _kind_of(node) == "f":
            yield Problem("keys", f"{node.path} holds {node.dtype}: any value but its fill value counts as set.", "note")

    def _about_length(self, node: TreeNode) -> Iterator[Problem]:
        if node.kind == "group":
            yield Problem("length", f"{node.path} is a group. Choose a dataset in it.")
        elif not node.shape:
            yield Problem("length", f"{node.path} holds one value: it has no length. Choose a data set that grows with the scan.")

    def _disagreeing_keys(self) -> Iterator[Problem]:
        """What following these keys would say, or refuse."""
        shapes = numbered([_key_shape(key) for key in self._key_datasets()], self._scan_shape or None)
        strays = [one for one in shapes if is_stray(one, shapes)]
        for one in strays:
            yield Problem("keys", f"{one.path} holds a single number and is left out: it is no key of a scan.", "note")
        kept = [one for one in shapes if one not in strays]
        if not kept:
            return
        try:
            found = extent_of(kept)
        except ShapeError as error:
            yield Problem("keys", str(error))
            return
        self._ends = found.shape
        yield from (Problem("keys", one.text, "note") for one in found.disagreements if not any(key.flat for key in kept))

    def _about_frames(self, node: TreeNode) -> Iterator[Problem]:
        if node.kind == "group":
            yield Problem("data", f"{node.path} is a group. Choose a dataset in it.")
            return
        if not can_be_shown(node):
            yield Problem("data", f"{node.path} holds {node.dtype}, which cannot be shown. Choose a dataset of numbers.")
        missing = [one.removesuffix("(missing)").strip() for one in node.filters if one.endswith("(missing)")]
        if missing:
            text = f"{node.path} is compressed with {', '.join(missing)}, which is not installed here."
            yield Problem("data", f"{text} Install the filter (pip install hdf5plugin has the usual ones), then start again.")
        keys = self._key_datasets()
        for key in [key for key in keys if not is_stray(_key_shape(key), map(_key_shape, keys))]:
            if why := _data_misfit(key, node, self._scan_shape, self._ends):
                yield Problem("data", f"{node.path} does not fit the key {key.path}: {why}. Choose data and keys of one scan.")
                return
            if of_another := self._of_another_scan(key.path, node.path):
                yield Problem("data", of_another, "note")
                return

    def _of_another_scan(self, key: str, data: str) -> str:
        scans = entry_of(key, self._entries), entry_of(data, self._entries)
        if None in scans or scans[0] == scans[1]:
            return ""
        return f"{data} is of another scan than the key {key} ({scans[1]}, {scans[0]}): each would be shown by the other's keys."

    def _about_flag(self, node: TreeNode) -> Iterator[Problem]:
        if node.kind == "group":
            yield Problem("finished", f"{node.path} is a group. Choose a dataset with one number.")
        elif not _holds_numbers(node) or prod(node.shape) > 1:
            what = f"{node.dtype} ({shape_text(node)})"
            yield Problem("finished", f"{node.path} holds {what}. A finished flag is one number that turns non-zero at the end.")

    def _directly_in(self, group: str) -> list[TreeNode]:
        return [node for node in self._nodes.values() if node.path.rpartition("/")[0] == group.rstrip("/") and node.kind == "dataset"]

    def _key_datasets(self) -> list[TreeNode]:
        found: list[TreeNode] = []
        for path in self._key_paths:
            node = self._nodes.get(path)
            candidates = [node] if node is not None and node.kind == "dataset" else self._directly_in(path)
            found += [one for one in candidates if _holds_numbers(one)]
        return found


def normal(path: str) -> str:
    """Return the path as the tree lists it: absolute, without a slash at its end."""
    return "/" + "/".join(part for part in path.strip().split("/") if part and part != ".")


def trimmed(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the shape without its trailing axes of 1, keeping one axis of a shape that has any."""
    kept = tuple(shape)
    while len(kept) > 1 and kept[-1] == 1:
        kept = kept[:-1]
    return kept


def shape_text(node: TreeNode) -> str:
    """Return the shape for people; ``+`` marks an axis that can grow."""
    if not node.shape:
        return "one value"
    limits = node.maxshape or node.shape
    return " \N{MULTIPLICATION SIGN} ".join(f"{n}" if limit == n else f"{n}+" for n, limit in zip(node.shape, limits, strict=True))


def _kind_of(node: TreeNode) -> str:
    try:
        return np.dtype(node.dtype).kind
    except TypeError:
        return "O"


def can_be_shown(node: TreeNode) -> bool:
    """Whether an object is a data set of numbers, perhaps complex ones."""
    return node.kind == "dataset" and _kind_of(node) in "iufbc"


def _holds_numbers(node: TreeNode) -> bool:
    return node.kind == "dataset" and _kind_of(node) in "iufb"


def _limits(node: TreeNode) -> tuple[int | None, ...]:
    return node.maxshape or node.shape


def _key_shape(node: TreeNode) -> KeyShape:
    return KeyShape(node.path, node.shape, _limits(node))


def _numbers_all(node: TreeNode, scan_shape: tuple[int, ...]) -> bool:
    """Whether the first axis can number all points of a scan of several axes, in C order."""
    limits = _limits(node)
    return len(scan_shape) > 1 and bool(limits) and can_number(limits[0], scan_shape)


def _data_misfit(key: TreeNode, data: TreeNode, scan_shape: tuple[int, ...], ends: tuple[int, ...]) -> str:
    """Say why the scan's axes are not the leading axes of a data set; "" if they are, or one axis numbers all points."""
    planned = trimmed(planned_shape(key.shape, _limits(key)))
    common = tuple(min(n, end) for n, end in zip(planned, ends, strict=False)) + planned[len(ends) :]
    wanted = scan_shape if _numbers_all(key, scan_shape) else common
    limits = _limits(data)
    if _numbers_all(data, wanted):
        return ""
    if len(limits) < len(wanted):
        return f"its shape is {shape_text(data)}, and the scan has {_axes(len(wanted))}"
    for axis, (limit, points) in enumerate(zip(limits, wanted, strict=False)):
        if limit is not None and limit < points:
            return f"axis {axis} has {limit} points there and {points} in the scan"
    return ""


def _axes(count: int) -> str:
    return "1 axis" if count == 1 else f"{count} axes"
