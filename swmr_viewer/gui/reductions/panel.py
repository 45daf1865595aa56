"""The panel of reductions: which one, how it is set, how far it is, what it makes of the shown frame and of the scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSplitter, QToolButton, QVBoxLayout, QWidget

from swmr_viewer.analysis import Region
from swmr_viewer.core.conditions import FILE_REPLACED
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.choice_button import ChoiceButton
from swmr_viewer.gui.look.file_work import FileWork
from swmr_viewer.gui.reductions.parameter_field import AskForFile
from swmr_viewer.gui.reductions.parameter_form import ParameterForm
from swmr_viewer.gui.reductions.reductions import Reductions
from swmr_viewer.gui.reductions.result_views import ResultViews
from swmr_viewer.gui.reductions.run_bar import RunBar
from swmr_viewer.gui.reductions.where_editor import WhereEditor
from swmr_viewer.gui.session import Session
from swmr_viewer.reducing.messages import Prepared
from swmr_viewer.reductions import ReductionInfo, available, is_script

SCRIPT = "a script of your own\u2026"
NOT_CHOSEN = "choose a reduction"
LEAST_SETTINGS_PX, LEAST_RESULTS_PX = 70, 150


class ReductionsPanel(QWidget):
    """Shows ``reductions``.

    Parameters
    ----------
    session, display
        What is shown, and how.
    reductions : Reductions
        What it shows and edits.
    start, stop, load_script : QAction
        Of the window.
    ask_for_file, ask_for_output : callable
        Open dialogs.
    regions : callable
        Returns the regions that are drawn.
    """

    pointed = Signal(str)
    """What is under the pointer, in words; "" outside."""

    def __init__(
        self,
        session: Session,
        display: Display,
        reductions: Reductions,
        actions: tuple[QAction, QAction, QAction],
        ask_for_file: AskForFile,
        ask_for_output: AskForFile,
        regions: Callable[[], Sequence[Region]],
    ) -> None:
        super().__init__()
        self._session, self._display, self._reductions = session, display, reductions
        start, stop, self._load_script = actions
        self._available: tuple[ReductionInfo, ...] = ()
        self._was_running = False
        self.work = FileWork(self)
        self.choice = ChoiceButton("Reduction", self._offers)
        self.settings = QToolButton()
        self.settings.setCheckable(True)
        self.settings.setChecked(True)
        self.settings.setProperty("slim", "true")
        self.settings.setText("Settings")
        self.settings.setToolTip("Show what can be set, or more of the results")
        self.form = ParameterForm(ask_for_file, regions)
        self.where = WhereEditor(ask_for_output)
        self.fault = QLabel(wordWrap=True)
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        self.run_bar = RunBar(start, stop)
        self.views = ResultViews()
        self.views.hide()
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.choice)
        head.addStretch(1)
        head.addWidget(self.settings)
        settings = QWidget()
        rows = QVBoxLayout(settings)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(4)
        for part in (self.fault, self.form, self.where):
            rows.addWidget(part)
        rows.addStretch(1)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setWidget(settings)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setMinimumHeight(LEAST_SETTINGS_PX)
        self.views.setMinimumHeight(LEAST_RESULTS_PX)
        results = QWidget()
        below = QVBoxLayout(results)
        below.setContentsMargins(0, 4, 0, 0)
        below.setSpacing(6)
        below.addWidget(self.run_bar)
        below.addWidget(self.views, 1)
        below.addStretch(0)
        self.split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.split.addWidget(self.area)
        self.split.addWidget(results)
        self.split.setStretchFactor(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(2, 2, 2, 2)
        box.setSpacing(6)
        box.addLayout(head)
        box.addWidget(self.split, 1)

    def _connect(self) -> None:
        reductions, views, session = self._reductions, self.views, self._session
        self.choice.chosen.connect(self._choose)
        self.settings.toggled.connect(self.area.setVisible)
        self.form.edited.connect(reductions.choices.set_text)
        self.form.fault_changed.connect(self._show_run)
        self.where.edited.connect(reductions.choices.set)
        self.where.output_edited.connect(reductions.set_output)
        of_scan = (session.opened, session.data_changed, session.request_changed)
        for signal in (reductions.choices.changed, reductions.output_changed, *of_scan):
            signal.connect(self._show)
        reductions.run_changed.connect(self._show_run)
        reductions.cleared.connect(self._clear)
        reductions.replaced.connect(views.clear)
        reductions.began.connect(self._begin)
        reductions.came.connect(views.take)
        reductions.frame.awaited.connect(views.await_frame)
        reductions.frame.came.connect(views.show_frame)
        session.progress_settled.connect(self._show_progress)
        session.state_changed.connect(self._show_run)
        self._display.changed.connect(self._apply_settings)
        views.index_clicked.connect(session.pin_nearest)
        views.pointed.connect(self.pointed)
        self._apply_settings()

    # ---- results

    def _begin(self, prepared: Prepared) -> None:
        self.views.begin(prepared)
        self.views.show()
        self._show_progress()

    def _clear(self) -> None:
        self.views.clear()
        self.views.hide()

    # ---- seen or not

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if event.spontaneous():
            return
        if not self._available:
            self.work.do(available, self._take_available)
        self._reductions.look(True)
        self._show_progress()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self._reductions.look(False)

    # ---- choosing

    def _take_available(self, found: object) -> None:
        if isinstance(found, tuple):
            self._available = found
            self._show()

    def _offers(self) -> Mapping[str, str]:
        chosen = self._reductions.choices.chosen.name
        offered = {one.name: _words(one) for one in self._available}
        if chosen and chosen not in offered:
            offered[chosen] = _name_words(chosen)
        return {**offered, SCRIPT: SCRIPT.capitalize()}

    def _choose(self, name: str) -> None:
        if name == SCRIPT:
            self._load_script.trigger()
        else:
            self._reductions.choices.choose(name)

    # ---- showing

    def _show(self) -> None:
        chosen, info, fault = self._reductions.choices.chosen, self._reductions.choices.info, self._reductions.choices.fault
        self.choice.show_chosen(chosen.name, self._offers()[chosen.name] if chosen.name else NOT_CHOSEN)
        self.form.show_parameters(info.parameters if info is not None else (), chosen.texts)
        self.where.show_chosen(chosen, self._reductions.output)
        told = fault or ("" if info is not None or not chosen.name else "Asking what can be set \u2026")
        self.fault.setText(plain(told))
        self.fault.setProperty("role", "bad" if fault else "muted")
        self.fault.style().polish(self.fault)
        self.fault.setVisible(bool(told))
        self._show_run()

    def _show_run(self) -> None:
        run, is_running = self._reductions.shown_run, self._reductions.is_running
        if is_running and not self._was_running:
            self.settings.setChecked(False)  # what comes is looked at now
        self._was_running = is_running
        self._reductions.hold(self.form.fault or self.where.fault)
        self.run_bar.show_run(run, self._hint(), is_running=is_running)

    def _hint(self) -> str:
        reductions = self._reductions
        if fault := self.form.fault or self.where.fault:
            return fault
        if not reductions.choices.chosen.name:
            return "Choose what is made of each frame"
        run = reductions.shown_run
        if reductions.is_gone and (run is None or run.ended is None or run.ended.reason != FILE_REPLACED):
            return "Another scan has the name of this file"
        if run is None:
            return "" if reductions.can_start else "Waiting for the scan"
        if run.place != self._session.scan.place:
            return f"(of {plain(run.request.data_path)})"
        if reductions.is_out_of_date:
            what = "what runs was set before" if reductions.is_running else "numbers in maps and curves are as it was set before"
            return f"Something else is set by now; {what}"
        scan = self._session.scan
        if scan.preparation.of(scan.data_path).correction.names:
            return "Of the frames as the file has them: dark and flat frames do not count here"
        return ""

    def _show_progress(self) -> None:
        if self.isVisible():
            self.views.note_progress(self._session.scan.progress)

    def _apply_settings(self) -> None:
        self.views.apply_settings(self._display.settings)

    def close_work(self) -> None:
        """Wait a moment for what is looked for."""
        self.work.close()


def _words(info: ReductionInfo) -> str:
    words = info.words or info.name
    return plain(words if info.origin == "built in" else f"{words} ({info.origin})")


def _name_words(name: str) -> str:
    """Return the name of a script's reduction as it has room: without the folder."""
    return plain(name.replace("\\", "/").rpartition("/")[2] if is_script(name) else name)
