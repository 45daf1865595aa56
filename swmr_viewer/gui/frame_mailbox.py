"""A place for one frame between the reader's thread and the window: the newest wins, nothing queues."""

from __future__ import annotations

from threading import Lock

from swmr_viewer.gui.live_frame import LiveFrame


class FrameMailbox:
    """Lets one frame travel at a time; a newer one replaces the one that waits, whose slot goes back at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._travelling = False
        self._waiting: LiveFrame | None = None

    def offer(self, frame: LiveFrame) -> LiveFrame | None:
        """Take a frame; return it if it may travel now."""
        with self._lock:
            if not self._travelling:
                self._travelling = True
                return frame
            replaced, self._waiting = self._waiting, frame
        if replaced is not None:
            replaced.release()
        return None

    def arrived(self) -> LiveFrame | None:
        """Note that the travelling frame was handled; return the next one that may travel."""
        with self._lock:
            following, self._waiting = self._waiting, None
            self._travelling = following is not None
        return following

    def clear(self) -> None:
        """Give back the frame that waits."""
        with self._lock:
            dropped, self._waiting = self._waiting, None
        if dropped is not None:
            dropped.release()
