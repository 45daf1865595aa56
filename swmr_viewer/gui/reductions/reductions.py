"""What is reduced of the scan: the one truth that the panel shows, the intents that change it, and what the process tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.core.scan import moved_index
from swmr_viewer.gui.reductions.reduction_choice import ChosenReduction
from swmr_viewer.gui.reductions.reduction_thread import ProcessLike, ReductionThread, real_process
from swmr_viewer.gui.reductions.run_request import is_same_reduction, request_of
from swmr_viewer.gui.reductions.run_state import RunState
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import Kind, Quantity
from swmr_viewer.reducing.messages import Described, Prepared, Reduced, ReduceRequest, ReductionEvent, ShownReduced
from swmr_viewer.reductions import ReductionInfo

STOP_MS = 3000
"""After so long what does not end is ended for what comes next."""
AGAIN_MS, TOLD_AFTER, MOST_ASKED = 50, 2, 8
"""A frame that nothing was made of is asked for again after so long, then twice as long each time, and so often; that there is nothing is
told after some of them."""
SETTLE_MS = 400
"""What is typed and chosen rests so long before the shown frame is reduced by it."""


class Reductions(QObject):
    """Chooses, starts, stops; tells what comes.

    While somebody looks (``look``), the shown frame is reduced, whether all frames are (``start``) or not.

    Parameters
    ----------
    session : Session
        Whose scan.
    make_process : callable
        Makes what reduces.
    """

    changed = Signal()
    """Something else is chosen, or more is known of what can be chosen."""
    run_changed = Signal()
    """What runs, or how far it is (``run``)."""
    cleared = Signal()
    """Another scan: nothing of the one before is to be seen."""
    began = Signal(object)
    """``Prepared``: all that was told before is of another reduction."""
    came = Signal(object)
    """``Reduced``."""
    frame_awaited = Signal(object)
    """The index of the frame that is shown and asked for, or None."""
    frame_came = Signal(object)
    """``ShownReduced``."""

    def __init__(self, session: Session, make_process: Callable[[], ProcessLike] = real_process) -> None:
        super().__init__(session)
        self._session = session
        self.make_process = make_process
        self._thread: ReductionThread | None = None
        self._kept: dict[str, ChosenReduction] = {}
        self._infos: dict[str, ReductionInfo] = {}
        self._faults: dict[str, str] = {}
        self._asked: set[str] = set()
        self.output = ""
        """The file for the results of the next start; "": none."""
        self._held = ""
        self.run: RunState | None = None
        """What runs, or ran last."""
        self._next: RunState | None = None
        """What is to begin once what runs has ended."""
        self._values_of: RunState | None = None
        """By which run the values were made that the panel shows."""
        self._offered_by: RunState | None = None
        """By which run of all frames the latest quantities were made."""
        self._is_wanted = self._is_looked_at = self._drops = False
        self.goes_on_by_itself: Callable[[], bool] = lambda: False
        """Whether the next scan is started without being asked: the window watches a folder."""
        self._was_running, self._started_in = False, 0
        """Whether somebody started it and nobody stopped it; the generation of the scan that was started last."""
        self._is_closed = False
        self._shown: tuple[int, tuple[int, ...]] | None = None
        self._has_shown, self._n_asked = False, 0
        """Of that frame: whether there is something to show, and how often it was asked for in vain."""
        self._asking = QTimer(self, singleShot=True)
        self._asking.timeout.connect(self._ask_again)
        self._forcing = QTimer(self, singleShot=True, interval=STOP_MS)
        self._forcing.timeout.connect(self._begin_next)
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self._look_anew)
        session.request_changed.connect(self._on_request)
        session.opened.connect(self._on_opened)
        session.data_changed.connect(self._on_data)
        session.frame_settled.connect(self._ask_for_frame)
        session.geometry_changed.connect(self._settling.start)

    # ---- facts

    @property
    def chosen(self) -> ChosenReduction:
        """What is chosen for the shown data set."""
        return self._kept.get(self._session.scan.place, ChosenReduction())

    @property
    def kept(self) -> Mapping[str, ChosenReduction]:
        """What is chosen for each data set, by the names of places."""
        return self._kept

    @property
    def info(self) -> ReductionInfo | None:
        """What is to be known of the chosen reduction; None: it is not told yet, or cannot be (``fault``)."""
        return self._infos.get(self.chosen.name)

    @property
    def fault(self) -> str:
        """Why the chosen reduction cannot be had, or ""."""
        return self._faults.get(self.chosen.name, "")

    @property
    def can_start(self) -> bool:
        """Whether there is something to reduce, by something."""
        return not self._held and request_of(self._session.scan, self.chosen) is not None

    @property
    def is_running(self) -> bool:
        """Whether all frames are being reduced, or will be in a moment."""
        run = self._current
        return run is not None and not run.request.shows_only and not (run.is_over or run.is_stopping)

    @property
    def shown_run(self) -> RunState | None:
        """What there is to tell of: what reduces all frames, or did so last, while what is set and shown is still the same."""
        run, made_by = self._current, self._values_of
        if run is None or made_by is None or not run.request.shows_only or run.failed is not None:
            return run
        return made_by if is_same_reduction(made_by.request, run.request) else run

    @property
    def _current(self) -> RunState | None:
        """What runs, or ran last, of the scan that is shown."""
        run = self._next or self.run
        return run if run is not None and run.generation == self._session.scan.generation else None

    @property
    def is_out_of_date(self) -> bool:
        """Whether something else is set by now than the numbers were made with that maps and curves show."""
        made_by, now = self._offered_by, request_of(self._session.scan, self.chosen)
        if made_by is None or now is None or made_by.request.reduction.name != now.reduction.name:
            return False
        return not is_same_reduction(made_by.request, now)

    # ---- intents

    def choose(self, name: str) -> None:
        """Have this reduction for the shown data set."""
        self._set(replace(self.chosen, name=name))
        self.learn()

    def choose_with(self, name: str, texts: Iterable[tuple[str, str]]) -> None:
        """Have this reduction for the shown data set, with what was typed for its parameters."""
        self._set(self.chosen.with_texts(name, texts))
        if self._is_looked_at:
            self.learn()

    def learn(self) -> None:
        """Have the chosen reduction described, where it is not yet; its code is loaded for that, in the process."""
        name = self.chosen.name
        if name and name not in self._infos and name not in self._asked:
            self._asked.add(name)
            self._faults.pop(name, None)
            self._worker.describe(name)

    def load_script(self, name: str) -> None:
        """Have a reduction of a script that somebody named, ``file.py:Name``, as it is now."""
        for known in (self._infos, self._faults):
            known.pop(name, None)
        self._asked.discard(name)
        self.choose(name)

    def set_text(self, parameter: str, text: str) -> None:
        """Set a parameter of the chosen reduction, as it is typed; "": as by default."""
        self._set(self.chosen.with_text(parameter, text))

    def set_chosen(self, chosen: ChosenReduction) -> None:
        """Have all of this for the shown data set."""
        self._set(chosen)

    def recall(self, place: str, chosen: ChosenReduction) -> None:
        """Have this for the data set that stands in a place, once it is shown."""
        self._kept[place] = chosen

    def forget(self) -> None:
        """Have nothing chosen, as at the first start."""
        self.stop()
        self._kept.clear()
        self.output = ""
        self.changed.emit()

    def set_output(self, path: str) -> None:
        """Have the results of the next start written to this file; "": to none."""
        self.output = path
        self.changed.emit()

    def hold(self, fault: str) -> None:
        """Nothing is started while something is wrong with what is set, as the form says; "": nothing is."""
        if fault != self._held:
            self._held = fault
            self.run_changed.emit()

    def start(self) -> None:
        """Reduce every frame of the shown data set from now on."""
        request = request_of(self._session.scan, self.chosen, output=self.output)
        if request is not None:
            self._was_running, self._started_in = True, self._session.scan.generation
            self._begin(request)

    def stop(self) -> None:
        """Reduce no more; what came is kept."""
        self._was_running = False
        if self._next is not None and not self._next.request.shows_only:
            self._next = None
        if self.run is not None and not self.run.is_over and not self.run.request.shows_only:
            self.run.is_stopping = True
            self._worker.stop_reduction()
        self.run_changed.emit()

    def look(self, on: bool) -> None:
        """Have the shown frame reduced from now on, or not: somebody looks at it, or nobody does."""
        self._is_looked_at = on
        if on:
            self.learn()
            self._settling.start()
        elif self.run is not None and not self.run.is_over and self.run.request.shows_only:
            self._end_run(drops=True)

    def look_again(self) -> None:
        """Something else may be masked, or stand elsewhere: the shown frame is reduced by it, once that has settled."""
        self._settling.start()

    def close(self) -> bool:
        """End process and thread within a bound; return whether they ended."""
        for timer in (self._asking, self._forcing, self._settling):
            timer.stop()
        thread, self._thread = self._thread, None
        self._is_closed = True
        return thread is None or thread.stop_thread()

    # ---- what runs

    @property
    def _worker(self) -> ReductionThread:
        if self._thread is None:
            self._thread = ReductionThread(self.make_process, self)
            self._thread.came.connect(self._take)
        return self._thread

    def _begin(self, request: ReduceRequest) -> None:
        """Begin with this as soon as what runs has ended."""
        self._next = RunState(request, self._session.scan.place, self._session.scan.generation)
        if self.run is None or self.run.is_over:
            self._begin_next()
        else:
            self._end_run(drops=True)
            self._forcing.start()
        self.run_changed.emit()

    def _end_run(self, *, drops: bool) -> None:
        self._drops = self._drops or drops
        if self.run is not None and not self.run.is_over:
            self.run.is_stopping = True
            self._worker.stop_reduction()

    def _begin_next(self) -> None:
        self._forcing.stop()
        run, self._next = self._next, None
        if run is None or self._is_closed:
            return
        self.run, self._drops, self._has_shown, self._n_asked = run, False, False, 0
        self._worker.start_reduction(run.request)
        self._ask_for_frame()
        self.run_changed.emit()

    def _look_anew(self) -> None:
        """Have the shown frame reduced as it is set by now, unless all of them are."""
        self.run_changed.emit()
        if not self._is_looked_at or self.is_running or self._is_closed:
            return
        request, run = request_of(self._session.scan, self.chosen, shows_only=True), self._current
        if request is None:
            return
        if run is not None and is_same_reduction(run.request, request):
            goes_on = not run.is_over and not run.is_stopping
            if goes_on or run.failed is not None:  # which it would again
                return
        self._begin(request)

    # ---- what comes

    def _take(self) -> None:
        if self._thread is None:
            return
        for event in self._thread.take():
            if isinstance(event, Described):
                self._take_description(event)
            elif self.run is not None:
                self._take_event(self.run, event)

    def _take_description(self, described: Described) -> None:
        self._asked.discard(described.name)
        if described.info is not None:
            self._infos[described.name] = described.info
        self._faults[described.name] = described.fault
        self.changed.emit()

    def _take_event(self, run: RunState, event: ReductionEvent) -> None:
        run.note(event)
        if run.is_over:
            self._on_over(run)
        elif self._drops:
            return
        match event:
            case Prepared():
                self._on_prepared(run, event)
            case Reduced():
                self._on_reduced(run, event)
            case ShownReduced():
                self._on_shown(event)
        if not isinstance(event, Reduced | ShownReduced):
            self.run_changed.emit()

    def _on_prepared(self, run: RunState, prepared: Prepared) -> None:
        before = self._values_of
        is_same = before is not None and is_same_reduction(before.request, run.request)
        if not (is_same and run.request.shows_only):  # else what was made of all frames is still true, and goes on to be seen
            self._values_of = run
            if not run.request.shows_only:
                self._offer_quantities(run, prepared)
            self.began.emit(prepared)
        self._ask_for_frame()

    def _offer_quantities(self, run: RunState, prepared: Prepared) -> None:
        name = prepared.reduction
        numbers = (one for one in prepared.outputs if not one.shape)
        offered = tuple(
            Quantity(f"{name}.{one.name}", Kind.REDUCTION, one.unit, f"{name} {one.words}" if one.words else "") for one in numbers
        )
        self._offered_by = run
        self._session.begin_reduction(run.place, name, offered)

    def _on_reduced(self, run: RunState, reduced: Reduced) -> None:
        if run.request.shows_only or run.prepared is None:
            return
        name = run.prepared.reduction
        if reduced.numbers:
            names = tuple(f"{name}.{one}" for one in reduced.numbers)
            values = np.stack([*reduced.numbers.values()], axis=1)
            self._session.take_reduced(run.place, names, reduced.indices, values, reduced.scan_shape)
        self.came.emit(reduced)
        if not self._has_shown and self._shown is not None and self._shown[0] in reduced.indices:
            self._ask_again()

    def _on_over(self, run: RunState) -> None:
        if self._next is not None:
            self._begin_next()
        elif not run.request.shows_only and run.failed is None and not self._drops:
            self._settling.start()  # frames are looked at further

    # ---- the shown frame

    def _on_shown(self, event: ShownReduced) -> None:
        index = moved_index(event.index, event.scan_shape, self._session.scan.scan_shape)
        if index is None or self._shown is None or index != self._shown[0]:
            return
        self._has_shown = self._has_shown or bool(event.outputs)
        if not self._has_shown and self._n_asked <= MOST_ASKED:
            self._asking.start(AGAIN_MS << self._n_asked)
            if self._n_asked < TOLD_AFTER:  # its key is here, and not there yet: another reader came first
                self._n_asked += 1
                return
            self._n_asked += 1
        self.frame_came.emit(replace(event, index=index))

    def _ask_for_frame(self) -> None:
        """Ask for all that is made of the frame that is shown."""
        shown = self._session.scan.shown
        is_of_run = self.run is not None and self.run.place == self._session.scan.place
        wanted = None if shown is None or shown.of_points is not None or not is_of_run else (shown.index, self._session.scan.scan_shape)
        if wanted != self._shown:
            self._shown, self._has_shown, self._n_asked = wanted, False, 0
        self.frame_awaited.emit(None if wanted is None else wanted[0])
        if wanted is not None and self._is_looked_at and not self._has_shown:
            self._ask_again()

    def _ask_again(self) -> None:
        if self._shown is not None and self.run is not None and not self.run.is_over and self._is_looked_at and not self._has_shown:
            self._worker.show_frame(*self._shown)

    # ---- the scan

    def _set(self, chosen: ChosenReduction) -> None:
        if chosen == self.chosen:
            return
        self._kept[self._session.scan.place] = chosen
        self.changed.emit()
        self._settling.start()

    def _on_request(self) -> None:
        """Another scan: what runs belongs to the one before."""
        self._next = self._values_of = self._offered_by = self._shown = None
        if not self.goes_on_by_itself():
            self._was_running = False
        self.output = ""
        self._end_run(drops=True)
        self.cleared.emit()
        self.run_changed.emit()
        self.changed.emit()

    def _on_opened(self) -> None:
        self._on_data()
        if self._was_running and self._started_in != self._session.scan.generation and self.goes_on_by_itself():
            self.start()

    def _on_data(self) -> None:
        """Another data set is shown, with another choice; what runs goes on."""
        self.changed.emit()
        self._ask_for_frame()
        if self._is_looked_at:
            self.learn()
            self._settling.start()
