"""A place for frames between the reader's thread and the window: the newest wins, unless every frame is wanted."""

from __future__ import annotations

from collections import deque
from threading import Lock

from swmr_viewer.scan_model import LiveFrame


class FrameMailbox:
    """Lets one frame travel at a time; a newer one replaces the one that waits, whose slot goes back at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._travelling = False
        self._waiting: deque[LiveFrame] = deque()
        self.keeps_all = False
        """Whether frames wait in line: then there are never more of them than slots."""

    def offer(self, frame: LiveFrame) -> LiveFrame | None:
        """Take a frame; return it if it may travel now."""
        with self._lock:
            if not self._travelling:
                self._travelling = True
                return frame
            replaced = [] if self.keeps_all else [*self._waiting]
            if replaced:
                self._waiting.clear()
            self._waiting.append(frame)
        for one in replaced:
            one.release()
        return None

    def arrived(self) -> LiveFrame | None:
        """Note that the travelling frame was handled; return the next one that may travel."""
        with self._lock:
            following = self._waiting.popleft() if self._waiting else None
            self._travelling = following is not None
        return following

    def clear(self) -> None:
        """Give back the frames that wait."""
        with self._lock:
            dropped = [*self._waiting]
            self._waiting.clear()
        for one in dropped:
            one.release()
