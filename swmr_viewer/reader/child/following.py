"""An open scan being followed: polls and reports keys, delivers frames, and ends when all of that is done."""

from __future__ import annotations

import time
from typing import Any

from swmr_viewer.core.conditions import FILE_REPLACED, STOPPED, Timeout
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.pacing import Pause
from swmr_viewer.core.waiting import pause_after
from swmr_viewer.reader.child.event_pipe import EventPipe, Handlers
from swmr_viewer.reader.child.file_watching import ReplacementReporter
from swmr_viewer.reader.child.frame_reading import FrameReader
from swmr_viewer.reader.child.measuring.measured_delivery import MeasuredDelivery
from swmr_viewer.reader.child.measuring.measurer import Measurer
from swmr_viewer.reader.child.measuring.order_reading import OrderReader
from swmr_viewer.reader.child.measuring.scalar_reading import ScalarReader
from swmr_viewer.reader.child.progress_reporting import ProgressReporter
from swmr_viewer.reader.child.reader_slots import ReaderSlots
from swmr_viewer.reader.child.scans import Scan
from swmr_viewer.reader.child.sending import Sender
from swmr_viewer.reader.child.showing.beside import BesideDelivery
from swmr_viewer.reader.child.showing.live import LiveDelivery
from swmr_viewer.reader.messages import (
    DataAwaited,
    DataJoined,
    Ended,
    Follow,
    Phase,
    Request,
    Resume,
    Resumed,
    SetConditions,
    SetLookingOn,
    Stop,
)

IDLE_PAUSE = Pause(0.02, 0.5)
"""Between two steps after an end; so often the keys are polled after a timeout, and when they may have been written."""
NO_PAUSE = Pause(0.0, 0.0)


class Following:
    """The time while a scan is open."""

    def __init__(self, scan: Scan, follow: Follow, slots: ReaderSlots, pipe: EventPipe) -> None:
        self._scan = scan
        self._pipe = pipe
        self._reporter = ProgressReporter(scan.follower, pipe)
        self._reports_keys = not follow.request.every_frame
        self._frames = FrameReader(scan, pipe, follow.unreadable)
        self._measurer = Measurer(self._frames)
        self._order = OrderReader(self._frames)
        self._scalars = ScalarReader(self._frames)
        self._live: LiveDelivery | None = None
        self._beside: BesideDelivery | None = None
        self._handlers: Handlers = {
            **self._reporter.handlers,
            SetConditions: self._set_conditions,
            SetLookingOn: self._set_looking_on,
            Stop: self._stop,
            Resume: self._resume,
        }
        self._frame_handlers: Handlers = {}
        self._delivery: LiveDelivery | MeasuredDelivery
        if follow.request.every_frame:
            self._delivery = MeasuredDelivery(self._frames, follow, lambda: self._ending is not None)
        else:
            sender = Sender(self._frames, self._reporter, slots, self._measurer.measure_shown)
            self._live = LiveDelivery(self._frames, sender)
            self._beside = BesideDelivery(self._frames, sender, self._live)
            self._delivery = self._live
            self._frame_handlers = {
                **self._live.handlers,
                **self._beside.handlers,
                **self._measurer.handlers,
                **self._order.handlers,
                **self._scalars.handlers,
            }
        self._files = ReplacementReporter(scan, pipe)
        self._scan_shape = scan.follower.scan_shape
        """What indices count on that were passed on."""
        self._is_watching = False
        """Whether keys that are found now came just now: they were not there at the first poll."""
        self._ending: str | None = None
        self._ending_at: float | None = None
        self._was_over = False
        self._ended = False
        self._ended_before = follow.ended_reason
        self._looks_on = follow.request.looks_on
        self._said_looking_on = follow.ended_still_following
        """What the last end that was announced said of that."""
        self._reported_waits: tuple[tuple[str, str], ...] = ()
        self._report_opened(follow)

    def _report_opened(self, follow: Follow) -> None:
        self._report_waits()
        self._pipe.send(self._scan.opened(follow.generation, follow.request.path))
        self._report_faults(self._scan.faults)
        self._pipe.report_phase(Phase.FOLLOWING)

    @property
    def h5file(self) -> Any:
        return self._scan.h5file

    @property
    def pause(self) -> Pause:
        """How long to wait for requests, and for `wait_descriptor`, before the next step."""
        if self._files.is_lost:
            return IDLE_PAUSE if self._ended else NO_PAUSE
        if self._beside is not None and self._beside.has_work:
            return NO_PAUSE
        if any(part.has_work for part in (self._delivery, self._measurer, self._order, self._scalars)):
            return NO_PAUSE
        if self._ended and self._delivery.is_idle:
            return IDLE_PAUSE
        pause = self._scan.follower.pause
        if self._awaits_frames:  # of files, perhaps, of which nobody tells that they were written
            return Pause(*(min(each_s, pause_after(self._scan.follower.quiet_s)) for each_s in pause))
        return pause

    @property
    def _awaits_frames(self) -> bool:
        is_beside = self._beside is not None and self._beside.awaits_frames
        return is_beside or not self._delivery.is_idle or bool(self._scan.late.paths)

    @property
    def wait_descriptor(self) -> int | None:
        """What can be read once keys may have been written, where the next step polls them."""
        polls = self._ending is None or (self._ended and self._keeps_polling(self._ending))
        return self._scan.follower.wait_descriptor if polls and not self._files.is_lost else None

    def handle(self, request: Request) -> None:
        """Do what the parent asks for; what needs frames is not done where they are lost (a mask would be another scan's as well)."""
        of_frames = self._files.handlers if self._files.is_lost else self._frame_handlers
        handler = self._handlers.get(type(request)) or of_frames.get(type(request))
        if handler is not None:
            handler(request)

    def _set_conditions(self, request: SetConditions) -> None:
        try:
            self._scan.follower.conditions = request.conditions
        except SwmrViewerError as error:
            self._pipe.report_fault(str(error))

    def _set_looking_on(self, request: SetLookingOn) -> None:
        self._looks_on = request.on
        if self._ended and self._ending is not None and self._keeps_polling(self._ending) != self._said_looking_on:
            self._end(self._ending)

    def _stop(self, request: Stop) -> None:
        self._scan.follower.stop()
        self._delivery.abandon()

    def _resume(self, request: Resume) -> None:
        self._scan.follower.resume()
        self._ending, self._ended, self._ended_before = None, False, None
        self._is_watching = False
        self._pipe.report_phase(Phase.FOLLOWING)

    def step(self) -> None:
        """Poll, deliver frames, report keys, and check for the end."""
        self._check_files()
        if self._ended and self._keeps_polling(self._ending):
            self._poll_again()
        if self._ending is None:
            self._scan.follower.refresh()
            self._take()
        if not self._files.is_lost:
            self._delivery.step()  # what it sends goes behind the keys that came with it, and nothing else goes before
        if self._reports_keys:
            self._reporter.report()
        if not self._files.change.is_replacement:  # late links lead to whatever has their names now
            self._join_late()
            self._join_masks()
        if not self._files.is_lost:
            if self._beside is not None:
                self._beside.step()
            self._measurer.step()
            self._order.step()
            self._scalars.step()
        if self._ending is None:
            self._set_ending(self._check_end())
            self._take()
            self._is_watching = True
        elif not self._ended and self._everything_sent:
            self._end(self._ending)

    def _check_files(self) -> None:
        """End for a file of frames as well whose name another scan has: those of keys are the follower's."""
        goes_on = self._ending is None or (self._ended and self._keeps_polling(self._ending))
        if self._files.check() and goes_on and self._ended_before is None:
            self._ended = False
            self._scan.follower.refresh()
            self._take()
            self._is_watching = True
            self._set_ending(FILE_REPLACED)

    def _set_ending(self, reason: str | None) -> None:
        """Set why it ends, and when. What was so at the first poll has been so for an unknown time."""
        self._ending = reason
        if reason == FILE_REPLACED:
            self._files.check(now=True)
        self._was_over = not self._is_watching and reason not in (None, STOPPED, FILE_REPLACED, Timeout.name)
        self._ending_at = self._scan.follower.last_written_at() if self._was_over else time.time()

    def _keeps_polling(self, reason: str | None) -> bool:
        """Whether this is no end for a window that wants it so: a pause that was longer than expected. A command does end."""
        is_wanted = self._live is not None and self._looks_on
        return is_wanted and reason == Timeout.name and not self._scan.follower.all_keys_set

    def _poll_again(self) -> None:
        reason = self._scan.follower.look_again()
        self._take()
        if reason == self._ending:
            return
        self._ended, self._ended_before = False, None
        self._set_ending(reason)
        if reason is None:
            self._pipe.send(Resumed(self._pipe.generation))
            self._pipe.report_phase(Phase.FOLLOWING)

    def _join_late(self) -> None:
        """Try data that were not there yet, also after the end: a detector's file may come long after its keys."""
        scan, pipe = self._scan, self._pipe
        if not scan.late.is_due:
            return
        pipe.report_busy(f"looking for {', '.join(scan.late.paths)}")
        joined = scan.join_late()
        pipe.keep_alive(now=True)
        if joined:
            pipe.send(DataJoined(pipe.generation, joined))
        for data in joined:
            self._frames.preparers.add(data.path, data.facts)
            self._delivery.add_data(data.path)
        if joined:
            self._scalars.look_for_more()
        self._report_waits()
        self._report_faults(scan.faults)

    def _join_masks(self) -> None:
        """Use pixel masks, dark and flat frames that were not there yet, for what is shown and for what was measured without them."""
        if self._live is not None and self._frames.preparers.retry():
            self._live.prepare_again()
            self._measurer.measure_anew()

    def _report_waits(self) -> None:
        if self._scan.late.reasons != self._reported_waits:
            self._reported_waits = self._scan.late.reasons
            self._pipe.send(DataAwaited(self._pipe.generation, self._reported_waits))

    def _check_end(self) -> str | None:
        if self._ended_before is None:
            return self._scan.follower.check_end()
        while self._scan.follower.refresh():
            self._pipe.keep_alive()
        return self._ended_before

    def _take(self) -> None:
        """Pass on what the last polls changed; indices move where another axis than the first grew."""
        follower, before = self._scan.follower, self._scan_shape
        changes, self._scan_shape = follower.take_changes(), follower.scan_shape
        self._reporter.add(changes, self._is_watching)
        moved = self._scan_shape[1:] != before[1:]
        if moved:
            self._delivery.remap_indices(before, self._scan_shape)
            if self._beside is not None:
                self._beside.remap_indices()
            self._measurer.remap_indices(before, self._scan_shape)
            self._order.remap_indices(before, self._scan_shape)
            self._scalars.remap_indices(before, self._scan_shape)
        self._delivery.add_completed(changes.completed, moved, self._is_watching)
        self._measurer.add_completed(changes.completed)
        self._order.add_completed(changes.completed)
        self._scalars.add_completed(changes.completed)
        self._report_faults(follower.take_faults())

    def _report_faults(self, messages: list[str]) -> None:
        for message in messages:
            self._pipe.report_fault(message)

    @property
    def _everything_sent(self) -> bool:
        return (self._delivery.is_idle or self._files.is_lost) and (self._reporter.is_idle or not self._reports_keys)

    def _end(self, reason: str) -> None:
        follower, still_following = self._scan.follower, self._keeps_polling(reason)
        self._ended = True
        self._scalars.look_for_more()  # shapes tell more once nothing grows
        if self._ended_before is None or still_following != self._said_looking_on:
            self._said_looking_on, at, was_over = still_following, self._ending_at, self._was_over
            self._pipe.send(Ended(self._pipe.generation, reason, follower.n_complete, follower.total, still_following, at, was_over))
        self._pipe.report_phase(Phase.ENDED, self._ended_before or reason)

    def close(self) -> None:
        self._scan.close()
