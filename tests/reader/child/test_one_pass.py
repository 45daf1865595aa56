"""What is told of a frame that was measured while it was read is what the frame in the slot gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from swmr_viewer.analysis import MaskRules, ViewChoice, examine, marked, preview_shape, write_preview
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.reader.blocks import create_block, let_go, unlink
from swmr_viewer.reader.child.frame_reading import FrameReader
from swmr_viewer.reader.child.preparing.frame_preparer import FramePreparer
from swmr_viewer.reader.child.reader_slots import ReaderSlots
from swmr_viewer.reader.child.sending import FrameToSend, Sender
from swmr_viewer.reader.messages import FrameReady, SetDisplay, UseSlots
from tests.reader.child.test_delivery import EventPipe, Grabber, Scan

SHAPE = (31, 1500)
Note = Callable[[int, int], object]


class Camera(Grabber):
    """Frames with gaps, which come in pieces."""

    def __init__(self, dtype: str = "u4", shape: tuple[int, ...] = SHAPE) -> None:
        super().__init__()
        self.dtype, self.frame_shape = np.dtype(dtype), shape
        self.frame = np.random.default_rng(2).poisson(9, shape).astype(dtype)
        self.frame[..., ::7] = np.iinfo(np.uint32).max if dtype == "u4" else 3
        self.noted = 0
        self.pieces = [(0, 7), (7, 20_000), (20_000, self.frame.size)]

    def grab_into(self, index: int, out: np.ndarray, *, as_it_is: bool = False, note: Note | None = None) -> bool:
        if note is None:
            out[...] = self.frame
            return False
        for start, stop in self.pieces:
            out.reshape(-1)[start:stop] = self.frame.reshape(-1)[start:stop]
            note(start, stop)
            self.noted += stop - start
        out[...] = self.frame
        return self.noted == out.size


@pytest.fixture
def send() -> Iterator[Callable[..., tuple[FrameReady, np.ndarray, list[Any]]]]:
    """Return a function that sends a frame of a camera, and returns the message, the preview, and what is measured."""
    block = create_block(1 << 20)

    def sent(camera: Camera, display: SetDisplay, facts: DataFacts | None = None) -> tuple[FrameReady, np.ndarray, list[Any]]:
        scan, pipe, slots, measured = Scan(camera), EventPipe(), ReaderSlots(), []
        scan.facts = {"/data": facts or DataFacts()}
        slots.use(UseSlots(1, (block.name,), 1 << 20))
        frames = FrameReader(scan, pipe)
        frames.preparers.set(display)

        def on_frame(path: str, index: int, made: Callable[[], tuple[np.ndarray, Any]]) -> None:
            pixels, statistics = made()
            measured.append((pixels.copy(), statistics))  # they are good during the call

        Sender(frames, scan, slots, on_frame).send(FrameToSend("/data", 3, 0.0, True))
        (event,) = pipe.take(FrameReady)
        preview = np.ndarray(event.preview_shape, np.float32, block.buf, event.preview_offset).copy()
        slots.close()
        return event, preview, measured

    yield sent
    unlink(block)
    let_go(block)


@pytest.mark.parametrize("rules", [MaskRules(), MaskRules(above=15.0), MaskRules(gaps=(4,))], ids=["plain", "limit", "gap"])
@pytest.mark.parametrize("is_whole", [True, False], ids=["noted", "noted in part"])
def test_what_is_told_is_what_the_frame_gives(send, rules, is_whole):
    camera = Camera()
    if not is_whole:
        camera.pieces = [(0, 7), (7, 20_000)]
    event, preview, measured = send(camera, SetDisplay(1, rules, (2.0, 98.0)), DataFacts(saturation_value=14))
    shown, whole = marked(camera.frame, rules), np.empty(preview_shape(SHAPE, event.preview_factor), np.float32)
    write_preview(shown, event.preview_factor, whole)
    assert camera.noted > 0
    assert (event.levels, event.statistics) == examine(shown, (2.0, 98.0), 14)
    np.testing.assert_array_equal(preview, whole)
    assert measured[0][1] == event.statistics
    assert np.array_equal(measured[0][0], shown)


def test_what_was_noted_of_a_frame_that_came_otherwise_in_the_end_is_not_told(send):
    camera = Camera()
    before, camera.frame = camera.frame, camera.frame + 1
    grab = camera.grab_into

    def grab_anew(index: int, out: np.ndarray, **how: Any) -> bool:
        camera.frame, after = before, camera.frame
        grab(index, out, **how)
        out[...] = camera.frame = after
        return False

    camera.grab_into = grab_anew  # type: ignore[method-assign]
    event, _, _ = send(camera, SetDisplay(1))
    assert event.statistics == examine(camera.frame)[1] != examine(before)[1]


@pytest.mark.parametrize(
    ("camera", "display"),
    [
        (Camera("i2"), SetDisplay(1, MaskRules(above=9.0))),
        (Camera("u2"), SetDisplay(1, MaskRules(sentinel=False))),
        (Camera("c8"), SetDisplay(1)),
        (Camera("u2", (40, 50, 60)), SetDisplay(1, view=ViewChoice((3,)))),
    ],
    ids=["no mark", "sentinel counts", "computed", "a part"],
)
def test_what_needs_the_whole_frame_is_made_once_it_is_there(send, camera, display):
    event, preview, _ = send(camera, display)
    assert camera.noted == 0
    preparer = FramePreparer(display)
    shown, whole = preparer.prepare(camera.frame), np.empty_like(preview)
    write_preview(shown, event.preview_factor, whole)
    np.testing.assert_array_equal(preview, whole)
    assert (event.levels, event.statistics) == preparer.examine(camera.frame, shown)
