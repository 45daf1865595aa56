"""Azimuthal integration against pyFAI called by hand, frame by frame."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from swmr_viewer.analysis import DEFAULT_RULES, load_poni, valid_mask
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.export import write_mask
from swmr_viewer.reductions import FrameDescription, Reduction, ReductionError
from swmr_viewer.reductions.pyfai import Pyfai1d, Pyfai2d
from swmr_viewer.reductions.pyfai.integration import azimuths
from swmr_viewer.reductions.pyfai.loading import load_pyfai, quiet

SHAPE = (120, 100)
METHOD = ("full", "csc", "cython")
PONI = """# Nota: C-Order, 1 refers to the Y axis, 2 to the X axis
poni_version: 2.1
Detector: Detector
Detector_config: {"pixel1": 1e-4, "pixel2": 2e-4, "max_shape": [120, 100], "orientation": 3}
Distance: 0.05
Poni1: 0.004
Poni2: 0.009
Rot1: 0.2
Rot2: -0.1
Rot3: 0.3
Wavelength: 8e-11
"""


def frames(n: int = 3, dtype: str = "u4") -> npt.NDArray[Any]:
    return np.random.default_rng(7).poisson(20, (n, *SHAPE)).astype(dtype)


def poni_file(folder: Path, text: str = PONI) -> str:
    file = folder / "scan.poni"
    file.write_text(text, encoding="utf-8")
    return str(file)


def by_hand(file: str) -> Any:
    load_pyfai()
    import pyFAI

    with quiet():
        return pyFAI.load(file)


def described(dtype: str = "u4", **told: Any) -> FrameDescription:
    return FrameDescription(SHAPE, np.dtype(dtype).str, **told)


def prepared(kind: type[Reduction], description: FrameDescription, **values: Any) -> Reduction:
    made = kind(kind.Parameters(**values))
    made.prepare(description)
    return made


def check(found: npt.NDArray[Any], expected: Any) -> None:
    """Compare with a result of pyFAI, which is 0 where no pixel counts."""
    counts = np.asarray(expected.count) != 0
    assert found.dtype == np.dtype("f4")
    assert found.shape == expected.intensity.shape
    assert np.isnan(found[~counts]).all()
    assert np.array_equal(found[counts], expected.intensity[counts])
    assert np.nanmax(found) > 1


def cake_by_hand(hand: Any, frame: npt.NDArray[Any], *bins: int, **settings: Any) -> Any:
    """Return pyFAI's cake; with whole outlines without the first pixel, whose shares are whatever stood in memory."""
    result = hand.integrate2d(frame, *bins, **settings)
    if settings["method"][0] != "full":
        return result
    bare = frame.astype("f4")
    bare.flat[np.flatnonzero(np.diff(hand.engines[result.method].engine.indptr))[0]] = np.nan
    return hand.integrate2d(bare, *bins, **settings)


@pytest.mark.parametrize("unit", ["q_A^-1", "q_nm^-1", "2th_deg", "2th_rad", "r_mm", "r_m", "d*2_A^-2", "d*2_nm^-2"])
def test_patterns_are_those_of_pyfai(tmp_path: Path, unit: str) -> None:
    file = poni_file(tmp_path)
    reduction, hand = prepared(Pyfai1d, described(), poni=file, bins=80, unit=unit), by_hand(file)
    (output,) = reduction.outputs
    assert (output.name, output.shape, output.dtype, len(output.axes)) == ("intensity", (80,), "f4", 1)
    for frame in frames():
        expected = hand.integrate1d(frame, 80, unit=unit, method=METHOD)
        found = reduction(frame, None)["intensity"]
        assert found.dtype == np.dtype("f4")
        check(found, expected)
        assert np.array_equal(output.axes[0].values, expected.radial)


@pytest.mark.parametrize(
    ("values", "settings"),
    [
        ({"polarization": 0.95}, {"polarization_factor": 0.95}),
        ({"polarization": 0.0, "solid_angle": False}, {"polarization_factor": 0.0, "correctSolidAngle": False}),
        ({"radial_range": (1.0, 3.5)}, {"radial_range": (1.0, 3.5)}),
        ({"azimuth_range": (-30.0, 60.0)}, {"azimuth_range": (-30.0, 60.0)}),
        ({"splitting": "bbox"}, {"method": ("bbox", "csc", "cython")}),
        ({"splitting": "no"}, {"method": ("no", "csc", "cython")}),
        ({"unit": "d_A", "radial_range": (1.5, 9.0)}, {"unit": "d_A", "radial_range": (1.5, 9.0)}),
    ],
    ids=lambda one: " ".join(one),
)
@pytest.mark.parametrize("kind", [Pyfai1d, Pyfai2d])
def test_what_is_set_is_what_pyfai_is_told(tmp_path: Path, kind: Any, values: dict[str, Any], settings: dict[str, Any]) -> None:
    file = poni_file(tmp_path)
    mask = frames(1)[0] < 15
    reduction, hand = prepared(kind, described(mask=mask), poni=file, bins=60, **values), by_hand(file)
    settings = {"unit": "q_A^-1", "method": METHOD, "mask": mask} | settings
    for frame in frames():
        expected = hand.integrate1d(frame, 60, **settings) if kind is Pyfai1d else cake_by_hand(hand, frame, 60, 360, **settings)
        check(reduction(frame, mask)["intensity"], expected)


def test_cakes_have_both_axes(tmp_path: Path) -> None:
    file = poni_file(tmp_path)
    reduction = prepared(Pyfai2d, described(), poni=file, bins=40, azimuth_bins=36, unit="2th_deg")
    expected = cake_by_hand(by_hand(file), frames()[0], 40, 36, unit="2th_deg", method=METHOD)
    (output,) = reduction.outputs
    azimuth, radial = output.axes
    assert output.shape == (36, 40)
    assert [(axis.name, axis.unit) for axis in output.axes] == [("azimuth", "deg"), ("two_theta", "deg")]
    assert np.array_equal(azimuth.values, expected.azimuthal)
    assert np.array_equal(radial.values, expected.radial)
    found = reduction(frames()[0], None)["intensity"]
    assert found.flags.c_contiguous
    check(found, expected)
    assert np.isnan(found).any()


@pytest.mark.parametrize("dtype", ["u2", "u4", "i4", "f4", "f8", ">u2", "i8"])
def test_a_frame_that_masks_more_by_its_values_leaves_these_out(tmp_path: Path, dtype: str) -> None:
    """Compared within the same bins: by itself pyFAI would begin them where its own mask lets the first pixel stand."""
    file, hand = poni_file(tmp_path), by_hand(poni_file(tmp_path))
    told = np.zeros(SHAPE, bool)
    told[:, 40:44] = True
    reduction = prepared(Pyfai1d, described(dtype, mask=told), poni=file, bins=50, radial_range=(0.5, 6.0))
    for number, frame in enumerate(frames(dtype=dtype)):
        frame = frame.copy()
        frame[30 * number : 30 * number + 20, :70] = np.nan if frame.dtype.kind == "f" else np.iinfo(frame.dtype).max
        before = frame.copy()
        mask = ~valid_mask(frame, DEFAULT_RULES, told)
        if frame.dtype == np.dtype("i8"):
            assert mask[30 * number, 0]
        found = reduction(frame, mask)["intensity"]
        expected = hand.integrate1d(frame, 50, unit="q_A^-1", method=METHOD, mask=mask, radial_range=(0.5, 6.0))
        check(found, expected)
        assert 10 < np.nanmax(found) < 100
        assert np.array_equal(frame, before, equal_nan=frame.dtype.kind == "f")


def test_bins_without_a_pixel_are_nan_and_never_0(tmp_path: Path) -> None:
    reduction = prepared(Pyfai1d, described(), poni=poni_file(tmp_path), bins=50, radial_range=(0.0, 30.0))
    frame = frames()[0]
    found = reduction(frame, None)["intensity"]
    assert 0 < np.isnan(found).sum() < 50
    assert np.isnan(reduction(frame, np.ones(SHAPE, bool))["intensity"]).all()
    assert np.count_nonzero(found == 0) == 0


@pytest.mark.parametrize("kind", [Pyfai1d, Pyfai2d])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "f8", "u1"])
def test_however_a_frame_lies_in_memory_it_is_not_changed(tmp_path: Path, kind: Any, dtype: str) -> None:
    reduction = prepared(kind, described(dtype), poni=poni_file(tmp_path), bins=60)
    frame = frames(1, dtype)[0]
    expected = reduction(frame, None)["intensity"]
    read_only, spread = frame.copy(), np.zeros((2 * SHAPE[0], 2 * SHAPE[1]), dtype)[::2, ::2]
    read_only.flags.writeable = False
    spread[...] = frame
    for one in (read_only, spread, np.asfortranarray(frame)):
        for mask in (None, np.zeros(SHAPE, bool)):
            assert np.array_equal(reduction(one, mask)["intensity"], expected, equal_nan=True)
        assert np.array_equal(one, frame)


@pytest.mark.parametrize("orientation", [1, 2, 3, 4])
def test_detectors_that_count_pixels_from_another_corner(tmp_path: Path, orientation: int) -> None:
    file = poni_file(tmp_path, PONI.replace('"orientation": 3', f'"orientation": {orientation}'))
    expected = by_hand(file).integrate1d(frames()[0], 60, unit="2th_deg", method=METHOD)
    reduction = prepared(Pyfai1d, described(), poni=file, bins=60, unit="2th_deg")
    assert np.array_equal(reduction.outputs[0].axes[0].values, expected.radial)
    check(reduction(frames()[0], None)["intensity"], expected)


def test_the_geometry_of_the_file_is_that_of_an_equal_poni_file(tmp_path: Path) -> None:
    file = poni_file(tmp_path)
    geometry = load_poni(file).geometry(None, SHAPE)
    by_file = prepared(Pyfai1d, described(geometry=geometry), bins=60)
    by_poni = prepared(Pyfai1d, described(), poni=file, bins=60)
    assert by_file.outputs[0].axes[0].values == pytest.approx(by_poni.outputs[0].axes[0].values, rel=1e-9)
    for frame in frames():
        assert by_file(frame, None)["intensity"] == pytest.approx(by_poni(frame, None)["intensity"], rel=1e-5)


def test_a_poni_file_without_wavelength_or_pixel_size_takes_them_from_the_scan(tmp_path: Path) -> None:
    bare = "\n".join(line for line in PONI.splitlines() if not line.startswith(("Wavelength", "Detector", "poni_version")))
    told = PixelGeometry(wavelength_m=8e-11, pixel_size_m=(2e-4, 1e-4))
    reduction = prepared(Pyfai1d, described(geometry=told), poni=poni_file(tmp_path, bare), bins=60)
    expected = by_hand(poni_file(tmp_path)).integrate1d(frames()[0], 60, unit="q_A^-1", method=METHOD)
    assert np.array_equal(reduction(frames()[0], None)["intensity"], expected.intensity)
    with pytest.raises(ReductionError, match="how large a pixel is"):
        prepared(Pyfai1d, described(geometry=replace(told, pixel_size_m=None)), poni=poni_file(tmp_path, bare))


def test_a_detector_of_pyfai_has_its_own_mask_unless_one_is_given(tmp_path: Path) -> None:
    text = PONI.replace("Detector: Detector", "Detector: Pilatus100k").split("Detector_config")
    file = poni_file(tmp_path, f"{text[0]}Detector_config: {{}}\n{text[1].partition(chr(10))[2]}")
    hand, shape = by_hand(file), (195, 487)
    assert hand.detector.shape == shape
    frame = np.random.default_rng(3).poisson(20, shape).astype("i4")
    frame[50:60] = -2
    description = FrameDescription(shape, "<i4")
    expected = hand.integrate1d(frame, 90, unit="q_A^-1", method=METHOD)
    check(prepared(Pyfai1d, description, poni=file, bins=90)(frame, None)["intensity"], expected)
    own = frame > 25
    mask = str(write_mask(own, tmp_path / "mask.npy"))
    expected = hand.integrate1d(frame, 90, unit="q_A^-1", method=METHOD, mask=own)
    check(prepared(Pyfai1d, description, poni=file, bins=90, mask=mask)(frame, None)["intensity"], expected)


def test_a_prepared_one_is_sent_as_it_was_made_and_needs_no_file_there(tmp_path: Path) -> None:
    mask = frames(1)[0] < 15
    made = Pyfai1d(
        Pyfai1d.Parameters(poni=poni_file(tmp_path), mask=str(write_mask(mask, tmp_path / "mask.npy")), bins=60, peaks=((1.0, 2.0),))
    )
    made.prepare(described())
    for path in (made.parameters.poni, made.parameters.mask):
        Path(path).unlink()
    sent = pickle.loads(pickle.dumps(made))
    assert sent.outputs == ()
    with pytest.raises(ReductionError, match="before it was prepared"):
        sent(frames()[0], None)
    sent.prepare(described())
    for frame in frames():
        found, expected = sent(frame, None), made(frame, None)
        assert found["peak_1_area"] == expected["peak_1_area"] > 0
        assert np.array_equal(found["intensity"], expected["intensity"], equal_nan=True)


@pytest.mark.parametrize("kind", [Pyfai1d, Pyfai2d])
def test_threads_share_one_prepared_engine(tmp_path: Path, kind: Any) -> None:
    reduction = prepared(kind, described(), poni=poni_file(tmp_path), bins=60, polarization=0.9)
    assert reduction.is_thread_safe
    stack = frames(40)
    masks = [None if number % 3 else frame > 25 for number, frame in enumerate(stack)]
    alone = [reduction(frame, mask)["intensity"] for frame, mask in zip(stack, masks, strict=True)]
    found: dict[tuple[int, int], Any] = {}

    def work(who: int) -> None:
        for turn in range(10):
            for number in np.random.default_rng(10 * who + turn).permutation(40):
                found[who, int(number)] = reduction(stack[number], masks[number])["intensity"]
                assert np.array_equal(found[who, int(number)], alone[number], equal_nan=True), number

    failed: list[int] = []

    def watched(who: int) -> None:
        try:
            work(who)
        except AssertionError:
            failed.append(who)

    threads = [Thread(target=watched, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(found) == 120
    assert len({one.tobytes() for one in alone}) == 40


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, (-180, 180, False)),
        ((-180, 180), (-180, 180, False)),
        ((-30, 60), (-30, 60, False)),
        ((170, 190), (170, 190, True)),
        ((350, 370), (-10, 10, False)),
        ((0, 360), (0, 360, True)),
    ],
)
def test_azimuths_are_given_so_that_they_cross_no_seam(asked: Any, expected: tuple[float, float, bool]) -> None:
    assert azimuths(asked) == expected


@pytest.mark.parametrize("asked", [(-10, 190), (20, 10), (0, 361), (5, 5)])
def test_azimuths_that_pyfai_cannot(asked: tuple[float, float]) -> None:
    with pytest.raises(ReductionError, match="azimuths"):
        azimuths(asked)


def test_a_wedge_across_180_degrees(tmp_path: Path) -> None:
    told = {"Poni1": 0.006, "Poni2": 0.025, "Rot1": 0, "Rot2": 0, "Rot3": 0}
    lines = [f"{name}: {told[name]}" if (name := line.split(":")[0]) in told else line for line in PONI.splitlines()]
    file = poni_file(tmp_path, "\n".join(lines))
    hand = by_hand(file)
    hand.setChiDiscAtZero()
    reduction = prepared(Pyfai1d, described(), poni=file, bins=30, azimuth_range=(170.0, 190.0))
    check(
        reduction(frames()[0], None)["intensity"], hand.integrate1d(frames()[0], 30, unit="q_A^-1", method=METHOD, azimuth_range=(170, 190))
    )
    with quiet():
        chi = hand.array_from_unit(SHAPE, "center", "chi_deg")
    outside = (chi < 168) | (chi > 192)
    assert 0 < np.count_nonzero(outside) < outside.size
    assert np.nanmax(reduction(np.where(outside, 1000000, 10).astype("u4"), None)["intensity"]) < 100


def test_the_pixel_of_a_cake_whose_shares_are_of_chance_is_left_out(tmp_path: Path) -> None:
    """A mutation of it changes nothing, whatever stood in memory as the matrix was made; any other pixel counts."""
    told = np.zeros(SHAPE, bool)
    told.flat[:7] = True
    for splitting, counts in (("full", False), ("bbox", True)):
        reduction = prepared(Pyfai2d, described(mask=told), poni=poni_file(tmp_path), bins=60, splitting=splitting)
        frame = frames()[0]
        before = reduction(frame, told)["intensity"]
        for pixel, changes in ((7, counts), (8, True), (SHAPE[0] * SHAPE[1] - 1, True)):
            changed = frame.copy()
            changed.flat[pixel] = 10**9
            assert np.array_equal(reduction(changed, told)["intensity"], before, equal_nan=True) != changes
