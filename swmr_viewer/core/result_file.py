"""Results written back: one per frame, at its scan position, in a file that SWMR readers can follow while it grows."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data_source import DataSource
from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.frame_sets import FrameSet
from swmr_viewer.core.result_axes import AxisCopy, axes_of, declare_axes
from swmr_viewer.core.scan import position_of

Where = FrameSet | int | tuple[int, ...]
_KEYS_PER_CHUNK = 256


class ResultFile:
    """A new file with results of a scan, with keys of its own: set once a result has been flushed.

    Create all results first; the file enters SWMR mode with the first one that is appended (or by ``start``).

    Parameters
    ----------
    path : str or path
        The file to make. One that is there is never touched.
    flush_s : float
        At most so long (s) is a result kept back before it is flushed; 0: not at all.
    clock : callable
        Monotonic seconds.

    Raises
    ------
    ExportError
        If the file is there already, or cannot be made.
    """

    def __init__(self, path: str | os.PathLike[str], *, flush_s: float = 0.2, clock: Callable[[], float] = time.monotonic) -> None:
        try:
            # Version 1.10's format: the first with SWMR, and readable by every HDF5 since.
            self.h5file = h5py.File(path, "x", libver="v110")
        except OSError as error:
            why = "is there already" if Path(path).exists() else f"cannot be made: {error}"
            raise ExportError(f"{path} {why}.", "Choose another name or folder for the results.") from error
        self.path = Path(path)
        self._flush_s, self._clock = flush_s, clock
        self._results: list[Result] = []
        self._flags: list[h5py.Dataset] = []
        self._flushed_at = clock()
        self.h5file.attrs["NX_class"] = np.bytes_("NXroot")

    def create_like_scan(
        self, path: str, source: DataSource, shape: Sequence[int] = (), dtype: npt.DTypeLike = np.float64, *, units: str = ""
    ) -> Result:
        """Create a data set with the scan's axes, and those of one result behind them.

        Parameters
        ----------
        path : str
            ``/entry/<NXdata group>/<name>``; the groups are made. Its keys are ``/entry/keys/<NXdata group>_<name>``.
        source : DataSource
            What the results come from: its scan shape, and the axes of the NXdata group of its first data set.
        shape : tuple of int
            The shape of one result; () for a number.
        dtype : dtype
            Of the result. Where there is none yet, floats are NaN and integers 0.
        units : str
            NeXus ``units`` of the result.

        Raises
        ------
        ExportError
            If there is such a data set already, or appending has begun.
        """
        parts = [part for part in path.split("/") if part]
        if len(parts) < 3 or path in self.h5file:
            raise ExportError(
                f"{path} is not a new /entry/group/name in {self.path}.", "Name a data set that is not there yet, in a group of an entry."
            )
        if self.h5file.swmr_mode:
            raise ExportError(
                f"{path} comes too late: {self.path} is in SWMR mode.", "Create all results before the first one is appended."
            )
        made = Result(self, self._group(parts), parts[-1], source, tuple(shape), np.dtype(dtype))
        if units:
            made.dataset.attrs["units"] = np.bytes_(units.encode())
        self._results.append(made)
        return made

    def _group(self, parts: list[str]) -> h5py.Group:
        """Return the NXdata group, made with all above it, each the default of the one above unless that has one."""
        owner: h5py.Group = self.h5file
        for depth, name in enumerate(parts[:-1], 1):
            group = owner.require_group(name)
            kind = "NXentry" if depth == 1 else "NXdata" if depth == len(parts) - 1 else "NXcollection"
            group.attrs.setdefault("NX_class", np.bytes_(kind))
            owner.attrs.setdefault("default", np.bytes_(name.encode()))
            owner = group
        entry = self.h5file[parts[0]]
        if "scan_finished" not in entry:
            self._flags.append(entry.create_dataset("scan_finished", (1,), "i4", maxshape=(None,), chunks=(1,)))
        return owner

    def start(self) -> None:
        """Enter SWMR mode, so that readers can open the file; nothing can be created after this."""
        if not self.h5file.swmr_mode:
            self.h5file.swmr_mode = True

    def flush_if_due(self) -> None:
        """Flush what was kept back for long enough."""
        if self._clock() - self._flushed_at >= self._flush_s:
            self.flush()

    def flush(self) -> None:
        """Make everything visible to readers: first the results, then their keys."""
        for result in self._results:
            result.flush()
        self._flushed_at = self._clock()

    def close(self) -> None:
        """Flush, bring the axes up to date, set ``scan_finished``, and close the file."""
        if not self.h5file:
            return
        self.start()
        self.flush()
        for result in self._results:
            result.finish()
        for flag in self._flags:
            flag[0] = 1
            flag.flush()
        self.h5file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Result:
    """One data set of results; made by ``ResultFile.create_like_scan``."""

    def __init__(
        self, owner: ResultFile, group: h5py.Group, name: str, source: DataSource, shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> None:
        self._owner, self._source = owner, source
        scan_shape = source.scan_shape
        rank = self._rank = len(scan_shape)
        along = (1,) * (rank - 1) + (_KEYS_PER_CHUNK,) * (rank > 0)
        unlimited = (None,) * rank
        fill = np.nan if dtype.kind in "fc" else 0
        chunks = ((1,) * rank if shape else along) + shape
        self.dataset = group.create_dataset(
            name, scan_shape + shape, dtype, maxshape=unlimited + shape, chunks=chunks or None, fillvalue=fill
        )
        entry = group.file[group.name.split("/")[1]]
        key_name = f"{group.name.split('/', 2)[2].replace('/', '_')}_{name}"
        self.keys = entry.require_group("keys").create_dataset(key_name, scan_shape, "i4", maxshape=unlimited, chunks=along or None)
        self._axes = _copy_axes(group, source, rank)
        _describe(group, name, self._axes, rank, len(shape))
        self._pending: list[tuple[slice, ...]] = []

    def append(self, where: Where, value: npt.ArrayLike) -> None:
        """Put the result of a frame (or of the frames of a row or chunk) at its place on the scan.

        Parameters
        ----------
        where : FrameSet, int or tuple of int
            What the result was made of: a frame set, a flat index on the source's scan shape, or a position.
        value : array_like
            Of the shape that was announced; for rows and chunks with the axes of their scan points before it.

        Raises
        ------
        ValueError
            If the value does not fit.
        """
        self._owner.start()
        box = self._box(where)
        for dataset in (self.dataset, self.keys):
            grown = tuple(max(n, along.stop) for n, along in zip(dataset.shape, box, strict=False))
            if grown != dataset.shape[: self._rank]:
                dataset.resize(grown + dataset.shape[self._rank :])
        shape = tuple(along.stop - along.start for along in box) + self.dataset.shape[self._rank :]
        self.dataset[box] = np.asarray(value, self.dataset.dtype).reshape(shape)
        self._pending.append(box)
        self._owner.flush_if_due()

    def _box(self, where: Where) -> tuple[slice, ...]:
        if isinstance(where, FrameSet):
            at: tuple[int | slice, ...] = where.slices
        else:
            at = where if isinstance(where, tuple) else position_of(where, self._source.scan_shape)
        if len(at) != self._rank:
            raise ValueError(f"{at} is no position on a scan of {self._rank} axes, as it was when {self.dataset.name} was created.")
        return tuple(along if isinstance(along, slice) else slice(along, along + 1) for along in at)

    def flush(self) -> None:
        """Make what was appended visible to readers, then its keys."""
        if not self._pending:
            return
        self._update_axes(_around(self._pending))
        self.dataset.flush()
        for box in self._pending:
            self.keys[box] = 1
        self.keys.flush()
        self._pending.clear()

    def finish(self) -> None:
        """Bring the axes up to date: the last values may have come after the last frame."""
        self._update_axes(tuple(slice(0, n) for n in self.dataset.shape[: self._rank]))

    def _update_axes(self, box: tuple[slice, ...]) -> None:
        for axis in self._axes:
            axis.update(box)


def _around(boxes: list[tuple[slice, ...]]) -> tuple[slice, ...]:
    """Return the smallest box around several."""
    return tuple(slice(min(part.start for part in axis), max(part.stop for part in axis)) for axis in zip(*boxes, strict=True))


def _copy_axes(group: h5py.Group, source: DataSource, rank: int) -> list[AxisCopy]:
    """Copy the scan's axes, once for all results in the group."""
    axes = axes_of(source.h5file, source.data_paths[0], rank)
    return [AxisCopy(name, found, along, group) for name, found, along in axes if name not in group]


def _describe(group: h5py.Group, name: str, axes: list[AxisCopy], rank: int, result_rank: int) -> None:
    """Set the attributes by which NeXus readers draw the signal over its axes."""
    if "signal" in group.attrs:
        others = [bytes(signal) for signal in np.atleast_1d(group.attrs.get("auxiliary_signals", np.empty(0, "S1")))]
        group.attrs["auxiliary_signals"] = np.array([*others, name.encode()])
        return
    group.attrs["signal"] = np.bytes_(name.encode())
    declare_axes(group, axes, rank, ["."] * result_rank)
