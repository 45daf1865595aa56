"""The line above the map: its tabs, the way back to the whole of it, and how many frames are complete."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from swmr_viewer.core.number_text import count_text, short_count
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.look.labels import PlainLabel, tip
from swmr_viewer.gui.scan_map.map_tabs import MapTabs

SPACING = 8


class MapHeader(QWidget):
    """``Progress`` on the left, ``350 of 600 complete`` on the right, in shorter words where there is less room."""

    def __init__(self, tabs: MapTabs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = tabs
        self._told = (0, 0)
        self.whole = QPushButton("Whole scan")
        self.whole.setProperty("kind", "link")
        self.whole.hide()
        self.count = PlainLabel("muted")
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        self.whole.ensurePolished()
        row.addStrut(max(self.whole.sizeHint().height(), tabs.sizeHint().height()))  # the map stays where it is when the button comes
        row.addWidget(tabs)
        row.addWidget(self.count, 1)
        row.addWidget(self.whole)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def say_whole(self, what: str, *, is_zoomed: bool) -> None:
        """Offer the way back to the whole scan, or the whole page, where a part of it is seen."""
        self.whole.setText(f"Whole {what}")
        self.whole.setToolTip(f"Show the whole {what} again (W, or a double click on the map)")
        self.whole.setVisible(is_zoomed)
        self._show()

    def say_count(self, progress: KeyProgress | None, about: str) -> None:
        """Show how many frames are complete; the tooltip has the exact numbers, and what the map is about."""
        self._told = (0, 0) if progress is None else (progress.n_complete, progress.total)
        exact = "" if progress is None else f"{count_text(progress.n_complete)} of {count_text(progress.total)} frames are complete"
        self.count.setToolTip(tip("\n".join(filter(None, (exact, about)))))
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        """Choose the words by the room that they need at the end, so that they do not change as the scan goes on."""
        n, total = self._told
        room = self.width() - self._tabs.sizeHint().width() - SPACING
        room -= self.whole.sizeHint().width() + SPACING if not self.whole.isHidden() else 0
        advance = self.count.fontMetrics().horizontalAdvance
        forms = ((count_text, " of {} complete"), (short_count, " of {} complete"), (short_count, " of {}"), (short_count, ""))
        for written, form in forms:
            if advance(written(total) + form.format(written(total))) <= room:
                break
        self.count.say(f"{written(n)}{form.format(written(total))}" if total else "")
