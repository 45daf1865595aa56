"""Every layout followed by a DataSource: the frames of all its detectors for each index, each once and right."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from swmr_viewer import open_swmr
from swmr_viewer.core.data_source import DataSource
from swmr_viewer.core.scan import index_of
from tests.layouts.catalogue import LAYOUTS
from tests.layouts.conftest import LayoutWriter
from tests.live.writers import WAIT_S

pytestmark = [pytest.mark.live, pytest.mark.slow]

Start = Callable[..., LayoutWriter]

LIVE = [name for name, layout in LAYOUTS.items() if layout.followable_live]


def source_of(writer: LayoutWriter, file: object) -> DataSource:
    layout = writer.layout
    ends = ("timeout", *layout.ends, *(["finished_flag"] if layout.finished_path else []))
    return DataSource(
        file,  # type: ignore[arg-type]
        layout.key_paths,
        layout.data_paths,
        WAIT_S,
        ends,
        wait_s=WAIT_S,
        finished_path=layout.finished_path,
        length_paths=layout.length_paths,
        scan_shape=layout.scan_shape if layout.tells_shape else None,
        order="arrival" if layout.order else "scan",
    )


@pytest.mark.parametrize("name", LIVE)
def test_the_frames_of_all_detectors_come_together(start: Start, name: str) -> None:
    writer = start(name)
    layout = writer.layout
    writer.begin()
    seen = []
    with open_swmr(writer.path, WAIT_S) as file, source_of(writer, file) as source:
        writer.run()
        for frames in source:
            index = index_of(frames.position, layout.scan_shape)
            assert set(frames) == set(layout.data_paths)
            for one in layout.sources:
                np.testing.assert_array_equal(frames[one.path], one.expected(index), f"frame {index} of {one.path}")
            seen.append(index)
        assert source.follower.reason != "timeout"
        assert source.take_faults() == []
    assert sorted(seen) == list(range(layout.n_frames))
