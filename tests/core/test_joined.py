"""Several data sets as one, regions of the frame, scan axes anywhere, and a wait with a bound."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import FrameGrabber, open_swmr
from swmr_viewer.core.errors import FrameNotWrittenError, PathNotThereError, ShapeError

PIXELS = np.arange(7 * 6 * 8, dtype="i4").reshape(7, 6, 8)


def write(path: Path, pixels: np.ndarray, **options: object) -> None:
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset("d", data=pixels, **options)


def test_links_are_taken_one_after_the_other_and_each_when_it_comes(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w", libver="v110") as file:
        for number in range(1, 4):
            file[f"entry/data/data_{number:06}"] = h5py.ExternalLink(f"{number}.h5", "/d")
        file["entry/data/data_note"] = 1
    with open_swmr(tmp_path / "m.h5") as file:
        with pytest.raises(PathNotThereError, match=r"data_000003 in .* leads nowhere"):
            FrameGrabber(file, "/entry/data")
        write(tmp_path / "1.h5", PIXELS[:3])
        grabber = FrameGrabber(file, "/entry/data")
        write(tmp_path / "3.h5", PIXELS[6:])
        assert all(np.array_equal(grabber.grab(index), PIXELS[index]) for index in range(3))
        with pytest.raises(FrameNotWrittenError, match="hold 3 frames so far"):
            grabber.grab(3)
        write(tmp_path / "2.h5", PIXELS[3:6])
        assert np.array_equal(grabber.grab_block((slice(1, 7),)), PIXELS[1:7])
        assert grabber.scan_shape == (7,)
        with pytest.raises(FrameNotWrittenError):
            grabber.grab(7)


def test_parts_of_other_frames_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "0.h5", PIXELS)
    write(tmp_path / "1.h5", PIXELS[:, 1:])
    with open_swmr(tmp_path / "0.h5") as file:
        with FrameGrabber(file, ["d", ("1.h5", "d")]) as grabber, pytest.raises(ShapeError, match="do not fit"):
            grabber.grab(0)
        with pytest.raises(ShapeError):
            FrameGrabber(file, ["d"], block=0)
        with pytest.raises(PathNotThereError):
            FrameGrabber(file, [("9.h5", "d")])


def test_a_region_reads_only_the_chunks_that_it_touches(tmp_path: Path) -> None:
    path = tmp_path / "d.h5"
    write(path, PIXELS, chunks=(1, 3, 4), compression="gzip")
    with h5py.File(path, "r") as file:
        at = file["d"].id.get_chunk_info_by_coord((2, 3, 4))
    content = bytearray(path.read_bytes())
    content[at.byte_offset : at.byte_offset + at.size] = b"\xff" * at.size
    path.write_bytes(content)
    with open_swmr(path) as file:
        grabber = FrameGrabber(file, "d")
        assert np.array_equal(grabber.grab(2, (slice(0, 3),)), PIXELS[2, :3])
        assert np.array_equal(grabber.grab(2, (slice(1, -1), slice(2, 4))), PIXELS[2, 1:-1, 2:4])
        kept = np.zeros((3, 4), "i4")
        grabber.grab_into(2, kept, (slice(3, 6), slice(0, 4)))
        assert np.array_equal(kept, PIXELS[2, 3:6, :4])
        assert grabber.grab(2, (slice(2, 2),)).shape == (0, 8)
        for region in [(slice(0, 4, 2),), (slice(1),) * 3]:
            with pytest.raises(ShapeError, match="region"):
                grabber.grab(0, region)
        with pytest.raises(ValueError, match="C-contiguous"):
            grabber.grab_into(0, np.zeros((8, 6), "i4").T)


@pytest.mark.parametrize(("scan_axes", "scan_shape"), [((2,), (8,)), ((-1,), None), ((2, 0), (8, 7)), ((1,), (2, 3)), ((0, 1, 2), None)])
def test_scan_axes_may_be_any(tmp_path: Path, scan_axes: tuple[int, ...], scan_shape: tuple[int, ...] | None) -> None:
    write(tmp_path / "d.h5", PIXELS, chunks=(2, 3, 4))
    with open_swmr(tmp_path / "d.h5") as file:
        grabber = FrameGrabber(file, "d", scan_axes=scan_axes, scan_shape=scan_shape)
        expected = np.moveaxis(PIXELS, scan_axes, range(len(scan_axes)))
        n_points = int(np.prod(grabber.scan_shape))
        flat = expected.reshape(n_points, *grabber.frame_shape)
        assert all(np.array_equal(grabber.grab(index), flat[index]) for index in range(n_points))
        block = tuple(slice(0, n) for n in grabber.scan_shape)
        assert np.array_equal(grabber.grab_block(block), flat.reshape(*grabber.scan_shape, *grabber.frame_shape))


def test_scan_axes_that_are_not_there_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "d.h5", PIXELS)
    with open_swmr(tmp_path / "d.h5") as file:
        for scan_axes, scan_shape in [((3,), None), ((0, 0), None), ((0,), (9,)), ((0, 1), (2, 2, 2))]:
            with pytest.raises(ShapeError):
                FrameGrabber(file, "d", scan_axes=scan_axes, scan_shape=scan_shape)


def test_the_wait_for_a_frame_has_a_bound_and_ends_when_it_comes(tmp_path: Path) -> None:
    layout = h5py.VirtualLayout(PIXELS.shape, "i4")
    layout[...] = h5py.VirtualSource("late.h5", "d", PIXELS.shape)
    with h5py.File(tmp_path / "v.h5", "w", libver="v110") as file:
        file.create_virtual_dataset("d", layout)
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 40:
            write(tmp_path / "late.h5", PIXELS)

    with open_swmr(tmp_path / "v.h5") as file, FrameGrabber(file, "d", clock=lambda: sum(naps), sleep=sleep) as grabber:
        with pytest.raises(FrameNotWrittenError):
            grabber.grab(3, wait_s=0.5)
        assert sum(naps) == pytest.approx(0.5)
        assert np.array_equal(grabber.grab(3, wait_s=100), PIXELS[3])
        assert len(naps) == 40


def test_a_position_serves_as_well_as_an_index(tmp_path: Path) -> None:
    write(tmp_path / "d.h5", PIXELS.reshape(7, 2, 3, 8), maxshape=(None, None, 3, 8))
    with open_swmr(tmp_path / "d.h5") as file:
        grabber = FrameGrabber(file, "d")
        assert np.array_equal(grabber.grab((6, 1)), PIXELS.reshape(7, 2, 3, 8)[6, 1])
        with pytest.raises(FrameNotWrittenError):
            grabber.grab((6, 2))
        for position in [(1,), (-1, 0)]:
            with pytest.raises((IndexError, ValueError)):
                grabber.grab(position)
