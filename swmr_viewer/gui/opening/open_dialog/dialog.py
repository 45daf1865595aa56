"""The open dialog: an editor of a `FollowRequest`, beside the tree of the file that it names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from swmr_viewer.gui.opening.open_dialog.contents import Contents
from swmr_viewer.gui.opening.open_dialog.file_look import FileLook, FileLookerLike
from swmr_viewer.gui.opening.open_dialog.file_row import FileRow
from swmr_viewer.gui.opening.open_dialog.open_buttons import OpenButtons
from swmr_viewer.gui.opening.open_dialog.preset_row import PresetRow
from swmr_viewer.gui.opening.open_dialog.previewing import PreviewerLike, Previewing, frame_may_come, request_for
from swmr_viewer.gui.opening.open_dialog.recent_files import RecentFiles
from swmr_viewer.gui.opening.open_dialog.request_fields import RequestFields
from swmr_viewer.gui.opening.open_dialog.verdict import Remark, Tone, Verdict, judge
from swmr_viewer.opening.presets import Preset
from swmr_viewer.reader.messages import FollowRequest, Inspected


class InspectorLike(FileLookerLike, PreviewerLike, Protocol):
    """What the dialog needs of an `Inspector`."""

    def stop(self) -> None: ...


class OpenDialog(QDialog):
    """Chooses a file and the paths in it; modeless, and never waits for storage.

    Parameters
    ----------
    inspector : Inspector
        PendingInspections into files elsewhere; stopped when the dialog closes. Its owner closes it in the end.
    recent : callable
        Returns what was opened before, the newest first.
    """

    accepted_request = Signal(object)
    """The `FollowRequest` to open: with the paths that were chosen, not with those that were found."""

    def __init__(
        self, inspector: InspectorLike, parent: QWidget | None = None, recent: Callable[[], tuple[FollowRequest, ...]] = tuple
    ) -> None:
        super().__init__(parent)
        self._inspector = inspector
        self._base = FollowRequest("")
        self._shows_selection = False
        self.recent = RecentFiles(recent, self)
        self.setWindowTitle("Open")
        self.setModal(False)
        self.setAcceptDrops(True)
        self.setMinimumWidth(640)
        self.resize(1000, 740)
        self._make_widgets()
        self._lay_out()
        self.previewing = Previewing(inspector, self)
        self.look = FileLook(inspector, self.file_row.path, lambda: self.previewing.is_reading, self)
        self._connect()
        self._show_verdict()

    # ---- the value

    def value(self) -> FollowRequest:
        """Return the request as the fields stand."""
        fields = self.fields
        return replace(
            self._of_this_file(),
            key_paths=fields.keys.paths(),
            length_paths=fields.length_paths(),
            data_paths=fields.data.paths(),
            finished_path=fields.finished_path(),
        )

    def _of_this_file(self) -> FollowRequest:
        """Return what was set without a field here; the extent of a scan is that of its own file."""
        path = self.file_row.path()
        return replace(self._base, path=path, scan_shape=self._base.scan_shape if path == self._base.path else None)

    def set_value(self, request: FollowRequest) -> None:
        """Show a request; what it leaves open is filled in by what is found."""
        self._base = request
        self.fields.set_request(request)
        self.file_field.setText(request.path)
        answer = self.look.answer
        if answer is not None and answer.inspection is not None:
            self.fields.fill(answer.inspection)
        if self.isVisible():
            self.read_again()

    def _set_paths(self, request: FollowRequest) -> None:
        self.set_value(replace(request, conditions=self._base.conditions))

    def use_preset(self, preset: Preset) -> None:
        """Write a preset's paths into the fields; what it leaves open is filled in by what is found."""
        self._set_paths(preset.request(self.file_row.path()))

    def verdict(self) -> Verdict:
        """Return what the dialog says now."""
        answer = self.look.answer
        if answer is not None and answer.inspection is not None:
            answer = replace(answer, inspection=self.fields.named(answer.inspection))
        return judge(self.value(), answer, self.look.reading_s)

    # ---- making

    def _make_widgets(self) -> None:
        self.file_row = FileRow(self.recent)
        self.file_field = self.file_row.field
        self.contents = Contents(self.recent)
        self.tree = self.contents.tree
        self.presets = PresetRow(self.value)
        self.fields = RequestFields()
        self.remarks = {"file": self.file_row.remark} | self.fields.remarks
        self.buttons = OpenButtons()
        self.open_button = self.buttons.open_button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for part in (self.file_row, self.contents, self.presets, self.fields, self.buttons):
            layout.addWidget(part, stretch=1 if part is self.contents else 0)

    def _connect(self) -> None:
        look, fields, tree, row = self.look, self.fields, self.tree, self.file_row
        look.asked.connect(self._note_asked)
        look.answered.connect(self._take)
        look.forgotten.connect(self._forget)
        look.ticked.connect(self._show_verdict)
        self.file_field.textEdited.connect(look.note_typing)
        self.file_field.textChanged.connect(look.note_name)
        row.chosen.connect(self._choose)
        row.again_button.clicked.connect(self.read_again)
        self.recent.chosen.connect(self._set_paths)
        fields.changed.connect(self._show_verdict)
        fields.data.textChanged.connect(lambda: self._preview_of(selection=False))
        fields.changed.connect(self._want_preview)
        self.presets.preset_chosen.connect(self.use_preset)
        self.presets.said.connect(self._say_of_presets)
        tree.path_activated.connect(fields.put_into_focused)
        tree.use_chosen.connect(fields.put)
        for chosen in (fields.keys.textEdited, fields.length.textEdited, fields.data.textEdited, tree.path_activated, tree.use_chosen):
            chosen.connect(lambda *_: self._fill_of_same_scan())
        tree.selection_changed.connect(lambda: self._preview_of(selection=True))
        self.previewing.changed.connect(lambda: self.contents.preview.show_state(self.previewing.state()))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._connect_keys()

    def _connect_keys(self) -> None:
        row = self.file_row
        everywhere = {"Ctrl+O": row.browse, "Ctrl+R": row.show_recent, "F5": self.read_again, "Ctrl+F": self.tree.filter_box.setFocus}
        for keys, do in everywhere.items():
            QShortcut(QKeySequence(keys), self).activated.connect(do)
        down = QShortcut(QKeySequence("Down"), self.file_field, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self.contents.enter_recent)

    # ---- what is known of the file

    def read_again(self) -> None:
        """Have the file inspected and its first frame read anew."""
        self.previewing.forget()
        self.look.ask()

    def _note_asked(self) -> None:
        self.previewing.interrupt()
        self._show_verdict()

    def _forget(self) -> None:
        self._shows_selection = False
        self.previewing.forget()
        self.fields.unfill()
        self.tree.show_inspection(None)
        self._show_verdict()

    def _take(self, answer: Inspected) -> None:
        self.tree.show_inspection(answer.inspection)
        if answer.inspection is not None:
            self.fields.fill(answer.inspection)
        self._show_verdict()
        self._want_preview()

    def _fill_of_same_scan(self) -> None:
        """The user may have named a path of another scan than the one that was found."""
        answer = self.look.answer
        if answer is not None and answer.inspection is not None and answer.inspection.entries:
            self.fields.fill(answer.inspection)

    def _preview_of(self, *, selection: bool) -> None:
        """Preview what the user turned to last: the selected row, or the data field."""
        self._shows_selection = selection
        self._want_preview()

    def _want_preview(self) -> None:
        answer = self.look.answer
        found = answer.inspection if answer is not None else None
        if found is None or self.look.is_reading:
            return
        selected = tuple(self.tree.selected_paths()) if self._shows_selection else ()
        self.previewing.want(request_for(self.value(), found, selected), frame_may_come(found))

    # ---- saying

    def _show_verdict(self) -> None:
        verdict = self.verdict()
        for name, remark in self.remarks.items():
            remark.say(getattr(verdict, name))
        self.buttons.show_verdict(verdict)
        is_named = bool(self.file_field.text().strip())
        self.file_row.again_button.setEnabled(is_named)
        self.contents.show_for(is_named=is_named, is_reading=self.look.is_reading, is_known=self.look.answer is not None)

    def _say_of_presets(self, words: str, is_problem: bool) -> None:
        self.remarks["finished"].say(Remark(words, Tone.PROBLEM if is_problem else Tone.PLAIN))

    # ---- choosing

    def _choose(self, path: str) -> None:
        self.file_field.setText(path)
        self.look.look()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            self._choose(local[0])
            event.acceptProposedAction()

    # ---- closing

    def accept(self) -> None:
        verdict = self.verdict()
        if not verdict.can_open:
            return
        request = self.fields.with_choices(self._of_this_file())
        request = replace(request, wait_s=None) if verdict.waits else request
        super().accept()
        self.accepted_request.emit(request)

    def done(self, result: int) -> None:
        self._rest()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._rest()
        super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.presets.reload()
        self._show_verdict()
        self.read_again()

    def _rest(self) -> None:
        self.look.rest()
        self.previewing.interrupt()
        self._inspector.stop()
