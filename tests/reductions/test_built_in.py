"""Each built-in reduction against plain numpy, frame by frame: masked pixels count nowhere, no sum overflows, nothing is NaN."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from swmr_viewer.analysis import MaskRules, Region, valid_mask
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.reductions import (
    FrameDescription,
    Output,
    OutputAxis,
    Reduction,
    ReductionError,
    as_arrays,
    available,
    describe,
    parameters_from,
    prepare_reduction,
    reduction_named,
    values_of,
)

TYPES = ["?", "i1", "u1", "u2", ">u2", "u4", "u8", "i2", "i4", "i8", "f2", "f4", ">f4", "f8", "c8"]
CENTRE = PixelGeometry((3.2, 2.1))


def prepared(name: str, values: dict[str, Any], description: FrameDescription) -> Reduction:
    """Return a reduction as a worker gets it."""
    reduction: Reduction = pickle.loads(pickle.dumps(reduction_named(name, values)))
    prepare_reduction(reduction, description)
    return reduction


def worker_mask(frame: npt.NDArray[Any], description: FrameDescription) -> npt.NDArray[np.bool_] | None:
    masked = ~valid_mask(frame, description.rules, description.mask)
    return description.mask if np.array_equal(masked, description.mask) else masked if masked.any() else None


def reduced(reduction: Reduction, frame: npt.NDArray[Any], description: FrameDescription) -> dict[str, npt.NDArray[Any]]:
    mask = description.mask if reduction.masks_itself else worker_mask(frame, description)
    before, frame.flags.writeable = frame.copy(), False
    found = as_arrays(reduction(frame, mask), reduction.outputs)
    assert frame.tobytes() == before.tobytes()
    turned = as_arrays(reduction(np.asfortranarray(frame), mask), reduction.outputs)
    assert all(np.allclose(turned[name], found[name], rtol=1e-9, atol=0, equal_nan=True) for name in found)
    return {name: value.copy() for name, value in found.items()}


@st.composite
def frames(draw: st.DrawFn, ranks: tuple[int, ...] = (1, 2)) -> tuple[npt.NDArray[Any], FrameDescription]:
    """A frame with marks of no measurement in it, and what is known of it."""
    dtype = np.dtype(draw(st.sampled_from(TYPES)))
    shape = draw(stn.array_shapes(min_dims=min(ranks), max_dims=max(ranks), max_side=9))
    if dtype.kind == "b":
        values: st.SearchStrategy[Any] = st.booleans()
    elif dtype.kind in "iu":
        least, most = max(np.iinfo(dtype).min, -(2**40)), min(int(np.iinfo(dtype).max), 2**40)
        values = st.integers(least, most) | st.just(int(np.iinfo(dtype).max))
    else:
        values = st.integers(-1000, 1000) | st.sampled_from([float("nan"), float("inf")])
    frame = draw(stn.arrays(dtype, shape, elements=values))
    mask = draw(st.none() | stn.arrays(np.bool_, shape))
    rules = MaskRules(draw(st.booleans()), above=draw(st.none() | st.just(500.0)), gaps=draw(st.sampled_from([(), (7,)])))
    return frame, FrameDescription(shape, dtype.str, mask, rules, CENTRE, unit="counts")


def same(found: Any, expected: float) -> bool:
    return isnan(found) if isnan(expected) else bool(np.isclose(found, expected, rtol=1e-6, atol=1e-6))


# ---- statistics


@given(frames())
@settings(max_examples=300)
def test_statistics_are_those_of_numpy(made: tuple[npt.NDArray[Any], FrameDescription]) -> None:
    frame, description = made
    region = Region("A b", "rectangle", ((0.0, 0.0), (2.0, 2.0)))
    found = reduced(prepared("statistics", {"regions": [region]}, description), frame, description)
    values = np.abs(frame) if frame.dtype.kind == "c" else frame
    good = valid_mask(frame, description.rules, description.mask)
    chosen = [float(value) for value in values[good]]
    assert same(found["total"], sum(chosen) if chosen else np.nan)
    assert same(found["maximum"], max(chosen, default=np.nan))
    assert found["n_masked"] == frame.size - len(chosen)
    if chosen:
        hottest = (int(found["hottest_y"]), int(found["hottest_x"]))[-frame.ndim :]
        assert good[hottest]
        assert values[hottest] == found["maximum"]
    box = (slice(0, 2),) * frame.ndim
    part = values[box][good[box]].astype(float)
    for what in ("sum", "mean", "std"):
        assert same(found[f"A_b_{what}"], getattr(part, what)() if part.size else np.nan)
    assert same(found["A_b_maximum"], part.max() if part.size else np.nan)
    if frame.ndim == 2 and part.sum() > 0:
        y, x = np.nonzero(good[box])
        assert same(found["A_b_centre_x"], part @ (x + 0.5) / part.sum())
        assert same(found["A_b_centre_y"], part @ (y + 0.5) / part.sum())


def test_statistics_are_named_as_the_windows_columns_are() -> None:
    regions = [Region(name, "rectangle", ((0, 0), (2, 2))) for name in ("A", "Fe K\u03b1", "Fe K\u03b2", "7", "\u03b1")]
    reduction = prepared("statistics", {"regions": regions}, FrameDescription((4, 5), "<u4", unit="counts"))
    names = {one.name: one for one in reduction.outputs}
    assert list(names)[:8] == ["total", "maximum", "hottest_x", "hottest_y", "n_masked", "n_saturated", "A_sum", "A_mean"]
    assert {name.removesuffix("_sum") for name in names if name.endswith("_sum")} == {"A", "Fe_K_", "Fe_K__2", "R7", "R_"}
    assert (names["A_sum"].words, names["A_sum"].unit, names["A_centre_x"].unit) == ("A sum", "counts", "px")
    assert names["Fe_K__2_sum"].words == "Fe K\u03b2 sum"
    assert (names["hottest_x"].words, names["hottest_x"].unit) == ("hottest pixel, x", "px")
    spans = prepared("statistics", {"regions": regions[:1], "whole": False}, FrameDescription((5,), "<u4"))
    assert [one.name for one in spans.outputs] == [f"A_{what}" for what in ("sum", "mean", "maximum", "std", "centre", "width")]


def test_only_the_pixels_of_regions_are_looked_at() -> None:
    """The rest of the frame may be anything: a view that raises when it is read as a whole."""

    class Boxed(np.ndarray):
        def __array_finalize__(self, other: Any) -> None:
            self.n_read = 0

    frame = np.ones((1000, 1000), "u4").view(Boxed)
    description = FrameDescription(frame.shape, frame.dtype.str, np.zeros(frame.shape, bool))
    reduction = prepared("statistics", {"regions": "A=10:20,30:40", "whole": "no"}, description)
    taken: list[Any] = []
    Boxed.__getitem__ = lambda self, at: taken.append(at) or np.asarray(self)[at]  # type: ignore[assignment,method-assign,func-returns-value]
    assert reduction(frame, description.mask)["A_sum"] == 100
    assert taken == [(slice(30, 40), slice(10, 20))]


def test_statistics_of_scalars_and_saturation() -> None:
    description = FrameDescription((), "<u1")
    found = reduced(prepared("statistics", {}, description), np.array(255, "u1"), description)
    assert (found["total"], found["n_saturated"], found["hottest_x"]) == (255, 1, 0)
    declared = FrameDescription((2,), "<u4", saturation_value=10.0)
    assert reduced(prepared("statistics", {}, declared), np.array([9, 10], "u4"), declared)["n_saturated"] == 1


# ---- centre of mass


@given(frames(), st.none() | st.integers(-5, 50), st.none() | st.integers(-5, 50))
@settings(max_examples=300)
def test_centre_of_mass_is_that_of_numpy(
    made: tuple[npt.NDArray[Any], FrameDescription], background: float | None, threshold: float | None
) -> None:
    frame, description = made
    found = reduced(prepared("centre_of_mass", {"background": background, "threshold": threshold}, description), frame, description)
    good = valid_mask(frame, description.rules, description.mask)
    weights = np.where(good, np.abs(frame) if frame.dtype.kind == "c" else frame, 0).astype(float)
    if threshold is not None:
        weights[weights < threshold] = 0
        low = np.where(good, np.abs(frame) if frame.dtype.kind == "c" else frame, 0) < threshold
    else:
        low = np.zeros(frame.shape, bool)
    if background is not None:
        weights = np.maximum(weights - background, 0)
    weights[~good | low] = 0
    total = weights.sum()
    assert same(found["total"], total if good.any() else np.nan)
    if not total > 0:
        assert all(isnan(found[name]) for name in found if name != "total")
    elif frame.ndim == 2:
        y, x = np.indices(frame.shape) + 0.5
        assert same(found["x"], (weights * x).sum() / total)
        assert same(found["y"], (weights * y).sum() / total)
    else:
        assert same(found["x"], (weights * np.arange(frame.size)).sum() / total)
        assert "y" not in found


def test_the_centre_of_a_spectrum_is_along_its_axis() -> None:
    axis = OutputAxis("energy", np.array([5.0, 6.0, 8.0]), "keV")
    description = FrameDescription((3,), "<u2", axes=(axis,))
    reduction = prepared("centre_of_mass", {}, description)
    assert [(one.name, one.unit) for one in reduction.outputs] == [("x", "keV"), ("total", "")]
    assert reduced(reduction, np.array([0, 1, 1], "u2"), description)["x"] == 7


def test_a_large_image_is_taken_in_pieces() -> None:
    frame = np.random.default_rng(1).poisson(3, (700, 300)).astype("u2")
    description = FrameDescription(frame.shape, frame.dtype.str)
    found = reduced(prepared("centre_of_mass", {}, description), frame, description)
    y, x = np.indices(frame.shape) + 0.5
    assert found["total"] == frame.sum()
    assert np.allclose([found["x"], found["y"]], [(frame * x).sum() / frame.sum(), (frame * y).sum() / frame.sum()])


# ---- radial


@given(frames((2,)), st.integers(1, 12), st.sampled_from(["radial", "azimuthal"]), st.booleans())
@settings(max_examples=300)
def test_profiles_are_those_of_numpy(made: tuple[npt.NDArray[Any], FrameDescription], bins: int, profile: str, in_ranges: bool) -> None:
    frame, description = made
    ranges = {"radial_range": "0:4", "azimuth_range": "-100:170"} if in_ranges else {}
    y, x = np.indices(frame.shape) + 0.5
    radius, azimuth = np.hypot(x - 3.2, y - 2.1), np.degrees(np.arctan2(y - 2.1, x - 3.2))
    within = (radius <= 4) & (azimuth >= -100) & (azimuth <= 170) if in_ranges else np.ones(frame.shape, bool)
    if not (within if description.mask is None else within & ~description.mask).any():
        with pytest.raises(ReductionError, match="No unmasked pixel"):
            prepared("radial", {"bins": bins, "profile": profile, **ranges}, description)
        return
    reduction = prepared("radial", {"bins": bins, "profile": profile, **ranges}, description)
    found = reduced(reduction, frame, description)
    good = valid_mask(frame, description.rules, description.mask) & within
    along = radius if profile == "radial" else azimuth
    usual = (radius.min(), radius.max()) if profile == "radial" else (-180, 180)
    chosen = {"radial": (0, 4), "azimuthal": (-100, 170)}[profile] if in_ranges else usual
    if not chosen[0] < chosen[1]:
        return
    numbers, edges = np.histogram(along[good], bins, chosen)
    values = (np.abs(frame) if frame.dtype.kind == "c" else frame)[good].astype(float)
    sums, _ = np.histogram(along[good], bins, chosen, weights=values)
    (axis,) = reduction.outputs[0].axes
    assert np.allclose(axis.values, (edges[1:] + edges[:-1]) / 2)
    assert found["pixels"].sum() == numbers.sum()
    if np.array_equal(found["pixels"], numbers):  # all but where a pixel lies on an edge by the last bit
        with np.errstate(invalid="ignore"):
            assert np.allclose(found["intensity"], np.where(numbers > 0, sums / np.maximum(numbers, 1), np.nan), equal_nan=True)
    else:
        in_bins = (along - chosen[0]) / (chosen[1] - chosen[0]) * bins
        n_on_edges = np.isclose(in_bins, in_bins.round(), atol=1e-9).sum()
        assert np.abs(found["pixels"] - numbers).sum() <= 2 * n_on_edges


TILTED = PixelGeometry((50.3, 40.7), 0.2, 1.2e-10, (172e-6, 75e-6), (0.3, -0.2, 0.7))
SHAPE = (90, 110)


@pytest.mark.parametrize(
    ("unit", "of_pyfai", "axis"),
    [
        ("2th_deg", "2th_deg", ("two_theta", "deg")),
        ("2th_rad", "2th_rad", ("two_theta", "rad")),
        ("q_A^-1", "q_A^-1", ("q", "1/angstrom")),
        ("q_nm^-1", "q_nm^-1", ("q", "1/nm")),
    ],
)
def test_units_are_those_of_pyfai(unit: str, of_pyfai: str, axis: tuple[str, str]) -> None:
    from swmr_viewer.reductions.pixel_coordinates import azimuth_of, radial_of

    integrator_module = pytest.importorskip("pyFAI.geometry")
    description = FrameDescription(SHAPE, "<u2", geometry=TILTED)
    reduction = prepared("radial", {"unit": unit}, description)
    assert (reduction.outputs[0].axes[0].name, reduction.outputs[0].axes[0].unit) == axis
    assert TILTED.pixel_size_m
    assert TILTED.poni
    (width, height), (x, y) = TILTED.pixel_size_m, TILTED.poni
    peer = integrator_module.Geometry(0.2, y * height, x * width, 0.3, -0.2, 0.7, height, width, wavelength=1.2e-10)
    assert np.allclose(radial_of(unit, TILTED, SHAPE), peer.center_array(SHAPE, unit=of_pyfai))
    chi = np.degrees(peer.center_array(SHAPE, unit="chi_rad"))
    assert np.allclose(np.exp(1j * np.radians(azimuth_of(TILTED, SHAPE))), np.exp(1j * np.radians(chi)))
    assert azimuth_of(TILTED, SHAPE, 90.0).min() >= 90


def test_millimetres_are_pixels_by_their_size() -> None:
    flat = PixelGeometry((5.0, 5.0), pixel_size_m=(1e-3, 2e-3))
    reduction = prepared("radial", {"unit": "mm", "bins": 3, "radial_range": "0:3"}, FrameDescription((10, 10), "<u2", geometry=flat))
    frame = np.ones((10, 10), "u2")
    y, x = np.indices(frame.shape)
    radius = np.hypot(x - 4.5, 2 * (y - 4.5))
    assert reduction(frame, None)["pixels"].tolist() == np.histogram(radius, 3, (0, 3))[0].tolist()


def test_a_mask_of_one_frame_alone_leaves_its_pixels_out() -> None:
    description = FrameDescription((4, 4), "<f4", np.eye(4, dtype=bool), geometry=CENTRE)
    reduction = prepared("radial", {"bins": 1}, description)
    frame = np.full((4, 4), 2.0, "f4")
    frame[0, 1], frame[3, 3] = np.nan, np.nan
    found = reduced(reduction, frame, description)
    assert (found["intensity"].tolist(), found["pixels"].tolist()) == ([2.0], [11])
    found = reduced(reduction, np.full((4, 4), np.nan, "f4"), description)
    assert (np.isnan(found["intensity"]).all(), found["pixels"].tolist()) == (True, [0])
    assert reduced(reduction, np.full((4, 4), 3.0, "f4"), description)["pixels"].tolist() == [12]


# ---- what cannot be done


@pytest.mark.parametrize(
    ("name", "values", "description", "words"),
    [
        ("statistics", {"whole": "no"}, FrameDescription((3, 4), "<u2"), r"There is nothing to measure\. Set regions, or whole=yes\."),
        ("statistics", {"regions": "A=1:2,3:4"}, FrameDescription((3, 3, 4), "<u2"), "have no regions"),
        (
            "statistics",
            {"regions": "A=10:20,0:2"},
            FrameDescription((3, 4), "<u2"),
            "The region A is outside of frames of 3 \u00d7 4 pixels",
        ),
        ("centre_of_mass", {}, FrameDescription((), "<u2"), "have no centre of mass"),
        ("centre_of_mass", {}, FrameDescription((2, 2, 2), "<u2"), "have no centre of mass"),
        ("radial", {}, FrameDescription((5,), "<u2", geometry=CENTRE), "have no radial profile"),
        ("radial", {}, FrameDescription((5, 5), "<u2"), r"A profile along radius \(px\) needs the beam centre, which nothing tells\. Give"),
        ("radial", {"unit": "mm"}, FrameDescription((5, 5), "<u2", geometry=CENTRE), "needs the pixel size, which"),
        (
            "radial",
            {"unit": "q_A^-1"},
            FrameDescription((5, 5), "<u2", geometry=CENTRE),
            r"A profile along q \(q_A\^-1\) needs the pixel size, detector distance and wavelength, which nothing tells",
        ),
        (
            "radial",
            {},
            FrameDescription((5, 5), "<u2", geometry=PixelGeometry((1.0, 1.0), rotations_rad=(0.1, 0.0, 0.0))),
            "needs the pixel size and detector distance",
        ),
        (
            "radial",
            {},
            FrameDescription((5, 5), "<u2", geometry=PixelGeometry((1.0, 1.0), 0.1, None, (1e-4, 1e-4), (1.6, 0.0, 0.0))),
            "The beam does not meet the detector's plane",
        ),
        ("radial", {"profile": "azimuthal"}, FrameDescription((5, 5), "<u2"), "An azimuthal profile needs the beam centre"),
        ("radial", {"azimuth_range": "-200:200"}, FrameDescription((5, 5), "<u2", geometry=CENTRE), "longer than a whole turn"),
        ("radial", {"radial_range": "100:200"}, FrameDescription((5, 5), "<u2", geometry=CENTRE), "No unmasked pixel lies in these ranges"),
        ("radial", {}, FrameDescription((5, 5), "<u2", np.ones((5, 5), bool), geometry=CENTRE), "No unmasked pixel lies"),
    ],
)
def test_what_cannot_be_done_is_told(name: str, values: dict[str, Any], description: FrameDescription, words: str) -> None:
    with pytest.raises(ReductionError, match=words):
        prepared(name, values, description)


@pytest.mark.parametrize("name", ["statistics", "centre_of_mass", "radial", "pyfai1d", "pyfai2d"])
def test_each_can_be_described_and_its_values_kept(name: str) -> None:
    info = describe(name)
    assert (info.origin, info.result_name) == ("built in", name)
    assert [one.words for one in available() if one.name == name] == [info.words]
    assert all(one.words for one in info.parameters)
    reduction = reduction_named(name)
    assert parameters_from(type(reduction).Parameters, json.loads(json.dumps(values_of(reduction.parameters)))) == reduction.parameters
    assert [one for one in reduction.outputs if not isinstance(one, Output)] == []


@given(frames())
def test_the_window_measures_the_same(made: tuple[npt.NDArray[Any], FrameDescription]) -> None:
    from swmr_viewer.analysis import examine, marked, saturation_of
    from swmr_viewer.reader.child.measuring.measurer import columns_of, measured_row
    from swmr_viewer.reader.messages import Measure

    frame, description = made
    regions = (Region("A", "rectangle", ((0.0, 0.0), (2.0, 2.0))), Region("B", "ellipse", ((0.0, 0.0), (5.0, 5.0))))
    shown = marked(frame, description.rules, description.mask)
    request = Measure(0, 0, "/data", regions)
    row = measured_row(request, 0, shown, examine(shown, None, saturation_of(frame.dtype))[1])
    found = reduced(prepared("statistics", {"regions": regions}, description), frame, description)
    assert [name.replace(".", "_") for name in columns_of(request, frame.ndim)] == list(found)
    assert np.allclose(row.values, list(found.values()), equal_nan=True)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("statistics", {"regions": "A=10:60,20:70; B=0:100,0:30"}),
        ("centre_of_mass", {"threshold": 3}),
        ("radial", {}),
        ("radial", {"profile": "azimuthal"}),
    ],
)
def test_several_threads_may_call_one_object(name: str, values: dict[str, Any]) -> None:
    masked = np.zeros((100, 120), bool)
    masked[40:50] = True
    description = FrameDescription((100, 120), "<u4", masked, geometry=PixelGeometry((50.0, 60.0)))
    reduction = prepared(name, values, description)
    assert reduction.is_thread_safe
    frames = np.random.default_rng(2).poisson(4, (60, 100, 120)).astype("<u4")
    frames[::3, 7, 9] = 2**32 - 1
    expected = [reduced(reduction, frame.copy(), description) for frame in frames]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            for found, one in zip(pool.map(lambda frame: reduced(reduction, frame.copy(), description), frames), expected, strict=True):
                assert all(np.array_equal(found[output], one[output], equal_nan=True) for output in one)


def test_frames_without_pixels_are_refused() -> None:
    for name in ("statistics", "centre_of_mass", "radial"):
        with pytest.raises(ReductionError, match="have no pixels"):
            prepared(name, {}, FrameDescription((0, 5), "<u2"))
