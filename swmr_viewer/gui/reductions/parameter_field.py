"""One parameter in the form: its editor, and beside it why what was typed cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from swmr_viewer.analysis import Region
from swmr_viewer.gui.look.labels import tip
from swmr_viewer.reductions import ParameterInfo, ParameterKind, text_of, value_from

AskForFile = Callable[[str, Callable[[str], None]], None]
"""Takes what is asked for in words, and who gets the path."""


def caption_of(info: ParameterInfo) -> str:
    """Return the name as people read it, with its unit; it is the name of the command line as well."""
    name = info.name.replace("_", " ")
    return f"{name} ({info.unit})" if info.unit else name


def why_not(info: ParameterInfo, text: str) -> str:
    """Return why this text is no value of a parameter, as a sentence; "" where it is one, or only the process can tell (files)."""
    if not text or (info.kind is ParameterKind.REGIONS and "=" not in text and not text.startswith("[")):
        return ""
    try:
        value_from(info, text)
    except ValueError as error:
        return f"It is {info.expected}, not {error}."
    return ""


class ParameterField(QWidget):
    """Edits the text of one parameter.

    Parameters
    ----------
    info : ParameterInfo
        Which one.
    ask_for_file : callable
        Opens a dialog for a path.
    regions : callable
        Returns the regions that are drawn.
    """

    edited = Signal(str)
    """What it is from now on, as it would be typed; "": as by default. Only what can be used is told."""
    fault_changed = Signal()

    def __init__(self, info: ParameterInfo, ask_for_file: AskForFile, regions: Callable[[], Sequence[Region]]) -> None:
        super().__init__()
        self.info = info
        self.fault = ""
        self._ask_for_file, self._regions = ask_for_file, regions
        self.remark = QLabel(self, wordWrap=True)  # the form has a place for it, below
        self.remark.setProperty("role", "bad")
        self.remark.hide()
        self.editor = self._make_editor()
        about = f"{info.words or caption_of(info)}: {info.expected}; by default {info.default_text or 'none'}"
        self.editor.setToolTip(tip(about))
        self.editor.setAccessibleName(caption_of(info))
        self.more = self._make_button()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.editor, 1)
        if self.more is not None:
            row.addWidget(self.more)

    def text(self) -> str:
        """Return what is set, as it would be typed; "": as by default."""
        if isinstance(self.editor, QCheckBox):
            text = text_of(self.info, self.editor.isChecked())
        elif isinstance(self.editor, QComboBox):
            text = self.editor.currentText()
        else:
            text = self.editor.text().strip()
        return "" if text == self.info.default_text else text

    def set_text(self, text: str) -> None:
        """Show a value as it would be typed; "": the default. What is being typed stays."""
        editor = self.editor
        with QSignalBlocker(editor):
            if isinstance(editor, QCheckBox):
                editor.setChecked((text or self.info.default_text) == "yes")
            elif isinstance(editor, QComboBox):
                editor.setCurrentIndex(max(0, editor.findText(text or self.info.default_text)))
            elif not editor.hasFocus() and text != self.text():
                editor.setText(text)
        self._check()

    # ---- helpers

    def _make_editor(self) -> QCheckBox | QComboBox | QLineEdit:
        info = self.info
        if info.kind is ParameterKind.YES_NO and not info.is_optional:
            check = QCheckBox()
            check.setChecked(bool(info.default))
            check.toggled.connect(lambda _: self._tell())
            return check
        if info.kind is ParameterKind.CHOICE:
            box = QComboBox()
            box.setMinimumWidth(60)
            box.addItems([*info.choices, *(["none"] if info.is_optional else [])])
            box.setCurrentText(info.default_text)
            box.activated.connect(lambda _: self._tell())
            return box
        line = QLineEdit()
        line.setMinimumWidth(60)
        line.setPlaceholderText(info.default_text or "none")
        line.textEdited.connect(lambda _: self._tell())
        return line

    def _make_button(self) -> QToolButton | None:
        kinds = {
            ParameterKind.FILE: ("\u2026", f"Choose a file: {caption_of(self.info)}", self._choose_file),
            ParameterKind.REGIONS: ("Drawn ones", "Take the regions that are drawn on the picture now", self._take_regions),
        }
        if self.info.kind not in kinds:
            return None
        words, about, clicked = kinds[self.info.kind]
        button = QToolButton()
        button.setProperty("slim", "true")
        button.setText(words)
        button.setToolTip(tip(about))
        button.setAccessibleName(f"{caption_of(self.info)}: {words}")
        button.clicked.connect(clicked)
        return button

    def _choose_file(self) -> None:
        self._ask_for_file(caption_of(self.info).capitalize(), self._type)

    def _take_regions(self) -> None:
        self._type(text_of(self.info, tuple(self._regions())))

    def _type(self, text: str) -> None:
        assert isinstance(self.editor, QLineEdit)
        self.editor.setText(text)
        self._tell()

    def _tell(self) -> None:
        if not self._check():
            self.edited.emit(self.text())

    def _check(self) -> str:
        """Say why what stands there cannot be used, and return it."""
        fault = why_not(self.info, self.text())
        if fault != self.fault:
            self.fault = fault
            self.remark.setText(fault)
            self.remark.setVisible(bool(fault))
            self.editor.setProperty("bad", "true" if fault else "false")
            self.editor.style().polish(self.editor)
            self.fault_changed.emit()
        return fault
