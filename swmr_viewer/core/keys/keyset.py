"""All followed key datasets of a scan: opened once each, polled together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import h5py

from swmr_viewer.core.data import open_one
from swmr_viewer.core.errors import FileDamagedError, PathNotThereError, ShapeError
from swmr_viewer.core.files import FileIdentity, identity_of_file, leads_out, open_object
from swmr_viewer.core.fitting import MOST_POINTS, KeyShape, is_absurd, is_stray
from swmr_viewer.core.freshness import note_follower
from swmr_viewer.core.keys.extent import Extent, declared_scan_shape
from swmr_viewer.core.keys.key_dataset import KeyDataset
from swmr_viewer.core.keys.key_paths import KeyPaths, dataset_paths, named_paths
from swmr_viewer.core.keys.lengths import LengthKeys
from swmr_viewer.core.keys.tracker import Found, KeyTracker, SweepTurns
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray, Ranges
from swmr_viewer.core.scan import position_of
from swmr_viewer.core.waiting import Retries


@dataclass(slots=True)
class Poll:
    """What one poll of all key datasets brought."""

    added: list[tuple[int, Ranges]] = field(default_factory=list)
    """(number of the key dataset, newly set keys)."""
    completed: list[IndexArray] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    reshaped: bool = False
    """The scan shape grew so that flat indices changed their meaning."""
    is_behind: bool = False
    """Whether more is there than one poll looks at."""
    error: Exception | None = None
    """Why a key dataset could not be read: what the others showed counts all the same."""


class KeySet:
    """The key datasets of one scan.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    paths : str, h5py.Dataset or h5py.Group, or iterable of them
        Groups (all numeric datasets directly in each) or datasets.
    scan_shape : tuple of int, optional
        The scan's extent, if the file does not tell it.
    unset : number, optional
        The value of a key that is not set.
    length_paths : tuple of str
        Data sets without keys whose written frames stand in for them.
    is_at_rest : callable
        Whether nobody writes to the file of this name.
    is_over : callable
        Whether nothing more will be written.
    scan_rank : int, optional
        The number of scan axes, where the data tell it.
    clock : callable
        Monotonic seconds.
    """

    def __init__(
        self,
        h5file: h5py.File,
        paths: KeyPaths,
        *,
        scan_shape: tuple[int, ...] | None,
        unset: float | None,
        length_paths: tuple[str, ...] = (),
        is_at_rest: Callable[[str], bool],
        is_over: Callable[[], bool],
        scan_rank: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._h5file = h5file
        self._identity = identity_of_file(h5file)
        self._unset = unset
        self._is_at_rest = is_at_rest
        self._is_over = is_over
        keys = () if length_paths and not paths else dataset_paths(h5file, named_paths(h5file, paths))
        self.key_paths = (*keys, *length_paths)
        self._n_real = len(self.key_paths) - len(length_paths)
        self._faults: list[str] = []
        self._is_given_by_user = scan_shape is not None
        self._known_shape = self._checked_shape(scan_shape)
        self._datasets: dict[int, KeyDataset | LengthKeys] = {}
        self._retries = Retries(clock)
        self._open_datasets()
        self._leave_out_strays()
        self._extent = Extent(self._known_shape, scan_rank)
        self.progress = KeyProgress(len(self.key_paths), self._extent.shape_of(self._in_order()))
        note_follower(self._identity, self.progress)
        self._trackers: dict[int, KeyTracker] = {}
        self._turns = SweepTurns(clock)
        self._seen: list[tuple[int, ...]] = []

    def _checked_shape(self, scan_shape: tuple[int, ...] | None) -> tuple[int, ...] | None:
        told = scan_shape or declared_scan_shape(self._h5file, self.key_paths)
        if told is None or not is_absurd(told):
            return told
        said = " x ".join(map(str, told))
        if self._is_given_by_user:
            raise ShapeError(f"A scan of {said} points cannot be followed.", f"Give 1 to {MOST_POINTS:,} points, or none at all.")
        self._faults.append(f"The scan_shape in {self.filename} is {said}, which is no scan's: the keys alone count.")
        return None

    def _open_datasets(self) -> None:
        """Open those that can be opened by now: an external link may lead nowhere until its writer starts."""
        for number, path in enumerate(self.key_paths):
            if number not in self._datasets:
                found = open_object(self._h5file, path)
                if found is not None and number < self._n_real:
                    self._datasets[number] = KeyDataset(found, self._unset, path, self._is_over)
                elif found is not None:
                    del found  # a virtual data set is read from its sources only, and must not be open beside them
                    with suppress(PathNotThereError):  # a group of links that lead nowhere yet
                        self._datasets[number] = self._length_keys(path)

    def _length_keys(self, path: str) -> LengthKeys:
        source = open_one(self._h5file, path)
        try:
            return LengthKeys(source, self._known_shape, self._is_at_rest)
        except ShapeError:
            if self._is_given_by_user or self._known_shape is None:
                raise
            self._faults.append(
                f"{path} has shape {source.shape}, which does not fit the file's scan_shape {self._known_shape}: the data count."
            )
            self._known_shape = None
            return LengthKeys(source, None, self._is_at_rest)

    def _leave_out_strays(self) -> None:
        """Leave out single numbers among the key datasets: no frame but the first would ever be complete with them."""
        shapes = {number: KeyShape(dataset.path, dataset.full_shape, dataset.maxshape) for number, dataset in self._datasets.items()}
        # A link that leads nowhere yet will bring a key dataset.
        late = [KeyShape(path, (0,), (None,)) for number, path in enumerate(self.key_paths) if number not in shapes]
        strays = {number for number, shape in shapes.items() if number < self._n_real and is_stray(shape, [*shapes.values(), *late])}
        self._faults += [
            f"{self.key_paths[number]} holds a single number and is left out: it is no key of a scan." for number in sorted(strays)
        ]
        kept = [number for number in range(len(self.key_paths)) if number not in strays]
        self.key_paths = tuple(self.key_paths[number] for number in kept)
        self._n_real -= len(strays)
        self._datasets = {new: self._datasets[old] for new, old in enumerate(kept) if old in self._datasets}

    def _in_order(self) -> list[KeyDataset | LengthKeys]:
        return [self._datasets[number] for number in sorted(self._datasets)]

    @property
    def filename(self) -> str:
        """The file that was opened."""
        return str(self._h5file.filename)

    @property
    def with_values(self) -> tuple[KeyDataset, ...]:
        """The key datasets that are there, in the order of ``key_paths``; not what stands in for one."""
        return tuple(dataset for dataset in self._in_order() if isinstance(dataset, KeyDataset))

    def files(self) -> Iterator[str | None]:
        """Yield the opened file and those that the keys come from, there or not, and None for what leads nowhere yet."""
        yield self.filename
        for number, path in enumerate(self.key_paths):
            if number not in self._datasets and self._may_come(path):
                yield None
        for dataset in self._in_order():
            yield from dataset.files()

    def key_files(self) -> Iterator[str | None]:
        """Yield the files that keys are written to, as far as names tell it, without opening any; None: not all can be named."""
        yield self.filename
        if len(self._datasets) < len(self.key_paths):
            yield None
        for dataset in self._in_order():
            yield from dataset.named_files()

    def expect_keys(self) -> None:
        """A file was written: `is_searching` until a poll finds keys, or everything was looked at."""
        for tracker in self._trackers.values():
            tracker.expect_keys()

    @property
    def is_searching(self) -> bool:
        """Whether what was written may be keys that no poll has come to yet."""
        return any(tracker.n_to_search for tracker in self._trackers.values())

    def _may_come(self, path: str) -> bool:
        found = open_object(self._h5file, path)
        names = found if isinstance(found, h5py.Group) else ()
        return leads_out(self._h5file, path) or any(leads_out(self._h5file, f"{path}/{name}") for name in names)

    def identities(self) -> Iterator[FileIdentity]:
        """Yield which files are read here: the opened one, and those that hold key datasets."""
        yield self._identity
        yield from (
            dataset.identity
            for dataset in self._datasets.values()
            if isinstance(dataset, KeyDataset) and dataset.identity is not self._identity
        )

    @property
    def extent_is_known(self) -> bool:
        """Whether the number of scan axes is known: given, or seen on a key dataset that is there."""
        return self._known_shape is not None or bool(self._datasets)

    @property
    def extent_is_fixed(self) -> bool:
        """Whether the scan can not grow."""
        return self._extent.is_fixed and len(self._datasets) == len(self.key_paths)

    def retry_links(self) -> None:
        """Let the next poll try links that lead nowhere yet, however short ago the last try was."""
        self._retries.be_due()

    def look_at_all(self) -> None:
        """Have polls say that they are behind until every key was looked at once more: some may lie far behind a gap."""
        for tracker in self._trackers.values():
            tracker.look_at_all()

    def poll(self) -> Poll:
        """Look once at all key datasets."""
        poll = Poll()
        poll.faults, self._faults = self._faults, []
        if len(self._datasets) < len(self.key_paths) and self._retries.is_due:  # a link that leads nowhere costs 0.7 ms
            with self._retries.trying():
                _succeeds(self._open_datasets, poll)
        fresh = [number for number, dataset in self._datasets.items() if _succeeds(dataset.refresh, poll)]
        _succeeds(lambda: self._follow_extent(poll), poll)
        turn, budget = self._turns.next(fresh)
        for number in fresh:
            self._look_at(number, poll, budget if number == turn else 0)
        return poll

    def _look_at(self, number: int, poll: Poll, sweep: int) -> None:
        dataset, found = self._datasets[number], Found()
        tracker = self._trackers.get(number)
        if tracker is None:
            tracker = self._trackers[number] = KeyTracker(dataset, self.progress, number)
        _succeeds(lambda: tracker.poll(found, sweep), poll)
        if found.unset_again and isinstance(dataset, KeyDataset) and self._has_lost_first_key(number, dataset):
            dataset.identity.note_rewritten()
        poll.added += [(number, ranges) for ranges in found.added]
        poll.completed += found.completed
        poll.is_behind |= found.is_behind
        poll.faults += [self._unset_again(dataset, index) for index in found.unset_again]

    def note_end(self) -> list[str]:
        """Return what is to be said about the key datasets now that the scan has ended."""
        self._extent.note_end([dataset for dataset in self._in_order() if isinstance(dataset, KeyDataset)])
        return self._extent.take_faults()

    def _has_lost_first_key(self, number: int, dataset: KeyDataset) -> bool:
        """Whether the first key that was ever set reads unset as well: no single key is at fault, the file begins anew."""
        first = int(self.progress.set_mask(number).argmax())
        return not bool(dataset.set_in(self.progress.scan_shape, first, first + 1)[0])

    def _follow_extent(self, poll: Poll) -> None:
        seen = [dataset.full_shape for dataset in self._in_order()]
        if seen == self._seen:
            return
        self._seen = seen
        before, now = self.progress.scan_shape, self._extent.shape_of(self._in_order())
        poll.faults += self._extent.take_faults()
        if now == before:
            return
        now = now + (1,) * (len(before) - len(now))
        self.progress.grow(tuple(max(a, b) for a, b in zip(now, before + (1,) * (len(now) - len(before)), strict=True)))
        if now[1:] != before[1:]:
            poll.reshaped = True
            for tracker in self._trackers.values():
                tracker.rewind()

    def _unset_again(self, dataset: KeyDataset | LengthKeys, index: int) -> str:
        position = position_of(index, self.progress.scan_shape)
        return f"The key of frame {index} at {position} in {dataset.path} was set and reads unset now; it still counts as set."


def _succeeds(step: Callable[[], object], poll: Poll) -> bool:
    """Return whether a step went well; else the poll has its error, and goes on with the other key datasets."""
    try:
        step()
    except (OSError, RuntimeError, KeyError, FileDamagedError) as error:
        poll.error = error
        return False
    return True
