"""What is reduced of the scan: what runs and what comes of it, started and stopped by intents; the one truth that the panel shows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.core.conditions import FILE_REPLACED
from swmr_viewer.gui.reductions.choices import Choices
from swmr_viewer.gui.reductions.reduced_numbers import quantities_of, take_numbers
from swmr_viewer.gui.reductions.reduction_thread import ProcessLike, ReductionThread, real_process
from swmr_viewer.gui.reductions.run_request import is_same_reduction, request_of
from swmr_viewer.gui.reductions.run_state import RunState
from swmr_viewer.gui.reductions.shown_frame import ShownFrame
from swmr_viewer.gui.session import Session
from swmr_viewer.reducing.messages import (
    Described,
    Prepared,
    Reduced,
    ReduceRequest,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    ShownReduced,
)

STOP_MS = 3000
"""After so long what does not end is ended for what comes next."""
SETTLE_MS = 400
"""What is typed and chosen rests so long before the shown frame is reduced by it."""


class Reductions(QObject):
    """Starts and stops what is chosen (``choices``); tells what comes.

    While somebody looks (``look``), the shown frame is reduced, whether all frames are (``start``) or not.

    Parameters
    ----------
    session : Session
        Whose scan.
    make_process : callable
        Makes what reduces.
    """

    output_changed = Signal()
    run_changed = Signal()
    """What runs, or how far it is (``run``)."""
    cleared = Signal()
    """Another scan, or what is set cannot be made: nothing of what was before is to be seen."""
    replaced = Signal()
    """Another reduction, or data set: its outputs take the place of those that are seen."""
    began = Signal(object)
    """``Prepared``: all that was told before is of another reduction."""
    came = Signal(object)
    """``Reduced``."""

    def __init__(self, session: Session, make_process: Callable[[], ProcessLike] = real_process) -> None:
        super().__init__(session)
        self._session = session
        self.make_process = make_process
        self._thread: ReductionThread | None = None
        self.choices = Choices(session, lambda name: self._worker.describe(name))
        self.output = ""
        """The file for the results of the next start; "": none."""
        self._held = ""
        self.run: RunState | None = None
        """What runs, or ran last."""
        self._next: RunState | None = None
        """What is to begin once what runs has ended."""
        self._values_of: RunState | None = None
        """By which run the values were made that the panel shows."""
        self._failed: RunState | None = None
        """The run of all frames that failed: it is told until something else is set, while frames are looked at further."""
        self._offered_by: RunState | None = None
        """By which run of all frames the latest quantities were made."""
        self._is_looked_at = self._drops = False
        self.is_gone = False
        """Whether another scan has the name of this file: nothing more can be reduced of this one, and nothing of the other is shown."""
        self.goes_on_by_itself: Callable[[], bool] = lambda: False
        """Whether the next scan is started without being asked: the window watches a folder."""
        self._was_running, self._started_in = False, 0
        """Whether somebody started it and nobody stopped it; the generation of the scan that was started last."""
        self._is_closed = False
        self.frame = ShownFrame(session, self._is_of_shown, self._ask)
        self._forcing = QTimer(self, singleShot=True, interval=STOP_MS)
        self._forcing.timeout.connect(self._begin_next)
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self._look_anew)
        session.request_changed.connect(self._on_request)
        session.opened.connect(self._on_opened)
        session.data_changed.connect(self._on_data)
        session.file_replaced.connect(self._on_replaced)
        session.geometry_changed.connect(self._settling.start)
        self.choices.edited.connect(self._on_edited)

    # ---- facts

    @property
    def can_start(self) -> bool:
        """Whether there is something to reduce, by something."""
        return not (self._held or self.is_gone) and request_of(self._session.scan, self.choices.chosen) is not None

    @property
    def is_running(self) -> bool:
        """Whether all frames are being reduced, or will be in a moment."""
        run = self._current
        return run is not None and not run.request.shows_only and not (run.is_over or run.is_stopping)

    @property
    def shown_run(self) -> RunState | None:
        """What there is to tell of: what reduces all frames, or did so last, while what is set and shown is still the same."""
        run, made_by = self._current, self._values_of
        if run is None or not run.request.shows_only:
            return run
        of_all = made_by if made_by is not None and not made_by.request.shows_only else None
        if self._failed is not None or self.is_gone:
            return self._failed or of_all
        is_true = of_all is not None and run.failed is None and is_same_reduction(of_all.request, run.request)
        return of_all if is_true else run

    @property
    def _current(self) -> RunState | None:
        """What runs, or ran last, of the scan that is shown."""
        run = self._next or self.run
        return run if run is not None and run.generation == self._session.scan.generation else None

    @property
    def is_out_of_date(self) -> bool:
        """Whether something else is set by now than the numbers were made with that maps and curves show, or than what runs."""
        made_by, now = self._offered_by, request_of(self._session.scan, self.choices.chosen)
        if made_by is None or now is None or (made_by.request.reduction.name != now.reduction.name and not self.is_running):
            return False
        has_numbers = made_by.prepared is not None and bool(quantities_of(made_by.prepared))
        is_told = (self.is_running or has_numbers) and made_by.place == self._session.scan.place
        return is_told and not is_same_reduction(made_by.request, now)

    # ---- intents

    def load_script(self, name: str) -> None:
        """Have a reduction of a script that somebody named, ``file.py:Name``, as it is now."""
        self.choices.unlearn(name)
        self._values_of = None
        self._end_run(drops=True)  # it may be of what stood there before
        self.choices.choose(name)

    def forget(self) -> None:
        """Have nothing chosen, and nothing reduced, as at the first start."""
        self.stop()
        self._end_run(drops=True)
        self.choices.forget()
        self.set_output("")
        self.cleared.emit()

    def set_output(self, path: str) -> None:
        """Have the results of the next start written to this file; "": to none."""
        if path != self.output:
            self.output, self._failed = path, None
            self.output_changed.emit()

    def hold(self, fault: str) -> None:
        """Nothing is started while something is wrong with what is set, as the form says; "": nothing is."""
        if fault != self._held:
            self._held = fault
            self.run_changed.emit()

    def start(self) -> None:
        """Reduce every frame of the shown data set from now on."""
        request = request_of(self._session.scan, self.choices.chosen, output=self.output)
        if request is not None and not self.is_gone:
            self._was_running, self._started_in, self._failed = True, self._session.scan.generation, None
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
            self.choices.learn()
            self._settling.start()
        elif self.run is not None and not self.run.is_over and self.run.request.shows_only:
            self._end_run(drops=True)

    def look_again(self) -> None:
        """Something else may be masked, or stand elsewhere: the shown frame is reduced by it, once that has settled."""
        self._settling.start()

    def close(self) -> bool:
        """End process and thread within a bound; return whether they ended."""
        self.frame.forget()
        for timer in (self._forcing, self._settling):
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
        self.run, self._drops = run, False
        if self._values_of is not None and _whose(self._values_of) != _whose(run):
            self._values_of = None
            self.replaced.emit()
        self.frame.begin()
        self._worker.start_reduction(run.request)
        self.frame.look()
        self.run_changed.emit()

    def _look_anew(self) -> None:
        """Have the shown frame reduced as it is set by now, unless all of them are."""
        self.run_changed.emit()
        if not self._is_looked_at or self._is_closed or self.is_gone:
            return
        self.choices.learn()
        if self.is_running:
            return
        request, run = request_of(self._session.scan, self.choices.chosen, shows_only=True), self._current
        if request is None:
            return
        if run is not None and is_same_reduction(run.request, request):
            goes_on = not run.is_over and not run.is_stopping
            if goes_on or (run.failed is not None and run.request.shows_only):  # which it would again
                return
        self._begin(request)

    # ---- what comes

    def _take(self) -> None:
        if self._thread is None:
            return
        for event in self._thread.take():
            if isinstance(event, Described):
                self.choices.take(event)
            elif self.run is not None:
                self._take_event(self.run, event)

    def _take_event(self, run: RunState, event: ReductionEvent) -> None:
        run.note(event)
        if isinstance(event, Prepared | ReductionEnded | ReductionFailed) and not run.request.shows_only:
            self._session.record(run.record, run.failed.details if run.failed is not None else "")
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
                self.frame.take(event)
        if not isinstance(event, Reduced | ShownReduced):
            self.run_changed.emit()

    def _on_prepared(self, run: RunState, prepared: Prepared) -> None:
        before = self._values_of
        is_same = before is not None and is_same_reduction(before.request, run.request)
        if not (is_same and run.request.shows_only):  # else what was made of all frames is still true, and goes on to be seen
            self._values_of = run
            if not run.request.shows_only:
                self._offered_by = run
                self._session.begin_reduction(run.place, prepared.reduction, quantities_of(prepared))
            self.began.emit(prepared)
        self.frame.look()

    def _on_reduced(self, run: RunState, reduced: Reduced) -> None:
        if run.request.shows_only or run.prepared is None:
            return
        take_numbers(self._session, run.place, run.prepared.reduction, reduced)
        self.came.emit(reduced)
        self.frame.note_reduced(reduced.indices)

    def _on_over(self, run: RunState) -> None:
        if self._next is not None:
            self._begin_next()
        elif run.ended is not None and run.ended.reason == FILE_REPLACED:
            if run.generation == self._session.scan.generation:
                self._on_replaced()
        elif run.failed is None:
            self._settling.start()  # frames are looked at further
        else:
            self._on_failed(run)

    def _on_failed(self, run: RunState) -> None:
        if self._values_of is None or not is_same_reduction(self._values_of.request, run.request):
            self._values_of = None
            self.cleared.emit()
        if not run.request.shows_only:  # where it was to run, or to be written, may be all that is wrong
            self._failed = run
            self._settling.start()

    # ---- the shown frame

    def _is_of_shown(self) -> bool:
        return self.run is not None and self.run.place == self._session.scan.place and not self.is_gone

    def _ask(self, index: int, scan_shape: tuple[int, ...]) -> None:
        if self._is_looked_at and self.run is not None and not self.run.is_over:
            self._worker.show_frame(index, scan_shape)

    # ---- the scan

    def _on_request(self) -> None:
        """Another scan: what runs belongs to the one before."""
        self._next = self._values_of = self._offered_by = self._failed = None
        self.is_gone = False
        self.frame.forget()
        if not self.goes_on_by_itself():
            self._was_running = False
        self.set_output("")
        self._end_run(drops=True)
        self.cleared.emit()
        self.run_changed.emit()

    def _on_replaced(self) -> None:
        """By this path there is another scan: to reduce its frames for those that are shown would mix them up."""
        self.is_gone, self._next = True, None
        if self.run is not None and self.run.request.shows_only:
            self._end_run(drops=True)
        self.frame.look()
        self.run_changed.emit()

    def _on_opened(self) -> None:
        self._on_data()
        if self._was_running and self._started_in != self._session.scan.generation and self.goes_on_by_itself():
            self.start()

    def _on_edited(self) -> None:
        self._failed = None
        self._settling.start()

    def _on_data(self) -> None:
        """Another data set is shown, with another choice; what runs goes on."""
        self.frame.look()
        if self._is_looked_at:
            self.choices.learn()
            self._settling.start()


def _whose(run: RunState) -> tuple[str, str]:
    """Return what and whose the outputs of a run are; with other parameters they stay to be seen until there are others."""
    return run.request.reduction.name, run.place
