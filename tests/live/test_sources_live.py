"""DataSource, interleaved files and results beside real writers: every frame once, none wrong, and readable while they grow."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from swmr_viewer import DataSource, Follower, FrameGrabber, open_swmr
from swmr_viewer.core.errors import FrameNotWrittenError
from tests.layouts.catalogue import LAYOUTS
from tests.layouts.conftest import LayoutWriter
from tests.layouts.odin import BLOCK, NAMES
from tests.live.writers import WAIT_S, LiveWriter

pytestmark = pytest.mark.live

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
ENDS = ("finished_flag", "file_closed", "timeout")
Start = Callable[..., LiveWriter]


@pytest.mark.parametrize("how", [{}, {"rows": True}, {"chunks": True}, {"order": "arrival"}], ids=str)
@pytest.mark.parametrize("scan", ["raster", "snake"])
def test_sets_of_frames_while_they_are_written(live_writer: Start, how: dict[str, Any], scan: str) -> None:
    writer = live_writer(scan_shape=(5, 6), order=scan, n_keys=2, period_s=0.002, stepped=False)
    seen = np.zeros((5, 6), int)
    with open_swmr(writer.path) as file, DataSource(file, KEYS, DATA, WAIT_S, ENDS, wait_s=WAIT_S, **how) as source:
        for one in source:
            expected = np.empty((5, 6, *writer.plan.frame_shape), one["data"].dtype)
            for position in np.ndindex(5, 6):
                expected[position] = writer.expected(6 * position[0] + position[1])
            assert np.array_equal(one["data"], expected[one.slices])
            seen[one.slices] += 1
    assert (seen == 1).all()
    assert (source.reason in ENDS[:2], source.take_faults()) == (True, [])


@pytest.fixture
def odin(tmp_path: Path) -> Iterator[LayoutWriter]:
    with ExitStack() as stack:
        yield stack.enter_context(LayoutWriter(tmp_path, LAYOUTS["odin_ids"]))


@pytest.mark.parametrize("data", ["virtual", "dealt"])
def test_frames_dealt_over_files_are_read_from_these_and_never_as_fill(odin: LayoutWriter, data: str) -> None:
    odin.begin()
    paths: Any = "/data" if data == "virtual" else [(name, "/data") for name in NAMES]
    with open_swmr(odin.path) as file:
        with FrameGrabber(file, paths, block=BLOCK) as grabber:
            for index in range(4):
                with pytest.raises(FrameNotWrittenError):
                    grabber.grab(index)
                odin.step()
                assert np.array_equal(grabber.grab(index, wait_s=WAIT_S), odin.layout.sources[0].expected(index))
        odin.run()
        with FrameGrabber(file, paths, block=BLOCK) as grabber:
            n_frames = 0
            for index in Follower(file, "/uid", WAIT_S, ("all_keys", "timeout")):
                assert np.array_equal(grabber.grab(index, wait_s=WAIT_S), odin.layout.sources[0].expected(index))
                n_frames += 1
    assert n_frames == odin.layout.n_frames


WRITE_BACK = """
import sys
from swmr_viewer import DataSource, ResultFile, open_swmr

with open_swmr(sys.argv[1]) as file, DataSource(file, "/entry/diamond_scan/keys", "/entry/detector/data", 60, "file_closed") as source:
    with ResultFile(sys.argv[2], flush_s=0) as output:
        result = output.create_like_scan("/entry/sums/total", source)
        output.start()
        for frames in source:
            result.append(frames, frames["data"].sum())
"""


def test_results_are_followed_while_they_are_written(live_writer: Start, tmp_path: Path) -> None:
    writer = live_writer(scan_shape=(3, 4))
    path = tmp_path / "out.h5"
    with subprocess.Popen([sys.executable, "-c", WRITE_BACK, str(writer.path), str(path)]) as script:
        try:
            with open_swmr(path, WAIT_S) as results:
                follower = Follower(results, "/entry/keys", WAIT_S, ("finished_flag", "timeout"))
                totals = FrameGrabber(results, "/entry/sums/total", scan_shape=follower.scan_shape)
                for index in range(12):
                    follower.refresh()
                    assert follower.next_ready() is None
                    writer.step()
                    assert next(follower) == index
                    assert totals.grab(index) == writer.expected(index).sum()
                writer.finish()
                assert (list(follower), follower.reason) == ([], "finished_flag")
            assert script.wait(WAIT_S) == 0
        finally:
            script.kill()
