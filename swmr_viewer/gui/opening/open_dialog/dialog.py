"""The open dialog: an editor of a `FollowRequest`, beside the tree of the file that it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QTimer, Signal, SignalInstance
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from swmr_viewer.core.inspection import Inspection
from swmr_viewer.gui.opening.open_dialog.form import FieldRow
from swmr_viewer.gui.opening.open_dialog.path_field import PathField
from swmr_viewer.gui.opening.open_dialog.preset_row import PresetRow
from swmr_viewer.gui.opening.open_dialog.tree_view import FileTree
from swmr_viewer.gui.opening.open_dialog.verdict import Remark, Tone, Verdict, judge, may_come, path_from
from swmr_viewer.gui.opening.presets import Preset
from swmr_viewer.reader.messages import FollowRequest, Inspected

TYPING_PAUSE_MS = 250
"""After the last key stroke in the file's name, before the file is looked at."""
LOOK_AGAIN_MS = 2000
"""Between two looks at a file that is not there yet."""
TICK_MS = 250
"""How often the seconds of reading are told."""

FILE_FILTER = "HDF5 files (*.h5 *.nxs *.hdf5 *.hdf *.nx *.cxi);;All files (*)"


class InspectorLike(Protocol):
    """What the dialog needs of an `Inspector`."""

    @property
    def inspected(self) -> SignalInstance: ...
    def inspect(self, path: str) -> int: ...
    def stop(self) -> None: ...


class OpenDialog(QDialog):
    """Chooses a file and the paths in it; modeless, and never waits for storage.

    Parameters
    ----------
    inspector : Inspector
        Looks into files elsewhere; stopped when the dialog closes. Its owner closes it in the end.
    """

    accepted_request = Signal(object)
    """The `FollowRequest` to open."""

    def __init__(self, inspector: InspectorLike, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspector = inspector
        self._base = FollowRequest("")
        self._path_shown = ""
        self._asked: int | None = None
        self._asked_since = QElapsedTimer()
        self._answer: Inspected | None = None
        self._chooser: QFileDialog | None = None
        self.setWindowTitle("Open")
        self.setModal(False)
        self.setAcceptDrops(True)
        self.resize(860, 700)
        self._make_widgets()
        self._lay_out()
        self._make_timers()
        self._connect()
        self._show_verdict()

    # ---- the value

    def value(self) -> FollowRequest:
        """Return the request as the fields stand."""
        finished = self.finished_field.paths()
        return replace(
            self._base,
            path=path_from(self.file_field.text()),
            key_paths=self.keys_field.paths(),
            length_paths=self._length_paths(),
            data_paths=self.data_field.paths(),
            finished_path=finished[0] if finished else None,
        )

    def set_value(self, request: FollowRequest) -> None:
        """Show a request; what it leaves open is filled in by what is found."""
        self._base = request
        given = {
            "keys": request.key_paths,
            "length": request.length_paths,
            "data": request.data_paths,
            "finished": filter(None, (request.finished_path,)),
        }
        for name, field in self._fields.items():
            field.forget()
            if paths := tuple(given[name]):
                field.put(paths)
        self.file_field.setText(request.path)
        if self._answer is not None and self._answer.inspection is not None:
            self._fill(self._answer.inspection)
        if self.isVisible():
            self._ask()

    def use_preset(self, preset: Preset) -> None:
        """Write a preset's paths into the fields; what it leaves open is filled in by what is found."""
        self.set_value(replace(preset.request(path_from(self.file_field.text())), conditions=self._base.conditions))

    def _say_of_presets(self, words: str, is_problem: bool) -> None:
        self.remarks["finished"].say(Remark(words, Tone.PROBLEM if is_problem else Tone.PLAIN))

    def _length_paths(self) -> tuple[str, ...]:
        """Return what stands in for keys; what was only found does so no longer once the user names keys."""
        is_outdone = self.keys_field.is_users and bool(self.keys_field.paths()) and not self.length_field.is_users
        return () if is_outdone else self.length_field.paths()

    def verdict(self) -> Verdict:
        """Return what the dialog says now."""
        reading_s = self._asked_since.elapsed() / 1000 if self._asked is not None else None
        return judge(self.value(), self._answer, reading_s)

    # ---- making

    def _make_widgets(self) -> None:
        self.file_field = QLineEdit()
        self.file_field.setPlaceholderText("/path/to/scan.nxs")
        self.file_field.setClearButtonEnabled(True)
        self.file_field.setToolTip("The HDF5 file to follow; it need not be there yet")
        self.browse_button = QPushButton("&Browse\N{HORIZONTAL ELLIPSIS}")
        self.browse_button.setToolTip("Choose the file (Ctrl+O)")
        self.again_button = QToolButton()
        self.again_button.setText("Read again")
        self.again_button.setToolTip("Look into the file again: objects may have been added (F5)")
        self.tree = FileTree()
        self.keys_field, self.length_field, self.data_field = PathField(), PathField(), PathField()
        self.finished_field = PathField(several=False)
        self._fields: dict[str, PathField] = {
            "keys": self.keys_field,
            "length": self.length_field,
            "data": self.data_field,
            "finished": self.finished_field,
        }
        self._focused = self.data_field
        self.keys_field.setToolTip("Key datasets, or a group of them, separated by semicolons (empty: what is found)")
        self.length_field.setToolTip(
            "Where there are no keys: data sets whose length stands in for them, which is less sure (may be empty)"
        )
        self.data_field.setToolTip("Data sets to show, the first one first, separated by semicolons (empty: what is found)")
        self.finished_field.setToolTip("A dataset with one number that turns non-zero when the scan ends (may be empty)")
        for field in (self.keys_field, self.data_field):
            field.setPlaceholderText("what is found")
        for field in (self.length_field, self.finished_field):
            field.setPlaceholderText("none")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self.open_button = self.buttons.button(QDialogButtonBox.StandardButton.Open)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        file_row = FieldRow("&File", self.file_field, self.browse_button, self.again_button, lines=2)
        rows = {
            "keys": FieldRow("&Keys", self.keys_field, lines=2),
            "length": FieldRow("&Length", self.length_field, lines=1),
            "data": FieldRow("&Data", self.data_field, lines=2),
            "finished": FieldRow("Fi&nished flag", self.finished_field, lines=2),
        }
        self.remarks = {"file": file_row.remark} | {name: row.remark for name, row in rows.items()}
        layout.addWidget(file_row)
        layout.addWidget(self.tree, stretch=1)
        self.presets = PresetRow(self.value)
        layout.addWidget(self.presets)
        for row in rows.values():
            layout.addWidget(row)
        layout.addWidget(self.buttons)

    def _make_timers(self) -> None:
        self._typing_pause = QTimer(self, interval=TYPING_PAUSE_MS, singleShot=True)
        self._look_again = QTimer(self, interval=LOOK_AGAIN_MS, singleShot=True)
        self._tick = QTimer(self, interval=TICK_MS)

    def _connect(self) -> None:
        self._inspector.inspected.connect(self._take)
        self._typing_pause.timeout.connect(self._look)
        self._look_again.timeout.connect(self._ask)
        self._tick.timeout.connect(self._show_verdict)
        self.file_field.textEdited.connect(self._file_typed)
        self.file_field.textChanged.connect(self._file_changed)
        for field in self._fields.values():
            field.textChanged.connect(self._show_verdict)
            field.focused.connect(self._remember_focus)
        self.presets.preset_chosen.connect(self.use_preset)
        self.presets.said.connect(self._say_of_presets)
        self.tree.path_activated.connect(self._put_into_focused)
        self.tree.use_chosen.connect(self._use)
        self.browse_button.clicked.connect(self.browse)
        self.again_button.clicked.connect(self._ask)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for keys, do in (("Ctrl+O", self.browse), ("F5", self._ask), ("Ctrl+F", self.tree.filter_box.setFocus)):
            QShortcut(QKeySequence(keys), self).activated.connect(do)

    # ---- looking into the file

    def _file_typed(self) -> None:
        self._typing_pause.start()

    def _file_changed(self) -> None:
        """Another file is named: what was known is about the one before."""
        if path_from(self.file_field.text()) != self._path_shown:
            self._forget_answer()

    def _forget_answer(self) -> None:
        self._path_shown, self._asked, self._answer = "", None, None
        self._look_again.stop()
        for field in self._fields.values():
            field.fill(())
            field.set_known(())
        self.tree.show_inspection(None)
        self._show_verdict()

    def _look(self) -> None:
        path = path_from(self.file_field.text())
        if path and path != self._path_shown:
            self._ask()

    def _ask(self) -> None:
        """Have the file inspected; what was asked before no longer matters."""
        self._typing_pause.stop()
        path = path_from(self.file_field.text())
        if not path:
            return
        self._path_shown = path
        self._asked = self._inspector.inspect(path)
        self._asked_since.start()
        self._tick.start()
        self._show_verdict()

    def _take(self, answer: Inspected) -> None:
        if answer.request_id != self._asked:
            return
        self._asked = None
        self._tick.stop()
        self._answer = answer
        self.tree.show_inspection(answer.inspection)
        if answer.inspection is not None:
            self._fill(answer.inspection)
        self._show_verdict()
        if may_come(answer) and self.isVisible():
            self._look_again.start()

    def _fill(self, found: Inspection) -> None:
        self.keys_field.fill(found.key_paths)
        self.length_field.fill(() if found.key_paths else found.length_paths)
        self.data_field.fill(found.data_paths)
        self.finished_field.fill([found.finished_path] if found.finished_path else [])
        datasets = [node for node in found.tree if node.kind == "dataset"]
        self.keys_field.set_known(node.path for node in found.tree if node.kind != "broken link")
        self.length_field.set_known(node.path for node in datasets if node.shape)
        self.data_field.set_known(node.path for node in datasets)
        self.finished_field.set_known(node.path for node in datasets if all(n == 1 for n in node.shape))

    # ---- saying

    def _show_verdict(self) -> None:
        verdict = self.verdict()
        for name, remark in self.remarks.items():
            remark.say(getattr(verdict, name))
        self._show_button(verdict)
        self.again_button.setEnabled(bool(self.file_field.text().strip()))
        self.tree.say("" if self._answer is None and self._asked is None and self.file_field.text() else self._tree_hint())

    def _show_button(self, verdict: Verdict) -> None:
        button = self.open_button
        button.setEnabled(verdict.can_open)
        button.setText("Wait for it" if verdict.waits else "Open")
        button.setToolTip("Open as soon as it is there" if verdict.waits else "Follow this file")
        button.setProperty("kind", "primary" if verdict.can_open else "")
        button.style().unpolish(button)
        button.style().polish(button)

    def _tree_hint(self) -> str:
        if self._asked is not None and self._answer is None:
            return "Reading \N{HORIZONTAL ELLIPSIS}"
        return "The objects in the file appear here." if not self.file_field.text().strip() else "Nothing to show."

    # ---- choosing

    def browse(self) -> None:
        """Let the user choose a file; the window behind stays usable."""
        if self._chooser is None:
            self._chooser = QFileDialog(self, "Choose a file to follow", "", FILE_FILTER)
            self._chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
            self._chooser.fileSelected.connect(self._choose)
        self._chooser.open()

    def _choose(self, path: str) -> None:
        self.file_field.setText(path)
        self._look()

    def _remember_focus(self) -> None:
        field = self.sender()
        if isinstance(field, PathField):
            self._focused = field

    def _put_into_focused(self, path: str) -> None:
        self._focused.put([path])

    def _use(self, name: str, paths: list[str]) -> None:
        self._fields[name].put(paths)

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
        request = replace(self.value(), wait_s=None) if verdict.waits else self.value()
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
        self._ask()

    def _rest(self) -> None:
        for timer in (self._typing_pause, self._look_again, self._tick):
            timer.stop()
        self._asked = None
        self._inspector.stop()
