"""The scan that is followed: requests and the reader's messages in, facts and what changed out; without Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray, indices_of
from swmr_viewer.core.scan import moved_index
from swmr_viewer.quantities import Quantity, Values
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.live_frame import LiveFrame
from swmr_viewer.scan_model.places import places_in
from swmr_viewer.scan_model.quantity_news import QuantityNews
from swmr_viewer.scan_model.scan_facts import Changed, Changes, ScanFacts
from swmr_viewer.scan_model.state import Problem, replaced_text

REPORT_STUCK_S = 5.0
"""The state line shows silence after 2 s; after so long (s) the error bar offers to stop."""


class ScanModel:
    """What is followed, what is known about it, what is shown: to be read by everybody, and changed by messages alone.

    Parameters
    ----------
    send : callable
        Takes a request to the reader: how frames are to be prepared, when a file is opened.
    retry, stop : callable
        What problems offer to do: open the request again, end following.
    clock : callable
        Monotonic seconds, the same clock as the reader's.
    """

    def __init__(
        self,
        send: Callable[[m.Request], None],
        *,
        retry: Callable[[], None],
        stop: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._retry, self._stop = retry, stop
        self._changes: Changes = []
        self.scan = ScanFacts(clock, send)
        self._quantities = QuantityNews(self.scan, self._note, send)
        self._open_problem: Problem | None = None
        """What may be solved by itself."""
        self._handlers: dict[type, Callable[[Any], None]] = {
            m.Follow: self._on_follow, m.ShowLive: self._on_show_live, m.ShowIndex: self._on_show_index,
            m.ShowPoints: self._on_show_points,
            m.SetConditions: self._on_set_conditions, m.SetEveryFrame: self._on_set_every_frame,
            m.SetLookingOn: self._on_set_looking_on, m.Resume: self._on_resumed,
            m.SendOrder: self._on_send_order, m.OrderRead: self._on_order,
            m.Opened: self._on_opened, m.DataJoined: self._on_joined, m.DataAwaited: self._on_awaited,
            m.FileReplaced: self._on_file_replaced, m.KeysChanged: self._on_keys, LiveFrame: self._on_frame,
            m.AwaitedBeside: lambda awaited: self._note(Changed.AWAITED_BESIDE, awaited),
            m.PixelMaskRead: lambda mask: self._note(Changed.PIXEL_MASK, mask),
            m.PhaseChanged: self._on_phase, m.ReaderStuck: lambda stuck: self._set_stuck(stuck.seconds, stuck.doing),
            m.ReaderRecovered: lambda _: self._set_stuck(0.0, ""),
            m.ReaderReplaced: self._on_reader_replaced, m.Fault: self._on_fault, m.Failed: self._on_failed,
            m.Ended: self._on_ended, m.Resumed: self._on_resumed,
            **self._quantities.handlers,
        }  # fmt: skip

    # ---- messages

    def receive(self, message: m.Request | m.Event | LiveFrame) -> Changes:
        """Take in a request that is sent, or what the reader answers; return what changed. What answers an earlier request is dropped."""
        if isinstance(message, m.Follow) or getattr(message, "generation", None) == self.scan.generation:
            if (handler := self._handlers.get(type(message))) is not None:
                handler(message)
        elif isinstance(message, LiveFrame):
            message.release()
        return self._taken()

    def tick(self) -> Changes:
        """Let time pass: ages, rates, *quiet*."""
        self.scan.counts.note_time(self._clock())
        if self.scan.walks_in_order:
            self.scan.order.prepare()
        self._resolve()
        return self._taken()

    def walk_in_order(self, on: bool) -> Changes:
        """Go from frame to frame as they were taken, or by their index."""
        self.scan.walks_in_order = on
        self._note(Changed.ORDER)
        return self._taken()

    def want_quantities(self, who: str, names: Iterable[str]) -> Changes:
        """Have these quantities known from now on, and no others for this purpose."""
        self._quantities.want(who, names)
        return self._taken()

    def begin_reduction(self, place: str, name: str, quantities: tuple[Quantity, ...]) -> Changes:
        """A reduction begins that makes these numbers of the frames of the data set in a place."""
        self._quantities.begin_reduction(place, name, quantities)
        return self._taken()

    def take_reduced(self, place: str, names: tuple[str, ...], indices: IndexArray, values: Values, scan_shape: tuple[int, ...]) -> Changes:
        """Take numbers that a reduction made of frames."""
        self._quantities.take_reduced(place, names, indices, values, scan_shape)
        return self._taken()

    def take_geometry(self, place: str, own: PixelGeometry) -> Changes:
        """Have this of the geometry of the data set in a place count in place of the file's."""
        self.scan.own_geometry[place] = own
        self._note(Changed.GEOMETRY)
        return self._taken()

    def drop_shown(self) -> Changes:
        """Let go of the shown frame."""
        self._show(None)
        return self._taken()

    def _taken(self) -> Changes:
        changes, self._changes = self._changes, []
        return changes

    def _note(self, what: Changed, value: object = None) -> None:
        self._changes.append((what, value))

    def _resolve(self) -> None:
        state = self.scan.resolved()
        if state != self.scan.state:
            self.scan.state = state
            self._note(Changed.STATE)

    # ---- requests

    def _on_follow(self, follow: m.Follow) -> None:
        self._show(None)
        self.scan.keep_earlier(follow.request.path)
        self.scan.forget()
        self._open_problem = None
        self.scan.generation, self.scan.request, self.scan.conditions = follow.generation, follow.request, follow.request.conditions
        for what in (Changed.REQUEST, Changed.CONDITIONS, Changed.MODE):
            self._note(what)
        self._resolve()

    def _on_show_live(self, request: m.ShowLive) -> None:
        if not self._shows_other_data(request.data_path):
            self.scan.wanted_index = self.scan.wanted_points = None
            self._note(Changed.MODE)

    def _on_show_index(self, request: m.ShowIndex) -> None:
        if not self._shows_other_data(request.data_path):
            self.scan.wanted_index, self.scan.wanted_is_unreadable, self.scan.wanted_points = request.index, False, None
            self.scan.counts.pause()
            self._note(Changed.MODE)

    def _on_show_points(self, request: m.ShowPoints) -> None:
        self.scan.wanted_points = request
        if not self._shows_other_data(request.data_path):
            self.scan.wanted_index = None
            self.scan.counts.pause()
            self._note(Changed.MODE)

    def _shows_other_data(self, data_path: str | None) -> bool:
        """Note that another data set is asked for, where it is: live or pinned stays as it was."""
        if data_path in (None, self.scan.wanted_data_path):
            return False
        self.scan.wanted_data_path, self.scan.wanted_is_unreadable = data_path or "", False
        self._show(None)
        self._note(Changed.DATA)
        self._quantities.ask()
        return True

    def _on_set_conditions(self, request: m.SetConditions) -> None:
        self.scan.conditions = request.conditions
        self._note(Changed.CONDITIONS)

    def _on_set_every_frame(self, request: m.SetEveryFrame) -> None:
        self.scan.every_frame = request.on
        self._note(Changed.LIVE_MODE)

    def _on_set_looking_on(self, request: m.SetLookingOn) -> None:
        self.scan.looks_on = request.on
        self._note(Changed.CONDITIONS)

    def _on_send_order(self, request: m.SendOrder) -> None:
        self.scan.wants_order = request.on

    def _on_resumed(self, _message: m.Resume | m.Resumed) -> None:
        self.scan.ended = None
        self.scan.following_since_s = self._clock()
        self._resolve()

    # ---- the file and its data sets

    def _on_opened(self, opened: m.Opened) -> None:
        again = self.scan.description is not None and self.scan.description.key_paths == opened.key_paths
        self.scan.description = opened
        self.scan.failed = None  # a file that was given up is looked at again, and can be read now
        self._solve()
        self._resolve()
        if not again or self.scan.progress is None:
            self.scan.progress = KeyProgress(max(1, len(opened.key_paths)), opened.scan_shape)
            self.scan.order.move_to(self.scan.progress)
            self.scan.following_since_s = self._clock()
        self.scan.places.enter(places_in(self.scan.request, opened))
        self._quantities.note_data()
        self.scan.preparation.send_unusual(self.scan.generation, opened.data)
        self._note(Changed.OPENED)
        self._note(Changed.PROGRESS)

    def _on_joined(self, joined: m.DataJoined) -> None:
        if self.scan.description is None:
            return
        before = self.scan.data_path
        self.scan.description = replace(self.scan.description, data=self.scan.description.data + joined.data)
        self.scan.places.join(places_in(self.scan.request, joined))
        self._quantities.note_data()
        self.scan.preparation.send_unusual(self.scan.generation, joined.data)
        self._note(Changed.DATA_JOINED)
        if self.scan.data_path != before:
            self._note(Changed.DATA)

    def _on_awaited(self, awaited: m.DataAwaited) -> None:
        self.scan.awaited = awaited.waits
        self._note(Changed.DATA_JOINED)
        self._resolve()

    def _on_file_replaced(self, replaced: m.FileReplaced) -> None:
        self.scan.replaced = replaced
        self._note(Changed.PROBLEM, Problem(replaced_text(replaced), action_text="Follow the new one", action=self._retry))
        self._resolve()
        self._note(Changed.FILE_REPLACED)

    # ---- keys

    def _on_keys(self, keys: m.KeysChanged) -> None:
        before = self.scan.scan_shape
        self._add_keys(keys)
        self._note(Changed.KEYS, keys)
        if self.scan.scan_shape[1:] != before[1:]:
            self._keep_points(before, self.scan.scan_shape)
        if self._is_newer_key(keys.last_key_at_s):
            self.scan.last_key_at_s, self.scan.last_key_came = keys.last_key_at_s, keys.last_key_came
        completed = np.sort(indices_of(keys.completed))
        if completed.size:
            if keys.last_key_came:
                self.scan.counts.note_arrived(self._clock(), completed.size)
            self.scan.order.note_completed(completed, keys.last_key_came)
            self._note(Changed.COMPLETED, completed)
            if self.scan.wants_order and not self.scan.order.is_in_file:
                self._note(Changed.ORDER)
        self._note(Changed.PROGRESS)
        self._resolve()

    def _add_keys(self, keys: m.KeysChanged) -> None:
        if self.scan.progress is None or keys.whole:
            self.scan.progress = KeyProgress(max(1, len(keys.added)), keys.scan_shape)
        elif keys.scan_shape != self.scan.progress.scan_shape:
            self.scan.progress.grow(keys.scan_shape)
        for key, (starts, stops) in enumerate(keys.added):
            self.scan.progress.add(key, starts, stops)
        self.scan.order.move_to(self.scan.progress)
        self.scan.columns.grow(self.scan.progress.scan_shape)

    def _on_order(self, order: m.OrderRead) -> None:
        self.scan.order.note_read(order)
        self._note(Changed.ORDER)

    def _is_newer_key(self, at_s: float) -> bool:
        has_keys = self.scan.progress is not None and any(self.scan.progress.n_set(key) for key in range(self.scan.progress.n_keys))
        return has_keys and (self.scan.last_key_at_s is None or at_s > self.scan.last_key_at_s)

    def _keep_points(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Go on showing the same scan points, whose indices are others now: an inner axis grew."""
        if self.scan.wanted_index is not None:
            index = moved_index(self.scan.wanted_index, before, after)
            self.scan.wanted_index = self.scan.wanted_index if index is None else index
        placed = None if self.scan.shown is None else self.scan.shown.placed_on(after)
        if placed is not None and placed is not self.scan.shown:
            self.scan.shown = replace(placed, is_new=False)  # the same picture: how long it took to the screen has been measured
            self._note(Changed.FRAME)

    # ---- frames

    def _on_frame(self, frame: LiveFrame) -> None:
        frame = frame.placed_on(self.scan.scan_shape)  # keys of a larger scan may have been taken in meanwhile
        if frame.data_path != (self.scan.data_path or frame.data_path) or not self._is_wanted(frame):
            frame.release()
            return
        if self.scan.places.note_frame_shape(frame.data_path, frame.whole.shape):
            self.scan.preparation.send(self.scan.generation, frame.data_path)
            self._note(Changed.DATA)
        self._show(frame)
        self.scan.counts.note_shown(frame, self.scan.progress.n_complete if self.scan.progress is not None else 0, self._clock())

    def _is_wanted(self, frame: LiveFrame) -> bool:
        points, of_points = self.scan.wanted_points, frame.of_points
        if points is not None or of_points is not None:
            return points is not None and of_points is not None and of_points.number == points.number
        if self.scan.wanted_index is not None:
            return frame.index == self.scan.wanted_index
        return frame.live and frame.in_turn == self.scan.every_frame

    def _show(self, frame: LiveFrame | None) -> None:
        """Show this frame; the one before is what the signal brings, to be released once nobody draws it any more."""
        before, self.scan.shown = self.scan.shown, frame
        if frame is not before:
            self._note(Changed.FRAME, before)

    # ---- the reader and its problems

    def _on_phase(self, event: m.PhaseChanged) -> None:
        if event.phase is m.Phase.FOLLOWING and self.scan.phase is not m.Phase.FOLLOWING:
            self.scan.following_since_s = self._clock()
        self.scan.phase, self.scan.phase_text = event.phase, event.message
        self._set_stuck(0.0, "")

    def _on_reader_replaced(self, event: m.ReaderReplaced) -> None:
        self._set_stuck(0.0, "")
        self._note(Changed.PROBLEM, Problem(f"The reader was replaced, and following goes on where it was: {event.why}.", severity="note"))

    def _set_stuck(self, seconds: float, doing: str) -> None:
        """Take note of how long the reader has not answered; offer to stop: the supervisor answers that in its stead, at once."""
        self.scan.stuck_s, self.scan.doing = seconds, doing
        if seconds < REPORT_STUCK_S or self.scan.is_over:
            self._solve("note")
        elif self._open_problem is None:
            text = f"The reader has not answered for {seconds:.0f} s, while {doing}."
            remedy = "The storage does not answer, or the file is damaged. The window stays usable, and looking goes on."
            self._open_problem = Problem(text, remedy, severity="note", action_text="Stop", action=self._stop)
            self._note(Changed.PROBLEM, self._open_problem)
        self._resolve()

    def _on_fault(self, fault: m.Fault) -> None:
        if fault.index is not None and fault.index == self.scan.wanted_index and fault.data_path in ("", self.scan.data_path):
            self.scan.wanted_is_unreadable = True
            self._note(Changed.MODE)
        self._note(
            Changed.PROBLEM, Problem(fault.message, "Following goes on without it." if fault.index is not None else "", severity="note")
        )

    def _on_failed(self, failed: m.Failed) -> None:
        self.scan.failed = failed
        action_text = "Wait for it" if failed.kind.can_be_retried else "Try again"
        self._open_problem = Problem(failed.message, failed.remedy, failed.details, action_text=action_text, action=self._retry)
        self._note(Changed.PROBLEM, self._open_problem)
        self._resolve()
        self._note(Changed.FINISHED, failed)

    def _on_ended(self, ended: m.Ended) -> None:
        self.scan.ended = ended
        self._solve("note")
        self._resolve()
        self._note(Changed.FINISHED, ended)

    def _solve(self, severity: str = "") -> None:
        """Take back what was reported of a failure, or of a reader that does not answer."""
        problem = self._open_problem
        if problem is not None and severity in ("", problem.severity):
            self._open_problem = None
            self._note(Changed.PROBLEM_SOLVED, problem)
