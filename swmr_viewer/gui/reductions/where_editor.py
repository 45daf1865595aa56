"""Where a reduction runs, and the file that its results go to: rows of the panel's settings."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QSpinBox, QToolButton, QWidget

from swmr_viewer.engines import EngineKind
from swmr_viewer.gui.look.labels import PlainLabel, tip
from swmr_viewer.gui.reductions.parameter_field import AskForFile
from swmr_viewer.gui.reductions.reduction_choice import MOST_WORKERS, ChosenReduction

KINDS = {
    EngineKind.THREADS: "threads",
    EngineKind.PROCESSES: "processes",
    EngineKind.DASK: "Dask workers",
}
_TIPS = (
    "Threads of this machine are the usual choice; processes of it where a reduction is written in plain Python;\n"
    "Dask: workers of a cluster, which see the file by the same path"
)


class WhereEditor(QWidget):
    """An editor of where ``ChosenReduction`` runs, and of the output.

    Parameters
    ----------
    ask_for_output : callable
        Opens a dialog for a path.
    """

    edited = Signal(object)
    """``ChosenReduction``: what was shown, with what was edited."""
    output_edited = Signal(str)

    def __init__(self, ask_for_output: AskForFile) -> None:
        super().__init__()
        self._chosen, self._output = ChosenReduction(), ""
        self._ask_for_output = ask_for_output
        self.kind = QComboBox()
        self.kind.setMinimumWidth(60)
        self.kind.addItems([*KINDS.values()])
        self.kind.setToolTip(_TIPS)
        self.kind.setAccessibleName("Where it runs")
        self.workers = QSpinBox(minimum=0, maximum=MOST_WORKERS)
        self.workers.setSpecialValueText("all")
        self.workers.setToolTip("How many workers; all: one for each core, of Dask as many as there are")
        self.workers.setAccessibleName("Number of workers")
        self.workers.setKeyboardTracking(False)
        self.scheduler = QLineEdit(placeholderText="tcp://HOST:8786")
        self.scheduler.setToolTip("The address of a Dask scheduler, the path of a scheduler file, or slurm")
        self.scheduler.setAccessibleName("Dask scheduler")
        self.output = QLineEdit(placeholderText="none")
        self.output.setMinimumWidth(60)
        self.output.setToolTip("A NeXus file for the results; one that is there is continued by the same reduction, never overwritten")
        self.output.setAccessibleName("File for results")
        self.browse = QToolButton()
        self.browse.setProperty("slim", "true")
        self.browse.setText("\u2026")
        self.browse.setToolTip("Choose a file for the results")
        self.browse.setAccessibleName("Choose a file for the results")
        self._lay_out()
        self.kind.activated.connect(lambda _: self._tell())
        self.workers.valueChanged.connect(lambda _: self._tell())
        self.scheduler.textEdited.connect(lambda _: self._tell())
        self.output.textEdited.connect(lambda text: self.output_edited.emit(text.strip()))
        self.browse.clicked.connect(lambda: self._ask_for_output("Write the results to", self._take_output))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        where, output = QHBoxLayout(), QHBoxLayout()
        for row, parts in ((where, (self.kind, self.workers)), (output, (self.output, self.browse))):
            row.setSpacing(4)
            for part in parts:
                row.addWidget(part, 1 if part in (self.kind, self.output) else 0)
        for number, (caption, row) in {0: ("runs in", where), 2: ("results to", output)}.items():
            label = PlainLabel()
            label.say(caption)
            grid.addWidget(label, number, 0)
            grid.addLayout(row, number, 1)
        grid.addWidget(self.scheduler, 1, 1)

    def show_chosen(self, chosen: ChosenReduction, output: str) -> None:
        """Show where it runs and where results go; what is being typed stays."""
        self._chosen, self._output = chosen, output
        for part in (self.kind, self.workers, self.scheduler, self.output):
            part.blockSignals(True)
        self.kind.setCurrentIndex([*KINDS].index(chosen.engine))
        if not self.workers.hasFocus():
            self.workers.setValue(chosen.n_workers)
        for line, text in ((self.scheduler, chosen.scheduler), (self.output, output)):
            if not line.hasFocus() and line.text() != text:
                line.setText(text)
                line.setCursorPosition(len(text))
        for part in (self.kind, self.workers, self.scheduler, self.output):
            part.blockSignals(False)
        self.scheduler.setVisible(chosen.engine is EngineKind.DASK)
        self.workers.setEnabled(chosen.engine is not EngineKind.DASK or chosen.scheduler.strip().lower() == "slurm")

    @property
    def fault(self) -> str:
        """What is missing, as a sentence, or ""."""
        if self._chosen.engine is EngineKind.DASK and not self._chosen.scheduler.strip():
            return "Dask needs a scheduler: its address, its file, or slurm."
        if self._output and not os.path.isabs(os.path.expanduser(self._output)):
            return "The file for results needs its whole path."
        return ""

    def _tell(self) -> None:
        kind = [*KINDS][self.kind.currentIndex()]
        self.edited.emit(replace(self._chosen, engine=kind, n_workers=self.workers.value(), scheduler=self.scheduler.text().strip()))

    def _take_output(self, path: str) -> None:
        path = path if Path(path).suffix else f"{path}.h5"
        with QSignalBlocker(self.output):
            self.output.setText(path)
        self.output.setToolTip(tip(path))
        self.output_edited.emit(path)
