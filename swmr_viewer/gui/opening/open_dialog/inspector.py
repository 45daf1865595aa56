"""Looking into files in a process of its own: the window asks, goes on, and hears the answer as a signal."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from swmr_viewer.gui.opening.open_dialog.inspect_thread import InspectThread, Reader, Wanted
from swmr_viewer.reader.messages import FollowRequest, Inspected, Previewed


class Inspector(QObject):
    """Inspects one file at a time, or previews a frame of it; a newer request outdates the older ones.

    The reader process and its thread start with the first request, end with `stop`, and start again when asked again.
    """

    inspected = Signal(object)
    """`Inspected`, with the number that `inspect` gave; only the answer to the latest request."""
    previewed = Signal(object)
    """`Previewed`, with the number that `preview` gave; only the answer to the latest one, and only after the latest inspection."""

    def __init__(self, parent: QObject | None = None, *, make_reader: Callable[[], Reader] | None = None) -> None:
        super().__init__(parent)
        self._make_reader = make_reader or _new_reader
        self._number = self._inspection = self._preview = 0
        self._thread: InspectThread | None = None
        self._ending: list[InspectThread] = []
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    def inspect(self, path: str) -> int:
        """Ask for an inspection and return its number; never blocks. Previews that were asked for are not wanted any more."""
        self._inspection, self._preview = self._ask(path), 0
        return self._inspection

    def preview(self, request: FollowRequest) -> int:
        """Ask for the first complete frame of the request's first data set and return the number; never blocks."""
        self._preview = self._ask(request)
        return self._preview

    def _ask(self, wanted: Wanted) -> int:
        if self._thread is None:
            self._thread = InspectThread(self._make_reader)
            self._thread.answered.connect(self._pass_on)
            self._thread.start()
        self._number += 1
        self._thread.ask(self._number, wanted)
        return self._number

    def stop(self) -> None:
        """Forget what was asked and let the process end, without waiting for it."""
        self._ending = [thread for thread in self._ending if not thread.isFinished()]
        self._inspection = self._preview = 0
        if self._thread is None:
            return
        self._thread.ask_to_stop()
        self._ending.append(self._thread)
        self._thread = None

    @Slot()
    def close(self, timeout_s: float = 10.0) -> bool:
        """Stop and wait until process and thread are gone; False if that took too long."""
        self.stop()
        deadline = time.monotonic() + timeout_s
        gone = [thread.wait(max(1, int(1000 * (deadline - time.monotonic())))) for thread in self._ending]
        self._ending = [thread for thread, is_gone in zip(self._ending, gone, strict=True) if not is_gone]
        return all(gone)

    @Slot(object)
    def _pass_on(self, answer: Inspected | Previewed) -> None:
        if isinstance(answer, Inspected) and answer.request_id == self._inspection:
            self.inspected.emit(answer)
        elif isinstance(answer, Previewed) and answer.request_id == self._preview:
            self.previewed.emit(answer)


def _new_reader() -> Reader:
    from swmr_viewer.reader.supervisor import Supervisor

    return Supervisor()
