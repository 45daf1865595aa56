"""What the readers that died or hung over one file show: a damaged frame, a damaged file, storage that is away. Pure."""

from __future__ import annotations

from swmr_viewer.reader.messages import Busy, FramePlace

KILLS_PER_FRAME = 2
DEATHS_WHILE_OPENING = 3
DEATHS_IN_A_ROW = 5
SECOND_TRY_S = 4.0
"""What hung a reader for the whole limit is given this long (s) from then on: damage costs one limit, not one at each try. Once it was
given up, each look after a pause has the whole limit again: nobody waits for it, and storage may only be slow."""

_HANGS_IN_A_ROW = 2
_HANGS_AT_FRAMES_IN_A_ROW = 4
_SCALARS: FramePlace = ("", ())
"""They count as a frame that is given up."""
_PAUSES_S = (10.0, 20.0, 40.0, 60.0)
_LONGEST_BACK_OFF = 16


class ReaderFailures:
    """Counts them, from one step forward to the next.

    HDF5 hangs on damage and on dead storage alike, and only what comes after tells them apart: the next reader touches the file
    without HDF5 before it opens it (``Busy.asks_storage``). If that hangs as well it was the storage, and nothing is held
    against the file.

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) for which a reader is killed at first.
    longest_wait_s : float or None
        How long (s) dead storage is waited for, two tries at least; None: for ever.
    """

    def __init__(self, stuck_after_s: float, longest_wait_s: float | None) -> None:
        self.stuck_after_s = stuck_after_s
        """May be changed at any time."""
        self._longest_wait_s = longest_wait_s
        self.opened = False
        """Whether any reader came as far as to open the file."""
        self.unreadable: dict[FramePlace, None] = {}
        """Frames that are not to be touched any more, in the order in which they were given up."""
        self._kills: dict[FramePlace, int] = {}
        self._last: tuple[FramePlace | None, bool] | None = None
        self._n_hung = 0
        self._storage_hangs = 0
        self._n_pauses = 0
        self._lost_s = 0.0
        self._n = self._deaths = self._hangs = self._hangs_elsewhere = 0

    @property
    def _second_try_s(self) -> float:
        return min(SECOND_TRY_S, self.stuck_after_s)

    def kill_after_s(self, busy: Busy | None) -> float:
        """Return the silence (s) for which a reader that is about to do this is killed."""
        if busy is None or not busy.asks_storage:
            return self._second_try_s if self._n_hung and not self._n_pauses else self.stuck_after_s
        if self._longest_wait_s is None:
            # A process that waits for dead storage cannot be killed: with a new one every few seconds they would pile up.
            return float(self.stuck_after_s * min(2**self._storage_hangs, _LONGEST_BACK_OFF))
        if not self._n_hung and not self._storage_hangs:
            return self.stuck_after_s
        return max(self._second_try_s, min(self.stuck_after_s, self._longest_wait_s - self._lost_s))

    def note(self, busy: Busy | None, silent_s: float | None = None) -> bool:
        """Take note that a reader ended at this, and return whether the frame, or the scalars, that it was busy with are given up.

        Parameters
        ----------
        busy : Busy or None
            What it was about to do when it last sent something.
        silent_s : float or None
            The silence (s) for which it was killed; None: it ended by itself.
        """
        self._n += 1
        self._lost_s += silent_s or 0.0
        if busy is not None and busy.asks_storage:
            self._count_storage_hang()
            return False
        place = (busy.data_path, busy.position) if busy is not None and busy.index is not None else None
        place = _SCALARS if busy is not None and busy.of_scalars else place
        self._last = (place, silent_s is not None)
        self._count(place, silent_s is not None, 1)
        if place is None or self._kills[place] < KILLS_PER_FRAME:
            return False
        if place != _SCALARS:
            self.unreadable[place] = None
        return True

    def _count_storage_hang(self) -> None:
        self._storage_hangs += 1
        if self._last is not None and self._last[1]:
            self._count(*self._last, -1)
        self._last = None

    def _count(self, place: FramePlace | None, hung: bool, by: int) -> None:
        if hung:
            self._n_hung += by
            self._hangs += by
        if place is not None:
            self._kills[place] = self._kills.get(place, 0) + by
            return
        self._deaths += by
        if hung:
            self._hangs_elsewhere += by

    def note_storage_answers(self) -> None:
        """Take note that the file was touched."""
        self._storage_hangs = 0

    def note_progress(self) -> None:
        """Take note that a reader came further: what went wrong before does not count towards giving up."""
        self._n = self._deaths = self._hangs = self._hangs_elsewhere = self._n_pauses = 0
        self._lost_s = 0.0
        self._last = None

    def note_long_life(self) -> None:
        """Take note that a reader lived long enough for its end to be another story."""
        self.note_progress()
        self._n_hung = 0

    @property
    def is_of_storage(self) -> bool:
        """Whether it is the storage that does not answer."""
        return self._storage_hangs > 0

    @property
    def is_hopeless(self) -> bool:
        """Whether another reader would at once only end as well."""
        if self.is_of_storage:
            return self._longest_wait_s is not None and self._n > 1 and self._lost_s >= self._longest_wait_s
        if self._hangs_elsewhere >= _HANGS_IN_A_ROW or self._hangs >= _HANGS_AT_FRAMES_IN_A_ROW:
            return True
        return self._deaths >= (DEATHS_IN_A_ROW if self.opened else DEATHS_WHILE_OPENING)

    def next_pause_s(self) -> float | None:
        """Return the seconds after which to try again although it is hopeless, longer each time; None: not at all."""
        if self._longest_wait_s is not None:
            return None
        self._n_pauses += 1
        return _PAUSES_S[min(self._n_pauses, len(_PAUSES_S)) - 1]
