"""Which of the ways to draw a curve is chosen: a companion of the session, without a widget."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.measuring.against import AXIS, INDEX, ORDER, Against, AgainstAxis, AgainstIndex, AgainstOrder, row_against
from swmr_viewer.gui.session import Session

MOST_ORDERED = 1_000_000
"""Points of a scan: the values of more would be put in order for longer than a window may stand still."""


class CurveChoice(QObject):
    """Says against what the frames are drawn; until somebody chooses, what fits the scan.

    Parameters
    ----------
    session : Session
        Whose scan.
    rows_first : bool
        Whether scans of several axes begin with the shown row, else with all frames by their index.
    """

    changed = Signal()
    """``now`` is another."""

    def __init__(self, session: Session, *, rows_first: bool = False) -> None:
        super().__init__(session)
        self._session = session
        self._rows_first = rows_first
        self._chosen = ""
        self._about: tuple[object, ...] = ()
        self.now: Against = AgainstIndex()
        for signal in (session.frame_changed, session.opened, session.data_changed, session.progress_changed, session.request_changed):
            signal.connect(self._update)
        session.order_changed.connect(self._on_order)

    @property
    def offers(self) -> dict[str, str]:
        """What can be chosen for this scan: key and words."""
        row = self._row
        offered = {INDEX: "frame"}
        if row is not None:
            offered[AXIS] = f"{row.name} ({row.unit})" if row.unit else row.name
        if prod(self._session.scan.scan_shape) <= MOST_ORDERED:
            offered[ORDER] = "order of acquisition"
        return offered

    @property
    def key(self) -> str:
        """What counts now."""
        offered = self.offers
        if self._chosen in offered:
            return self._chosen
        prefers_row = self._rows_first or len(self._session.scan.scan_shape) == 1
        return AXIS if prefers_row and AXIS in offered else INDEX

    def choose(self, key: str) -> None:
        """Draw against this from now on, wherever a scan has it."""
        self._chosen = key
        if key == ORDER:
            self._session.want_order()
        self._update()

    def shown(self) -> float | None:
        """Return where the shown frame is on the axis, or None."""
        shown = self._session.scan.shown
        return None if shown is None else self.now.x_of(shown.index)

    def index_at(self, x: float) -> int | None:
        """Return the frame that is drawn nearest to a place on the axis."""
        return self.now.index_at(x)

    @property
    def words(self) -> tuple[str, str]:
        """What the frames are drawn against, in full and in short."""
        now = self.now
        return f"against {now.name}{f', {now.part_text}' if now.part_text else ''}", "order" if isinstance(now, AgainstOrder) else now.name

    @property
    def _row(self) -> AgainstAxis | None:
        scan = self._session.scan
        axes = scan.data.facts.scan_axes if scan.data is not None else ()
        return row_against(axes, scan.scan_shape, scan.shown.index if scan.shown is not None else 0)

    def _update(self) -> None:
        """Take what counts now; where nothing that it hangs on changed, this costs next to nothing."""
        scan = self._session.scan
        length = scan.scan_shape[-1] if scan.scan_shape else 0
        shown_row = scan.shown.index // length if scan.shown is not None and length else 0
        about = (scan.generation, scan.data_path, scan.description, scan.scan_shape, shown_row, self._chosen)
        if about != self._about:
            self._about = about
            row = self._row
            key = self.key
            self.now = row if key == AXIS and row is not None else AgainstOrder(scan.order) if key == ORDER else AgainstIndex()
            self.changed.emit()

    def _on_order(self) -> None:
        if self.key == ORDER:
            self.changed.emit()
