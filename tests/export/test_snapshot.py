"""What is exported is what the file holds, bit for bit, and finds its way back."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from swmr_viewer import __version__
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.errors import ExportError, SwmrViewerError
from swmr_viewer.export import Snapshot, stem_of, write_snapshot

PNG = b"\x89PNG\r\n\x1a\nthe picture as the window drew it"


def snapshot_of(pixels: Any, **other: Any) -> Snapshot:
    given = Snapshot(
        pixels=np.asarray(pixels),
        file="/data/2026/i03-1234.nxs",
        data_path="/entry/eiger/data",
        key_paths=("/entry/diamond_scan/keys/uniqueKeys",),
        index=17,
        position=(1, 7),
        scan_shape=(4, 10),
        taken_at=datetime(2026, 3, 1, 12, 30, 5, tzinfo=timezone(timedelta(hours=1))),
        levels=(0.0, 250.5),
        color_map="viridis",
        png=PNG,
    )
    return replace(given, **other)


@pytest.mark.parametrize("dtype", ["u1", "u2", ">u2", "u4", "u8", "i2", "i4", "f4", ">f4", "f8"])
def test_an_image_comes_back_bit_for_bit(tmp_path: Path, dtype: str) -> None:
    random = np.random.default_rng(4).integers(0, 256, 37 * 51 * np.dtype(dtype).itemsize, np.uint8)
    pixels = random.view(dtype).reshape(37, 51)
    png, tiff, npy, _ = write_snapshot(snapshot_of(pixels), tmp_path, "shot")
    assert png.read_bytes() == PNG
    for read in (tifffile.imread(tiff), np.load(npy)):
        assert read.dtype.newbyteorder("=") == pixels.dtype.newbyteorder("=")
        assert read.astype(dtype).tobytes() == pixels.tobytes()
    assert np.load(npy).dtype == pixels.dtype


def test_every_second_row_of_a_larger_array_is_written_as_it_looks(tmp_path: Path) -> None:
    pixels = np.arange(60, dtype=np.uint32).reshape(6, 10)[::2, ::-1]
    _, tiff, npy, _ = write_snapshot(snapshot_of(pixels), tmp_path, "shot")
    np.testing.assert_array_equal(tifffile.imread(tiff), pixels)
    np.testing.assert_array_equal(np.load(npy), pixels)


def test_the_json_says_where_the_frame_came_from(tmp_path: Path) -> None:
    written = write_snapshot(snapshot_of(np.zeros((2, 3), ">u2")), tmp_path, "shot", ("npy",))
    assert [path.name for path in written] == ["shot.npy", "shot.json"]
    told = json.loads(written[-1].read_text())
    assert told == {
        "file": "/data/2026/i03-1234.nxs",
        "data_path": "/entry/eiger/data",
        "key_paths": ["/entry/diamond_scan/keys/uniqueKeys"],
        "index": 17,
        "position": [1, 7],
        "scan_shape": [4, 10],
        "time": "2026-03-01T12:30:05+01:00",
        "frame_time": None,
        "motor_positions": [],
        "combined": 1,
        "combined_how": None,
        "corrected": None,
        "compared": None,
        "shape": [2, 3],
        "dtype": ">u2",
        "levels": [0.0, 250.5],
        "color_map": "viridis",
        "program": "swmr_viewer",
        "version": __version__,
    }


def test_a_time_without_a_zone_gets_the_local_one(tmp_path: Path) -> None:
    written = write_snapshot(snapshot_of(1, taken_at=datetime(2026, 3, 1, 12)), tmp_path, "shot", ())
    time = datetime.fromisoformat(json.loads(written[0].read_text())["time"])
    assert time.utcoffset() is not None
    assert time.astimezone(UTC) == datetime(2026, 3, 1, 12).astimezone(UTC)


@pytest.mark.parametrize("levels", [None, (float("nan"), 1.0), (0.0, float("inf"))])
def test_levels_that_json_cannot_hold_are_null(tmp_path: Path, levels: tuple[float, float] | None) -> None:
    (path,) = write_snapshot(snapshot_of(1, levels=levels), tmp_path, "shot", ("json",))
    assert json.loads(path.read_text(), parse_constant=pytest.fail)["levels"] is None


@pytest.mark.parametrize("dtype", ["u1", ">u2", "f4"])
@pytest.mark.parametrize("n_colors", [3, 4])
@pytest.mark.parametrize("axis", [-1, -2, -3])
@pytest.mark.parametrize("lead", [(), (2,)])
def test_colours_are_written_to_tiff_as_colours_bit_for_bit(
    tmp_path: Path, dtype: str, n_colors: int, axis: int, lead: tuple[int, ...]
) -> None:
    random = np.random.default_rng(1).integers(0, 250, (*lead, 11, 13, n_colors))
    pixels = np.moveaxis(random, -1, axis).astype(dtype)
    told = DataFacts(interpretation="rgb-image" if n_colors == 3 else "rgba-image")
    written, _ = write_snapshot(snapshot_of(pixels, facts=told), tmp_path, "shot", ("tiff",))
    with tifffile.TiffFile(written) as file:
        page = file.pages.first
        assert page.photometric is tifffile.PHOTOMETRIC.RGB
        assert page.planarconfig is (tifffile.PLANARCONFIG.SEPARATE if axis == -3 else tifffile.PLANARCONFIG.CONTIG)
        assert (page.samplesperpixel, page.imagelength, page.imagewidth) == (n_colors, 11, 13)
        assert len(file.pages) == (lead or (1,))[0]
        read = file.asarray()
    assert read.dtype.newbyteorder("=") == pixels.dtype.newbyteorder("=")
    np.testing.assert_array_equal(read, np.moveaxis(pixels, -2, -1) if axis == -2 else pixels)


@pytest.mark.parametrize("shape", [(3, 11, 13), (1, 11, 13), (2, 1, 11, 13), (11, 13, 3), (2, 2, 3, 4)])
@pytest.mark.parametrize("dtype", ["u4", "c8"])
def test_frames_of_further_axes_are_a_stack_of_images(tmp_path: Path, shape: tuple[int, ...], dtype: str) -> None:
    pixels = np.arange(np.prod(shape)).reshape(shape).astype(dtype) * (1j if dtype == "c8" else 1)
    written, _ = write_snapshot(snapshot_of(pixels.astype(dtype)), tmp_path, "shot", ("tiff",))
    with tifffile.TiffFile(written) as file:
        assert len(file.pages) == np.prod(shape[:-2])
        assert file.pages.first.shape == shape[-2:]
        read = file.asarray()
    assert (read.shape, read.dtype) == (pixels.shape, np.dtype(dtype))
    np.testing.assert_array_equal(read, pixels)


@pytest.mark.parametrize("pixels", [np.float64(2.5), np.arange(2048, dtype=np.uint32)])
def test_spectra_and_scalars_are_written_without_tiff(tmp_path: Path, pixels: Any) -> None:
    with pytest.raises(ExportError, match="TIFF holds images"):
        write_snapshot(snapshot_of(pixels), tmp_path, "shot")
    assert list(tmp_path.glob("*shot*")) == []
    _, npy, _ = write_snapshot(snapshot_of(pixels), tmp_path, "shot", ("png", "npy"))
    read = np.load(npy)
    assert (read.shape, read.dtype) == (np.shape(pixels), np.asarray(pixels).dtype)
    np.testing.assert_array_equal(read, pixels)


@pytest.mark.parametrize(
    ("change", "stem", "formats", "message"),
    [
        ({}, "shot", ("bmp",), "no snapshot format 'bmp'"),
        ({}, "", ("npy",), "cannot be the name"),
        ({}, "../shot", ("npy",), "cannot be the name"),
        ({}, "a:b", ("npy",), "cannot be the name"),
        ({"png": None}, "shot", ("png",), "no picture"),
        ({"pixels": np.zeros((2, 2), "M8[s]")}, "shot", ("tiff",), "TIFF cannot hold"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(
    tmp_path: Path, change: dict[str, Any], stem: str, formats: tuple[str, ...], message: str
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(ExportError, match=message) as caught:
        write_snapshot(replace(snapshot_of(np.zeros((2, 2))), **change), folder, stem, formats)
    assert caught.value.remedy
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SwmrViewerError, match=r"nowhere is not there\. Create it"):
        write_snapshot(snapshot_of(1), tmp_path / "nowhere", "shot", ("npy",))


def test_the_stem_is_allowed_everywhere() -> None:
    assert stem_of(snapshot_of(1)) == "i03-1234_entry-eiger-data_000017"
    assert stem_of(snapshot_of(1, file="/d/a b:c?.h5", data_path="/é/*")) == "a-b-c-_é-_000017"
