"""One data set in the grid: its name, the value under the pointer, which frame is seen, and the picture or the curve."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.curves import CurveView
from swmr_viewer.gui.display.display_settings import Display, LevelMode
from swmr_viewer.gui.image import Crosshair, FrameOverlay, ImageView
from swmr_viewer.gui.look.labels import FittingLabel, button_text, tip
from swmr_viewer.gui.picture import file_value, shown_value
from swmr_viewer.gui.side_by_side.awaited_badge import AwaitedBadge
from swmr_viewer.gui.side_by_side.pane_marks import CurveMarks, PictureMarks
from swmr_viewer.reader.messages import DataDescription
from swmr_viewer.scan_model import LiveFrame, made_words

DIMMED = 0.35
"""How much is seen of a frame that is not the one that is looked at, while that is not there."""
Place = tuple[int, ...]


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
    pointed = Signal(object)
    """Array indices under the pointer, or None."""

    def __init__(self, data: DataDescription, name: str, display: Display) -> None:
        super().__init__()
        self.data = data
        self._display = display
        self.frame: LiveFrame | None = None
        self._at: Place | None = None
        self.title = QPushButton(button_text(name))
        self.title.setProperty("kind", "link")
        self.title.setToolTip(tip(plain(f"Show {data.path} first: keys, header and tools are about it then")))
        self.title.clicked.connect(lambda: self.chosen.emit(data.path))
        self.value, self.state = FittingLabel("small"), FittingLabel("small")
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.nothing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.image, self.curve = ImageView(), CurveView()
        for view in (self.image, self.curve):
            view.set_facts(data.facts)
            view.painted.connect(self.painted)
            view.pointer_moved.connect(self.pointed)
        self.overlay = FrameOverlay(self.image)
        self.crosshair = Crosshair(self.overlay)
        self.marks: PictureMarks | CurveMarks | None = None
        """What is drawn on it."""
        self._pages = QStackedWidget()
        for page in (self.nothing, self.image, self.curve):
            self._pages.addWidget(page)
        self.badge = AwaitedBadge(self)
        self.badge.changed.connect(self._dim)
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
        row.addWidget(self.value, 3)
        row.addWidget(self.state, 2)
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
        place = self._pages.geometry()
        bar = self.image.column.width() if self._pages.currentWidget() is self.image else 0
        self.badge.place_in(QRect(place.x(), place.y(), place.width() - bar, place.height()))
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
        self.title.setProperty("first", "true" if is_first else "false")
        self.title.style().polish(self.title)

    # ---- frames

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
            if self._pages.currentWidget() is not self.curve:
                self._pages.setCurrentWidget(self.curve)
                self._fitting.start()
        else:
            self.clear()
            return
        self.badge.tell(frame)
        self._show_value()

    def await_frame(self, index: int) -> None:
        """Take note that the frame of this index is not there yet."""
        if self.frame is None or self.frame.index != index:
            self.badge.wait_for(index, self.frame)

    def clear(self) -> None:
        """Show nothing, and hold no array."""
        self.frame = None
        self.image.clear()
        self.curve.clear()
        self.badge.tell(None)
        self._pages.setCurrentWidget(self.nothing)
        self._show_value()

    def say(self, index: int | None) -> None:
        """Say which frame is seen, where the one of this index is looked at."""
        state = "being read \u2026" if self.badge.awaited != index else "not complete yet."
        self.nothing.setText("No frame yet." if index is None else f"Frame {count_text(index)} is {state}")
        if self.frame is None:
            self.state.offer("")
            return
        frame, made = self.frame, made_words(self.frame.made)
        which = f"frame {count_text(frame.index)}" if frame.combined == 1 else f"{count_text(frame.combined)} frames as one"
        self.state.offer(*([f"{which}, {made}", made] if made else []), which)

    def _dim(self) -> None:
        for plot in (self.image.plot, self.curve.plot):
            plot.setOpacity(DIMMED if self.badge.is_of_another_frame else 1.0)

    # ---- the pointer

    def point(self, at: Place | None) -> None:
        """Tell the value at these array indices, and put the cross-hair there; None: nothing."""
        frame = self.frame
        fits = at is not None and frame is not None and len(at) == frame.raw.ndim
        self._at = at if fits and frame is not None and at is not None and _is_inside(at, frame.raw.shape) else None
        self.crosshair.point(self._at if self._at is None or len(self._at) == 2 else None)
        self._show_value()

    def _show_value(self) -> None:
        frame, at = self.frame, self._at
        if frame is None or at is None or len(at) != frame.raw.ndim or not _is_inside(at, frame.raw.shape):
            self.value.offer("")
            return
        value = shown_value(frame, at) if frame.is_made else f"{file_value(frame, at)} {self.data.facts.unit}".rstrip()
        where = f"channel {at[0]}" if len(at) == 1 else f"x {at[1]}  y {at[0]}"
        self.value.offer(f"{where}   {value}", value)


def _is_inside(at: Place, shape: tuple[int, ...]) -> bool:
    return all(0 <= i < n for i, n in zip(at, shape, strict=True))
