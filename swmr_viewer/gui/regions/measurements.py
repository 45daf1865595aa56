"""What is measured: the marks drawn on each data set, their history of changes, and the values that the reader sends back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from swmr_viewer.analysis import MaskRules, Point, Region, ViewChoice
from swmr_viewer.core.scan import moved_index
from swmr_viewer.gui.regions.regions import Line, Marks, differing, is_large_enough, next_name, why_not_named
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import MeasuredValues
from swmr_viewer.reader import messages as m

_Requested = tuple[str, tuple[Region, ...], bool]
"""Data set, regions, whether spectra come along."""


class Measurements(QObject):
    """The one truth of marks and measured values; marks are kept by place, so that the next scan is measured alike."""

    marks_changed = Signal()
    """Regions or line, or another data set is shown, which has its own."""
    selection_changed = Signal()
    values_changed = Signal()
    frames_measured = Signal(object)
    """``messages.Measured`` that answers what is asked now."""
    forgotten = Signal(str)
    """Other pixels of this data set are masked or shown now: what was measured of it is void."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._marks: dict[str, Marks] = {}
        self._revision = 0
        self._requested: _Requested | None = None
        self._wants_spectra = False
        self._selected: str | None = None
        self._measured_as: dict[str, tuple[MaskRules, ViewChoice, m.Correction, int]] = {}
        self.undo_stack = QUndoStack(self)
        session.request_changed.connect(self._on_request)
        session.opened.connect(self._on_data)
        session.data_changed.connect(self._on_data)
        session.frame_changed.connect(self._on_frame)
        session.measured.connect(self._on_measured)
        session.wanted_changed.connect(self._request)

    # ---- facts

    @property
    def marks(self) -> Marks:
        """What is drawn on the shown data set."""
        return self._marks.get(self._session.scan.place, Marks())

    @property
    def values(self) -> MeasuredValues:
        """What is known of the shown data set."""
        return self._session.scan.quantities.measured

    @property
    def shown_index(self) -> int | None:
        """The frame that is shown, or None."""
        return self._session.scan.shown.index if self._session.scan.shown is not None else None

    def of_shown(self, column: str) -> float | None:
        """Return what was measured of the shown frame, or None; where the scan grew, values may still be told on its shape before."""
        frame, values, shape = self._session.scan.shown, self.values, self._session.scan.scan_shape
        index = None if frame is None else moved_index(frame.index, shape, values.scan_shape or shape)
        return None if index is None else values.at(column, index)

    @property
    def selected(self) -> Region | None:
        """The region that the panel speaks of: the one chosen, else the last one drawn."""
        chosen = self.marks.region(self._selected) if self._selected is not None else None
        return chosen or (self.marks.regions[-1] if self.marks.regions else None)

    @property
    def is_measuring(self) -> bool:
        """Whether the reader was asked to measure every complete frame."""
        return bool(self._wants_spectra or self.marks.regions or self._is_quantity_wanted)

    @property
    def _is_quantity_wanted(self) -> bool:
        """Whether somebody wants a quantity that is measured of frames."""
        scan = self._session.scan
        return any(map(scan.quantities.is_measured, scan.quantities.base_names(scan.wanted_names)))

    @property
    def kept(self) -> Mapping[str, Marks]:
        """What is drawn on each data set, by the names of places."""
        return self._marks

    # ---- intents

    def recall(self, place: str, marks: Marks) -> None:
        """Have these marks on the data set that stands in a place, once it is open."""
        self._marks[place] = marks

    def forget(self) -> None:
        """Take away what is drawn on every data set; it cannot be undone."""
        self.undo_stack.clear()
        for place in tuple(self._marks):
            self.put(place, Marks())

    def draw(self, kind: str, points: tuple[Point, ...]) -> None:
        """Add a region with the next free name; a slip of the mouse adds none."""
        if not is_large_enough(points):
            self._session.note("Drag over a part of the frame to draw a region")
            return
        name = next_name(self.marks)
        self._selected = name
        self._change(f"draw region {name}", self.marks.added(Region(name, kind, points)))  # type: ignore[arg-type]
        self.selection_changed.emit()

    def move(self, name: str, points: tuple[Point, ...]) -> None:
        if is_large_enough(points):
            self._change(f"move region {name}", self.marks.moved(name, points))
        else:
            self.marks_changed.emit()

    def rename(self, name: str, new_name: str) -> None:
        """Give a region another name, or say why not."""
        why_not = why_not_named(self.marks, name, new_name)
        if why_not:
            self._session.note(why_not)
            self.marks_changed.emit()
            return
        if self._selected == name:
            self._selected = new_name.strip()
        self._change(f"rename region {name}", self.marks.renamed(name, new_name))

    def remove(self, name: str) -> None:
        self._change(f"delete region {name}", self.marks.removed(name))

    def remove_selected(self) -> None:
        """Delete the selected region; without regions, the line."""
        if self.selected is not None:
            self.remove(self.selected.name)
        elif self.marks.line is not None:
            self.draw_line(None)

    def draw_line(self, line: Line | None) -> None:
        """Put the line of the profile here, or take it away."""
        self._change("move the line" if line else "delete the line", self.marks.with_line(line))

    def set_width(self, width: int) -> None:
        """Have the line of the profile so many pixels wide."""
        self._change("change the line's width", self.marks.with_width(width))

    def set_line_sums(self, sums: bool) -> None:
        """Sum the pixels across the line, or take their mean."""
        self._change("change what is shown of the line", replace(self.marks, line_sums=sums))

    def take(self, words: str, marks: Marks) -> None:
        """Have these marks instead of those there are, as one change."""
        self._change(words, marks)

    def select(self, name: str | None) -> None:
        if name != self._selected:
            self._selected = name
            self.selection_changed.emit()

    def want_spectra(self, wanted: bool) -> None:
        """Have every complete frame measured and, as they are spectra, sent along."""
        if wanted != self._wants_spectra:
            self._wants_spectra = wanted
            self._request()

    def measure_again(self) -> None:
        """Have everything measured anew."""
        self._requested = None
        self._request()

    def put(self, place: str, marks: Marks) -> None:
        """Replace the marks of the data set that stands in a place (for the history of changes)."""
        before = self._marks.get(place, Marks())
        self._marks[place] = marks
        changed = differing(before, marks)
        if changed:
            self._session.scan.table_of(place).measured.forget({f"{name}.{what}" for name in changed for what in m.ALL_REGION_COLUMNS})
        if changed and place == self._session.scan.place:
            self._request()
        self.marks_changed.emit()
        self.values_changed.emit()

    # ---- helpers

    def _change(self, words: str, after: Marks) -> None:
        if after != self.marks:
            self.undo_stack.push(_Change(self, self._session.scan.place, words, self.marks, after))

    def _request(self) -> None:
        session = self._session
        if session.scan.description is None or not session.scan.data_path:
            return
        requested, before = (session.scan.data_path, self.marks.regions, self._wants_spectra), self._requested
        if not self.is_measuring:
            self._requested = None
            if before is not None:
                session.send(m.StopMeasuring(session.scan.generation))
        elif requested != before:  # a reader that took another's place goes on with what was requested
            self._requested = requested
            self._revision += 1
            session.send(m.Measure(session.scan.generation, self._revision, *requested))

    def _on_request(self) -> None:
        self._requested = None
        self.values_changed.emit()

    def _on_data(self) -> None:
        self._request()
        self.marks_changed.emit()
        self.values_changed.emit()

    def _on_frame(self) -> None:
        """Have everything measured anew where other pixels are masked now, frames are corrected otherwise, or something else is shown."""
        place, setting = self._session.scan.place, self._session.scan.preparation.of(self._session.scan.data_path)
        shown = self._session.scan.shown
        if shown is None or shown.data_path != self._session.scan.data_path:
            return
        measured = (setting.mask, setting.view, setting.correction, shown.made.fingerprint)
        if self._measured_as.setdefault(place, measured) != measured:
            self._measured_as[place] = measured
            self.values.clear()
            self.forgotten.emit(self._session.scan.data_path)
            self.measure_again()
            self.values_changed.emit()

    def _on_measured(self, event: m.Measured) -> None:
        self.frames_measured.emit(event)
        self.values_changed.emit()


class _Change(QUndoCommand):
    """One change of the marks; it holds both values, so nothing can be undone wrongly."""

    def __init__(self, owner: Measurements, place: str, words: str, before: Marks, after: Marks) -> None:
        super().__init__(words)
        self._owner, self._place, self._before, self._after = owner, place, before, after

    def redo(self) -> None:
        self._owner.put(self._place, self._after)

    def undo(self) -> None:
        self._owner.put(self._place, self._before)
