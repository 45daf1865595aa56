"""Which page of a scan with three or more axes the map shows: all of them, the shown frame's, or one that is held."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import QObject, Signal

from swmr_viewer.core.scan import index_of, position_of
from swmr_viewer.gui.scan_map.map_layout import page_axes
from swmr_viewer.gui.session import Session


class MapPages(QObject):
    """The one truth of the choice; it outlives the file, a page that is held does not."""

    changed = Signal()
    """Another page, another choice, or other axes to choose from."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shows_one = False
        self._held: tuple[int, ...] | None = None
        self._last_emitted: tuple[object, ...] = ()
        session.request_changed.connect(self.follow)
        session.mode_changed.connect(self._note_mode)
        session.settled.connect(self._emit_if_changed)

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many pages there are along each leading axis; nothing where the scan has less than three axes."""
        shape = self._session.scan.scan_shape
        return tuple(shape[axis] for axis in page_axes(shape)) if prod(shape) else ()

    @property
    def shows_one(self) -> bool:
        """Whether one page is shown, rather than all of them."""
        return self._shows_one and bool(self.lengths)

    @property
    def follows(self) -> bool:
        """Whether the page is the shown frame's."""
        return self._held is None or len(self._held) != len(self.lengths)

    @property
    def position(self) -> tuple[int, ...]:
        """The page's position along the leading axes."""
        if self._held is not None and not self.follows:
            return tuple(min(at, length - 1) for at, length in zip(self._held, self.lengths, strict=True))
        session = self._session
        index = (
            session.scan.wanted_index
            if session.scan.wanted_index is not None
            else session.scan.shown.index
            if session.scan.shown is not None
            else 0
        )
        return self._position_at(index)

    @property
    def page(self) -> int | None:
        """The page that is shown alone, in C order; None for all of them."""
        return index_of(self.position, self.lengths) if self.shows_one else None

    def show_all(self) -> None:
        """Show every page side by side."""
        self._shows_one = False
        self.follow()

    def show_one(self) -> None:
        """Show the page of the shown frame."""
        self._shows_one = True
        self._emit_if_changed()

    def follow(self) -> None:
        """Let the page be the shown frame's again."""
        self._held = None
        self._emit_if_changed()

    def hold(self, position: tuple[int, ...]) -> None:
        """Show this page until another is chosen, or ``follow`` or the live edge."""
        if self.lengths:
            self._shows_one, self._held = True, position
            self._emit_if_changed()

    def step(self, by: int) -> None:
        """Hold the next (+1) or previous (-1) page."""
        if self.lengths:
            page = min(max(index_of(self.position, self.lengths) + by, 0), prod(self.lengths) - 1)
            self.hold(position_of(page, self.lengths))

    def reveal(self, index: int) -> None:
        """Where one page is shown, let it be one that has this scan point."""
        if self.shows_one and self._position_at(index) != self.position:
            self.hold(self._position_at(index))

    def _position_at(self, index: int) -> tuple[int, ...]:
        shape = self._session.scan.scan_shape
        position = position_of(min(index, prod(shape) - 1), shape) if self.lengths else ()
        return tuple(position[axis] for axis in page_axes(shape)) if self.lengths else ()

    def _note_mode(self) -> None:
        if self._session.scan.is_live:
            self.follow()
        else:
            self._emit_if_changed()

    def _emit_if_changed(self) -> None:
        now = (self.lengths, self.shows_one, self.follows, self.position)
        if now != self._last_emitted:
            self._last_emitted = now
            self.changed.emit()
