"""What the diagnostics tell, in words: the same in the panel and on the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.number_text import count_text
from swmr_viewer.reader.stage_times import Stage, StageAccount, ms_text

if TYPE_CHECKING:
    from swmr_viewer.reader.supervision import ProcessMemory, Slots

STAGES_ARE = {
    Stage.WAITING: "From the moment when its key was seen, or when it was asked for, until the reader began with the frame",
    Stage.READING: "The frame was read from the file, and decoded",
    Stage.PREPARING: "It was masked and corrected, made small for the screen, and its levels and sums were taken",
    Stage.SENDING: "Its message went from the reader to the window's process",
    Stage.TAKING: "It waited until the window was done with what came before",
    Stage.PAINTING: "The picture was made and painted",
}
"""What happens in each stage."""
TOTAL = "all together"
NO_FRAME = "No new frame was painted yet"


@frozen
class Account:
    """All that the diagnostics tell."""

    stages: StageAccount
    painted_per_s: float | None
    n_skipped: int
    slots: Slots
    memory: ProcessMemory | None
    """None: the system does not tell."""
    reader_kept: int = 0
    """Chunks and buffers that the reader keeps for the next frames (bytes)."""
    measured: int = 0
    """Values of scan points that were measured, for maps, curves and tables (bytes)."""

    @property
    def last_text(self) -> str:
        """How many frames it is about."""
        n_frames = self.stages.n_frames
        return f"last {count_text(n_frames)} frames" if n_frames > 1 else "one frame" if n_frames else ""

    @property
    def slowest_text(self) -> str:
        """``Slowest: painting, 3.1 ms of 9.8``, or why there is none."""
        return self.stages.slowest_text or NO_FRAME

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """Name, value and meaning of what is told besides the stages."""
        painted = "" if self.painted_per_s is None else f"{self.painted_per_s:.1f} frames/s"
        return (
            ("painted", painted or "none in the last seconds", "Frames that were painted, in the last seconds"),
            ("skipped", count_text(self.n_skipped), "Complete frames that were not shown, as newer ones had come: none of them is lost"),
            ("slots", slots_text(self.slots), "Places in shared memory through which frames come: no more are held than these"),
            (
                "kept",
                kept_text(self.reader_kept, self.measured),
                "Part of the memory: what is kept for the next frames, and what was measured",
            ),
            ("memory", memory_text(self.memory), "Of the processes; what several share counts for each of them in part"),
        )

    def text(self, title: str) -> str:
        """Return all of it as lines with columns, for a message to whom it concerns."""
        widest = max(map(len, Stage))
        lines = [title, f"{self.last_text or 'no frames':<{widest}}   median      p99  (ms)"]
        times = [(str(one.stage), one.median_s, one.p99_s) for one in self.stages.stages]
        if times:
            times.append((TOTAL, self.stages.median_s, self.stages.p99_s))
        lines += [f"{name:<{widest}}  {ms_text(median_s):>7}  {ms_text(p99_s):>7}" for name, median_s, p99_s in times]
        lines += [self.slowest_text]
        lines += [f"{name}: {value}" for name, value, _ in self.rows]
        return "\n".join(lines) + "\n"


def size_text(n_bytes: int) -> str:
    """Return a size in megabytes: ``0.5 MB``, ``36 MB``."""
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes < 9.95e6 else f"{n_bytes / 1e6:.0f} MB"


def slots_text(slots: Slots) -> str:
    """Return ``4 of 36 MB, 2 in use``."""
    return f"{slots.number} of {size_text(slots.size)}, {slots.in_use} in use" if slots.number else "none yet"


def kept_text(reader_kept: int, measured: int) -> str:
    """Return ``12 MB of chunks and buffers, 0.5 MB of values``."""
    return f"{size_text(reader_kept)} of chunks and buffers, {size_text(measured)} of values"


def memory_text(memory: ProcessMemory | None) -> str:
    """Return ``175 MB: window 110, reader 60, others 5``."""
    if memory is None:
        return "not told by this system"
    parts = (("window", memory.window), ("reader", memory.reader), ("others", memory.others))
    told = [f"{name} {n_bytes / 1e6:.0f}" for name, n_bytes in parts if n_bytes]
    return f"{size_text(memory.total)}: {', '.join(told)}"
