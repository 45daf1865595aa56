"""How many frames came, were shown and were passed over, how many per second, and how fast they reached the screen."""

from __future__ import annotations

from collections import deque

from swmr_viewer.reader.stage_times import StageTimes
from swmr_viewer.scan_model.live_frame import LiveFrame

LEAST_SPREAD_S = 0.5
"""Over less than this (s) a rate of counts at each tick means nothing."""


class RateMeter:
    """How fast a total grows, over a sliding window.

    Parameters
    ----------
    window_s : float
        How far back (s) it looks.
    least_s : float
        Over less than this (s) there is no rate.
    """

    def __init__(self, window_s: float = 5.0, least_s: float = 0.0) -> None:
        self._window_s = window_s
        self._least_s = least_s
        self._totals: deque[tuple[float, int]] = deque()

    def note(self, at_s: float, total: int) -> None:
        """Note how many there were by ``at_s``."""
        self._totals.append((at_s, total))
        self._forget(at_s)

    def per_second(self, now_s: float) -> float | None:
        """Return the rate since the first total of the window; None as long as there are not two of them."""
        self._forget(now_s)
        if len(self._totals) < 2:
            return None
        spread_s = now_s - self._totals[0][0]
        return (self._totals[-1][1] - self._totals[0][1]) / spread_s if spread_s > 0 and spread_s >= self._least_s else None

    def _forget(self, now_s: float) -> None:
        while self._totals and now_s - self._totals[0][0] > self._window_s:
            self._totals.popleft()


class FrameCounts:
    """Counts and rates over the life of a request."""

    def __init__(self) -> None:
        self.n_arrived = 0
        """Frames that became complete while they were looked for."""
        self.n_shown = self.n_painted = 0
        self.reader_kept_bytes = 0
        """What the reader kept of chunks and buffers when it sent the last frame that was painted."""
        self.n_skipped = 0
        """Frames that became complete between two live ones that were shown; nothing is lost, the map and the slider reach them."""
        self.latency_s: float | None = None
        """From the moment its key was seen to the end of painting, for the last frame that was shown as it came (s)."""
        self.arriving = RateMeter()
        self.shown = RateMeter(least_s=LEAST_SPREAD_S)
        """Frames shown, pinned ones as well."""
        self.painted = RateMeter(least_s=LEAST_SPREAD_S)
        self.skipped = RateMeter(least_s=LEAST_SPREAD_S)
        self.stages = StageTimes()
        """How long each stage took of the last frames that were painted."""
        self._complete_at_last: int | None = None
        self._shown_at_s = 0.0

    def note_arrived(self, now_s: float, n_frames: int) -> None:
        """Count frames that became complete."""
        self.n_arrived += n_frames
        self.arriving.note(now_s, self.n_arrived)

    def note_shown(self, frame: LiveFrame, n_complete: int, now_s: float) -> None:
        """Count a frame that is shown while ``n_complete`` are complete; of those that come in turn, none is skipped."""
        self.n_shown += 1
        self._shown_at_s = now_s
        if not frame.live:
            return
        if self._complete_at_last is not None and not frame.in_turn:
            self.n_skipped += max(0, n_complete - self._complete_at_last - 1)
        self._complete_at_last = max(n_complete, self._complete_at_last or 0)

    def note_painted(self, frame: LiveFrame, now_s: float) -> None:
        """Measure how long a frame took to the screen whose key just came, or that was asked for; of others nobody knows."""
        self.n_painted += 1
        self.reader_kept_bytes = frame.kept_bytes
        if frame.is_new:
            self.latency_s = max(0.0, now_s - frame.key_seen_at_s)
        if frame.times is not None and (frame.is_new or (not frame.live and frame.combined == 1)):
            self.stages.note(frame.times, frame.received_at_s, (self._shown_at_s, now_s))

    def note_time(self, now_s: float) -> None:
        """Take the counts into the rates, also where nothing was shown."""
        self.shown.note(now_s, self.n_shown)
        self.painted.note(now_s, self.n_painted)
        self.skipped.note(now_s, self.n_skipped)

    def pause(self) -> None:
        """Forget the last live frame: what comes while another is held is not skipped."""
        self._complete_at_last = None
