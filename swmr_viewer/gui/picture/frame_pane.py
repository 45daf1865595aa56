"""The middle of the window: the frame drawn by its kind (image, spectrum, scalar), with its own zoom; or what to do without one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import shape_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.curves import CurveView
from swmr_viewer.gui.display.display_settings import Display, LevelMode
from swmr_viewer.gui.image import ImageView
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import ActionButton
from swmr_viewer.gui.picture.picture_pair import PicturePair
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import LiveFrame, StateKind


class _Pages(QStackedWidget):
    """Needs no more room than the page that is seen: the tallest hidden one would make the window grow."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        shown = self.currentWidget()
        return super().minimumSizeHint() if shown is None else shown.minimumSizeHint().expandedTo(shown.minimumSize())


class _Spectrum(QWidget):
    """The curve, and what is told of it below."""

    def __init__(self, curve: CurveView) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(2)
        self._box.addWidget(curve, 1)

    def add(self, row: QWidget) -> None:
        self._box.addWidget(row)


class FramePane(QWidget):
    """Shows ``session.scan.shown``."""

    pixel_pointed = Signal(object)
    """Where the pointer is in the frame, as a tuple of array indices, or None."""
    scalars_wanted = Signal()
    """Frames are scalars for the first time: what shows them is to be given (``show_scalars_in``)."""

    def __init__(self, session: Session, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._display = display
        self._unpainted: LiveFrame | None = None
        self._facts_shown: tuple[object, ...] = ()
        self.image = ImageView()
        self.pair = PicturePair(self.image)
        self.curve = CurveView()
        self.nothing = _big_label("muted")
        self._spectrum = _Spectrum(self.curve)
        self._spectra, self._scalars = _column(self._spectrum), QStackedWidget()
        self._pages = _Pages()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._pages)  # before it is filled: what changes hands with all that is in it, Qt polishes anew as a whole
        for page in (self.nothing, self.pair, self._spectra, self._scalars):
            self._pages.addWidget(page)
        self._connect()
        self._show_nothing()

    def _connect(self) -> None:
        session = self._session
        session.frame_changed.connect(self._show)
        for signal in (session.opened, session.data_changed):
            signal.connect(self._apply_facts)
        session.state_changed.connect(self._show_waiting_text)
        self.pair.reference.pointer_moved.connect(self.pixel_pointed)
        for view in (self.image, self.curve):
            view.pointer_moved.connect(self.pixel_pointed)
            view.painted.connect(self._on_painted)
        self._display.changed.connect(self._apply_settings)
        self.image.model.changed.connect(self._report_levels)
        self.image.levels_edited.connect(lambda: self._display.fix_levels(*self.image.levels))
        self.image.levels_typed.connect(self._display.fix_levels)
        self.image.auto_levels_wanted.connect(lambda: self._display.set_mode(LevelMode.PERCENTILES))

    # ---- what others ask

    @property
    def auto_levels(self) -> bool:
        """Whether each frame sets the levels; the user's hand on the colour bar ends it."""
        return self._display.settings.is_auto

    @property
    def levels(self) -> tuple[float, float] | None:
        """The levels in use, or None where the frame is no image."""
        return self.image.levels if self._pages.currentWidget() is self.pair else None

    @property
    def color_map(self) -> str:
        return self.image.color_map if self.levels is not None else ""

    def add_under_spectra(self, widget: QWidget) -> None:
        self._spectra.addWidget(widget)

    def add_below_spectrum(self, row: QWidget) -> None:
        """Put what is told of the spectrum right below it."""
        self._spectrum.add(row)

    def show_scalars_in(self, widget: QWidget) -> None:
        """Show this while the frames are scalars; it says the shown value itself."""
        self._scalars.addWidget(widget)

    def fit(self) -> None:
        """Show the whole frame."""
        self.image.fit()
        self.curve.fit()

    def zoom_to_pixels(self) -> None:
        """Show one frame pixel per screen pixel."""
        self.image.zoom_to_pixels()

    def grab_picture(self) -> QImage:
        """Return the picture as it is seen now, colour bar included."""
        return (self._pages.currentWidget() or self._pages).grab().toImage()

    # ---- showing

    def _show(self) -> None:
        frame = self._session.scan.shown
        if frame is None:
            self._show_nothing()
            return
        self._unpainted = frame
        self._apply_facts()
        self._page_for(frame)(frame)

    def _page_for(self, frame: LiveFrame) -> Callable[[LiveFrame], None]:
        if not frame.raw.size:
            return self._show_empty
        return (self._show_scalar, self._show_curve, self._show_image)[frame.raw.ndim]

    def _apply_facts(self) -> None:
        """Tell the views what the file says of the axes that are shown, once: earlier spectra on other axes are forgotten by it."""
        session = self._session
        if session.scan.data is None:
            return
        facts = session.scan.data_facts
        is_of_all = facts is session.scan.data.facts or session.scan.shown is None
        about = (
            session.scan.generation,
            session.scan.data_path,
            None if is_of_all or session.scan.shown is None else session.scan.shown.view.axes,
        )
        if about != self._facts_shown:
            self._facts_shown = about
            for view in (self.curve, self.image, self.pair.reference):
                view.set_facts(facts)

    def _show_image(self, frame: LiveFrame) -> None:
        self._pages.setCurrentWidget(self.pair)
        self.image.show_frame(frame)
        self.image.paint_now()

    def _show_curve(self, frame: LiveFrame) -> None:
        self._pages.setCurrentWidget(self._spectra)
        self.curve.show_frame(frame)

    def _show_scalar(self, frame: LiveFrame) -> None:
        if not self._scalars.count():
            self.scalars_wanted.emit()
        self._pages.setCurrentWidget(self._scalars)
        self._on_painted()

    def _show_empty(self, frame: LiveFrame) -> None:
        self.nothing.setText(f"Frames of {shape_text(frame.whole.shape)} hold no values: there is nothing to draw.")
        self._pages.setCurrentWidget(self.nothing)
        self._on_painted()

    def _show_nothing(self) -> None:
        self._unpainted = None
        self.image.clear()
        self.curve.clear()
        self._pages.setCurrentWidget(self.nothing)
        self._show_waiting_text()

    def _show_waiting_text(self) -> None:
        state = self._session.scan.state
        if self._session.scan.shown is None:  # the error bar shows a failure
            self.nothing.setText("" if state.kind is StateKind.FAILED else plain(state.detail) or f"{state.text} \u2026")

    def _apply_settings(self) -> None:
        self.image.set_masks(self._display.saturation_value, self._display.pixel_mask)
        self.image.set_settings(self._display.settings)
        self.pair.set_settings(self._display.settings)
        self.curve.set_scale(self._display.settings.scale)

    def _report_levels(self) -> None:
        self._display.tell_levels(self.image.levels)

    def _on_painted(self) -> None:
        frame, self._unpainted = self._unpainted, None
        if frame is not None:
            self._session.note_painted(frame)


def _column(first: QWidget) -> QSplitter:
    column = QSplitter(Qt.Orientation.Vertical)
    column.setChildrenCollapsible(False)
    column.addWidget(first)
    return column


def _big_label(role: str) -> QLabel:
    label = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setMargin(24)
    return label


class ZoomMemory(QObject):
    """Remembers what part of each data set is in view; to be made after the view that shows frames."""

    def __init__(self, session: Session, image: ImageView) -> None:
        super().__init__(image)
        self._session = session
        self._box = image.box
        self._seen: dict[str, QRectF] = {}
        self._shown = ("", "")
        """Path and place of what is in view."""
        session.frame_changed.connect(self._on_frame)
        image.box.sigRangeChangedManually.connect(self._keep)
        session.data_changed.connect(self._keep)
        session.request_changed.connect(self._keep)

    def _keep(self) -> None:
        if self._shown[1]:
            self._seen[self._shown[1]] = self._box.viewRect()

    def _on_frame(self) -> None:
        frame = self._session.scan.shown
        if frame is None or frame.raw.ndim != 2:
            return
        now = (frame.data_path, self._session.scan.places.name_of(frame.data_path))
        if now == self._shown:
            return
        self._shown = now
        if now[1] in self._seen:
            self._box.setRange(self._seen[now[1]], padding=0)


class EmptyState(QFrame):
    """An invitation to open a file."""

    def __init__(self, open_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        title = PlainLabel("title")
        title.say("Follow a scan")
        hints = PlainLabel("muted"), PlainLabel("muted")
        hints[0].say("Open an HDF5 file that is being written in SWMR mode, or drop it here.")
        hints[1].say("The file need not exist yet.")
        self.open = QPushButton("Open a file\u2026")
        self.open.setProperty("kind", "primary")
        self.open.setToolTip(open_action.toolTip())
        self.open.clicked.connect(open_action.trigger)
        self.watching = PlainLabel("strong")
        box = QVBoxLayout(self)
        box.setSpacing(14)
        box.addStretch(1)
        for part in (title, *hints, self.open, self.watching):
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)

    def offer(self, words: str, action: QAction) -> None:
        """Offer another way to begin, below the first one."""
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        box.insertWidget(box.indexOf(self.watching), ActionButton(words, action, is_flat=True), 0, Qt.AlignmentFlag.AlignHCenter)

    def say(self, words: str) -> None:
        """Say what is waited for."""
        self.watching.say(words)
