"""Dark and flat frames and references through a reader process, against plain numpy on the same files."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pytest
import tifffile

from swmr_viewer.analysis import MaskRules, Region, ViewChoice
from swmr_viewer.reader.blocks import create_block, let_go, unlink
from swmr_viewer.reader.messages import (
    AcknowledgeMeasured,
    Combine,
    Compare,
    Correction,
    Fault,
    FrameSource,
    Made,
    Measure,
    Measured,
    ReaderReplaced,
    Reference,
)
from tests.reader.test_kinds_of_frames import DATA, MASK, shown, write

RANDOM = np.random.default_rng(7)
SHAPE = (60, 80)
FRAMES = RANDOM.integers(200, 5000, (8, *SHAPE)).astype("u2")
DARKS = RANDOM.integers(0, 60, (5, *SHAPE)).astype("u2")
FLATS = RANDOM.integers(800, 1200, (3, *SHAPE)).astype("u2")
FLATS[:, 4, 5] = 0
MASKED = np.zeros(SHAPE, bool)
MASKED[10:12, 20:40] = True


def with_mask(group: h5py.Group) -> None:
    group["pixel_mask"] = MASKED.astype("u4")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    scan = write(tmp_path / "scan.h5", FRAMES, further=with_mask)
    dark, flat = tmp_path / "dark.h5", tmp_path / "flat.npy"
    with h5py.File(dark, "w") as file:
        file["calibration/dark"] = DARKS
        file["calibration/other"] = np.zeros(4)
    np.save(flat, FLATS)
    return scan, dark, flat


def expected(frames: Any, dark: Any, flat: Any, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    light = flat - dark
    light = np.where(light > 0, light, np.nan)
    found = (frames - dark) / light * np.nanmean(light[~mask])
    return np.where(mask, np.nan, found)


def test_frames_are_corrected_combined_and_measured_alike(files: tuple[Path, Path, Path]) -> None:
    scan, dark, flat = files
    wish = Correction(FrameSource(str(dark), first=1, last=3), FrameSource(str(flat)))
    rules = MaskRules(mask_path=MASK)
    wanted = expected(FRAMES.astype(float), DARKS[1:4].mean(axis=0), FLATS.mean(axis=0), MASKED)
    with shown(scan, 8) as (listener, found):
        assert found.event.made.corrected == ()
        found.wish(mask=rules, correction=wish)
        found.take(lambda event: event.made.corrected == ("dark", "flat"))
        np.testing.assert_allclose(found.raw, wanted[7], rtol=3e-6)
        assert found.raw.dtype == np.float32
        assert np.isnan(found.raw[4, 5])
        assert np.array_equal(found.whole, FRAMES[7])  # the file's numbers come along
        statistics = found.event.statistics
        assert statistics is not None
        assert statistics.n_masked == np.isnan(wanted[7]).sum()
        np.testing.assert_allclose(statistics.total, np.nansum(wanted[7]), rtol=1e-6)
        np.testing.assert_allclose(found.preview, wanted[7], rtol=3e-6)
        listener.supervisor.send(Measure(listener.generation, 1, DATA, (Region("A", "rectangle", ((2.0, 2.0), (30.0, 20.0))),)))
        rows: dict[int, Any] = {}
        while len(rows) < 8:
            measured = listener.until_a(Measured)
            rows.update(zip(measured.indices.tolist(), measured.values, strict=True))
        column = measured.columns.index("A.sum")
        part = wanted[:, 2:20, 2:30]
        np.testing.assert_allclose([rows[index][column] for index in range(8)], np.nansum(part, axis=(1, 2)), rtol=1e-6)
        found.wish(mask=rules, correction=wish, combine=Combine("mean", 4))
        found.take(lambda event: event.combined == 4)
        assert found.event.made.corrected == ("dark", "flat")
        np.testing.assert_allclose(found.raw, wanted[4:].mean(axis=0), rtol=3e-6)


@pytest.mark.parametrize("dtype", ["u2", "f4", "u4"])
def test_frames_of_the_scan_itself_may_be_the_dark_ones(tmp_path: Path, dtype: str) -> None:
    scan = write(tmp_path / "scan.h5", FRAMES.astype(dtype))
    with shown(scan, 8) as (_, found):
        assert np.array_equal(found.raw, FRAMES[7])
        found.wish(correction=Correction(FrameSource(str(scan), DATA, 0, 2)))
        found.take(lambda event: event.made.corrected == ("dark",))
        np.testing.assert_allclose(found.raw, FRAMES[7] - FRAMES[:3].mean(axis=0), rtol=1e-5, atol=1e-3)
        assert np.array_equal(found.whole, FRAMES[7])


@pytest.mark.parametrize("what", ["shape", "missing", "range", "several", "complex", "empty", "dark flat"])
def test_what_cannot_be_used_corrects_nothing_and_is_said(files: tuple[Path, Path, Path], tmp_path: Path, what: str) -> None:
    scan, dark, flat = files
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["small"] = np.zeros((3, 4, 5))
        file["complex"] = DARKS.astype("c8")
        file.create_dataset("empty", (0, *SHAPE), "u2", maxshape=(None, *SHAPE))
        if what == "several":
            file["a"], file["b"] = DARKS, DARKS
    if what == "dark flat":
        np.save(flat, np.zeros(SHAPE, "u2"))
    wish, words = {
        "shape": (FrameSource(str(other), "/small"), "4 \u00d7 5"),
        "missing": (FrameSource(str(tmp_path / "late.h5")), "late.h5"),
        "range": (FrameSource(str(dark), last=9), "has 5 dark frames"),
        "several": (FrameSource(str(other)), "several data sets"),
        "complex": (FrameSource(str(other), "/complex"), "are no real numbers"),
        "empty": (FrameSource(str(other), "/empty"), "has 0 dark frames, and not frame 0"),
        "dark flat": (FrameSource(str(dark)), "The flat frame is nowhere brighter than the dark one"),
    }[what]
    with shown(scan, 8) as (listener, found):
        found.wish(correction=Correction(wish, FrameSource(str(flat))))
        found.take(lambda event: event.made.lacks_correction)
        assert any(words in event.message for event in listener.events if isinstance(event, Fault))
        assert np.array_equal(found.raw, FRAMES[7])
        if what == "missing":  # it is used once it comes
            with h5py.File(tmp_path / "part", "w") as file:
                file["dark"] = DARKS
            (tmp_path / "part").rename(tmp_path / "late.h5")
            found.take(lambda event: event.made.corrected)
            wanted = expected(FRAMES[7].astype(float), DARKS.mean(axis=0), FLATS.mean(axis=0), np.zeros(SHAPE, bool))
            np.testing.assert_allclose(found.raw, wanted, rtol=3e-6)


def test_a_file_that_is_written_anew_is_read_anew_and_everything_is_measured_by_it(files: tuple[Path, Path, Path]) -> None:
    scan, dark, _ = files
    with shown(scan, 8) as (listener, found):
        found.wish(correction=Correction(FrameSource(str(dark))))
        found.take(lambda event: event.made.corrected)
        first = found.event.made
        np.testing.assert_allclose(found.raw, FRAMES[7] - DARKS.mean(axis=0), rtol=1e-5, atol=1e-3)
        dark.unlink()  # what was read goes on to be used
        found.wish(correction=Correction(FrameSource(str(dark))), percentiles=(1.0, 99.0))
        found.take(lambda event: event.made == first)
        new = np.concatenate([DARKS, DARKS + 1000])  # larger than frames: nothing may wrap round
        with h5py.File(dark.with_suffix(".part"), "w") as file:
            file["calibration/dark"] = new
        dark.with_suffix(".part").rename(dark)
        listener.supervisor.send(Measure(listener.generation, 1, DATA))
        found.take(lambda event: event.made.fingerprint != first.fingerprint)
        assert any("written anew" in event.message for event in listener.events if isinstance(event, Fault))
        assert found.event.made.sources == (f"{dark} /calibration/dark, mean of frames 0\u20139",)
        wanted = FRAMES - new.mean(axis=0)
        assert wanted.min() < 0
        np.testing.assert_allclose(found.raw, wanted[7], rtol=1e-5, atol=1e-3)
        totals: dict[int, float] = {}
        for measured in listener.all_of(Measured):  # some may have come along with the frame
            totals.update(zip(measured.indices.tolist(), measured.values[:, measured.columns.index("total")], strict=True))
        while not np.allclose([totals.get(index, 0.0) for index in range(8)], wanted.sum(axis=(1, 2)), rtol=1e-5):
            measured = listener.until_a(Measured)
            totals.update(zip(measured.indices.tolist(), measured.values[:, measured.columns.index("total")], strict=True))
            listener.supervisor.send(AcknowledgeMeasured(listener.generation))


@pytest.mark.parametrize("ending", ["npy", "tif", "edf"])
def test_flat_frames_may_be_in_files_of_other_kinds(files: tuple[Path, Path, Path], tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"flat.{ending}"
    if ending == "npy":
        np.save(path, FLATS[0])
    elif ending == "tif":
        tifffile.imwrite(path, FLATS, photometric="minisblack")
    else:
        image = pytest.importorskip("fabio").edfimage.EdfImage(data=FLATS[0])
        image.append_frame(data=FLATS[1])
        image.write(str(path))
    flat = {"npy": FLATS[0].astype(float), "tif": FLATS.mean(axis=0), "edf": FLATS[:2].mean(axis=0)}[ending]
    with shown(files[0], 8) as (_, found):
        found.wish(correction=Correction(flat=FrameSource(str(path))))
        found.take(lambda event: event.made.corrected == ("flat",))
        np.testing.assert_allclose(found.raw, expected(FRAMES[7].astype(float), 0, flat, np.zeros(SHAPE, bool)), rtol=3e-6)


@contextmanager
def held(frame: npt.NDArray[Any]) -> Iterator[Reference]:
    block = create_block(frame.nbytes)
    np.ndarray(frame.shape, frame.dtype, block.buf)[...] = frame
    try:
        yield Reference(block.name, frame.shape, frame.dtype.str)
    finally:
        unlink(block)
        let_go(block)


def test_a_reference_is_taken_from_what_is_shown_and_not_from_what_is_measured(files: tuple[Path, Path, Path]) -> None:
    scan = files[0]
    reference = FRAMES[2].astype("f4")
    reference[0, 0], reference[1, 1] = np.nan, 0
    with held(reference) as block, shown(scan, 8) as (listener, found):
        ratio = np.divide(FRAMES[7], reference, where=reference != 0, out=np.full(SHAPE, np.nan))
        for how, wanted in (("difference", FRAMES[7] - reference), ("ratio", ratio), ("reference", reference)):
            found.wish(compare=Compare(how, block))
            found.take(lambda event, how=how: event.made.compared == how)
            np.testing.assert_allclose(found.raw, wanted, rtol=1e-6)
            assert np.array_equal(found.whole, FRAMES[7])
        found.wish(compare=Compare("difference", block), correction=Correction(FrameSource(str(files[1]))))
        found.take(lambda event: event.made.corrected)
        corrected = FRAMES[7] - DARKS.mean(axis=0) - reference
        np.testing.assert_allclose(found.raw, corrected, rtol=1e-5, atol=1e-2)
        os.kill(listener.pid, signal.SIGKILL)  # what takes its place prepares frames alike
        listener.until_a(ReaderReplaced)
        sources = (f"{files[1]} /calibration/dark, mean of frames 0\u20134",)
        found.take(lambda event: replace(event.made, fingerprint=0) == Made(("dark",), False, "difference", sources))
        np.testing.assert_allclose(found.raw, corrected, rtol=1e-5, atol=1e-2)
        found.wish(compare=Compare("difference", block), combine=Combine("sum", 3))
        found.take(lambda event: event.combined == 3 and event.made.compared == "difference")
        np.testing.assert_allclose(found.raw, FRAMES[5:].sum(axis=0, dtype="f8") - reference, rtol=1e-6)
        listener.supervisor.send(Measure(listener.generation, 1, DATA))
        measured = listener.until_a(Measured)
        totals = measured.values[:, measured.columns.index("total")]
        assert np.array_equal(totals, FRAMES[measured.indices].sum(axis=(1, 2)))
        with held(np.zeros((3, 4), "f4")) as small:
            found.wish(compare=Compare("difference", small))
            found.take(lambda event: event.combined == 1)
            assert any("3 \u00d7 4" in event.message for event in listener.events if isinstance(event, Fault))
            assert found.event.made.compared == "none"
            assert np.array_equal(found.raw, FRAMES[7])


def test_of_complex_frames_the_same_part_is_compared_and_phases_by_their_nearest_difference(tmp_path: Path) -> None:
    phases = RANDOM.uniform(-np.pi, np.pi, (3, *SHAPE))
    frames = (RANDOM.uniform(1, 9, (3, *SHAPE)) * np.exp(1j * phases)).astype("c8")
    with held(np.angle(frames[0]).astype("f4")) as block, shown(write(tmp_path / "scan.h5", frames), 3) as (listener, found):
        reference = replace(block, part="phase")
        found.wish(compare=Compare("difference", reference), view=ViewChoice(part="phase"))
        found.take(lambda event: event.made.compared == "difference")
        np.testing.assert_allclose(found.raw, np.angle(frames[2] * frames[0].conj()), atol=1e-4)
        for how, part, words in (
            ("difference", "", "the reference is the phase, and the frames show the magnitude"),
            ("ratio", "phase", "a ratio of phases"),
        ):
            found.wish(compare=Compare(how, reference), view=ViewChoice(part=part))
            found.take(lambda event: event.made.compared == "none")
            assert any(words in event.message.lower() for event in listener.events if isinstance(event, Fault))
        np.testing.assert_allclose(found.raw, np.angle(frames[2]), atol=1e-5)
