"""A reader that says what a test tells it to, in the supervisor's words; deterministic and without HDF5."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from swmr_viewer.analysis import ViewChoice, examine, preview_factor, preview_shape, resolve_view, write_preview
from swmr_viewer.analysis.views import USUAL_VIEW
from swmr_viewer.core.data_facts import DataFacts, MotorPosition
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import Ranges, runs_of
from swmr_viewer.core.scan import position_of
from swmr_viewer.reader import messages as m
from swmr_viewer.reader.supervision import ProcessMemory, Slots


@dataclass
class FakeSupervisor:
    """Stands where ``reader.supervision.Supervisor`` stands: events are put in by the test, requests are kept for it."""

    n_slots: int = 4
    requests: list[object] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    saturation_value: float | None = None
    frame_time: float | None = None
    motor_positions: tuple[MotorPosition, ...] = ()
    stage_ms: tuple[float, ...] = ()
    """What the stages of each frame in the reader take: from its key to when it is read, read and prepared (ms)."""

    def __post_init__(self) -> None:
        self._events: deque[m.Event] = deque()
        self._something = threading.Condition()
        self._woken = False
        self._pixels: dict[str, tuple[np.ndarray, np.ndarray | None]] = {}
        self.generation = 0
        self.data_paths: tuple[str, ...] = ("/entry/eiger/data",)
        self.n_replaced = 0
        """How often the window asked for another reader."""
        self.stuck_after_s = 30.0
        self.own_mask: np.ndarray | None = None
        self.lacks_mask = False
        self._progress = 0, KeyProgress(1, ())

    # ---- the supervisor's face

    def follow(self, request: m.FollowRequest) -> int:
        self.generation += 1
        self.requests.append(request)
        return self.generation

    def send(self, request: object) -> None:
        self.requests.append(request)

    def replace_reader(self) -> None:
        self.n_replaced += 1

    def set_stuck_after(self, seconds: float) -> None:
        self.stuck_after_s = seconds

    def wait(self, timeout_s: float | None) -> list[m.Event]:
        with self._something:
            self._something.wait_for(lambda: self._events or self._woken, timeout_s)
            self._woken = False
            events = list(self._events)
            self._events.clear()
        return events

    def wake(self) -> None:
        with self._something:
            self._woken = True
            self._something.notify_all()

    def pixels(self, event: m.FrameReady) -> tuple[np.ndarray, np.ndarray | None]:
        return self._pixels[event.slot]

    def shown(self, event: m.FrameReady) -> tuple[np.ndarray, np.ndarray | None]:
        whole = self._pixels[event.slot][0]
        return (whole if event.view is None else event.view.shown(whole)), self.own_mask

    def release(self, event: m.FrameReady) -> None:
        self.released.append(event.slot)
        del self._pixels[event.slot]

    @property
    def slots(self) -> Slots:
        return Slots(self.n_slots, 1 << 20, len(self.held))

    def memory(self) -> ProcessMemory | None:
        return ProcessMemory(110_000_000, 60_000_000, 5_000_000)

    # ---- what the test says

    @property
    def held(self) -> set[str]:
        """Slots that the window has not given back."""
        return set(self._pixels)

    def say(self, *events: m.Event) -> None:
        with self._something:
            self._events.extend(events)
            self._something.notify_all()

    def say_opened(
        self,
        scan_shape: tuple[int, ...],
        key_paths: tuple[str, ...] = ("/entry/keys/eiger",),
        frame: tuple[int, ...] = (64, 48),
        dtype: str = "<u4",
        data_paths: tuple[str, ...] = ("/entry/eiger/data",),
        facts: DataFacts | None = None,
    ) -> None:
        self.data_paths = data_paths
        data = tuple(m.DataDescription(path, frame, dtype, facts=facts or DataFacts()) for path in data_paths)
        self.say(m.Opened(self.generation, "scan.nxs", scan_shape, key_paths, data, "/entry/scan_finished", 1))
        self.say(m.PhaseChanged(self.generation, m.Phase.FOLLOWING))

    def say_keys(
        self, scan_shape: tuple[int, ...], *added: tuple[int, int] | list[tuple[int, int]], whole: bool = False, at_s: float = 0.0
    ) -> None:
        """Say which keys were set, and which frames are complete by it, as the reader does."""
        keys = tuple(ranges(given) for given in added)
        completed = self._completed_by(keys, scan_shape, whole)
        self.say(m.KeysChanged(self.generation, scan_shape, keys, whole, at_s, completed=completed))

    def _completed_by(self, keys: tuple[Ranges, ...], scan_shape: tuple[int, ...], whole: bool) -> Ranges:
        generation, progress = self._progress
        if whole or generation != self.generation or progress.n_keys != len(keys):
            progress = KeyProgress(len(keys), scan_shape)
        progress.grow(scan_shape)
        self._progress = self.generation, progress
        completed = [progress.add(key, *added) for key, added in enumerate(keys)]
        return runs_of(np.sort(np.concatenate(completed)))

    def say_frame(
        self,
        pixels: np.ndarray,
        index: int,
        scan_shape: tuple[int, ...],
        *,
        live: bool = True,
        at_s: float = 0.0,
        data_path: str = "",
        is_new: bool | None = None,
        combined: int = 1,
        told: str = "",
        wish: ViewChoice = USUAL_VIEW,
        beside: bool = False,
    ) -> str:
        """Put a frame into a slot of its own and announce it; return the slot's name."""
        slot = f"slot-{len(self.released) + len(self._pixels)}-{index}-{live}"
        view = resolve_view(pixels.shape, pixels.dtype, told, wish)
        shown = view.shown(pixels)
        factor = preview_factor(shown.shape)
        preview = np.empty(preview_shape(shown.shape, factor), np.float32)
        write_preview(shown, factor, preview)
        self._pixels[slot] = (pixels, preview)
        levels, statistics = examine(shown, saturation=self.saturation_value)
        self.say(
            m.FrameReady(
                self.generation,
                data_path or self.data_paths[0],
                index,
                position_of(index, scan_shape),
                slot,
                pixels.shape,
                pixels.dtype.str,
                preview.shape,
                pixels.nbytes,
                factor,
                levels,
                at_s,
                live,
                statistics,
                combined,
                frame_time=self.frame_time,
                in_turn=live and self._is_in_turn,
                is_new=live if is_new is None else is_new,
                view=view,
                lacks_mask=self.lacks_mask,
                motor_positions=self.motor_positions,
                beside=beside,
                times=self._times(at_s),
            )
        )
        return slot

    def _times(self, key_seen_s: float) -> m.FrameTimes | None:
        ends = [key_seen_s + ms / 1000 for ms in accumulate(self.stage_ms)]
        return m.FrameTimes(key_seen_s, *ends, sent=ends[-1]) if ends else None

    @property
    def _is_in_turn(self) -> bool:
        asked = [one for one in self.sent(m.SetEveryFrame) if one.generation == self.generation]
        return bool(asked) and asked[-1].on

    def sent(self, kind: type) -> list:
        return [one for one in self.requests if isinstance(one, kind)]


def ranges(given: tuple[int, int] | list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return half-open ranges as the reader sends them."""
    several = [given] if isinstance(given, tuple) else given
    return np.array([a for a, _ in several], np.int64), np.array([b for _, b in several], np.int64)


def picture(shape: tuple[int, ...] = (64, 48), seed: int = 0, dtype: str = "<u4") -> np.ndarray:
    """Return a frame of noise."""
    return np.random.default_rng(seed).poisson(20, shape).astype(dtype)


class Clock:
    """A clock that a test sets."""

    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s
