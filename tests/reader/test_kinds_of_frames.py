"""Frames that are neither plain images nor spectra of real numbers, and pixel masks as files have them, through a reader process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pytest

from swmr_viewer.analysis import MaskRules, Part, ViewChoice
from swmr_viewer.core.conditions import FileClosed
from swmr_viewer.reader.messages import Combine, Fault, FrameReady, Measure, Measured, Opened, PixelMaskRead, SetDisplay
from tests.reader.listening import Listener

Frames = npt.NDArray[Any]
DATA = "/entry/instrument/detector/data"
MASK = "/entry/instrument/detector/pixel_mask"
Y, X = np.indices((60, 80))


def write(path: Path, frames: Frames, *, keys: bool = True, further: Callable[[h5py.Group], object] = lambda group: None) -> Path:
    with h5py.File(path, "w", libver="v110") as file:
        detector = file.create_group("entry/instrument/detector")
        file["entry"].attrs["NX_class"], detector.attrs["NX_class"] = "NXentry", "NXdetector"
        detector.parent.attrs["NX_class"] = "NXinstrument"
        detector.create_dataset("data", data=frames, maxshape=(None, *frames.shape[1:]), chunks=(1, *frames.shape[1:]))
        if keys:
            file.create_dataset("entry/uid", data=np.arange(len(frames), dtype="i4") + 1, maxshape=(None,))
        further(detector)
    return path


class Shown:
    """What a listener was shown last."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.event: FrameReady
        self.whole: Frames
        self.preview: Frames
        self.raw: Frames
        self.own_mask: Frames | None

    def take(self, is_so: Callable[[FrameReady], object]) -> None:
        event = self._listener.until(lambda event: isinstance(event, FrameReady) and is_so(event))
        assert isinstance(event, FrameReady)
        supervisor = self._listener.supervisor
        whole, preview = supervisor.pixels(event)
        raw, own = supervisor.shown(event)
        assert preview is not None
        self.event, self.whole, self.preview, self.raw = event, whole.copy(), preview.copy(), raw.copy()
        self.own_mask = None if own is None else own.copy()
        del whole, preview, raw, own
        supervisor.release(event)

    def wish(self, **wishes: Any) -> None:
        self._listener.supervisor.send(SetDisplay(self._listener.generation, **wishes))


@contextmanager
def shown(path: Path, n: int, **options: Any) -> Iterator[tuple[Listener, Shown]]:
    with Listener(releases=False) as listener:
        listener.follow(path, conditions=(FileClosed(),), **options)
        listener.until_a(Opened)
        found = Shown(listener)
        found.take(lambda event: event.index == n - 1)
        yield listener, found


@pytest.mark.parametrize("key_rank", [0, 1, 4])
def test_an_axis_of_one_is_dropped(tmp_path: Path, key_rank: int) -> None:
    frames = (np.arange(5 * 60 * 80) % 1013).astype("u2").reshape(5, 1, 60, 80)

    def keys(detector: h5py.Group) -> None:
        if key_rank:
            uid = (np.arange(5, dtype="i4") + 1).reshape(5, *(1,) * (key_rank - 1))
            detector.file.create_dataset("entry/uid", data=uid, maxshape=(None,) * key_rank)

    with shown(write(tmp_path / "a.h5", frames, keys=False, further=keys), 5) as (_, found):
        assert np.array_equal(found.raw, frames[4, 0])
        assert np.array_equal(found.preview, frames[4, 0].astype("f4"))
        assert np.array_equal(found.whole.reshape(60, 80), frames[4, 0])
        assert found.event.statistics is not None
        assert found.event.statistics.total == frames[4].sum()


def test_a_place_is_chosen_of_further_axes_and_everything_is_of_it(tmp_path: Path) -> None:
    frames = (np.arange(4 * 2 * 60 * 80) % 1013).astype("u4").reshape(4, 2, 60, 80)
    with shown(write(tmp_path / "a.h5", frames), 4) as (listener, found):
        assert np.array_equal(found.raw, frames[3, 0])
        found.wish(view=ViewChoice((1,)))
        found.take(lambda event: event.view.places == (1,))
        assert np.array_equal(found.whole, frames[3])
        assert np.array_equal(found.raw, frames[3, 1])
        assert np.array_equal(found.preview, frames[3, 1].astype("f4"))
        listener.supervisor.send(Measure(listener.generation, 1, DATA))
        measured = listener.until_a(Measured)
        column = measured.columns.index("total")
        totals = {int(index): row[column] for index, row in zip(measured.indices, measured.values, strict=True)}
        assert totals
        assert all(total == frames[index, 1].sum() for index, total in totals.items())
        found.wish(view=ViewChoice((1,)), combine=Combine("sum", 3))
        found.take(lambda event: event.combined == 3)
        assert np.array_equal(found.raw, frames[1:, 1].sum(axis=0))


@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_complex_images_show_their_magnitude_phase_on_wish_and_are_whole_in_the_slot(tmp_path: Path, dtype: str) -> None:
    frames = np.stack([np.exp(1j * (X + i) / 7.0) * (Y + 1) for i in range(3)]).astype(dtype)
    frames[2, 3, 4] = np.nan
    with shown(write(tmp_path / "a.h5", frames), 3) as (_, found):
        np.testing.assert_array_equal(found.whole, frames[2])
        np.testing.assert_allclose(found.raw, np.abs(frames[2]), rtol=1e-6)
        np.testing.assert_allclose(found.preview, np.abs(frames[2]).astype("f4"), rtol=1e-6)
        assert found.event.statistics is not None
        assert found.event.statistics.n_masked == 1
        for part, values in ((Part.PHASE, np.angle(frames[2])), (Part.REAL, frames[2].real), (Part.IMAGINARY, frames[2].imag)):
            found.wish(view=ViewChoice(part=part))
            found.take(lambda event, part=part: event.view.part is part)
            np.testing.assert_allclose(found.raw, values, rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(found.preview, values.astype("f4"), rtol=1e-6, atol=1e-6)


def test_complex_spectra_are_measured_by_their_magnitude(tmp_path: Path) -> None:
    frames = ((np.exp(1j * np.arange(300) / 9) * 5)[None] * np.arange(1, 6)[:, None]).astype("c8")
    with shown(write(tmp_path / "a.h5", frames), 5) as (listener, found):
        np.testing.assert_allclose(found.raw, np.abs(frames[4]), rtol=1e-6)
        listener.supervisor.send(Measure(listener.generation, 1, DATA, spectra=True))
        measured = listener.until_a(Measured)
        assert measured.spectra is not None
        for index, spectrum in zip(measured.indices, measured.spectra, strict=True):
            np.testing.assert_allclose(spectrum, np.abs(frames[index]), rtol=1e-6)


def color_attributes(told: str) -> dict[str, str]:
    interpretations = {"nexus": "rgb-image", "nexusa": "rgba-image", "image": "image"}
    if told in interpretations:
        return {"interpretation": interpretations[told]}
    return {"CLASS": "IMAGE", "IMAGE_SUBCLASS": "IMAGE_TRUECOLOR"} if told == "hdf" else {}


RGB1, RGB2, RGB3 = (0, 1, 2, 3), (0, 1, 3, 2), (0, 3, 1, 2)
WAYS = [(order, told, True) for order in (RGB1, RGB2, RGB3) for told in ("", "nexus", "nexusa", "image", "hdf")]
# Without keys and a word of the file the first of RGB3's axes may as well be the scan's second.
WAYS += [(order, told, False) for order in (RGB1, RGB2) for told in ("", "nexus", "image", "hdf")] + [(RGB3, "nexus", False)]


@pytest.mark.parametrize(("order", "told", "keys"), WAYS)
def test_colours_are_colours_however_they_are_told(tmp_path: Path, order: tuple[int, ...], told: str, keys: bool) -> None:
    colors = np.zeros((4, 60, 80, 3), "u1")
    for index in range(4):
        colors[index] = np.stack([3 * X, 4 * Y, np.full_like(X, 60 * index)], axis=-1)

    def tell(detector: h5py.Group) -> None:
        detector["data"].attrs.update({name: np.bytes_(value) for name, value in color_attributes(told).items()})

    with shown(write(tmp_path / "a.h5", colors.transpose(order), keys=keys, further=tell), 4) as (_, found):
        view = found.event.view
        assert view is not None
        assert view.part is Part.COLOR
        np.testing.assert_array_equal(view.picked(found.whole), colors[3])
        np.testing.assert_allclose(found.raw, colors[3].mean(axis=-1), rtol=1e-6)
        assert found.event.levels is not None


def test_colour_of_16_bits_is_told_by_areadetectors_own_mode(tmp_path: Path) -> None:
    frames = np.zeros((4, 3, 60, 80), "u2")
    frames[:, 0] = 500

    def tell(detector: h5py.Group) -> None:
        detector.create_dataset("NDAttributes/ColorMode", data=np.full(4, 4, "i4"))

    with shown(write(tmp_path / "a.h5", frames, further=tell), 4) as (_, found):
        assert found.event.view is not None
        assert found.event.view.color_axis == 0


# ---- pixel masks

BAD = np.zeros((60, 80), "u4")
BAD[10:20, 10:20] = 1
PLAIN = np.full((4, 60, 80), 10, "u2")
PLAIN[:, 10:20, 10:20] = 60_000


def with_mask(mask: Any) -> Callable[[h5py.Group], None]:
    def write_mask(detector: h5py.Group) -> None:
        detector["pixel_mask"] = mask

    return write_mask


SIGNED, FLOAT = BAD.astype("i8") * -1, BAD.astype("f4")
FLOAT[10, 10] = np.nan


@pytest.mark.parametrize("mask", [BAD, BAD[None], BAD[None, :, None], FLOAT, BAD.astype(bool), SIGNED, BAD << 30])
def test_the_files_mask_is_used_by_default_whatever_its_axes_of_one_and_its_type(tmp_path: Path, mask: Frames) -> None:
    with shown(write(tmp_path / "a.h5", PLAIN, further=with_mask(mask)), 4) as (listener, found):
        assert np.array_equal(np.isnan(found.preview), BAD != 0)
        assert found.event.statistics is not None
        assert (found.event.statistics.maximum, found.event.statistics.n_masked) == (10, 100)
        assert np.array_equal(found.raw, PLAIN[3])
        told = listener.all_of(PixelMaskRead)
        assert len(told) == 1
        assert np.array_equal(told[0].mask(), BAD != 0)
        found.wish(mask=MaskRules())
        found.take(lambda event: event.statistics.n_masked == 0)
        assert not np.isnan(found.preview).any()
        assert listener.all_of(Fault) == []


def test_a_mask_for_each_frame_masks_its_own(tmp_path: Path) -> None:
    masks = np.stack([np.roll(BAD, index, axis=1) for index in range(4)])
    with shown(write(tmp_path / "a.h5", PLAIN, further=with_mask(masks)), 4) as (listener, found):
        assert np.array_equal(np.isnan(found.preview), masks[3] != 0)
        assert found.own_mask is not None
        assert np.array_equal(found.own_mask, masks[3] != 0)
        listener.supervisor.send(Measure(listener.generation, 1, DATA))
        rows = 0
        while rows < 4:
            measured = listener.until_a(Measured)
            column = measured.columns.index("maximum")
            expected = [PLAIN[index][masks[index] == 0].max() for index in measured.indices]
            assert measured.values[:, column].tolist() == expected
            rows += len(expected)
        assert listener.all_of(Fault) == []


def test_a_mask_of_whole_frames_is_that_of_the_shown_place(tmp_path: Path) -> None:
    frames = np.stack([PLAIN, PLAIN], axis=1)
    masks = np.stack([BAD, np.roll(BAD, 30, axis=1)])
    with shown(write(tmp_path / "a.h5", frames, further=with_mask(masks)), 4) as (_, found):
        assert np.array_equal(np.isnan(found.preview), masks[0] != 0)
        found.wish(mask=MaskRules(mask_path=MASK), view=ViewChoice((1,)))
        found.take(lambda event: event.view.places == (1,))
        assert np.array_equal(np.isnan(found.preview), masks[1] != 0)


@pytest.mark.parametrize(
    ("mask", "why"),
    [
        (BAD.T, r"\(80, 60\)"),
        (BAD.reshape(-1), r"\(4800,\)"),
        (np.empty((0, 0), "u4"), r"\(0, 0\)"),
        ("none", "does not hold numbers"),
        (h5py.ExternalLink("not-there.h5", "/mask"), "leads nowhere"),
        (np.stack([BAD] * 2), "none for frame 3"),
    ],
)
def test_a_mask_that_cannot_be_used_is_said_once_and_left_alone(tmp_path: Path, mask: Any, why: str) -> None:
    with shown(write(tmp_path / "a.h5", PLAIN, further=with_mask(mask)), 4) as (listener, found):
        assert not np.isnan(found.preview).any()
        assert found.event.lacks_mask
        found.wish(mask=MaskRules(mask_path=MASK), percentiles=(1.0, 99.0))
        found.take(lambda event: True)
        faults = [fault.message for fault in listener.all_of(Fault)]
        assert len(faults) == 1
        assert MASK in faults[0]
        assert re.search(why, faults[0])


def wait_for_maxima(listener: Listener, expected: list[float]) -> None:
    """Wait until the latest row of each index has this maximum."""

    def are_told(event: object) -> bool:
        found: dict[int, float] = {}
        for measured in listener.all_of(Measured):
            column = measured.columns.index("maximum")
            found.update({int(index): row[column] for index, row in zip(measured.indices, measured.values, strict=True)})
        return found == dict(enumerate(expected))

    if not are_told(None):
        listener.until(are_told)


@pytest.mark.parametrize("mask", [BAD, np.stack([BAD] * 4)])
def test_a_mask_whose_file_comes_later_is_used_from_then_on_and_for_what_was_measured(tmp_path: Path, mask: Frames) -> None:
    link = h5py.ExternalLink("later.h5", "/mask")
    with shown(write(tmp_path / "a.h5", PLAIN, further=with_mask(link)), 4) as (listener, found):
        assert found.event.lacks_mask
        assert not np.isnan(found.preview).any()
        listener.supervisor.send(Measure(listener.generation, 1, DATA))
        wait_for_maxima(listener, [60_000.0] * 4)
        with h5py.File(tmp_path / "being_written.h5", "w", libver="v110") as file:
            file["mask"] = mask
        (tmp_path / "being_written.h5").rename(tmp_path / "later.h5")
        found.take(lambda event: not event.lacks_mask)
        assert np.array_equal(np.isnan(found.preview), BAD != 0)
        assert found.event.statistics is not None
        assert found.event.statistics.maximum == 10
        wait_for_maxima(listener, [10.0] * 4)
        assert len(listener.all_of(Fault)) == 1


# ---- values that stand for no measurement

GAP, DEFECTIVE = 2**32 - 1, 2**32 - 2


def counted(dtype: str, gap: int, defective: int) -> Frames:
    frames = np.full((4, 60, 80), 7, dtype)
    frames[:, 0, :10], frames[:, 5, 5:8] = gap, defective
    return frames


def underload(detector: h5py.Group) -> None:
    detector["underload_value"] = 0


@pytest.mark.parametrize(("dtype", "further"), [("u4", lambda group: None), ("i4", underload), ("i2", underload)])
def test_dectris_two_marks_are_no_measurements(tmp_path: Path, dtype: str, further: Callable[[h5py.Group], object]) -> None:
    frames = counted(dtype, *((GAP, DEFECTIVE) if dtype == "u4" else (-1, -2)))
    with shown(write(tmp_path / "a.h5", frames, further=further), 4) as (listener, found):
        statistics, levels = found.event.statistics, found.event.levels
        assert statistics is not None
        assert levels is not None
        assert (statistics.maximum, statistics.n_masked, statistics.total) == (7, 13, 7 * (60 * 80 - 13))
        assert (levels.minimum, levels.maximum) == (7, 7)
        assert np.array_equal(np.isnan(found.preview), frames[3] != 7)
        assert np.array_equal(found.raw, frames[3])  # the file's own numbers
        listener.supervisor.send(Measure(listener.generation, 1, DATA))
        measured = listener.until_a(Measured)
        assert measured.values[:, measured.columns.index("n_masked")].tolist() == [13.0] * len(measured.indices)


def test_negative_numbers_are_measurements_where_the_file_tells_nothing(tmp_path: Path) -> None:
    with shown(write(tmp_path / "a.h5", counted("i4", -1, -2)), 4) as (_, found):
        assert found.event.statistics is not None
        assert found.event.statistics.n_masked == 0
        assert found.event.levels is not None
        assert found.event.levels.minimum == -2


def test_the_second_mark_is_a_count_where_the_detector_saturates_no_earlier(tmp_path: Path) -> None:
    def saturates(detector: h5py.Group) -> None:
        detector["saturation_value"] = np.uint32(DEFECTIVE)

    with shown(write(tmp_path / "a.h5", counted("u4", GAP, DEFECTIVE), further=saturates), 4) as (_, found):
        assert found.event.statistics is not None
        assert (found.event.statistics.n_masked, found.event.statistics.n_saturated) == (10, 3)
