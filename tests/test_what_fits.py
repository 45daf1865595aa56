"""Whoever asks whether key datasets and data fit gets one answer: inspection, the follower, the frames and the open dialog."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber
from swmr_viewer.core.discovery import inspect_file
from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.fitting import DataFits, DataShape, KeysFit, KeyShape, MaxShape, Shape, fit_data, fit_keys
from swmr_viewer.opening.checking import check_request
from swmr_viewer.reader.messages import FollowRequest

Axes = tuple[Shape, MaxShape]
FRAME = (8, 9)


def write(path: Path, keys: dict[str, Axes], data: Axes) -> None:
    with h5py.File(path, "w", libver="v110") as file:
        for name, (shape, maxshape) in keys.items():
            file.create_dataset(f"keys/{name}", data=np.ones(shape, "i4"), maxshape=maxshape, chunks=tuple(max(1, n) for n in shape))
        shape, maxshape = data[0] + FRAME, data[1] + FRAME
        file.create_dataset("data", shape, "u2", maxshape=maxshape, chunks=(*(1 for _ in data[0]), *FRAME))


@pytest.mark.parametrize(
    ("first", "second", "scan_shape"),
    [
        (((10, 5), (10, 5)), ((10, 1), (None, None)), (10, 5)),
        (((10, 5), (10, 5)), ((10, 1), (10, None)), (10, 5)),
        (((10, 5), (10, 5)), ((10, 1), (10, 1)), None),
        (((10, 5), (10, 5)), ((10,), (None,)), None),
        (((10, 5), (10, 5)), ((50,), (50,)), (10, 5)),
        (((1,), (None,)), ((1, 1), (None, None)), (1, 1)),
        (((3,), (None,)), ((3, 1), (3, 1)), (3,)),
        (((20,), (20,)), ((5, 3), (5, 3)), None),
    ],
)
def test_keys_that_fit_are_followed_all_and_others_are_refused(tmp_path: Path, first: Axes, second: Axes, scan_shape: Shape | None) -> None:
    path = tmp_path / "scan.h5"
    write(path, {"a": first, "b": second}, (scan_shape or first[0], (None,) * len(scan_shape or first[0])))
    fits = scan_shape is not None
    found = inspect_file(path)
    assert isinstance(fit_keys([KeyShape("/keys/a", *first), KeyShape("/keys/b", *second)]), KeysFit) is fits
    assert (found.key_paths == ("/keys/a", "/keys/b")) is fits
    refused = [problem for problem in check_request(found, FollowRequest(str(path), ("/keys",), ("/data",))) if problem.severity == "stops"]
    assert [problem.field for problem in refused] == ([] if fits else ["keys"])
    with h5py.File(path, "r", swmr=True, locking=False) as file:
        if scan_shape is None:
            with pytest.raises(ShapeError, match="have different shapes"):
                Follower(file, "keys", timeout=0.0)
            return
        follower = Follower(file, "keys", timeout=0.0, scan_rank=len(scan_shape))
        assert found.scan_shape == follower.scan_shape[: len(scan_shape)] == scan_shape
        assert next(follower) == 0
        assert follower.n_complete == np.prod(second[0])


@pytest.mark.parametrize(
    ("keys", "data", "frame_shape"),
    [
        ((4, 5), ((4, 5), (4, 5)), FRAME),
        ((4, 5), ((20,), (20,)), FRAME),
        ((4, 12), ((46,), (46,)), FRAME),
        ((4, 5), ((1,), (None,)), FRAME),
        ((4, 12), ((30,), (30,)), None),
        ((4, 5), ((4, 4), (4, 4)), None),
        ((4, 12), ((4,), (4,)), None),
        ((7,), ((6,), (6,)), None),
        ((7,), ((6,), (None,)), FRAME),
    ],
)
def test_data_have_their_frames_on_the_same_axes_for_all(tmp_path: Path, keys: Shape, data: Axes, frame_shape: Shape | None) -> None:
    path = tmp_path / "scan.h5"
    write(path, {"a": (keys, keys)}, data)
    fit = fit_data(DataShape(data[0] + FRAME, data[1] + FRAME), keys)
    assert ((data[0] + FRAME)[fit.scan_rank :] if isinstance(fit, DataFits) else None) == frame_shape
    found = inspect_file(path)
    assert ["8 x 9" in candidate.why for candidate in found.data] == [frame_shape is not None]
    assert found.data_paths == (("/data",) if frame_shape else ())
    problems = check_request(found, FollowRequest(str(path), ("/keys",), ("/data",)))
    assert [problem.field for problem in problems] == ([] if frame_shape else ["data"])
    with h5py.File(path, "r", swmr=True, locking=False) as file:
        if frame_shape:
            with FrameGrabber(file, "data", scan_shape=keys) as grabber:
                assert grabber.frame_shape == frame_shape
        else:
            with pytest.raises(ShapeError):
                FrameGrabber(file, "data", scan_shape=keys)


@pytest.mark.parametrize(("group", "scan_shape"), [("scan", (4, 5)), ("scan/far/away", (20,)), ("other", (20,))])
def test_the_scan_shape_is_that_beside_the_keys_for_inspection_as_for_the_follower(tmp_path: Path, group: str, scan_shape: Shape) -> None:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["scan/keys/k"] = np.arange(1, 21)
        file["data"] = np.zeros((20, *FRAME))
        file[f"{group}/scan_shape"] = [4, 5]
    found = inspect_file(tmp_path / "scan.h5")
    with h5py.File(tmp_path / "scan.h5", "r", swmr=True, locking=False) as file:
        assert found.scan_shape == Follower(file, found.key_paths).scan_shape == scan_shape
