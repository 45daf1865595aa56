"""Following scan after scan: which folder is watched, and what happens when a newer scan starts there."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.session import Session
from swmr_viewer.gui.watching.folder_thread import FolderThread
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.watching import FolderPoll, WatchRule, fits_rule

SLOW_S = 5.0
"""After so many seconds of one listing, say that it is the storage."""


class Watch(QObject):
    """The one truth about the watched folder.

    A newer scan is shown as soon as it starts, unless this one is held: by ``set_held``, or by a pinned frame. Then it is offered.

    Parameters
    ----------
    session : Session
        What the scans are opened in.
    make_thread : callable
        Makes what polls the folder.
    """

    changed = Signal()
    """Rule, hold, offer or text."""

    def __init__(
        self,
        session: Session,
        parent: QObject | None = None,
        *,
        make_thread: Callable[[WatchRule], FolderThread] = FolderThread,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._make_thread = make_thread
        self._thread: FolderThread | None = None
        self._template = FollowRequest("")
        self._kept_place = ""
        self.rule: WatchRule | None = None
        self.held = False
        self.offered = ""
        """The newer scan that the user may go on to."""
        self.latest_poll: FolderPoll | None = None
        self._shown_text = ""
        session.ticked.connect(self._update_text)
        session.file_replaced.connect(self._on_replaced)
        for signal in (session.opened, session.data_joined):
            signal.connect(self._show_same_data)

    # ---- facts

    @property
    def is_on(self) -> bool:
        return self.rule is not None

    @property
    def holds(self) -> bool:
        """Whether a newer scan would be offered instead of shown."""
        session = self._session
        return session.scan.request is not None and (self.held or not session.scan.is_live)

    @property
    def problem_text(self) -> str:
        """What keeps the watch from seeing a new scan; "" while all is well."""
        silent_s = self._thread.silent_s if self._thread is not None else 0.0
        if silent_s > SLOW_S:
            return f"The folder has not answered for {silent_s:.0f} s; it is waited for."
        return self.latest_poll.problem if self.latest_poll is not None else ""

    @property
    def status_text(self) -> str:
        """What is going on, in one line."""
        if self.rule is None or self.problem_text:
            return self.problem_text
        if self.latest_poll is None:
            return f"Looking into {self.rule.folder} \u2026"
        if self.latest_poll.preparing and self.latest_poll.preparing != self._current():
            return f"{Path(self.latest_poll.preparing).name} is there; its scan has not started yet."
        return f"Waiting for the next {self.rule.pattern} in {self.rule.folder}"

    # ---- intents

    def start(self, rule: WatchRule, template: FollowRequest | None = None) -> None:
        """Watch a folder from now on, instead of the one before.

        Parameters
        ----------
        rule : WatchRule
            Which files.
        template : FollowRequest, optional
            The paths inside the files, where they are not to be found anew in each.
        """
        self.stop()
        self.rule = replace(rule, folder=os.path.abspath(os.path.expanduser(rule.folder)))
        self._template = template or FollowRequest("")
        thread = self._thread = self._make_thread(self.rule)
        thread.polled.connect(self._on_polled)
        thread.start()
        self._emit_changed()

    def stop(self) -> None:
        """Watch no longer; what is open stays open."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.polled.disconnect(self._on_polled)
            thread.stop()
        self.rule, self.latest_poll, self.offered, self.held = None, None, "", False
        self._emit_changed()

    def set_held(self, held: bool) -> None:
        """Stay with the current scan, whatever starts; or go on to the newest."""
        if held == self.held:
            return
        self.held = held
        if not held and self.offered:
            self.show_offered()
        self._emit_changed()

    def show_offered(self) -> None:
        """Go on to the newer scan; the hold is over."""
        path, self.offered, self.held = self.offered, "", False
        if path:
            self._show(path)
        self._emit_changed()

    def keep_current(self) -> None:
        """Stay with the current scan, and do not ask again for this newer one."""
        self.offered, self.held = "", True
        self._emit_changed()

    # ---- what comes

    def _on_polled(self, poll: FolderPoll) -> None:
        if poll.rule != self.rule:  # it was on its way when the folder was changed
            return
        is_first, self.latest_poll = self.latest_poll is None, poll
        if poll.started and not self._is_current(poll.started, is_first):
            if self.holds:
                self.offered = poll.started
            else:
                self._show(poll.started)
        self._emit_changed()

    def _on_replaced(self) -> None:
        """Go on to the scan that has the name of the one before; the folder may have been polled before that was known."""
        path = self._current()
        if self.rule is None or not fits_rule(path, self.rule):
            return
        if self.holds:
            self.offered = path
        else:
            self._show(path)
        self._emit_changed()

    def _show(self, path: str) -> None:
        session = self._session
        self._kept_place = session.scan.place
        session.note(f"A new scan: {Path(path).name}")
        conditions = self._template.conditions if session.scan.request is None else session.scan.conditions
        session.open(replace(self._template, path=path, wait_s=None, conditions=conditions))

    def _show_same_data(self) -> None:
        """Show the data set that stands where the one before stood; it may come later than the file does."""
        session = self._session
        path = session.scan.places.path_of(self._kept_place)
        if path or not session.scan.awaited or session.scan.wanted_data_path:  # found, or not to come, or the user chose another
            self._kept_place = ""
        if path and not session.scan.wanted_data_path:
            session.show_data(path)

    def _is_current(self, path: str, is_first: bool) -> bool:
        """Whether this scan is open already; later, the same path after an end is a scan written anew."""
        return path == self._current() and (is_first or not self._session.scan.is_over)

    def _current(self) -> str:
        request = self._session.scan.request
        return request.path if request is not None else ""

    def _update_text(self) -> None:
        if self.rule is not None and self.status_text != self._shown_text:
            self._emit_changed()

    def _emit_changed(self) -> None:
        self._shown_text = self.status_text
        self.changed.emit()
