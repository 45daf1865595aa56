"""The alarms of the scan that is followed: rules, which of them are raised, and what happened so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import AlarmEvent, AlarmRule, AlarmRules, AlarmWatch, EventChange, found_words, what_is_watched

LOOK_MS = 30
"""Values that come faster are looked at together."""
MOST_HISTORY = 100
WHO = "alarms"


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to an alarm."""

    when: datetime
    rule: AlarmRule
    change: EventChange
    words: str
    event: AlarmEvent

    @property
    def line(self) -> str:
        """As the history tells it."""
        return f"{self.when:%H:%M:%S}  {self.words}"


class Alarms(QObject):
    """Looks at the scan whenever something changed, and ten times a second for what time brings.

    Parameters
    ----------
    session : Session
        Whose scan.
    gaps : callable
        Returns how many frames are lost, and a callable that finds the first of them; None where nobody can tell.
    detectors : callable
        Returns the names of the keys' detectors.
    now : callable
        The time of day.
    """

    changed = Signal()
    """Other rules, or other words."""
    rules_changed = Signal()
    happened = Signal(object)
    """``Happened``."""

    def __init__(
        self,
        session: Session,
        gaps: Callable[[], tuple[int, Callable[[], int | None]] | None],
        detectors: Callable[[], Sequence[str]],
        *,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(session)
        self._session, self._now = session, now
        self._watch = AlarmWatch(session.scan, gaps, detectors)
        self._of_place: dict[str, AlarmRules] = {}
        self.of_scan = AlarmRules()
        """What is watched whatever data set is shown."""
        self._told: tuple[str, ...] = ()
        self.history: deque[Happened] = deque(maxlen=MOST_HISTORY)
        """What happened, the last last."""
        self._timer = QTimer(self, interval=LOOK_MS, singleShot=True)
        self._timer.timeout.connect(self.look)
        session.request_changed.connect(self._on_request)
        session.frames_completed.connect(self._watch.note_completed)
        for signal in (session.opened, session.data_changed):
            signal.connect(self._set_rules)
        session.quantities_changed.connect(self._look_soon)
        session.ticked.connect(self._look_soon)

    # ---- facts

    @property
    def rules(self) -> tuple[AlarmRule, ...]:
        """All rules that count now, those of the shown data set first."""
        return self._of_place.get(self._session.scan.place, AlarmRules()).rules + self.of_scan.rules

    @property
    def kept(self) -> dict[str, AlarmRules]:
        """The rules of each data set, by the names of places."""
        return self._of_place

    def event_of(self, rule: AlarmRule) -> AlarmEvent | None:
        """Return what is known of a rule's alarm, or None where it is off."""
        return self._watch.events.get(rule)

    @property
    def raised(self) -> tuple[tuple[AlarmRule, AlarmEvent], ...]:
        """The alarms that are raised and that nobody has acknowledged, those that still are so first."""
        found = [(rule, event) for rule, event in self._watch.events.items() if event.is_seen]
        return tuple(sorted(found, key=lambda pair: not pair[1].found.is_on))

    def words(self, rule: AlarmRule, event: AlarmEvent) -> str:
        """Say since when, and what is found."""
        when = f"since {event.since:%H:%M:%S}" if event.since is not None else ""
        over = f" until {event.well_since:%H:%M:%S}" if event.well_since is not None else ""
        return f"{when}{over}: {self._found_words(rule, event)}"

    def _found_words(self, rule: AlarmRule, event: AlarmEvent) -> str:
        return found_words(rule, event.found, *self._title(rule))

    def rule_words(self, rule: AlarmRule) -> str:
        """Say what is watched."""
        return what_is_watched(rule, *self._title(rule))

    # ---- intents

    def set_rules(self, rules: Sequence[AlarmRule]) -> None:
        """Watch for these from now on, in the frames that came before as well; those of values on the shown data set."""
        self._of_place[self._session.scan.place] = AlarmRules(tuple(rule for rule in rules if rule.is_of_values))
        self.of_scan = AlarmRules(tuple(rule for rule in rules if not rule.is_of_values))
        self._set_rules()
        self.rules_changed.emit()

    def recall(self, place: str, rules: AlarmRules) -> None:
        """Have these rules on the data set that stands in a place, once it is open."""
        self._of_place[place] = rules

    def acknowledge(self) -> None:
        """Somebody knows of all that is raised."""
        for rule, event in self.raised:
            if (change := event.acknowledge()) is not None:
                self._note(rule, change)
        self._tell()

    def look(self) -> None:
        """Look at what changed, a piece at a time."""
        is_done, happened = self._watch.look(self._now())
        for rule, change in happened:
            self._note(rule, change)
        self._tell()
        if not is_done:
            self._timer.start(0)

    # ---- helpers

    def _set_rules(self) -> None:
        self._watch.set_rules(self.rules)
        self._session.want_quantities(WHO, [rule.quantity for rule in self._watch.rules if rule.is_of_values])
        self.look()
        self.changed.emit()

    def _on_request(self) -> None:
        self._watch.forget()
        self._tell()

    def _look_soon(self) -> None:
        if self._watch.rules and not self._timer.isActive():
            self._timer.start(LOOK_MS)

    def _note(self, rule: AlarmRule, change: EventChange) -> None:
        event = self._watch.events[rule]
        words = self._found_words(rule, event) if change is EventChange.RAISED else f"{self.rule_words(rule)}: {_ENDS[change]}"
        happened = Happened(self._now(), rule, change, words, event)
        self.history.append(happened)
        self.happened.emit(happened)

    def _tell(self) -> None:
        told = tuple(f"{event.found.is_on}{self.words(rule, event)}" for rule, event in self.raised)
        if told != self._told:
            self._told = told
            self.changed.emit()

    def _title(self, rule: AlarmRule) -> tuple[str, str]:
        quantity = self._session.scan.quantities.quantity(rule.quantity) if rule.is_of_values else None
        return (rule.quantity, "") if quantity is None else (quantity.title, quantity.unit)


_ENDS = {EventChange.PASSED: "not so any more", EventChange.OVER: "over"}
