"""The arithmetic of virtual data sets, against HDF5 reading the same (closed) ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swmr_viewer import FrameGrabber, open_swmr
from swmr_viewer.core.data.mapping import IrregularMappingError, match_axes
from swmr_viewer.core.data.selections import AxisSelection, runs
from swmr_viewer.core.errors import FrameNotWrittenError

UNLIMITED = h5py.h5s.UNLIMITED

selections = st.builds(
    lambda start, block, gap, count: AxisSelection(start, block + gap, count, block),
    st.integers(0, 5),
    st.integers(1, 4),
    st.integers(0, 3),
    st.integers(1, 5),
)


def listed(one: AxisSelection) -> list[int]:
    assert one.count is not None
    assert one.block is not None
    return [one.start + turn * one.stride + at for turn in range(one.count) for at in range(one.block)]


@given(selections, st.integers(0, 50))
def test_a_selection_is_the_list_of_its_coordinates(one: AxisSelection, coordinate: int) -> None:
    coordinates = listed(one)
    assert [one.at(number) for number in range(one.length or 0)] == coordinates
    assert one.stop == coordinates[-1] + 1
    assert min(one.first_from(coordinate), len(coordinates)) == sum(other < coordinate for other in coordinates)
    assert one.coordinates(coordinate).tolist() == [other for other in coordinates if other < coordinate]


@given(selections, selections, st.integers(0, 40), st.integers(0, 40))
def test_runs_join_points_of_the_same_number(here: AxisSelection, there: AxisSelection, start: int, stop: int) -> None:
    there = AxisSelection(there.start, there.stride, here.length, there.block)
    found = [(at + n, other + n) for at, other, length in runs(here, there, start, stop) for n in range(length)]
    both = zip(listed(here), (there.at(number) for number in range(here.length or 0)), strict=True)
    assert found == [pair for pair in both if start <= pair[0] < stop]


@pytest.mark.parametrize(
    ("virtual", "source", "pairs", "rests"),
    [
        ((2, 3, 8, 9), (6, 8, 9), ((2, 1), (3, 2)), ((0, 1), (0,))),
        ((1, 5, 4, 3), (5, 4, 3), ((1, 0), (2, 1), (3, 2)), ((0,), ())),
        ((None, 4), (None, 1, 4), ((0, 0), (1, 2)), ((), (1,))),
        ((None, 3, 4), (None, 4), ((2, 1),), ((0, 1), (0,))),
        ((6,), (2, 3), (), ((0,), (0, 1))),
    ],
)
def test_axes_are_matched_from_the_fastest(virtual: Any, source: Any, pairs: Any, rests: Any) -> None:
    found = match_axes(virtual, source)
    assert (found.pairs, (found.virtual_rest, found.source_rest)) == (pairs, rests)


@pytest.mark.parametrize(("virtual", "source"), [((6,), (4,)), ((3, None), (None,)), ((None,), (4,))])
def test_axes_that_do_not_match_are_refused(virtual: Any, source: Any) -> None:
    with pytest.raises(IrregularMappingError):
        match_axes(virtual, source)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[tuple[int, ...], list[tuple[Any, ...]], tuple[int, ...], bool]:
    """Return scan shape, one slice tuple per source, the tile's shape, and whether the sources number the scan flatly."""
    scan_shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    n_tiles = draw(st.integers(1, 3))
    tile = draw(st.tuples(st.integers(1, 4), st.integers(1, 5)))
    gap = draw(st.integers(0, 2))
    places = [
        (*(slice(0, n) for n in scan_shape), slice(number * (tile[0] + gap), number * (tile[0] + gap) + tile[0]), slice(0, tile[1]))
        for number in range(n_tiles)
    ]
    return scan_shape, places, tile, draw(st.booleans())


@settings(max_examples=40)
@given(layouts(), st.data())
def test_tiles_with_gaps_in_any_rank_read_as_hdf5_reads_them(drawn: Any, data: st.DataObject) -> None:
    scan_shape, places, tile, is_flat = drawn
    n_points = int(np.prod(scan_shape))
    frame_shape = (places[-1][-2].stop + 1, tile[1])
    with TemporaryDirectory() as folder:
        layout = h5py.VirtualLayout((*scan_shape, *frame_shape), "i4")
        for number, place in enumerate(places):
            with h5py.File(f"{folder}/{number}.h5", "w", libver="v110") as file:
                pixels = 1000 * number + np.arange(n_points * tile[0] * tile[1]).reshape(-1, *tile)
                stored = file.create_dataset("d", data=(pixels if is_flat else pixels.reshape(*scan_shape, *tile)).astype("i4"))
                shape = stored.shape
            layout[place] = h5py.VirtualSource(f"{number}.h5", "d", shape=shape)
        with h5py.File(f"{folder}/v.h5", "w", libver="v110") as file:
            file.create_virtual_dataset("d", layout, fillvalue=-7)
        with h5py.File(f"{folder}/v.h5", "r", locking=False) as file:
            expected = file["d"][()]
        with open_swmr(f"{folder}/v.h5") as file, FrameGrabber(file, "d", scan_shape=scan_shape) as grabber:
            for index in range(n_points):
                assert np.array_equal(grabber.grab(index), expected[grabber.position(index)])
            region = tuple(sorted_slice(data, n) for n in frame_shape)
            assert np.array_equal(grabber.grab(n_points - 1, region), expected[grabber.position(n_points - 1)][region])
            block = tuple(sorted_slice(data, n) for n in scan_shape)
            assert np.array_equal(grabber.grab_block(block, region), expected[(*block, *region)])


def sorted_slice(data: st.DataObject, length: int) -> slice:
    start = data.draw(st.integers(0, length - 1))
    return slice(start, data.draw(st.integers(start + 1, length)))


@settings(max_examples=30)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 14))
def test_frames_dealt_out_in_blocks_unlimited(n_files: int, block: int, n_frames: int) -> None:
    expected = np.arange(n_frames * 6, dtype="u2").reshape(n_frames, 2, 3)
    with TemporaryDirectory() as folder:
        for number in range(n_files):
            mine = [i for i in range(n_frames) if i // block % n_files == number]
            with h5py.File(f"{folder}/{number}.h5", "w", libver="v110") as file:
                file.create_dataset("d", data=expected[mine], maxshape=(None, 2, 3), chunks=(1, 2, 3))
        with h5py.File(f"{folder}/v.h5", "w", libver="v110") as file:
            create_dealt(file, n_files, block, n_frames)
        with open_swmr(f"{folder}/v.h5") as file, FrameGrabber(file, "d") as grabber:
            assert grabber.scan_shape == (n_frames,)
            assert all(np.array_equal(grabber.grab(index), expected[index]) for index in range(n_frames))
            assert np.array_equal(grabber.grab_block((slice(0, n_frames),)), expected)
            with pytest.raises(FrameNotWrittenError):
                grabber.grab(n_frames)
        with h5py.File(f"{folder}/o.h5", "w", libver="v110"):
            pass
        with open_swmr(f"{folder}/o.h5") as file:
            several = [(f"{number}.h5", "/d") for number in range(n_files)]
            with FrameGrabber(file, several, block=block) as grabber:
                assert grabber.scan_shape == (n_frames,)
                assert np.array_equal(grabber.grab_block((slice(0, n_frames),)), expected)


def create_dealt(file: h5py.File, n_files: int, block: int, n_frames: int) -> None:
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    extent = h5py.h5s.create_simple((n_frames, 2, 3), (UNLIMITED, 2, 3))
    for number in range(n_files):
        here, there = extent.copy(), h5py.h5s.create_simple((1, 2, 3), (UNLIMITED, 2, 3))
        here.select_hyperslab((number * block, 0, 0), (UNLIMITED, 1, 1), (n_files * block, 1, 1), (block, 2, 3))
        there.select_hyperslab((0, 0, 0), (UNLIMITED, 1, 1), (1, 1, 1), (1, 2, 3))
        if block > 1:
            there.select_hyperslab((0, 0, 0), (UNLIMITED, 1, 1), (block, 1, 1), (block, 2, 3))
        properties.set_virtual(here, f"{number}.h5".encode(), b"d", there)
    h5py.h5d.create(file.id, b"d", h5py.h5t.STD_U16LE, extent, properties)


@pytest.fixture
def numbered(tmp_path: Path) -> Callable[[int], np.ndarray]:
    """Return a function that writes so many files of two frames each, named by number."""

    def write(n_files: int) -> np.ndarray:
        pixels = np.arange(n_files * 2 * 12, dtype="i4").reshape(-1, 3, 4)
        for number in range(n_files):
            if (tmp_path / f"p%_{number}.h5").exists():
                continue
            with h5py.File(tmp_path / f"p%_{number}.h5", "w", libver="v110") as file:
                file[f"d{number}"] = pixels[2 * number : 2 * number + 2]
        return pixels

    return write


def test_sources_named_by_number_appear_one_by_one(tmp_path: Path, numbered: Callable[[int], np.ndarray]) -> None:
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    extent = h5py.h5s.create_simple((2, 3, 4), (UNLIMITED, 3, 4))
    here, there = extent.copy(), h5py.h5s.create_simple((2, 3, 4))
    here.select_hyperslab((0, 0, 0), (UNLIMITED, 1, 1), (2, 1, 1), (2, 3, 4))
    there.select_hyperslab((0, 0, 0), (1, 1, 1), (1, 1, 1), (2, 3, 4))
    properties.set_virtual(here, b"p%%_%b.h5", b"d%b", there)
    with h5py.File(tmp_path / "v.h5", "w", libver="v110") as file:
        h5py.h5d.create(file.id, b"d", h5py.h5t.STD_I32LE, extent, properties)
    with open_swmr(tmp_path / "v.h5") as file, FrameGrabber(file, "d") as grabber:
        with pytest.raises(FrameNotWrittenError, match="is not there yet"):
            grabber.grab(0)
        for n_files in (1, 3):
            expected = numbered(n_files)
            assert all(np.array_equal(grabber.grab(index), expected[index]) for index in range(2 * n_files))
            assert grabber.scan_shape == (2 * n_files,)
            with pytest.raises(FrameNotWrittenError):
                grabber.grab(2 * n_files)


def test_a_virtual_data_set_of_virtual_ones_and_of_its_own_file(tmp_path: Path) -> None:
    pixels = np.arange(5 * 12, dtype="i4").reshape(5, 3, 4)
    with h5py.File(tmp_path / "raw.h5", "w", libver="v110") as file:
        file["d"] = pixels
    inner, outer = h5py.VirtualLayout((5, 3, 4), "i4"), h5py.VirtualLayout((5, 3, 8), "i8")
    outer[:, :, :4] = h5py.VirtualSource("sub/inner.h5", "d", shape=(5, 3, 4))
    outer[:, :, 4:] = h5py.VirtualSource(".", "mine", shape=(5, 3, 4))
    (tmp_path / "sub").mkdir()
    with h5py.File(tmp_path / "sub" / "inner.h5", "w", libver="v110") as file:
        inner[...] = h5py.VirtualSource("../raw.h5", "d", shape=(5, 3, 4))
        file.create_virtual_dataset("d", inner)
    with h5py.File(tmp_path / "v.h5", "w", libver="v110") as file:
        file["mine"] = -pixels
        file.create_virtual_dataset("d", outer)
    with open_swmr(tmp_path / "v.h5") as file, FrameGrabber(file, "d") as grabber:
        for index in range(5):
            assert np.array_equal(grabber.grab(index), np.concatenate([pixels[index], -pixels[index]], axis=1))
        assert grabber.grab(1).dtype == np.int64


def test_one_source_missing_is_an_error_and_never_half_a_frame(tmp_path: Path) -> None:
    layout = h5py.VirtualLayout((2, 3, 8), "i4")
    for number in range(2):
        layout[:, :, 4 * number : 4 * number + 4] = h5py.VirtualSource(f"{number}.h5", "d", shape=(2, 3, 4))
    with h5py.File(tmp_path / "v.h5", "w", libver="v110") as file:
        file.create_virtual_dataset("d", layout)
    with h5py.File(tmp_path / "0.h5", "w", libver="v110") as file:
        file["d"] = np.ones((2, 3, 4), "i4")
    with open_swmr(tmp_path / "v.h5") as file, FrameGrabber(file, "d") as grabber:
        with pytest.raises(FrameNotWrittenError, match=r"1\.h5"):
            grabber.grab(0)
        assert (grabber.grab(0, (slice(None), slice(0, 4))) == 1).all()
        with h5py.File(tmp_path / "1.h5", "w", libver="v110") as late:
            late["other"] = 1
        with pytest.raises(FrameNotWrittenError, match="d is not in"):
            grabber.grab(0)
        with h5py.File(tmp_path / "1.h5", "a", libver="v110", locking=False) as late:
            late["d"] = np.full((2, 3, 4), 2, "i4")
        assert grabber.grab(0)[0].tolist() == [1, 1, 1, 1, 2, 2, 2, 2]


def test_tiles_of_unequal_length_leave_no_fill_at_the_end(tmp_path: Path) -> None:
    layout = h5py.VirtualLayout((3, 2, 4), "i4")
    for number, n_frames in enumerate((3, 2)):
        with h5py.File(tmp_path / f"{number}.h5", "w", libver="v110") as file:
            file["d"] = np.full((n_frames, 2, 2), number + 1)
        layout[:n_frames, :, 2 * number : 2 * number + 2] = h5py.VirtualSource(f"{number}.h5", "d", shape=(n_frames, 2, 2))
    with h5py.File(tmp_path / "v.h5", "w", libver="v110") as file:
        file.create_virtual_dataset("d", layout)
    with open_swmr(tmp_path / "v.h5") as file, FrameGrabber(file, "d") as grabber:
        assert grabber.grab(1)[0].tolist() == [1, 1, 2, 2]
        with pytest.raises(FrameNotWrittenError, match="no source"):
            grabber.grab(2)


def test_a_mapping_that_is_no_box_is_left_to_hdf5(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "raw.h5", "w", libver="v110") as file:
        file["d"] = np.arange(24).reshape(4, 2, 3)
    layout = h5py.VirtualLayout((3, 2, 3), int)
    layout[...] = h5py.VirtualSource("raw.h5", "d", shape=(4, 2, 3))[[0, 1, 3]]
    with h5py.File(tmp_path / "v.h5", "w", libver="v110") as file:
        file.create_virtual_dataset("d", layout)
    with open_swmr(tmp_path / "v.h5") as file, FrameGrabber(file, "d") as grabber:
        assert [int(grabber.grab(index)[0, 0]) for index in range(3)] == [0, 6, 18]
