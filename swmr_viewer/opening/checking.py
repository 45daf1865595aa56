"""What is wrong with the paths of a request, by an inspection alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from math import prod
from typing import Literal

import numpy as np

from swmr_viewer.core import fitting
from swmr_viewer.core.fitting import DataShape, DoesNotFit, KeysFit, KeyShape, fit_data, fit_keys, is_absurd, is_stray, trimmed
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import FileState, Inspection, TreeNode, entry_of
from swmr_viewer.reader.messages import FollowRequest, with_patterns_expanded

Field = Literal["keys", "length", "data", "finished"]
Severity = Literal["stops", "waits", "note"]

_STAND_IN = "Or choose a data set whose length stands in."
_COMPARED = 1000
"""Paths looked through for a similar one at each key stroke (20 us each)."""


@frozen
class PathProblem:
    """One thing to know about one field."""

    field: Field
    text: str
    """What is wrong and what to do, in one or two sentences."""
    severity: Severity = "stops"
    """``stops``: opening makes no sense; ``waits``: what is missing may still come; ``note``: good to know."""


def check_request(inspection: Inspection, request: FollowRequest) -> tuple[PathProblem, ...]:
    """Check the paths of a request against what is in the file.

    Parameters
    ----------
    inspection : Inspection
        Of the file that the request names.
    request : FollowRequest
        An empty path stands for what inspection found.

    Returns
    -------
    tuple of PathProblem
        In the order of the fields; empty if nothing is wrong.
    """
    return tuple(_Check(inspection, request).problems())


class _Check:
    def __init__(self, inspection: Inspection, request: FollowRequest) -> None:
        self._nodes = {node.path: node for node in inspection.tree}
        self._growing = inspection.state in (FileState.SWMR, FileState.WRITING)
        given = request.scan_shape or inspection.declared_scan_shape
        self._scan_shape = None if given is None or is_absurd(given) else given
        self._entries = inspection.entries
        self._fit: KeysFit | None = None
        """The scan that the chosen keys make."""
        self._missing: Severity = "waits" if self._growing else "stops"
        request = with_patterns_expanded(request, inspection)
        self._key_paths = tuple(map(normal, request.key_paths or inspection.key_paths))
        self._length_paths = tuple(map(normal, request.length_paths or (() if self._key_paths else inspection.length_paths)))
        self._data_paths = tuple(map(normal, request.data_paths or inspection.data_paths))
        self._finished = normal(request.finished_path) if request.finished_path else None

    def problems(self) -> Iterator[PathProblem]:
        yield from self._about_keys()
        for path in self._length_paths:
            yield from self._about_path("length", path, self._about_length)
        yield from self._about_data()
        if self._finished:
            yield from self._about_path("finished", self._finished, self._about_flag)

    def _about_keys(self) -> Iterator[PathProblem]:
        if not self._key_paths and not self._length_paths:
            yield PathProblem("keys", f"No key dataset was found. Name one: it has one number per scan point. {_STAND_IN}", self._missing)
        for path in self._key_paths:
            yield from self._about_path("keys", path, self._about_key)
        yield from self._disagreeing_keys()

    def _about_data(self) -> Iterator[PathProblem]:
        if not self._data_paths:
            yield PathProblem("data", "No data set was found. Name the one to show.", self._missing)
        for path in self._data_paths:
            yield from self._about_path("data", path, self._about_frames)

    def _about_path(self, field: Field, path: str, more: Callable[[TreeNode], Iterator[PathProblem]]) -> Iterator[PathProblem]:
        """Whether the path names something; only then whether it is the right thing."""
        node = TreeNode("/", "group") if path == "/" else self._nodes.get(path)
        if node is None:
            yield self._nothing_at(field, path)
        elif node.kind == "unreadable":
            severity: Severity = "waits" if "link to" in node.note else self._missing  # another file's writer may be at it
            yield PathProblem(field, f"{path} cannot be read ({node.note}). Copy the file again, or name another path.", severity)
        elif node.kind == "refused":
            text = f"{path} is {node.note}, and data of other files are not read. Allow them in the File menu if you trust this file."
            yield PathProblem(field, text)
        elif node.kind == "broken link":
            where = f" ({node.note})" if node.note else ""
            yield PathProblem(field, f"{path} is a link that leads nowhere yet{where}.", "waits")
        else:
            yield from more(node)

    def _nothing_at(self, field: Field, path: str) -> PathProblem:
        close = get_close_matches(path, list(self._nodes)[:_COMPARED], n=1, cutoff=0.7)
        remedy = f"Did you mean {close[0]}?" if close else "Choose a path from the tree."
        yet = " yet" if self._growing else ""
        return PathProblem(field, f"{path} names nothing in this file{yet}. {remedy}", self._missing)

    def _about_key(self, node: TreeNode) -> Iterator[PathProblem]:
        if node.kind == "group":
            if not any(map(_holds_numbers, self._directly_in(node.path))):
                text = f"{node.path} is a group without key datasets directly in it. Choose a dataset, or a group of them."
                yield PathProblem("keys", text, self._missing)
        elif not _holds_numbers(node):
            yield PathProblem("keys", f"{node.path} holds {node.dtype}, not numbers. Choose a dataset with one number per scan point.")
        elif node.path in self._data_paths and len(trimmed(node.shape)) > 2:
            yield PathProblem("keys", f"{node.path} holds the frames. Choose a dataset with one number per scan point.")
        elif _kind_of(node) == "f":
            yield PathProblem("keys", f"{node.path} holds {node.dtype}: any value but its fill value counts as set.", "note")

    def _about_length(self, node: TreeNode) -> Iterator[PathProblem]:
        if node.kind == "group":
            yield PathProblem("length", f"{node.path} is a group. Choose a dataset in it.")
        elif not node.shape:
            yield PathProblem("length", f"{node.path} holds one value: it has no length. Choose a data set that grows with the scan.")

    def _disagreeing_keys(self) -> Iterator[PathProblem]:
        """What following these keys would report, or refuse."""
        shapes = [_key_shape(key) for key in self._key_datasets()]
        strays = [key for key in shapes if is_stray(key, shapes)]
        for key in strays:
            yield PathProblem("keys", f"{key.path} holds a single number and is left out: it is no key of a scan.", "note")
        kept = [key for key in shapes if key not in strays]
        if not kept:
            return
        fit = fit_keys(kept, self._scan_shape)
        if isinstance(fit, DoesNotFit):
            yield PathProblem("keys", str(fit.error()))
            return
        self._fit = fit
        yield from (PathProblem("keys", found.text, "note") for found in fit.disagreements if found.about == "lengths")

    def _about_frames(self, node: TreeNode) -> Iterator[PathProblem]:
        if node.kind == "group":
            yield PathProblem("data", f"{node.path} is a group. Choose a dataset in it.")
            return
        if not can_be_shown(node):
            yield PathProblem("data", f"{node.path} holds {node.dtype}, which cannot be shown. Choose a dataset of numbers.")
        missing = [name.removesuffix("(missing)").strip() for name in node.filters if name.endswith("(missing)")]
        if missing:
            text = f"{node.path} is compressed with {', '.join(missing)}, which is not installed here."
            yield PathProblem("data", f"{text} Install the filter (pip install hdf5plugin has the usual ones), then start again.")
        if self._fit is None:
            return
        misfit = fit_data(DataShape(node.shape, _limits(node)), self._fit.shape)
        if isinstance(misfit, DoesNotFit):
            text = f"{node.path} does not fit the key {self._fit.keys[0].path}: {misfit.because}. Choose data and keys of one scan."
            yield PathProblem("data", text)
            return
        for key in self._fit.keys:
            if of_another := self._of_another_scan(key.path, node.path):
                yield PathProblem("data", of_another, "note")
                return

    def _of_another_scan(self, key: str, data: str) -> str:
        scans = entry_of(key, self._entries), entry_of(data, self._entries)
        if None in scans or scans[0] == scans[1]:
            return ""
        return f"{data} is of another scan than the key {key} ({scans[1]}, {scans[0]}): each would be shown by the other's keys."

    def _about_flag(self, node: TreeNode) -> Iterator[PathProblem]:
        if node.kind == "group":
            yield PathProblem("finished", f"{node.path} is a group. Choose a dataset with one number.")
        elif not _holds_numbers(node) or prod(node.shape) > 1:
            what = f"{node.dtype} ({shape_text(node)})"
            yield PathProblem("finished", f"{node.path} holds {what}. A finished flag is one number that turns non-zero at the end.")

    def _directly_in(self, group: str) -> list[TreeNode]:
        return [node for node in self._nodes.values() if node.path.rpartition("/")[0] == group.rstrip("/") and node.kind == "dataset"]

    def _key_datasets(self) -> list[TreeNode]:
        found: list[TreeNode] = []
        for path in self._key_paths:
            node = self._nodes.get(path)
            candidates = [node] if node is not None and node.kind == "dataset" else self._directly_in(path)
            found += filter(_holds_numbers, candidates)
        return found


def normal(path: str) -> str:
    """Return the path as the tree lists it: absolute, without a slash at its end."""
    return "/" + "/".join(part for part in path.strip().split("/") if part and part != ".")


def shape_text(node: TreeNode) -> str:
    """Return the shape for people; ``+`` marks an axis that can grow."""
    return fitting.shape_text(node.shape, _limits(node))


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
