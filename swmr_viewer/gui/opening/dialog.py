"""The open dialog: an editor of a `FollowRequest`, beside the tree of the file that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from swmr_viewer.core.inspection import FileState, Inspection
from swmr_viewer.gui.look.room import size_on_screen
from swmr_viewer.gui.opening.dialog_parts import Contents, FileRow, OpenButtons
from swmr_viewer.gui.opening.inspector import Inspector
from swmr_viewer.gui.opening.path_probe import local_paths
from swmr_viewer.gui.opening.preset_row import PresetRow
from swmr_viewer.gui.opening.query import Query
from swmr_viewer.gui.opening.recent import RecentFiles
from swmr_viewer.gui.opening.request_fields import RequestFields
from swmr_viewer.opening import Assessment, Preset, Remark, RequestForm, Tone, may_come, preview_request
from swmr_viewer.reader.messages import FollowRequest, Inspected, Previewed

TYPING_PAUSE_MS = 250
"""After the last key stroke in the file's name, before the file is inspected."""
CHOICE_PAUSE_MS = 300
"""After the last change in the fields or the tree, before a frame is read."""

DRAWN = QSize(1000, 740)


class OpenDialog(QDialog):
    """Chooses a file and the paths in it; modeless, and never waits for storage.

    Parameters
    ----------
    inspector : Inspector
        Answers about files; stopped when the dialog closes. Its owner closes it in the end.
    recent : callable
        Returns what was opened before, the newest first.
    reduction : callable
        Returns the reduction that is saved with a preset, as `preset_of` takes it.
    """

    accepted_request = Signal(object)
    """The `FollowRequest` to open: with the paths that were chosen, not with those that were found."""

    def __init__(
        self,
        inspector: Inspector,
        parent: QWidget | None = None,
        recent: Callable[[], tuple[FollowRequest, ...]] = tuple,
        reduction: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        super().__init__(parent)
        self._inspector, self._reduction = inspector, reduction
        self._shows_selection = False
        self.form = RequestForm()
        self.recent = RecentFiles(recent, self)
        self.setWindowTitle("Open")
        self.setModal(False)
        self.setAcceptDrops(True)
        self.setMinimumWidth(640)
        self._make_widgets()
        self._make_queries(inspector)
        self._connect()
        self._show_assessment()
        self.resize(size_on_screen(DRAWN, self))

    # ---- the value

    def value(self) -> FollowRequest:
        """Return the request as the fields stand."""
        return self.form.request()

    def set_value(self, request: FollowRequest) -> None:
        """Show a request; what it leaves open is filled in by what is found."""
        self.form.set_request(request)
        self.fields.refresh()
        self.file_field.setText(request.path)
        if (found := self._found()) is not None:
            self.fields.fill(found)
        if self.isVisible():
            self.read_again()
        else:
            self.inspection.interrupt()

    def _set_paths(self, request: FollowRequest) -> None:
        self.set_value(replace(request, conditions=self.form.base.conditions))

    def use_preset(self, preset: Preset) -> None:
        """Write a preset's paths into the fields; what it leaves open is filled in by what is found."""
        self._set_paths(preset.request(self.form.path))

    def assessment(self) -> Assessment:
        """Return what the dialog shows of its request now."""
        return self.form.assess(self.inspection.answer, self.inspection.reading_s)

    # ---- making

    def _make_widgets(self) -> None:
        self.file_row = FileRow(self.recent)
        self.file_field = self.file_row.field
        self.contents = Contents(self.recent)
        self.tree = self.contents.tree
        self.presets = PresetRow(self.value, self._reduction)
        self.fields = RequestFields(self.form)
        self.remarks = {"file": self.file_row.remark} | self.fields.remarks
        self.buttons = OpenButtons()
        self.open_button = self.buttons.open_button
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for part in (self.file_row, self.contents, self.presets, self.fields, self.buttons):
            layout.addWidget(part, stretch=1 if part is self.contents else 0)

    def _make_queries(self, inspector: Inspector) -> None:
        self.preview = Query[FollowRequest, Previewed](
            inspector.preview, inspector.previewed, self._frame_may_come, pause_ms=CHOICE_PAUSE_MS, parent=self
        )
        self.inspection = Query[str, Inspected](
            inspector.inspect,
            inspector.inspected,
            may_come,
            pause_ms=TYPING_PAUSE_MS,
            is_busy=lambda: self.preview.is_reading,
            parent=self,
        )

    def _connect(self) -> None:
        inspection, fields, tree, row = self.inspection, self.fields, self.tree, self.file_row
        inspection.asked.connect(self.preview.interrupt)  # the inspector drops previews when it is asked about a file
        inspection.answered.connect(self._show_found)
        inspection.forgotten.connect(self._forget)
        inspection.changed.connect(self._show_assessment)
        self.preview.changed.connect(self._show_preview)
        self.file_field.textChanged.connect(self._set_file)
        row.chosen.connect(self._choose_file)
        row.again_button.clicked.connect(self.read_again)
        self.recent.chosen.connect(self._set_paths)
        fields.changed.connect(self._show_assessment)
        fields.data.textChanged.connect(lambda: self._choose_preview(shows_selection=False))
        fields.changed.connect(self._choose_preview)
        fields.chosen.connect(self._fill_of_same_scan)
        self.presets.preset_chosen.connect(self.use_preset)
        self.presets.reported.connect(self._show_report)
        tree.path_activated.connect(fields.put_into_focused)
        tree.use_chosen.connect(fields.put)
        tree.selection_changed.connect(lambda: self._choose_preview(shows_selection=True))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        everywhere = {"Ctrl+O": row.browse, "Ctrl+R": row.show_recent, "F5": self.read_again, "Ctrl+F": tree.filter_box.setFocus}
        for keys, do in everywhere.items():
            QShortcut(QKeySequence(keys), self).activated.connect(do)
        down = QShortcut(QKeySequence("Down"), self.file_field, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self.contents.enter_recent)

    # ---- what is known of the file

    def read_again(self) -> None:
        """Have the file inspected and its first frame read anew."""
        self.preview.forget()
        self.inspection.ask()

    def _set_file(self) -> None:
        self.form.path = self.file_row.path()
        self.inspection.set_subject(self.form.path or None)

    def _choose_file(self, path: str) -> None:
        self.file_field.setText(path)
        self.inspection.ask_if_due()

    def _found(self) -> Inspection | None:
        answer = self.inspection.answer
        return answer.inspection if answer is not None else None

    def _frame_may_come(self, answer: Previewed) -> bool:
        """Whether a frame may still be written; a file that killed its reader is not read again."""
        found = self._found()
        is_written = found is not None and found.state in (FileState.SWMR, FileState.WRITING)
        return answer.thumbnail is None and is_written and answer.kind is not None and answer.kind.can_be_retried

    def _forget(self) -> None:
        self._shows_selection = False
        self.preview.forget()
        self.fields.fill(None)
        self.tree.show_inspection(None)

    def _show_found(self, answer: Inspected) -> None:
        self.tree.show_inspection(answer.inspection)
        if answer.inspection is not None:
            self.fields.fill(answer.inspection)
        self._choose_preview()

    def _fill_of_same_scan(self) -> None:
        """The user may have named a path of another scan than the one that was found."""
        found = self._found()
        if found is not None and found.entries:
            self.fields.fill(found)

    # ---- showing

    def _choose_preview(self, *, shows_selection: bool | None = None) -> None:
        """Preview what the user turned to last: the selected row, or the data field."""
        if shows_selection is not None:
            self._shows_selection = shows_selection
        found = self._found()
        if found is not None and not self.inspection.is_reading:
            selected = tuple(self.tree.selected_paths()) if self._shows_selection else ()
            self.preview.set_subject(preview_request(self.value(), found, selected))

    def _show_preview(self) -> None:
        preview = self.preview
        self.contents.preview.show_answer(preview.subject.data_paths[0] if preview.subject else "", preview.answer, preview.reading_s)

    def _show_assessment(self) -> None:
        assessment = self.assessment()
        for name, remark in self.remarks.items():
            remark.set_remark(getattr(assessment, name))
        self.buttons.show_assessment(assessment)
        is_named = bool(self.file_field.text().strip())
        self.file_row.again_button.setEnabled(is_named)
        self.contents.show_for(is_named=is_named, is_reading=self.inspection.is_reading, is_known=self.inspection.answer is not None)

    def _show_report(self, text: str, is_problem: bool) -> None:
        self.remarks["finished"].set_remark(Remark(text, Tone.PROBLEM if is_problem else Tone.PLAIN))

    # ---- events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := local_paths(event):
            self._choose_file(paths[0])
            event.acceptProposedAction()

    def accept(self) -> None:
        assessment = self.assessment()
        if assessment.can_open:
            request = self.form.chosen_request()
            super().accept()
            self.accepted_request.emit(replace(request, wait_s=None) if assessment.waits else request)

    def done(self, result: int) -> None:
        self._stop()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.presets.reload()
        self._show_assessment()
        self.read_again()

    def _stop(self) -> None:
        self.inspection.interrupt()
        self.preview.interrupt()
        self._inspector.stop()
