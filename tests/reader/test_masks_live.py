"""Masks from files and from the mouse, in the real reader: picture, levels, totals and regions leave out the same pixels."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pytest

from swmr_viewer.analysis import MaskRules, MaskShape, Region, read_mask_file, valid_mask
from swmr_viewer.core.errors import PathError
from swmr_viewer.export import write_mask
from swmr_viewer.reader.messages import Fault, Measure, Measured, PixelMaskRead
from tests.reader.test_kinds_of_frames import DATA, MASK, shown, write

SHAPE = (24, 36)
FRAMES = np.random.default_rng(5).poisson(20, (4, *SHAPE)).astype("u2")
OWN = np.zeros(SHAPE, bool)
OWN[3, 4:9] = OWN[20, 30] = True
LOADED = np.random.default_rng(6).random(SHAPE) < 0.1
SHAPES = (MaskShape("rectangle", ((10.0, 5.0), (20.0, 12.0))), MaskShape("ellipse", ((12.0, 6.0), (18.0, 11.0)), erases=True))
y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
DRAWN = LOADED.copy()
DRAWN[5:12, 10:20] = True
DRAWN[((x - 15) / 3) ** 2 + ((y - 8.5) / 2.5) ** 2 <= 1] = False


def with_mask(group: h5py.Group) -> None:
    group["pixel_mask"] = OWN.astype("u4")


@pytest.mark.parametrize("ending", ["npy", "tif", "edf"])
def test_what_was_written_is_read(tmp_path: Path, ending: str) -> None:
    pytest.importorskip("fabio")
    file = write_mask(LOADED, tmp_path / f"mask.{ending}")
    again = write_mask(~LOADED, tmp_path / f"mask.{ending}")
    assert (file.name, again.name) == (f"mask.{ending}", f"mask-2.{ending}")
    assert np.array_equal(read_mask_file(str(file)), LOADED)
    assert np.array_equal(read_mask_file(str(again)), ~LOADED)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.npy", b"\x93NUMPY\x01\x00 nonsense", "cannot be read"),
        ("pickled.npy", None, "cannot be read"),
        ("cube.npy", np.zeros((3, 4, 5)), "no image of numbers"),
        ("words.npy", np.array([["a", "b"]] * 2), "no image of numbers"),
        ("a.tif", b"II*\x00 nonsense", "cannot be read"),
        ("a.edf", b"{ nonsense", "cannot be read"),
        ("none.npy", b"", "cannot be read"),
    ],
)
def test_other_files_are_refused_in_a_sentence(tmp_path: Path, name: str, content: Any, said: str) -> None:
    file = tmp_path / name
    if content is None:
        np.save(file, np.array([[{}]], dtype=object), allow_pickle=True)
    elif isinstance(content, bytes):
        file.write_bytes(content)
    else:
        np.save(file, content)
    with pytest.raises(PathError, match=said):
        read_mask_file(str(file))


def test_without_fabio_a_sentence_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fabio", None)
    with pytest.raises(PathError) as told:
        read_mask_file(str(write_mask(LOADED, tmp_path / "mask.edf")))
    assert "pip install 'swmr-viewer[files]'" in str(told.value)


def test_all_masks_count_together_in_pictures_and_numbers(tmp_path: Path) -> None:
    scan = write(tmp_path / "scan.h5", FRAMES, further=with_mask)
    file = write_mask(LOADED, tmp_path / "mask.npy")
    small = write_mask(LOADED[:4], tmp_path / "small.npy")
    rules = MaskRules(mask_path=MASK, above=28, below=14, mask_file=str(file), drawn=SHAPES)

    def valid(frame: npt.NDArray[Any], masked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        return (frame <= 28) & (frame >= 14) & ~masked

    with shown(scan, 4) as (listener, found):
        found.wish(mask=rules)
        good = valid(FRAMES, OWN | DRAWN)
        found.take(lambda event: event.statistics is not None and event.statistics.n_masked == (~good[3]).sum())
        assert np.array_equal(~np.isnan(found.preview), good[3])
        assert found.event.statistics.total == FRAMES[3][good[3]].sum()
        assert not found.event.lacks_mask
        told = [event for event in listener.events if isinstance(event, PixelMaskRead)][-1]
        assert told.mask_path == rules.mask_key
        assert np.array_equal(told.mask(), OWN | DRAWN)
        listener.supervisor.send(Measure(listener.generation, 1, DATA, (Region("A", "rectangle", ((8.0, 2.0), (30.0, 20.0))),)))
        rows: dict[int, Any] = {}
        while len(rows) < 4:
            measured = listener.until_a(Measured)
            rows.update(zip(measured.indices.tolist(), measured.values, strict=True))
        column = measured.columns.index("A.sum")
        assert [rows[index][column] for index in range(4)] == [FRAMES[i, 2:20, 8:30][good[i, 2:20, 8:30]].sum() for i in range(4)]
        found.wish(mask=MaskRules(mask_path=MASK, mask_file=str(small)))
        found.take(lambda event: event.lacks_mask)
        assert found.event.statistics.n_masked == OWN.sum()  # what does fit counts
        assert any("(4, 36)" in event.message for event in listener.events if isinstance(event, Fault))
        found.wish(mask=rules)  # and back: the window must be told again
        found.take(lambda event: not event.lacks_mask)
        assert [event.mask_path for event in listener.events if isinstance(event, PixelMaskRead)][-1] == rules.mask_key
        assert np.array_equal(valid_mask(found.raw, rules, OWN | DRAWN), good[3])
