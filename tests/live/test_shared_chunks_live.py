"""Chunks that are filled bit by bit while they are read: not one frame is older than its key. The long form is in tests/benchmarks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.shared_chunks import LOOKS_EVERY, run

pytestmark = pytest.mark.live


@pytest.mark.parametrize(("filters", "grows"), [("gzip", True), ("bslz4", False)])
def test_every_frame_of_chunks_that_are_being_filled_is_current(tmp_path: Path, filters: str, grows: bool) -> None:
    n_frames = 200
    (seen,) = run(tmp_path / "shared.h5", n_frames, 8, grows, filters, n_readers=1)
    assert seen["wrong"] == 0
    assert seen["frames"] == n_frames
    assert seen["beside"] + seen["not_there"] == 2 * -(-n_frames // LOOKS_EVERY)
    assert seen["beside"] > seen["not_there"]
