"""Which frame this is, in one line: number, position, motors, and its age by the file's time."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from swmr_viewer.core.data_facts import MotorPosition
from swmr_viewer.core.number_text import age_text, count_text, moment_text, position_text, steady_text
from swmr_viewer.core.other_files import NO_OTHERS, OtherFiles
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.look.labels import PlainLabel, say_in_place, tip
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.picture.reference_badge import ReferenceBadge
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import LiveFrame

SPACING = 14
TITLE_FRAME = 10
"""Pixels round the number's words."""
ROOM_FOR_REFERENCE = 620
"""Narrower headers (px) say in a word that a reference is held."""
LEAST_NEEDED = ("taken", "total", "origin", "motors", "where")
"""What is left out where there is no room for all, in this order. Whether a picture is current is never left out."""


class FrameHeader(QWidget):
    """``Frame 417   of 600   at (13, 27)   stage_x -0.310 mm            taken 14:03:07.2   0.1 s ago``.

    Where the file has no time, it says when the frame was read. No word moves while values change.

    Parameters
    ----------
    session : Session
        What is shown.
    now : callable
        Seconds since 1970 (UTC), now.
    """

    def __init__(self, session: Session, parent: QWidget | None = None, *, now: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        self._session = session
        self._now = now
        self._about: object = None
        self.mark = ChangeMark(session)
        self.title = QPushButton()
        self.title.setProperty("kind", "number")
        self.title.setToolTip("Go to a frame by its number or its position (Ctrl+G)")
        self.alone = QToolButton()
        self.alone.setProperty("grip", "true")
        wear(self.alone, "alone")
        self._badge: ReferenceBadge | None = None
        self._needed: tuple[int, ...] = ()
        """The widths for which the parts were arranged last."""
        self._told_in_full = ""
        self._parts = {name: SteadyLabel("muted") for name in ("made", "total", "where", "motors", "origin", "held", "taken", "age")}
        self._lay_out()
        for signal in (session.settled, session.ticked, session.mode_changed):
            signal.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.mark)
        row.addWidget(self.title)
        for name, part in self._parts.items():
            if name == "taken":
                row.addStretch(1)
            row.addWidget(part)
        row.addWidget(self.alone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def add_badge(self, badge: ReferenceBadge) -> None:
        """Say beside the number of the frame that a reference is held."""
        self._badge = badge
        badge.changed.connect(self._arrange)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(row.indexOf(self.title) + 1, badge)

    def offer_alone(self, action: QAction) -> None:
        """Have this action, which shows the picture alone, behind the button at the right."""
        self.alone.setToolTip(action.toolTip())
        self.alone.setAccessibleName("Picture alone")
        self.alone.clicked.connect(action.trigger)

    @property
    def words(self) -> str:
        """All that is seen but the number, from left to right."""
        return "   ".join(part.text() for part in self.seen_parts)

    @property
    def seen_parts(self) -> list[SteadyLabel]:
        """The labels that have words, and room for them."""
        return [part for part in self._parts.values() if part.text() and part.isVisibleTo(self)]

    def _show(self) -> None:
        scan, frame = self._session.scan, self._session.scan.shown
        if (scan.generation, scan.data_path) != self._about:
            self._about = scan.generation, scan.data_path
            for part in self._parts.values():
                part.forget_width()
        if scan.shows_stale_picture and scan.wanted_index is not None:
            why = "cannot be read" if scan.wanted_is_unreadable else "being read \u2026"
            self._say_alone(f"Frame {count_text(scan.wanted_index)}", why)
        elif frame is None:
            self._say_alone("No frame yet" if scan.request is not None else "")
        else:
            self._show_frame(frame)
        needed = tuple(part.minimumWidth() if part.text() else 0 for part in self._parts.values())
        if needed != self._needed:
            self._needed = needed
            self._arrange()
        if (full := self._full_text) != self._told_in_full:
            self._told_in_full = full
            self.setToolTip(tip(full))

    def _say_title(self, words: str) -> None:
        """Say it where it stands, as long as it has room there."""
        before = self.title.text()
        if words == before:
            return
        metrics, room = self.title.fontMetrics(), self.title.minimumWidth() - TITLE_FRAME
        if max(metrics.horizontalAdvance(told) for told in (before, words)) <= room:
            say_in_place(self.title, words)
        else:
            self.title.setText(words)
            self._needed = ()

    def _say_alone(self, title: str, where: str = "") -> None:
        self._say_title(title)
        for name, part in self._parts.items():
            part.say(where if name == "where" else "")

    def _show_frame(self, frame: LiveFrame) -> None:
        scan = self._session.scan
        total = count_text(scan.progress.total if scan.progress is not None else 0)
        is_one, is_of_points = frame.combined == 1 and frame.of_points is None, frame.of_points is not None
        taken, age = ("", "") if is_of_points else self._time_text(frame)
        self.title.ensurePolished()
        width = self.title.fontMetrics().horizontalAdvance(f"Frame {total}") + TITLE_FRAME
        if width != self.title.minimumWidth():
            self.title.setMinimumWidth(width)
            self._needed = ()
        made_of = scan.composition_text
        made_of = scan.compared_text or (f"frame {count_text(frame.index)}" if is_one else made_of)
        self._say_title(made_of[:1].upper() + made_of[1:])
        words = {
            "made": scan.corrected_text,
            "total": f"of {total}",
            "where": f"at {position_text(frame.position)}" if frame.position and not is_of_points else "",
            # a scan of no axes is one point, and several points are in no one place
            "motors": "" if is_of_points else "   ".join(map(_motor_text, frame.motor_positions)),
            "origin": plain(self._others.short_text(self._home)),
            "held": "" if scan.is_live else "held",
            "taken": taken,
            "age": age,
        }
        for name, part in self._parts.items():
            part.say(words[name], "warn" if name == "made" and frame.made.lacks_correction else "muted")

    def _time_text(self, frame: LiveFrame) -> tuple[str, str]:
        """Say when the frame was taken and how long ago; by a clock that is ahead of ours, or without a time, when it was read."""
        now_s, taken_s = self._now(), frame.frame_time
        moment = "" if taken_s is None else moment_text(taken_s, now_s)
        taken = f"taken {moment}" if moment else ""
        if taken_s is None or not moment or taken_s > now_s:
            return taken, f"read {age_text(self._session.scan.frame_read_s)}"
        return taken, age_text(now_s - taken_s)

    # ---- what has room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, super().minimumSizeHint().height())

    def _arrange(self) -> None:
        """Leave out the least needed until the rest fits."""
        told = {name: part for name, part in self._parts.items() if part.text()}
        badges = [] if self._badge is None or self._badge.isHidden() else [self._badge]
        for badge in badges:
            badge.prefer_short(self.width() < ROOM_FOR_REFERENCE)
        room = self.width() - sum(part.sizeHint().width() + SPACING for part in (self.mark, self.title, self.alone, *badges))
        for name in ("", *LEAST_NEEDED):
            told.pop(name, None)
            if sum(part.steady_width + SPACING for part in told.values()) <= room:
                break
        for name, part in self._parts.items():
            part.setVisible(name in told)

    @property
    def _full_text(self) -> str:
        said = "   ".join(part.text() for part in self._parts.values() if part.text())
        whole = self._others.whole_text() if self._parts["origin"].text() else ""
        return f"{said}\n\nThese pixels are not in {plain(self._home)} itself. They come from\n{_plain_lines(whole)}" if whole else said

    @property
    def _others(self) -> OtherFiles:
        """The other files that the shown data set comes from."""
        shown = self._session.scan.data
        return NO_OTHERS if shown is None else shown.others

    @property
    def _home(self) -> str:
        request = self._session.scan.request
        return "" if request is None else request.path


def _plain_lines(text: str) -> str:
    return "\n".join(map(plain, text.split("\n")))


def _motor_text(motor: MotorPosition) -> str:
    return f"{motor.name} {steady_text(motor.value)} {motor.unit}".rstrip()


class SteadyLabel(PlainLabel):
    """Grows with its words and does not shrink with them: what stands beside it does not move."""

    def __init__(self, role: str = "") -> None:
        super().__init__(role)
        self._widest = 0

    @property
    def steady_width(self) -> int:
        """The width (px) of the widest words so far."""
        self.ensurePolished()
        self._widest = max(self._widest, self.advance_of(self.text()) + 2)
        return self._widest

    def forget_width(self) -> None:
        """Begin anew: other words are told from now on."""
        self._widest = 0

    def say(self, words: str, role: str | None = None) -> None:
        if words == self.text() and role in (None, self.property("role")) and self._widest:
            return
        super().say(words, role)
        if self.minimumWidth() != self.steady_width:
            self.setMinimumWidth(self.steady_width)


LIT_MS = 400
"""Longer than the usual time between frames, so that it does not flicker while they flow."""


class ChangeMark(Painted, QWidget):
    """Lit for a moment after each new picture."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._last_picture: object = None
        self.setFixedSize(QSize(6, 20))
        self.setToolTip("Lit while the picture is new")
        self._lit = QTimer(self, singleShot=True, interval=LIT_MS)
        self._lit.timeout.connect(self.update)
        session.frame_settled.connect(self._on_frame)
        theme_of_application().changed.connect(self.update)

    @property
    def is_lit(self) -> bool:
        """Whether the picture changed a moment ago."""
        return self._lit.isActive()

    def _on_frame(self) -> None:
        frame = self._session.scan.shown
        if frame is not None and frame.release is not self._last_picture:  # the same picture under another number is not new
            self._last_picture = frame.release
            self._lit.start()
            self.update()

    def paint_on(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colors = tokens()
        painter.setBrush(QColor(colors.accent if self.is_lit else colors.missing))
        painter.drawRoundedRect(self.rect(), 3, 3)
