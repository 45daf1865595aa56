"""A scan as the reader holds it: one open file, its follower, and one grabber per data set, also for those that come late."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import h5py
import hdf5plugin

from swmr_viewer.analysis import resolve_view
from swmr_viewer.core.data import SharedSources, other_files_of
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.discovery import inspect_open, refused_text, unreadable_text
from swmr_viewer.core.errors import ExternalDataError, FileDamagedError, NoKeysError, PathNotThereError, SwmrViewerError
from swmr_viewer.core.files import ALLOW_EXTERNAL, identity_of_file, open_object, open_swmr
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.nexus import read_facts
from swmr_viewer.core.other_files import joined_files
from swmr_viewer.core.waiting import Retries
from swmr_viewer.reader.child.reader_slots import refuse_too_large, slot_layout
from swmr_viewer.reader.messages import DataDescription, FollowRequest, Opened, has_patterns, with_patterns_expanded

_LIBRARIES = f"{h5py.version.hdf5_version}, h5py {h5py.__version__}, hdf5plugin {hdf5plugin.version}"


@dataclass(slots=True)
class Scan:
    """What is open while following."""

    h5file: Any
    follower: Follower
    grabbers: dict[str, FrameGrabber]
    late: LateData
    """What is not there yet."""
    faults: list[str] = field(default_factory=list)
    """What could not be opened, and was not asked for by name."""
    facts: dict[str, DataFacts] = field(default_factory=dict)
    sources: SharedSources = field(default_factory=SharedSources)
    """Where numbers beside the frames are read from that virtual datasets are mapped to."""

    def opened(self, generation: int, path: str) -> Opened:
        data = tuple(map(self._described, self.grabbers))
        size = max(map(self._slot_size, self.grabbers), default=64)
        follower = self.follower
        stamp = identity_of_file(self.h5file).stamp
        key_others = joined_files(other_files_of(self.h5file, key) for key in follower.key_paths)
        return Opened(
            generation, path, follower.scan_shape, follower.key_paths, data, follower.finished_path, size, stamp, key_others, _LIBRARIES
        )

    def _described(self, path: str) -> DataDescription:
        grabber = self.grabbers[path]
        return DataDescription(
            path, grabber.frame_shape, grabber.dtype.str, facts=self.facts[path], others=other_files_of(self.h5file, path)
        )

    def join_late(self) -> tuple[DataDescription, ...]:
        """Try what was not there yet, and return what is read from now on; what can never be read is a fault."""
        opened, errors = self.late.retry(self.follower)
        self.faults = [str(error) for error in errors]
        self.take_up(opened)
        return tuple(map(self._described, opened))

    def take_up(self, opened: dict[str, FrameGrabber]) -> None:
        self.grabbers.update(opened)
        for path, grabber in opened.items():
            self.facts[path] = read_facts(self.h5file, path, grabber.scan_rank, grabber.frame_shape)
        left_out = dict(reason for path in opened for reason in self.facts[path].left_out)
        if left_out:
            self.faults.append(f"Left out of the geometry in {self.h5file.filename}, not guessed: {_by_folder(left_out)}.")

    def _slot_size(self, path: str) -> int:
        shape, dtype = self.grabbers[path].frame_shape, self.grabbers[path].dtype
        return slot_layout(shape, dtype, resolve_view(shape, dtype, self.facts[path].interpretation)).size

    def close(self) -> None:
        """Close the file, everything in it, and the files that virtual data sets were read from."""
        for grabber in self.grabbers.values():
            grabber.close()
        self.sources.close()
        self.follower.close()
        self.h5file.close()


def _by_folder(values: dict[str, str]) -> str:
    folders: dict[str, list[str]] = {}
    for path, reason in values.items():
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, []).append(f"{name} {reason}")
    return "; ".join(f"{', '.join(names)} in {folder}" for folder, names in folders.items())


def open_scan(request: FollowRequest, at_each: Callable[[], object] = lambda: None) -> Scan:
    """Open what is to be followed; ``at_each`` is called at each object of the file that is looked at.

    Raises
    ------
    SwmrViewerError
        If that is not possible (yet).
    """
    h5file = open_swmr(request.path, external=request.external)
    try:
        return _open_in(h5file, request, at_each)
    except BaseException:
        h5file.close()
        raise


def _open_in(h5file: h5py.File, request: FollowRequest, at_each: Callable[[], object]) -> Scan:
    # Before anything is held open: a second handle on a dataset would break its refresh.
    found = inspect_open(h5file, at_each=at_each) if has_patterns(request) else None
    if found is not None:
        request = with_patterns_expanded(request, found)
    given = request.key_paths or request.length_paths
    found = None if given and request.data_paths else inspect_open(h5file, (*given, *request.data_paths), at_each=at_each)
    keys, lengths = (request.key_paths, request.length_paths) if given else _found_keys(found, request.path)
    follow = partial(_follower, h5file, keys, lengths, request, found.finished_path if found else None)
    follower = follow()
    named, late = bool(request.data_paths), LateData(h5file)
    wanted = request.data_paths if named or found is None else (*found.data_paths, *found.late_paths)
    grabbers, errors = late.open_all(wanted, follower)
    if errors and (named or not (grabbers or late.paths)):
        raise errors[0]
    rank = max((grabber.scan_rank for grabber in grabbers.values()), default=follower.scan_rank)
    if rank < follower.scan_rank:  # the keys have a tail of axes that is none of the scan's
        follower = follow(scan_rank=rank)
    faults = [str(error) for error in errors]
    if not given and lengths:
        faults.insert(0, f"There are no keys in {request.path}: {_SUBSTITUTE.format(', '.join(lengths))}")
    faults += (
        (*(f"{refused} {ALLOW_EXTERNAL}" for refused in refused_text(found.tree)), *unreadable_text(found.tree))
        if found is not None
        else ()
    )
    scan = Scan(h5file, follower, {}, late, faults)
    scan.take_up(grabbers)
    return scan


def _follower(
    h5file: h5py.File,
    keys: tuple[str, ...],
    lengths: tuple[str, ...],
    request: FollowRequest,
    finished_path: str | None,
    scan_rank: int | None = None,
) -> Follower:
    return Follower(
        h5file,
        keys,
        length_paths=lengths,
        termination_conditions=request.conditions,
        finished_path=request.finished_path or finished_path,
        order=request.order,
        scan_shape=request.scan_shape,
        scan_rank=scan_rank,
        on_gap="wait" if request.gap_patience_s is None else "skip",
        gap_patience_s=request.gap_patience_s or 0.0,
    )


_SUBSTITUTE = "the length of {} and its chunks stand in for them, which says less surely that a frame is complete."


def _found_keys(found: Inspection | None, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (key paths, paths of what stands in for keys)."""
    if found is None or not (found.key_paths or found.length_paths):
        refused = " ".join(refused_text(found.tree)) if found is not None else ""
        if refused:
            raise ExternalDataError(f"No key dataset was found in what {path} holds itself. {refused}", ALLOW_EXTERNAL)
        damage = " ".join(unreadable_text(found.tree)) if found is not None else ""
        if damage:
            message = f"No key dataset was found in what can be read of {path}. {damage}"
            raise FileDamagedError(message, "Copy it again; if its writer was killed, what it did not get to write is lost.")
        why = " ".join(found.notes) if found is not None else ""
        raise NoKeysError(f"No key dataset was found in {path}. {why}".strip(), "Name one: a dataset with one value per scan point.")
    return found.key_paths, found.length_paths


_LEADS_NOWHERE = "its link leads nowhere yet"
_NO_KEYS, _NO_PART = "its keys are not there yet", "no part of it is there yet"


class LateData:
    """What is waited for, and why.

    Before a key dataset is there nobody knows how many of the data's axes are the scan's, so data wait for keys as well.
    """

    def __init__(self, h5file: h5py.File, clock: Callable[[], float] = time.monotonic) -> None:
        self._h5file = h5file
        self._reasons: dict[str, str] = {}
        self._retries = Retries(clock)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._reasons)

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """(path, why) of each of them."""
        return tuple(self._reasons.items())

    @property
    def is_due(self) -> bool:
        return bool(self._reasons) and self._retries.is_due

    def open_all(self, paths: Iterable[str], follower: Follower) -> tuple[dict[str, FrameGrabber], list[SwmrViewerError]]:
        """Open data sets; those that are not there yet are waited for from now on.

        Returns
        -------
        dict
            What could be opened, by path.
        list of SwmrViewerError
            What will not be there by waiting.
        """
        opened: dict[str, FrameGrabber] = {}
        errors: list[SwmrViewerError] = []
        for path in paths:
            try:
                if not follower.extent_is_known:
                    self._wait_for(path, _NO_KEYS)
                    continue
                grabber = FrameGrabber(self._h5file, path, scan_shape=follower.scan_shape)
                refuse_too_large(f"{path} in {self._h5file.filename}", slot_layout(grabber.frame_shape, grabber.dtype))
                opened[path] = grabber
                self._reasons.pop(path, None)
            except SwmrViewerError as error:
                if not self._may_come(path, error):
                    errors.append(error)
                    self._reasons.pop(path, None)
        return opened, errors

    def retry(self, follower: Follower) -> tuple[dict[str, FrameGrabber], list[SwmrViewerError]]:
        """Try those that are waited for once more; as ``open_all``."""
        with self._retries.trying():
            return self.open_all(self.paths, follower)

    def _wait_for(self, path: str, otherwise: str) -> None:
        """Set why it has to wait; PathNotThereError without even a link: what is made later is seen by a new open only."""
        self._reasons[path] = _LEADS_NOWHERE if open_object(self._h5file, path) is None else otherwise

    def _may_come(self, path: str, error: SwmrViewerError) -> bool:
        """Wait for something at this path if that is worth it, and return whether it is."""
        if not isinstance(error, PathNotThereError):
            return False
        try:
            self._wait_for(path, _NO_PART)
        except PathNotThereError:
            return False
        return True
