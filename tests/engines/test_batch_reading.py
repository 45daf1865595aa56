"""Threads share what reads frames: what one of them needs is not taken away while it decodes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from weakref import ref

import h5py
import hdf5plugin
import numpy as np
import pytest

from swmr_viewer.core.data.source_files import SourceFiles
from swmr_viewer.core.data.sources import StoredSource
from swmr_viewer.core.files import open_swmr
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.decoding import alone, chunk_reader
from swmr_viewer.engines import Batch
from swmr_viewer.engines.batch_reading import BatchReader
from tests.engines.test_local_engines import frames_of, plan_of

A_MOMENT_S = 0.2
"""For what must not happen meanwhile."""


def test_it_is_made_anew_for_a_larger_scan_when_nobody_decodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = frames_of(12).reshape(3, 4, 40, 50)
    with h5py.File(tmp_path / "a.h5", "w", libver="v110") as h5file:
        h5file.create_dataset(
            "data", data=frames, maxshape=(None, None, 40, 50), chunks=(1, 2, 40, 50), **hdf5plugin.Bitshuffle(cname="lz4")
        )
    reader = BatchReader(plan_of(str(tmp_path / "a.h5"), scan_rank=2))
    decoding, is_closed, told = threading.Event(), threading.Event(), []
    real_close, real_given_back = FrameGrabber.close, alone.given_back

    @contextmanager
    def given_back() -> Iterator[None]:
        with real_given_back():
            if not decoding.is_set():
                decoding.set()
                told.append(f"closed meanwhile: {is_closed.wait(A_MOMENT_S)}")
            yield

    def close(grabber: FrameGrabber) -> None:
        is_closed.set()
        real_close(grabber)

    monkeypatch.setattr(chunk_reader, "given_back", given_back)
    monkeypatch.setattr(FrameGrabber, "close", close)
    with ThreadPoolExecutor(2) as pool:
        small = pool.submit(lambda: [np.array(frame) for _, frame in reader.frames(Batch(0, (1, 0), 2, (3, 2)))])
        assert decoding.wait(60)
        large = pool.submit(lambda: [np.array(frame) for _, frame in reader.frames(Batch(1, (1, 0), 4, (3, 4)))])
        np.testing.assert_array_equal(small.result(60), frames[1, :2])
        np.testing.assert_array_equal(large.result(60), frames[1])
    assert told == ["closed meanwhile: False"]
    assert is_closed.is_set()
    reader.close()


def test_files_that_another_thread_still_reads_are_not_closed_to_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["a.h5", "b.h5", "c.h5", "home.h5"]
    for name in names:
        with h5py.File(tmp_path / name, "w", libver="v110") as h5file:
            h5file["data"] = 1
    monkeypatch.setattr("swmr_viewer.core.data.source_files.most_open_files", lambda: 1)
    with open_swmr(tmp_path / "home.h5") as home, ThreadPoolExecutor(1) as other:
        files = SourceFiles(home, StoredSource)
        read_there = ref(other.submit(files.source, "a.h5", "data").result(60))
        files.begin()
        read_here = ref(files.source("b.h5", "data"))
        files.begin()
        files.source("c.h5", "data")
        assert read_there() is not None
        assert read_here() is None
        files.begin()
        other.submit(files.begin).result(60)
        files.source("b.h5", "data")
        assert read_there() is None
        files.close()
