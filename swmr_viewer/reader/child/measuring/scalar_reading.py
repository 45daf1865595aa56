"""What the file has one number of for each scan point, when asked: what there is, and the values of some, newest first."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.ranges import IndexArray, ranges_of, runs_of
from swmr_viewer.core.scalars import FollowedScan, Scalar, ScalarFinder
from swmr_viewer.reader.child.event_pipe import Handlers
from swmr_viewer.reader.child.frame_reading import FrameReader
from swmr_viewer.reader.child.measuring.scalar_points import ReadScalar, ScalarGroup
from swmr_viewer.reader.messages import FRAME_COLUMNS, AcknowledgeScalars, ScalarsFound, ScalarsRead, SendScalars

_SLICE_S = 0.01
"""Longest time (s) of one step, but for the last read in it."""
_LOOKING_S = 0.002
"""Longest time (s) for which scalars are looked for in one step."""
_RETRY_S = 0.5
_RESERVED = ("index", "order", *FRAME_COLUMNS)
"""Names of quantities that are none of the file's."""


class ScalarReader:
    """What ``SendScalars`` asked for."""

    def __init__(self, frames: FrameReader) -> None:
        self._frames = frames
        self._finder: ScalarFinder | None = None
        """None: nothing is asked for."""
        self._told: tuple[Scalar, ...] | None = None
        self._wanted: tuple[str, ...] = ()
        self._groups: list[ScalarGroup] = []
        self._again: deque[tuple[ReadScalar, int]] = deque()
        """Whose missed points are looked at now, and how many parts of them."""
        self._look_again_at = float("-inf")
        self._has_credit = self._is_whole = True
        self.handlers: Handlers = {SendScalars: self._begin, AcknowledgeScalars: lambda request: self._acknowledge()}

    @property
    def has_work(self) -> bool:
        """Whether the next step should come at once."""
        if self._finder is None or not self._frames.scan.follower.extent_is_known:
            return False
        return self._finder.has_work or (self._has_credit and (bool(self._again) or any(group.pending for group in self._groups)))

    def _begin(self, request: SendScalars) -> None:
        self._wanted, self._has_credit = request.names, True
        if self._finder is None:
            self._finder = ScalarFinder(self._frames.scan.h5file, self._scan, _RESERVED, self._frames.clock, self._frames.scan.sources)
            self._finder.begin()
        self._regroup()

    def _acknowledge(self) -> None:
        self._has_credit = True

    def look_for_more(self) -> None:
        """Look for scalars once more: a data set can be read that could not before."""
        if self._finder is not None:
            self._finder.begin()

    def add_completed(self, indices: IndexArray) -> None:
        if indices.size:
            self._unite()
            for group in self._groups:
                group.pending.add_ranges(runs_of(np.sort(indices)))

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Move indices to the scan shape by now; called before ``add_completed``."""
        for group in self._groups:
            group.remap_indices(before, after)

    # ---- steps

    def step(self) -> None:
        """Look for scalars, or read some, for a short while; send what was found."""
        if self._finder is None or not self._frames.scan.follower.extent_is_known:
            return
        if self._finder.has_work:
            self._look(self._finder)
            self._frames.pipe.keep_alive(now=True)
        if not self._has_credit:
            return
        group = next((group for group in reversed(self._groups) if group.pending), None)
        if group is not None:
            self._read(group)
        elif self._groups:
            self._read_again(self._groups[0])

    def _look(self, finder: ScalarFinder) -> None:
        self._frames.pipe.report_scalars("looking for what there is of each scan point")
        if finder.look(_LOOKING_S) and (self._told is None or len(finder.scalars) > len(self._told)):
            self._told = finder.scalars
            pipe = self._frames.pipe
            pipe.send(ScalarsFound(pipe.generation, tuple(scalar.fact for scalar in self._told)))
            self._regroup()

    def _scan(self) -> FollowedScan:
        scan, follower = self._frames.scan, self._frames.scan.follower
        shape, facts = self._frames.scan_shape, scan.facts.values()
        data = [(path, grabber.scan_rank) for path, grabber in scan.grabbers.items()]
        masks = [of_data.mask_path for of_data in facts if of_data.mask_path]
        return FollowedScan(
            shape,
            not (follower.extent_is_fixed or follower.file_is_closed()),
            (*data, *((path, len(shape)) for path in scan.late.paths)),
            tuple(dict.fromkeys(of_data.time_path for of_data in facts if of_data.time_path)),
            (*(keys.path for keys in follower.keys_with_values), *filter(None, [follower.finished_path]), *masks),
            self._frames.progress.newest,
        )

    # ---- what is read together

    def _regroup(self) -> None:
        """Read what is wanted: what is read already goes on, the rest begins with all complete points."""
        self._groups = [group for group in self._groups if group.keep(self._wanted)]
        self._again.clear()
        read = {name for group in self._groups for name in group.names}
        new = [scalar for scalar in self._told or () if scalar.fact.name in self._wanted and scalar.fact.name not in read]
        if new:
            complete = ranges_of(self._frames.progress.complete_mask())
            self._groups.append(ScalarGroup([*map(ReadScalar, new)], complete))

    def _unite(self) -> None:
        """Read together what has come equally far: then the values of a point travel together."""
        idle = [group for group in self._groups if not group.pending]
        for group in idle[1:]:
            idle[0].scalars += group.scalars
            self._groups.remove(group)

    def _read(self, group: ScalarGroup) -> None:
        now, is_over = self._frames.clock(), self._frames.scan.follower.file_is_closed()
        n, until, parts = 0, now + _SLICE_S, []
        self._frames.pipe.report_scalars(f"reading {', '.join(group.names)}")
        while group.pending and n < group.most_points:
            parts.append(group.read_block(self._frames.scan_shape, now, is_over))
            n += parts[-1][0].size
            if self._frames.clock() >= until:
                break
        indices, values = (np.concatenate(several) for several in zip(*parts, strict=True))
        order = np.argsort(indices, kind="stable")
        self._send(group.names, indices[order], values[order])

    def _read_again(self, group: ScalarGroup) -> None:
        """Look at what was missed, now and then, one scalar after the other."""
        now = self._frames.clock()
        if not self._again and now < self._look_again_at:
            return
        self._frames.pipe.report_scalars(f"reading {', '.join(group.names)} again")
        if not self._again:
            self._look_again_at = now + _RETRY_S
            self._again = deque((scalar, n) for scalar in group.scalars if (n := scalar.n_parts_missed))
        until = now + _SLICE_S
        while self._again and self._has_credit and self._frames.clock() < until:
            scalar, n_left = self._again.popleft()
            if n_left > 1:
                self._again.appendleft((scalar, n_left - 1))
            indices, values = scalar.look_again(self._frames.scan_shape, now)
            if indices.size:
                self._send((scalar.name,), indices, values[:, np.newaxis])
        self._frames.pipe.keep_alive(now=True)

    def _send(self, names: tuple[str, ...], indices: IndexArray, values: npt.NDArray[np.float64]) -> None:
        pipe = self._frames.pipe
        pipe.send(ScalarsRead(pipe.generation, names, runs_of(indices), values, self._frames.scan_shape, self._is_whole))
        self._has_credit = self._is_whole = False
