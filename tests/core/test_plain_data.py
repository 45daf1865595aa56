"""Files without keys and without a growing axis: one image is one frame, and spectra are spectra where that is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, open_swmr
from swmr_viewer.core.discovery import inspect_file

PIXELS = np.arange(1, 1 + 6 * 8, dtype="u2").reshape(6, 8)
DATA = "/entry/data/data"


def write(path: Path, interpretation: str = "", *, labelled: bool = True, **options: Any) -> Path:
    with h5py.File(path, "w", libver="v110") as file:
        group = file.create_group("entry/data")
        if labelled:
            group.attrs.update(NX_class="NXdata", signal="data")
        made = group.create_dataset("data", **{"data": PIXELS, **options})
        if interpretation:
            made.attrs["interpretation"] = interpretation
    return path


def followed(path: Path) -> tuple[tuple[int, ...], list[np.ndarray]]:
    """Follow what is found, and return the scan shape and the frames."""
    found = inspect_file(path)
    assert (found.key_paths, found.length_paths, found.data_paths) == ((), (DATA,), (DATA,))
    with open_swmr(path) as file:
        source = DataSource(file, (), DATA, timeout=0.0, length_paths=found.length_paths)
        frames = [one.frames[DATA] for one in source]
        assert source.reason == "all_keys"
        return source.scan_shape, frames


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize(
    ("interpretation", "options"), [("", {}), ("image", {}), ("", {"chunks": (3, 4)}), ("image", {"chunks": (1, 8)}), ("nonsense", {})]
)
def test_one_image_is_one_frame(tmp_path: Path, labelled: bool, interpretation: str, options: dict[str, Any]) -> None:
    path = write(tmp_path / "plain.h5", interpretation, labelled=labelled, **options)
    scan_shape, (frame,) = followed(path)
    assert scan_shape == ()
    assert np.array_equal(frame, PIXELS)
    assert "one image of 6 x 8" in inspect_file(path).data[0].why


@pytest.mark.parametrize(("interpretation", "options"), [("spectrum", {}), ("spectrum", {"chunks": (3, 4)}), ("", {"chunks": (1, 8)})])
def test_rows_are_spectra_where_nexus_says_so_or_each_is_written_alone(
    tmp_path: Path, interpretation: str, options: dict[str, Any]
) -> None:
    scan_shape, frames = followed(write(tmp_path / "plain.h5", interpretation, **options))
    assert scan_shape == (6,)
    assert np.array_equal(frames, PIXELS)
    assert frames[0].shape == (8,)


def test_what_may_grow_is_no_image(tmp_path: Path) -> None:
    path = write(tmp_path / "plain.h5", maxshape=(None, 8), chunks=(2, 8))
    found = inspect_file(path)
    with open_swmr(path) as file:
        source = DataSource(file, (), DATA, timeout=0.0, length_paths=found.length_paths)
        assert np.array_equal([one.frames[DATA] for one in source], PIXELS)


def test_a_stack_goes_before_an_image_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path / "plain.h5", data=np.ones((4, 6, 8)))
    with h5py.File(path, "r+", libver="v110") as file:
        file.create_group("entry/camera").attrs.update(NX_class="NXdata", signal="data")
        file["entry/camera/data"] = PIXELS
    scan_shape, frames = followed(path)
    assert (scan_shape, len(frames)) == ((4,), 4)


@pytest.mark.parametrize("name", ["pixel_mask", "flatfield", "dark"])
def test_a_correction_alone_is_no_frame(tmp_path: Path, name: str) -> None:
    path = tmp_path / "plain.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file[f"entry/detector/{name}"] = PIXELS
    assert inspect_file(path).data_paths == ()
