"""The reader process on real scans: every index once, the right pixels, conflation, pinning, credit."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from swmr_viewer.core.conditions import AllKeys, FileClosed, FinishedFlag, FrameCount, Timeout
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reader.messages import (
    AcknowledgeProgress,
    Busy,
    Ended,
    Failed,
    Fault,
    FollowRequest,
    FrameMeasured,
    FrameReady,
    Inspected,
    KeysChanged,
    Opened,
    Phase,
    PhaseChanged,
    ReaderReplaced,
    Resume,
    ScanEvent,
    SetConditions,
    ShowIndex,
    ShowLive,
    Stop,
)
from tests.reader import broken
from tests.reader.listening import Listener

pytestmark = pytest.mark.live

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
UNTIL = (FileClosed(), Timeout(60.0))


def assert_pixels(listener: Listener, writer) -> None:
    assert listener.frames
    for event, raw, preview in listener.frames:
        assert np.array_equal(raw, writer.expected(event.index)), event
        assert event.shape == raw.shape
        assert preview is not None
        assert preview.shape == event.preview_shape


def test_the_parent_does_not_import_hdf5():
    code = "import sys, swmr_viewer.reader.supervision; sys.exit('h5py' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def followed_before_it_is_asked_for(listener: Listener, path: Path) -> FollowRequest:
    request = FollowRequest(str(path), (broken.KEYS,), (broken.DATA,), conditions=UNTIL)
    listener.supervisor.start(request)
    while not listener.supervisor.slots.in_use:
        assert listener.supervisor.wait(0.02) == []
    return request


def test_what_is_foreseen_is_read_and_held_until_it_is_asked_for(tmp_path):
    with Listener() as listener:
        request = followed_before_it_is_asked_for(listener, broken.write_hanging_frame(tmp_path, n=3, hangs=-1))
        assert listener.supervisor.follow(request) == 1
        frame = listener.until_a(FrameReady)
        assert (frame.generation, frame.index) == (1, 2)
        assert len(listener.all_of(Opened)) == 1
        assert sorted(listener.announced) == [0, 1, 2]


def test_what_was_foreseen_and_is_not_asked_for_is_dropped_with_its_slots(tmp_path):
    with Listener() as listener:
        request = followed_before_it_is_asked_for(listener, broken.write_hanging_frame(tmp_path, n=3, hangs=-1))
        assert listener.supervisor.follow(replace(request, order="arrival")) == 2
        assert listener.until_a(FrameReady).generation == 2
        assert {event.generation for event in listener.events if isinstance(event, ScanEvent)} == {2}
        assert listener.supervisor.slots.in_use == 0


def test_the_reader_does_not_import_the_main_module_again(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "print('imported', __name__)\n"
        "from swmr_viewer.reader.supervision import Supervisor\n"
        "supervisor = Supervisor()\n"
        "supervisor.inspect('nowhere.h5')\n"
        "while not (events := supervisor.wait(60.0)): pass\n"
        "print([type(event).__name__ for event in events])\n"
        "supervisor.close()\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["imported __main__", "['Inspected']"]


@pytest.mark.parametrize("order", ["raster", "snake", "random"])
@pytest.mark.parametrize("layout", ["diamond", "areadetector"])
def test_every_index_is_announced_once_and_pixels_are_those_written(live_writer, order, layout):
    writer = live_writer(order=order, layout=layout, n_keys=2 if layout == "diamond" else 1)
    with Listener() as listener:
        listener.follow(writer.path, conditions=UNTIL)
        listener.until_a(KeysChanged)
        writer.step(3)
        listener.until_a(FrameReady)
        writer.finish()
        ended = listener.until_a(Ended)
        assert (ended.reason, ended.complete, ended.total) == ("file_closed", 12, 12)
        assert sorted(listener.announced) == list(range(12))
        assert_pixels(listener, writer)
        if order != "random":  # of several that come at once, nothing tells which was the last
            assert listener.frames[-1][0].index == writer.complete[-1]
        assert listener.events.index(ended) > listener.events.index(listener.frames[-1][0])
        assert len(listener.all_of(Opened)) == 1


def test_a_scan_whose_axes_grow_is_announced_on_its_final_shape(live_writer):
    writer = live_writer(growing=True, scan_shape=(4, 5))
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.until_a(Opened)
        for _ in range(3):
            writer.step(4)
            listener.until_a(FrameReady)
        writer.finish()
        ended = listener.until_a(Ended)
        assert ended.complete == 20
        assert listener.all_of(KeysChanged)[-1].scan_shape == (4, 5)
        assert listener._known >= set(range(20))
        for event, raw, _ in listener.frames:
            assert np.array_equal(raw, writer.expected(int(np.ravel_multi_index(event.position, (4, 5))))), event


def test_waiting_for_the_file_then_for_swmr_is_said(live_writer, tmp_path):
    with Listener() as listener:
        listener.follow(tmp_path / "scan.h5", KEYS, DATA, conditions=UNTIL, wait_s=None)
        first = listener.until_a(PhaseChanged)
        assert (first.phase, "scan.h5" in first.message) == (Phase.WAITING_FOR_FILE, True)
        writer = live_writer(hold=True)
        listener.until(lambda e: isinstance(e, PhaseChanged) and e.phase is Phase.WAITING_FOR_SWMR)
        writer.enter_swmr()
        listener.until_a(Opened)
        writer.finish()
        assert listener.until_a(Ended).complete == 12
        assert sorted(listener.announced) == list(range(12))


def test_missing_keys_are_waited_for_and_named(live_writer):
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, "/entry/later", DATA, conditions=UNTIL, wait_s=None)
        phase = listener.until(lambda e: isinstance(e, PhaseChanged) and e.phase is Phase.WAITING_FOR_KEYS)
        assert "/entry/later" in phase.message
        listener.supervisor.send(Stop(listener.generation))
        assert listener.until_a(Ended).reason == "stopped"


def test_without_a_wait_what_is_missing_fails_at_once(live_writer, tmp_path):
    writer = live_writer()
    wrong = [(tmp_path / "none.h5", KEYS, DATA, FailureKind.FILE_NOT_THERE), (writer.path, "/nope", DATA, FailureKind.PATH_NOT_THERE)]
    wrong += [(writer.path, KEYS, "/nope", FailureKind.PATH_NOT_THERE), (writer.path, KEYS, "/entry", FailureKind.PATH)]
    with Listener() as listener:
        for path, keys, data, kind in wrong:
            listener.follow(path, keys, data, conditions=UNTIL, wait_s=0.0)
            failed = listener.until_a(Failed, failing=True)
            assert failed.kind == kind
            assert str(path) in failed.message
            assert failed.remedy
            assert "Traceback" in failed.details
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.finish()
        assert listener.until_a(Ended).complete == 12
        assert not listener.all_of(ReaderReplaced)


def test_a_slow_window_gets_the_newest_frame_and_no_queue(live_writer):
    writer = live_writer(scan_shape=(10, 10))
    with Listener(releases=False, n_slots=2) as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(2)
        while len(listener.frames) < 1:
            listener.until_a(FrameReady)
        writer.step(3)
        while len(listener.frames) < 2:
            listener.until_a(FrameReady)
        writer.step(50)
        listener.until(lambda e: isinstance(e, KeysChanged) and len(listener.announced) == 55)
        assert len(listener.frames) == 2  # both slots are out: nothing was read meanwhile
        listener.supervisor.release(listener.frames[0][0])
        assert listener.until_a(FrameReady).index == 54
        assert len(listener.frames) == 3
        for event, _, _ in listener.frames[1:]:
            listener.supervisor.release(event)
        listener._releases = True
        writer.finish()
        listener.until_a(Ended)
        assert sorted(listener.announced) == list(range(100))
        assert listener.frames[-1][0].index == 99
        assert_pixels(listener, writer)


def test_without_an_answer_keys_are_merged_but_each_frame_finds_its_own_told(live_writer):
    writer = live_writer(scan_shape=(10, 10))
    with Listener(answers=False) as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.until_a(KeysChanged)
        for at in (10, 20, 30):
            writer.step(10)
            listener.until(lambda e, at=at: isinstance(e, FrameReady) and e.index == at - 1)
            assert set(range(at)) <= set(listener.announced)
        assert len(listener.all_of(KeysChanged)) <= 1 + len(listener.frames)
        listener._answers = True
        listener.supervisor.send(AcknowledgeProgress(listener.generation))
        writer.finish()
        listener.until_a(Ended)
        assert sorted(listener.announced) == list(range(100))


def test_a_pinned_frame_comes_once_and_no_live_one_until_asked(live_writer):
    writer = live_writer(n_keys=2)
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(6)
        listener.until(lambda e: isinstance(e, KeysChanged) and len(listener.announced) == len(writer.complete))
        newest = writer.complete[-1]
        if not any(event.index == newest for event, _, _ in listener.frames):
            listener.until(lambda e: isinstance(e, FrameReady) and e.index == newest)
        listener.supervisor.send(ShowIndex(generation, 1))
        pinned = listener.until(lambda e: isinstance(e, FrameReady) and not e.live)
        assert isinstance(pinned, FrameReady)
        assert pinned.index == 1
        n_frames = len(listener.frames)
        writer.step(4)
        listener.until(lambda e: isinstance(e, KeysChanged) and len(listener.announced) == len(writer.complete))
        listener.supervisor.send(ShowIndex(generation, 11))
        assert listener.until_a(Fault).index == 11  # not complete: said, not waited for
        assert len(listener.frames) == n_frames
        listener.supervisor.send(ShowIndex(generation, 2))
        assert listener.until_a(FrameReady).index == 2
        listener.supervisor.send(ShowLive(generation))
        assert listener.until_a(FrameReady).index == writer.complete[-1]
        assert_pixels(listener, writer)


def test_conditions_change_while_following_and_a_timeout_is_resumed(live_writer):
    writer = live_writer()
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=(Timeout(60.0),))
        writer.step(2)
        listener.until_a(FrameReady)
        listener.supervisor.send(SetConditions(generation, (Timeout(0.1),)))
        assert listener.until_a(Ended).reason == "timeout"
        listener.supervisor.send(ShowIndex(generation, 0))
        assert listener.until_a(FrameReady).index == 0  # frames are served after the end
        listener.supervisor.send(SetConditions(generation, (FrameCount(5), Timeout(60.0))))
        listener.supervisor.send(ShowLive(generation))
        listener.supervisor.send(Resume(generation))
        writer.step(5)
        ended = listener.until_a(Ended)
        assert (ended.reason, ended.complete >= 5) == ("frame_count", True)
        listener.supervisor.send(SetConditions(generation, (Timeout(60.0),)))
        listener.supervisor.send(Resume(generation))
        listener.until(lambda e: isinstance(e, PhaseChanged) and e.phase is Phase.FOLLOWING)
        listener.supervisor.send(Stop(generation))
        assert listener.until_a(Ended).reason == "stopped"


def test_a_killed_writer_ends_in_a_timeout_not_in_a_failure(live_writer):
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=(FinishedFlag(), FileClosed(), AllKeys(), Timeout(0.5)))
        writer.step(4)
        listener.until(lambda e: isinstance(e, KeysChanged) and len(listener.announced) == 4)
        writer.kill()
        ended = listener.until_a(Ended)
        assert (ended.reason, ended.complete) == ("timeout", 4)
        assert not listener.all_of(ReaderReplaced)


def test_a_new_request_drops_the_old_one_with_its_events(live_writer):
    first, second = live_writer("a.h5"), live_writer("b.h5", scan_shape=(7,), frame_shape=(300, 400))
    with Listener() as listener:
        old = listener.follow(first.path, KEYS, DATA, conditions=UNTIL)
        first.step(4)
        listener.until_a(FrameReady)
        new = listener.follow(second.path, KEYS, DATA, conditions=UNTIL)
        assert new > old
        n_events = len(listener.events)
        listener.frames.clear()
        first.finish()
        second.finish()
        assert listener.until_a(Ended).complete == 7
        assert {event.generation for event in listener.events[n_events:] if not isinstance(event, Inspected)} == {new}
        assert_pixels(listener, second)


def test_every_frame_is_measured_in_order_with_exact_values(live_writer):
    writer = live_writer(order="random", dtype="uint32")
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL, every_frame=True)
        writer.finish()
        listener.until_a(Ended)
        measured = listener.all_of(FrameMeasured)
        assert [event.index for event in measured] == list(range(12))
        for event in measured:
            pixels, found = writer.expected(event.index), event.data[DATA]
            assert found["sum"] == int(pixels.sum(dtype=np.uint64))
            assert (found["min"], found["max"]) == (int(pixels.min()), int(pixels.max()))
            assert (found["shape"], found["dtype"]) == (list(pixels.shape), "uint32")
        assert not listener.all_of(KeysChanged)


def test_order_of_arrival_is_that_of_the_writer(live_writer):
    writer = live_writer(order="random", seed=5)
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL, every_frame=True, order="arrival")
        for n in range(1, 5):
            writer.step()
            listener.until(lambda e, n=n: isinstance(e, FrameMeasured) and len(listener.all_of(FrameMeasured)) == n)
        writer.finish()
        listener.until_a(Ended)
        indices = [event.index for event in listener.all_of(FrameMeasured)]
        assert indices[:4] == writer.complete[:4]
        assert sorted(indices) == list(range(12))


def test_inspection_beside_following(live_writer):
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(2)
        listener.until_a(FrameReady)
        number = listener.supervisor.inspect(str(writer.path))
        answer = listener.until_a(Inspected)
        assert answer.request_id == number
        assert answer.inspection is not None
        assert DATA in answer.inspection.data_paths
        missing = listener.supervisor.inspect(str(writer.path) + "x")
        answer = listener.until(lambda e: isinstance(e, Inspected) and e.request_id == missing)
        assert isinstance(answer, Inspected)
        assert answer.kind == FailureKind.FILE_NOT_THERE
        writer.finish()
        assert listener.until_a(Ended).complete == 12
        assert sorted(listener.announced) == list(range(12))
        assert_pixels(listener, writer)


def test_waiting_is_woken_from_another_thread():
    with Listener() as listener:
        listener.supervisor.start()
        ring = threading.Timer(0.05, listener.supervisor.wake)
        ring.start()
        assert listener.supervisor.wait(None) == []
        ring.join()
        closer = threading.Timer(0.05, listener.supervisor.close)
        closer.start()
        assert listener.supervisor.wait(None) == []
        closer.join()
        assert listener.supervisor.wait(None) == []


def test_busy_is_said_before_a_file_is_opened(live_writer):
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.until_a(Opened)
        assert str(writer.path) in listener.all_of(Busy)[0].doing
