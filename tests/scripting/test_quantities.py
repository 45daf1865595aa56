"""Quantities for scripts: what is found, what the script puts in, what is not there yet, and what makes no sense."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, ExpressionError, Follower, PathNotThereError, Quantities, Region, ShapeError, open_swmr

KEYS = "/entry/diamond_scan/keys"
FRAMES = np.arange(2 * 4 * 8 * 8, dtype="u2").reshape(2, 4, 8, 8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w", libver="latest") as f:
        f.create_dataset("entry/diamond_scan/keys/det", data=[[0, 5, 6, 7], [8, 9, 10, 11]], dtype="i4")  # the first is missing
        det = f.create_group("entry/det")
        det["data"] = FRAMES
        det["data"].attrs["units"] = "counts"
        det.attrs["axes"] = ["stage_y", "stage_x", ".", "."]
        det["stage_y"], det["stage_x"] = [10.0, 20.0], [0.5, 1.0, 1.5, 2.0]
        det["stage_x"].attrs["units"] = "mm"
        for name, values in {"I0": np.arange(8) * 10.0, "late": np.zeros(8)}.items():
            made = f.create_dataset(f"entry/monitors/{name}", (2, 4), "f8", chunks=(1, 4))
            if name != "late":
                made[...] = values.reshape(2, 4)
            made.attrs["units"] = "counts"
    return path


def test_names_units_and_values_are_those_of_the_file(path) -> None:
    with open_swmr(path) as f:
        quantities = Quantities(f)
        assert quantities.names == ("index", "order", "stage_x", "stage_y", "I0", "late")
        assert quantities.position_names == ("stage_x", "stage_y")
        units = {"stage_x": "mm", "stage_y": "", "I0 / stage_x": "counts/mm", "stage_x / stage_y": ""}
        assert {name: quantities.unit(name) for name in units} == units
        assert quantities["I0"].tolist()[1] == [40.0, 50.0, 60.0, 70.0]
        assert np.isnan(quantities["I0"][0, 0]), "its key is not set"
        np.testing.assert_allclose(quantities["I0 / stage_x"][0, 1:], [10.0, 20 / 1.5, 15.0])
        assert np.isnan(quantities["late"]).all(), "nothing was written"
        assert not quantities.update()
        assert quantities.take_faults() == []


def test_what_a_script_puts_in_is_a_quantity_like_others(path) -> None:
    with open_swmr(path) as f, DataSource(f, KEYS, "/entry/det/data", 0, order="arrival") as source:
        quantities = Quantities(f, "/entry/det/data", follower=source.follower)
        assert np.isnan(quantities["I0"]).all(), "the script's follower has not looked yet"
        for frames in source:
            quantities.measure(frames.index, frames["data"], [Region("A", "rectangle", ((1.0, 2.0), (4.0, 6.0)))])
            quantities.put("median", frames.position, np.median(frames["data"]), "counts")
        assert quantities.update()
        assert quantities.unit("A.sum") == quantities.unit("median - I0") == "counts"
        wanted = FRAMES[:, :, 2:6, 1:4].sum(axis=(2, 3)) / np.maximum(1, np.arange(8)).reshape(2, 4) / 10
        np.testing.assert_allclose(quantities["A.sum / I0"].ravel()[1:], wanted.ravel()[1:])
        np.testing.assert_allclose(quantities["median"].ravel()[1:], np.median(FRAMES, axis=(2, 3)).ravel()[1:])
        assert set(quantities.names) > {"A.sum", "A.mean", "A.maximum", "A.std", "A.centre_x", "A.centre_y", "median"}
        np.testing.assert_array_equal(quantities["total"].ravel()[1:], FRAMES.sum(axis=(2, 3)).ravel()[1:])
        np.testing.assert_array_equal(quantities["maximum - hottest_x"].ravel()[1:], FRAMES.max(axis=(2, 3)).ravel()[1:] - 7)
        assert (quantities.unit("total"), quantities.unit("hottest_y")) == ("counts", "px")
        quantities.put("I0", np.array([3, 5]), [1.0, 2.0])
        assert np.flatnonzero(~np.isnan(quantities["I0"])).tolist() == [3, 5], "the script's own covers the file's"


def test_what_makes_no_sense_says_what_to_do(path) -> None:
    with open_swmr(path) as f:
        quantities = Quantities(f, "/entry/det/data", KEYS)
        with pytest.raises(ExpressionError, match="There is no quantity I1; did you mean I0") as raised:
            quantities["late / I1"]
        assert raised.value.position == 7
        with pytest.raises(ExpressionError, match="missing at the end"):
            quantities.unit("I0 /")
        with pytest.raises(PathNotThereError, match="nowhere is not there"):
            Quantities(f, "/entry/nowhere", KEYS)
        with pytest.raises(ShapeError):
            Quantities(f, "/entry/det/stage_x", KEYS)


def test_what_reads_as_fill_is_taken_once_it_has_had_its_time(tmp_path, monkeypatch) -> None:
    now_s = 100.0
    with h5py.File(tmp_path / "scan.h5", "w", libver="latest") as f:
        for name in ("diamond_scan/keys/det", "det/data", "det/I0"):
            f.create_dataset(f"entry/{name}", (4,), "f8", chunks=(2,))
        f["entry/diamond_scan/keys/det"][...] = 1
        f["entry/det/I0"][:2] = [5.0, 0.0]  # the second is counted: it may be fill as well
    with open_swmr(tmp_path / "scan.h5") as f:
        quantities = Quantities(f, "/entry/det/data", KEYS, clock=lambda: now_s)
        monkeypatch.setattr(Follower, "file_is_closed", lambda _: False)
        np.testing.assert_array_equal(quantities["I0"], [5.0, np.nan, np.nan, np.nan])
        now_s += 10.0
        np.testing.assert_array_equal(quantities["I0"], [5.0, 0.0, 0.0, 0.0])


def test_spans_of_spectra_are_measured_as_regions_of_images_are(tmp_path) -> None:
    spectra = np.random.default_rng(2).poisson(50, (4, 32)).astype("u4")
    spectra[2, 5] = 2**32 - 1  # no measurement
    with h5py.File(tmp_path / "scan.h5", "w") as f:
        f["entry/keys/k"], f["entry/mca/data"] = np.arange(1, 5), spectra
    with open_swmr(tmp_path / "scan.h5") as f, Quantities(f, "/entry/mca/data", "/entry/keys") as quantities:
        for index, spectrum in enumerate(spectra):
            quantities.measure(index, spectrum, [Region("line", "span", ((4.0, 0.0), (9.0, 0.0)))], whole=index != 3)
        part = np.where(spectra == 2**32 - 1, 0, spectra)[:, 4:9].astype(float)
        np.testing.assert_array_equal(quantities["line.sum"], part.sum(axis=1))
        np.testing.assert_allclose(quantities["line.centre"], (part * np.arange(4, 9)).sum(axis=1) / part.sum(axis=1))
        np.testing.assert_array_equal(quantities["n_masked"], [0, 0, 1, np.nan])


@pytest.mark.parametrize("told_by", ["keys", "times", "looks"])
def test_the_order_of_acquisition_is_told_by_keys_that_count_else_by_times_else_as_points_came(tmp_path, told_by) -> None:
    taken = np.array([[0, 1, 2, 3], [7, 6, 5, 4]])
    with h5py.File(tmp_path / "scan.h5", "w", libver="latest") as f:
        det = f.create_group("entry/instrument/det")
        f["entry/instrument"].attrs["NX_class"], det.attrs["NX_class"] = "NXinstrument", "NXdetector"
        keys = f.create_dataset("entry/keys/k", (2, 4), "i4", maxshape=(None, None), chunks=(1, 4))
        det["data"] = FRAMES
        if told_by == "times":
            f.create_dataset("entry/instrument/det/timestamp", data=1.7e9 + taken, maxshape=(None, None))
            det["timestamp"].attrs["start"] = "2023-11-14T22:13:20"
        f.swmr_mode = True
        with Quantities(f, "/entry/instrument/det/data", "/entry/keys") as quantities:
            assert np.isnan(quantities["order"]).all()
            for part in (taken < 6, taken >= 6):
                keys[...] = np.where(part | (keys[...] > 0), taken + 1 if told_by == "keys" else 1, 0)
                keys.flush()
                assert quantities.update()
                expected = np.where(keys[...] > 0, taken, np.nan)
                if told_by == "looks":  # those of one look by their index
                    expected[(keys[...] > 0) & (taken >= 4)] = [4, 5] if taken[part].max() < 6 else [6, 7, 4, 5]
                np.testing.assert_array_equal(quantities["order"], expected)
            np.testing.assert_array_equal(quantities["order - index"], expected - np.arange(8).reshape(2, 4))
