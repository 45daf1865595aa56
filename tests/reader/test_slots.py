"""Shared-memory slots: made, lent, taken back, let go; nothing is left, whoever still looks at them."""

from __future__ import annotations

import errno
import subprocess
import sys
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import pytest

from swmr_viewer.core.errors import ReaderError
from swmr_viewer.reader import blocks
from swmr_viewer.reader.child.reader_slots import ReaderSlots
from swmr_viewer.reader.messages import FrameReady, UseSlots
from swmr_viewer.reader.supervision import Slots, slots
from swmr_viewer.reader.supervision.slots import SlotPool


def frame_in(slot: str, shape=(4, 5), dtype="<u2") -> FrameReady:
    return FrameReady(1, "/d", 3, (3,), slot, shape, dtype, (2, 3), 64, 2, None, 0.0, True)


@pytest.fixture
def pool():
    made = SlotPool(3)
    yield made
    made.close()


def exists(name: str) -> bool:
    try:
        block = blocks.attach_block(name)
    except FileNotFoundError:
        return False
    block.close()
    return True


def test_pixels_are_what_the_reader_wrote_and_read_only(pool):
    pool.provide(4096)
    reader = ReaderSlots()
    reader.use(UseSlots(1, pool.names, pool.size))
    block = reader.take()
    np.ndarray((4, 5), "<u2", block.buf)[...] = np.arange(20).reshape(4, 5)
    np.ndarray((2, 3), np.float32, block.buf, 64)[...] = 1.5
    frame, preview = pool.pixels(frame_in(block.name))
    assert (frame == np.arange(20).reshape(4, 5)).all()
    assert preview is not None
    assert (preview == 1.5).all()
    with pytest.raises(ValueError, match="read-only"):
        frame[0, 0] = 1
    del frame, preview
    reader.close()


def test_the_pool_tells_what_it_holds(pool):
    pool.provide(4096)
    assert pool.held == Slots(3, 4096, 0)
    pool.lend(pool.names[0])
    assert pool.held == Slots(3, 4096, 1)
    pool.provide(1 << 26)  # those before are let go of, but for the one that the window holds
    assert pool.held == Slots(4, 1 << 26, 1)


def test_slots_that_suit_are_kept_and_others_replaced(pool):
    pool.provide(1 << 20)
    before = pool.names
    pool.provide(1 << 19)
    assert pool.names == before
    pool.provide(1 << 21)
    assert not set(pool.names) & set(before)
    assert len(pool.names) == 3
    assert not any(map(exists, before))


def test_a_lent_slot_outlives_its_replacement_until_it_is_released(pool):
    pool.provide(4096)
    name = pool.names[0]
    pool.lend(name)
    view, _ = pool.pixels(frame_in(name))
    pool.provide(1 << 20)
    assert name not in pool.names
    again, _ = pool.pixels(frame_in(name))
    assert (again == view).all()
    assert pool.take_back(name) is False
    with pytest.raises(ReaderError, match="was released"):
        pool.pixels(frame_in(name))
    assert view.sum() == 0  # the memory lives as long as somebody looks at it
    assert not exists(name)


def test_a_slot_is_free_again_once_it_was_taken_back(pool):
    pool.provide(4096)
    name = pool.names[1]
    pool.lend(name)
    assert name not in pool.free_names
    assert pool.take_back(name)
    assert not pool.take_back(name)
    assert name in pool.free_names


def test_views_survive_the_end_without_a_complaint(pool):
    pool.provide(4096)
    view, _ = pool.pixels(frame_in(pool.names[0]))
    pool.close()
    pool.close()
    assert view.shape == (4, 5)
    assert view.sum() == 0


def test_fewer_slots_where_memory_is_short(pool, monkeypatch):
    room_for(monkeypatch, 2)
    pool.provide(4096)
    assert len(pool.names) == 2


def test_no_room_for_two_is_one_clear_error_and_leaves_nothing(pool, monkeypatch):
    made = room_for(monkeypatch, 1)
    with pytest.raises(ReaderError, match=r"no room for 2 frames of 0\.0 MB\. .*--shm-size"):
        pool.provide(4096)
    assert pool.names == ()
    assert len(made) == 1
    assert not exists(made[0])


def room_for(monkeypatch, n: int) -> list[str]:
    made: list[str] = []
    create = blocks.create_block

    def create_some(size: int) -> SharedMemory:
        if len(made) == n:
            raise OSError(errno.ENOSPC, "No space left on device")
        block = create(size)
        made.append(block.name)
        return block

    monkeypatch.setattr(slots, "create_block", create_some)
    return made


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux promises memory that it does not have")
def test_memory_that_is_not_there_is_refused_before_it_is_touched():
    from pathlib import Path
    from shutil import disk_usage

    before = set(Path("/dev/shm").iterdir())
    with pytest.raises(OSError, match="No space left"):
        blocks.create_block(disk_usage("/dev/shm").free + (1 << 30))
    assert not {one for one in set(Path("/dev/shm").iterdir()) - before if one.stat().st_size > 1 << 30}


def test_the_reader_attaches_a_slot_that_the_window_still_held_when_it_is_released(pool):
    pool.provide(4096)
    held, *free = pool.names
    reader = ReaderSlots()
    reader.use(UseSlots(2, tuple(free), pool.size))
    taken = {reader.take().name for _ in free}
    assert taken == set(free)
    assert not reader.any_free
    reader.release(held)
    reader.release(held)
    assert reader.take().name == held
    assert not reader.any_free
    reader.release("swmr_viewer_no_such_block")
    assert not reader.any_free
    reader.close()


def test_attaching_leaves_no_warning_of_leaks_behind(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from swmr_viewer.reader.blocks import attach_block, create_block, let_go, unlink\n"
        "if __name__ == '__main__':\n"
        "    block = create_block(4096)\n"
        "    other = attach_block(block.name)\n"
        "    unlink(block)\n"
        "    let_go(other)\n"
        "    let_go(block)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
