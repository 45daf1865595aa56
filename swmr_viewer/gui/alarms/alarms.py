"""The alarms of the scan that is followed: rules, which of them are raised, and what happened so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import AlarmEvent, AlarmRule, AlarmRules, AlarmWatch, EventChange, Problem, found_words, what_is_watched

LOOK_MS = 30
"""Values that come faster are looked at together."""
MOST_HISTORY = 100
MISSING_AFTER_S = 2.0
"""What a file has beside its frames is told a moment after it was opened."""
WHO = "alarms"


@frozen
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
        self._reported: set[tuple[str, str]] = set()
        """Place and quantity of the rules of which it was said that they find nothing."""
        self._missing: set[AlarmRule] = set()
        self._counted: tuple[AlarmRule, ...] = ()
        self.history: deque[Happened] = deque(maxlen=MOST_HISTORY)
        """What happened, the last last."""
        self._timer = QTimer(self, interval=LOOK_MS, singleShot=True)
        self._timer.timeout.connect(self.look)
        session.request_changed.connect(self._on_request)
        session.frames_completed.connect(self._watch.note_completed)
        for signal in (session.opened, session.data_changed):
            signal.connect(self._set_rules)
        session.quantities_changed.connect(self._set_rules_again)
        session.quantities_changed.connect(self._look_soon)
        session.ticked.connect(self._look_soon)

    # ---- facts

    @property
    def rules(self) -> tuple[AlarmRule, ...]:
        """All rules that count now: those of the shown data set, those of the file's others that need no frames, those of any scan."""
        here = self._of_place.get(self._session.scan.place, AlarmRules()).rules
        elsewhere = (rule for rules in self._elsewhere().values() for rule in rules)
        return tuple(dict.fromkeys((*here, *elsewhere, *self.of_scan.rules)))

    @property
    def kept(self) -> dict[str, AlarmRules]:
        """The rules of each data set, by the names of places."""
        return self._of_place

    def event_of(self, rule: AlarmRule) -> AlarmEvent | None:
        """Return what is known of a rule's alarm, or None where it is off."""
        return self._watch.events.get(rule)

    def why_not(self, rule: AlarmRule) -> str:
        """Return why a rule finds nothing in the shown data set, as a sentence; "" where it does, or nobody can tell yet."""
        scan = self._session.scan
        since = scan.following_since_s
        if not rule.on or not rule.is_of_values or since is None or scan.now_s - since < MISSING_AFTER_S:
            return ""
        return scan.quantities.why_not(rule.quantity)

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
        here, elsewhere = self._session.scan.place, self._elsewhere()
        for place, others in elsewhere.items():
            gone = set(others) - set(rules)
            self._of_place[place] = AlarmRules(tuple(rule for rule in self._of_place[place].rules if rule not in gone))
        of_others = {rule for others in elsewhere.values() for rule in others}
        self._of_place[here] = AlarmRules(tuple(rule for rule in rules if rule.is_of_values and rule not in of_others))
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
        self._tell_missing()
        if not is_done:
            self._timer.start(0)

    # ---- helpers

    def _elsewhere(self) -> dict[str, tuple[AlarmRule, ...]]:
        """Return the rules of the file's other data sets that watch what is no matter of frames, by the names of places."""
        scan, found = self._session.scan, {}
        of_scan = {quantity.name for quantity in scan.columns.named()}
        for place, kept in self._of_place.items():
            if place != scan.place and scan.places.path_of(place):
                bases = {rule: set(scan.quantities.base_names([rule.quantity])) for rule in kept.rules}
                found[place] = tuple(rule for rule, names in bases.items() if names and names <= of_scan)
        return found

    def _tell_missing(self) -> None:
        """Report once of each scan which rules find nothing: an alarm that watches nothing is taken for a good sign."""
        if self._session.scan.is_over:
            return
        missing = {rule: why for rule in self._watch.rules if (why := self.why_not(rule))}
        for rule, why in missing.items():
            if (self._session.scan.place, rule.quantity) not in self._reported:
                self._reported.add((self._session.scan.place, rule.quantity))
                words = f"The alarm \u201c{self.rule_words(rule)}\u201d watches nothing: {why}"
                self._session.report(Problem(words, "Choose another quantity in Alarms (Ctrl+Shift+A).", severity="note"))
        if set(missing) != self._missing:
            self._missing = set(missing)
            self.changed.emit()

    def _set_rules_again(self) -> None:
        """Other quantities are known: rules of other data sets may count now."""
        if self.rules != self._counted:
            self._set_rules()

    def _set_rules(self) -> None:
        self._counted = self.rules
        self._watch.set_rules(self._counted)
        self._session.want_quantities(WHO, [rule.quantity for rule in self._watch.rules if rule.is_of_values])
        self.look()
        self.changed.emit()

    def _on_request(self) -> None:
        self._watch.forget()
        self._reported.clear()
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
