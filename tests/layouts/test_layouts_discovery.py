"""Every layout with no path given: what is found while it is written is what its writer meant, and following that is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.discovery import inspect_file
from swmr_viewer.core.errors import FrameNotWrittenError
from swmr_viewer.core.files.links import object_id, open_object
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.scan import index_of, position_of
from tests.layouts.catalogue import LAYOUTS
from tests.layouts.conftest import LayoutWriter
from tests.layouts.test_layouts_live import grab_once_written
from tests.live.writers import WAIT_S

pytestmark = [pytest.mark.live, pytest.mark.slow]

Start = Callable[..., LayoutWriter]

TOLD = ("malcolm_columns_told", "malcolm_spectra")
"""Layouts whose paths or scan shape only the user can mean."""
LIVE = [name for name, layout in LAYOUTS.items() if layout.followable_live and name not in TOLD]
NOT_LIVE = [name for name, layout in LAYOUTS.items() if not layout.followable_live]


def identities(file: h5py.File, paths: Iterable[str]) -> set[tuple[str, int]]:
    """Return which objects these paths name: the same one may have several names; of a group, what is in it."""
    found = set()
    for path in paths:
        thing = open_object(file, path)
        assert thing is not None, path
        inside = [open_object(file, f"{path}/{name}") for name in thing] if isinstance(thing, h5py.Group) else [thing]
        found |= {(str(Path(part.file.filename).resolve()), object_id(part)[1]) for part in inside if part is not None}
    return found


@pytest.mark.parametrize("name", LIVE)
def test_what_is_found_while_it_is_written_is_right_and_followed_to_the_end(start: Start, name: str) -> None:
    writer = start(name)
    layout = writer.layout
    writer.begin()
    writer.step(layout.n_late_steps + 1)
    found = inspect_file(writer.path)
    with open_swmr(writer.path, WAIT_S) as file:
        assert identities(file, found.key_paths) == identities(file, layout.key_paths), found.keys
        assert identities(file, found.data_paths[:1]) == identities(file, layout.data_paths[:1]), found.data
        if layout.finished_path:
            assert found.finished_path == layout.finished_path
    if not layout.key_paths:
        assert any("key" in note for note in found.notes), found.notes
    assert all(candidate.why.endswith(".") for candidate in (*found.keys, *found.data, *found.finished))
    if layout.key_paths:
        with open_swmr(writer.path, WAIT_S) as file:
            assert sorted(follow(file, found, writer)) == list(range(layout.n_frames))


def follow(file: h5py.File, found: Inspection, writer: LayoutWriter) -> list[int]:
    ends = ("timeout", *writer.layout.ends, *(["finished_flag"] if found.finished_path else []))
    follower = Follower(file, found.key_paths, WAIT_S, ends, finished_path=found.finished_path, order="arrival")
    grabber = FrameGrabber(file, found.data_paths[0], scan_shape=follower.scan_shape)
    writer.run()
    seen = []
    for index in follower:
        position = position_of(index, follower.scan_shape)
        there = index_of(position, writer.layout.scan_shape)
        np.testing.assert_array_equal(grab_once_written(grabber, position, WAIT_S), writer.layout.sources[0].expected(there))
        seen.append(there)
    return seen


@pytest.mark.parametrize("name", NOT_LIVE)
def test_what_cannot_be_followed_live_is_told_and_found_when_it_is_closed(start: Start, name: str) -> None:
    writer = start(name)
    layout = writer.layout
    writer.finish()
    found = inspect_file(writer.path)
    assert any("SWMR" in note or "live" in note for note in found.notes) or "version 0" not in layout.why_not, found.notes
    with open_swmr(writer.path) as file:
        assert identities(file, found.key_paths) == identities(file, layout.key_paths), found.keys
        assert identities(file, found.data_paths[:1]) == identities(file, layout.data_paths[:1]), found.data
        grabber = FrameGrabber(file, found.data_paths[0], scan_shape=found.scan_shape if layout.key_paths else None)
        for index in range(layout.n_frames):
            try:
                np.testing.assert_array_equal(grabber.grab(index), layout.sources[0].expected(index))
            except FrameNotWrittenError as error:
                pytest.fail(str(error))
