"""What the session knows: the facts that widgets read, and the signals that say which of them changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from swmr_viewer.core.conditions import Condition, Timeout, default_conditions
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.session.follow_thread import ReaderCondition
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import Facts, LiveFrame, Places, Problem, RateMeter, SessionState, ShownCounts, resolve_state


class SessionFacts(QObject):
    """What is followed, what is known about it, what is shown; read-only for everybody but ``Session``."""

    request_changed = Signal()
    """Another file, or none: everything starts anew."""
    opened = Signal()
    progress_changed = Signal()
    keys_changed = Signal(object)
    """``messages.KeysChanged``, after it was added to ``progress``."""
    frames_completed = Signal(object)
    """int64 array of indices, each announced once."""
    frame_changed = Signal()
    """``shown`` is another frame (or None)."""
    data_changed = Signal()
    """Another of the file's data sets is shown, or it turned out to stand in another place."""
    data_joined = Signal()
    """Data sets came that were not there before, or others are waited for (``awaited``)."""
    file_replaced = Signal()
    """Another scan has the name of the file that is followed (``replaced``)."""
    pixel_mask_read = Signal(object)
    """``messages.PixelMaskRead``."""
    measured = Signal(object)
    """``messages.Measured`` of this generation."""
    mode_changed = Signal()
    """Live or pinned, or another pinned frame was asked for."""
    state_changed = Signal()
    conditions_changed = Signal()
    problem_reported = Signal(object)
    """``Problem``."""
    problem_solved = Signal(object)
    """The ``Problem`` that is none any more."""
    finished = Signal(object)
    """``messages.Ended`` or ``messages.Failed``."""
    noted = Signal(str)
    """A few words for the status line."""
    ticked = Signal()
    """Ten times a second, for ages and countdowns."""

    def __init__(self, clock: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rate = RateMeter()
        self.request: m.FollowRequest | None = None
        self.conditions: tuple[Condition, ...] = default_conditions()
        self.places = Places()
        """By these names what was chosen for a data set is kept from scan to scan."""
        self._forget()
        self.state: SessionState = resolve_state(self._facts())

    def _forget(self) -> None:
        self.generation = 0
        self.description: m.Opened | None = None
        self.progress: KeyProgress | None = None
        self.awaited: tuple[tuple[str, str], ...] = ()
        """(path, why) of the data sets that are not there yet."""
        self.replaced: m.FileReplaced | None = None
        self.wanted_data_path = ""
        self.shown: LiveFrame | None = None
        self.wanted_index: int | None = None
        self.last_key_at_s: float | None = None
        self.last_key_came = False
        self.following_since_s: float | None = None
        self.counts = ShownCounts()
        self.wanted_is_unreadable = False
        self.ended: m.Ended | None = None
        self.failed: m.Failed | None = None
        self._condition: ReaderCondition | None = None
        self._open_problem: Problem | None = None
        """What may be solved by itself."""
        self._rate.clear()

    @property
    def now_s(self) -> float:
        """Monotonic seconds, of the clock by which ages and rates are told."""
        return self._clock()

    @property
    def is_live(self) -> bool:
        """Whether the newest frame is shown as it comes (otherwise ``wanted_index`` is pinned)."""
        return self.wanted_index is None

    @property
    def scan_shape(self) -> tuple[int, ...]:
        return self.progress.scan_shape if self.progress is not None else ()

    @property
    def data_path(self) -> str:
        """The data set that is shown, or nothing before the file is open."""
        paths = self.description.data_paths if self.description is not None else ()
        return self.wanted_data_path if self.wanted_data_path in paths else paths[0] if paths else ""

    @property
    def place(self) -> str:
        """The name of the place of the data set that is shown."""
        return self.places.name_of(self.data_path)

    @property
    def data(self) -> m.DataDescription | None:
        """What is known of the data set that is shown."""
        known = self.description.data if self.description is not None else ()
        return next((one for one in known if one.path == self.data_path), None)

    @property
    def data_facts(self) -> DataFacts:
        """What the file says of the data set that is shown, with those axes alone that are shown of its frames."""
        facts = self.data.facts if self.data is not None else DataFacts()
        return facts if self.shown is None else facts.of_axes(self.shown.view.axes)

    @property
    def frames_per_second(self) -> float | None:
        return self._rate.per_second(self._clock())

    @property
    def key_age_s(self) -> float | None:
        """Seconds since the newest key was seen, or None before the first; ``last_key_came``: it came then, else it was there before."""
        return None if self.last_key_at_s is None else max(0.0, self._clock() - self.last_key_at_s)

    @property
    def frame_read_s(self) -> float | None:
        """Seconds since the shown frame was read: no age of the frame, which may have been there for years."""
        return None if self.shown is None else max(0.0, self._clock() - self.shown.received_at_s)

    @property
    def is_over(self) -> bool:
        """Whether following ended or failed; a timeout is no end as long as keys are looked for."""
        return self.failed is not None or (self.ended is not None and not self.ended.still_following)

    @property
    def is_still_following(self) -> bool:
        """Whether no key came for the timeout, and following goes on by itself when one comes."""
        return self.ended is not None and self.ended.still_following and self.failed is None

    @property
    def can_resume(self) -> bool:
        return self.ended is not None and self.is_over and self.failed is None and self.replaced is None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the timeout ends it if nothing comes; None where no timeout counts."""
        limits = [one.seconds for one in self.conditions if isinstance(one, Timeout)]
        since = [at for at in (self.last_key_at_s, self.following_since_s) if at is not None]
        if not limits or not since or self.ended is not None or self.is_over or self._phase is not m.Phase.FOLLOWING:
            return None
        return max(0.0, max(since) + min(limits) - self._clock())

    @property
    def shows_stale_picture(self) -> bool:
        """Whether a pinned frame was asked for and is not on the screen yet."""
        return self.wanted_index is not None and (self.shown is None or self.shown.index != self.wanted_index)

    @property
    def _phase(self) -> m.Phase | None:
        return self._condition.phase if self._condition is not None else None

    def _facts(self) -> Facts:
        condition = self._condition
        return Facts(
            has_request=self.request is not None, phase=condition.phase if condition else None,
            stuck_s=condition.stuck_s if condition else 0.0, doing=condition.doing if condition else "",
            quiet_s=self.key_age_s, rate=self.frames_per_second,
            ended=self.ended, failed=self.failed, message=condition.message if condition else "",
            awaited=self.awaited, replaced=self.replaced,
        )  # fmt: skip
