"""One data set in the grid: its name, which frame is seen where it is another, and the picture or the curve."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.curves import CurveView
from swmr_viewer.gui.display.display_settings import Display, LevelMode
from swmr_viewer.gui.image import ImageView
from swmr_viewer.gui.look.labels import FittingLabel, button_text, tip
from swmr_viewer.reader.messages import DataDescription
from swmr_viewer.scan_model import LiveFrame, made_words


class DataPane(QWidget):
    """Shows frames of one data set, drawn as its settings say.

    Parameters
    ----------
    data : DataDescription
        The data set.
    name : str
        What tells it apart.
    display : Display
        How frames of each data set are drawn.
    """

    chosen = Signal(str)
    """The path: it is to be the one that is shown first."""
    painted = Signal()

    def __init__(self, data: DataDescription, name: str, display: Display) -> None:
        super().__init__()
        self.data = data
        self._display = display
        self.frame: LiveFrame | None = None
        self.title = QPushButton(button_text(name))
        self.title.setProperty("kind", "link")
        self.title.setToolTip(tip(plain(f"Show {data.path} first: keys, header and tools are about it then")))
        self.title.clicked.connect(lambda: self.chosen.emit(data.path))
        self.state = FittingLabel("small")
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.nothing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.image, self.curve = ImageView(), CurveView()
        for view in (self.image, self.curve):
            view.set_facts(data.facts)
            view.painted.connect(self.painted)
        self._pages = QStackedWidget()
        for page in (self.nothing, self.image, self.curve):
            self._pages.addWidget(page)
        self._is_zoomed = False
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)
        self.image.box.sigRangeChangedManually.connect(self.note_zoom)
        self._lay_out()
        self.image.levels_edited.connect(lambda: self._fix_levels(*self.image.levels))
        self.image.levels_typed.connect(self._fix_levels)
        self.image.auto_levels_wanted.connect(lambda: display.change_of(data, mode=LevelMode.PERCENTILES, levels=None))
        self.apply_settings()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.title)
        row.addWidget(self.state, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(1)
        box.addLayout(row)
        box.addWidget(self._pages, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Go on showing the whole picture in another place, until somebody zooms."""
        super().resizeEvent(event)
        self._fitting.start()

    def fit(self) -> None:
        """Show the whole frame."""
        self._is_zoomed = False
        self.image.fit()
        self.curve.fit()

    def _fit(self) -> None:
        if not self._is_zoomed:
            self.image.fit()

    def note_zoom(self) -> None:
        """Take note that somebody chose what part is seen: another place does not change it."""
        self._is_zoomed = True

    def _fix_levels(self, low: float, high: float) -> None:
        self._display.change_of(self.data, mode=LevelMode.FIXED, levels=(low, high))

    def apply_settings(self) -> None:
        """Draw as the settings of the data set say now."""
        self.image.set_settings(self._display.settings_of(self.data))
        self.curve.set_scale(self._display.settings_of(self.data).scale)

    def mark(self, *, is_first: bool) -> None:
        """Say whether it is the data set that is shown first."""
        self.title.setEnabled(not is_first)

    def show_frame(self, frame: LiveFrame) -> None:
        """Show this frame until the next one, or ``clear``."""
        self.frame = frame
        if frame.raw.size and frame.raw.ndim == 2:
            self.image.set_masks(*self._display.masks_of(self.data, frame))
            if self._pages.currentWidget() is not self.image:
                self._pages.setCurrentWidget(self.image)
                self._fitting.start()  # its place is not laid out yet
            self.image.show_frame(frame)
        elif frame.raw.size and frame.raw.ndim == 1:
            self.curve.show_frame(frame)
            self._pages.setCurrentWidget(self.curve)
        else:
            self.clear()

    def clear(self) -> None:
        """Show nothing, and hold no array."""
        self.frame = None
        self.image.clear()
        self.curve.clear()
        self._pages.setCurrentWidget(self.nothing)

    def say(self, index: int | None) -> None:
        """Say which frame is seen, or not there yet, where the one of this index is looked at."""
        wanted = "" if index is None else count_text(index)
        seen = None if self.frame is None else self.frame.index
        self.nothing.setText(f"Frame {wanted} is not there yet." if wanted else "No frame yet.")
        if seen is None or seen == index:
            self.state.offer("" if self.frame is None else made_words(self.frame.made))
            return
        words = f"frame {count_text(seen)}"
        self.state.offer(f"{words}; {wanted} is not there yet" if wanted else words, words)
