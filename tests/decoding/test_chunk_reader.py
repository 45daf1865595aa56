"""Boxes read by raw chunks hold what h5py reads: filter by filter, type by type, shape by shape."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import hdf5plugin
import numpy as np
import numpy.typing as npt
import pytest

from swmr_viewer.decoding import PIECE_BYTES, ChunkReader, decoding_alone, kept_bytes
from swmr_viewer.decoding.overlaps import Box
from swmr_viewer.decoding.parts import Part
from swmr_viewer.decoding.target import Target

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the decoders' libraries show no functions there: h5py decodes")

FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    "bitshuffle-lz4": {**hdf5plugin.Bitshuffle(cname="lz4")},
    "bitshuffle-zstd": {**hdf5plugin.Bitshuffle(cname="zstd")},
    "lz4": {**hdf5plugin.LZ4()},
    "lz4 in blocks of 512": {**hdf5plugin.LZ4(nbytes=512)},
    "zstd": {**hdf5plugin.Zstd()},
    "blosc": {**hdf5plugin.Blosc(cname="lz4")},
    "blosc without shuffle": {**hdf5plugin.Blosc(cname="zstd", shuffle=hdf5plugin.Blosc.NOSHUFFLE)},
    "blosc with bitshuffle": {**hdf5plugin.Blosc(cname="blosclz", shuffle=hdf5plugin.Blosc.BITSHUFFLE)},
    "blosc that copies": {**hdf5plugin.Blosc(clevel=0)},
    "gzip": {"compression": "gzip"},
    "gzip and shuffle": {"compression": "gzip", "shuffle": True},
    "lzf": {"compression": "lzf"},
    "lzf and shuffle": {"compression": "lzf", "shuffle": True},
    "lz4 and shuffle": {"shuffle": True, **hdf5plugin.LZ4()},
    "bitshuffle-lz4 in blocks of 64": {**hdf5plugin.Bitshuffle(nelems=64, cname="lz4")},
}
TYPES = [
    "u1",
    "<u2",
    ">u2",
    "<u4",
    ">u4",
    "<u8",
    ">u8",
    "i1",
    "<i2",
    ">i2",
    "<i4",
    "<i8",
    "<f2",
    "<f4",
    ">f4",
    "<f8",
    ">f8",
    "<c8",
    "c16",
    "?",
]
LAYOUTS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "frame by frame": ((3, 37, 53), (1, 37, 53)),
    "several frames in a chunk": ((7, 11, 13), (3, 11, 13)),
    "rows": ((2, 37, 53), (1, 8, 53)),
    "tiles": ((2, 37, 53), (1, 16, 20)),
    "spectra": ((9, 41), (4, 41)),
    "numbers": ((100,), (32,)),
    "grid": ((3, 4, 10, 12), (1, 2, 4, 5)),
}


@pytest.fixture(autouse=True)
def all_chunks_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read small chunks here, too: tests go faster with them."""
    for name in ("_WORTH_BYTES", "_WORTH_PLAIN_BYTES"):
        monkeypatch.setattr(f"swmr_viewer.decoding.chunk_reader.{name}", 0)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[h5py.File]:
    with h5py.File(tmp_path / "chunks.h5", "w", libver="v110") as file:
        yield file


def values(shape: tuple[int, ...], dtype: str) -> npt.NDArray[Any]:
    rng = np.random.default_rng(len(shape))
    return (rng.poisson(3, shape) + rng.integers(0, 2, shape) * 1000).astype(dtype)


def written(file: h5py.File, shape: tuple[int, ...], chunks: tuple[int, ...], dtype: str, filters: dict[str, Any]) -> h5py.Dataset:
    dataset = file.create_dataset("data", data=values(shape, dtype), chunks=chunks, **filters)
    file.flush()
    return dataset


def boxes(shape: tuple[int, ...]) -> Iterator[Box]:
    """Yield all of it, each frame, and boxes that begin and end anywhere."""
    yield tuple((0, n) for n in shape)
    for index in range(shape[0]):
        yield ((index, index + 1), *((0, n) for n in shape[1:]))
    rng = np.random.default_rng(0)
    for _ in range(12):
        ends = [sorted(int(one) for one in rng.choice(n + 1, 2, replace=False)) for n in shape]
        yield tuple((start, stop) for start, stop in ends)


def assert_reads_as_h5py(dataset: h5py.Dataset) -> None:
    reader = ChunkReader(dataset)
    assert reader.is_usable
    for box in boxes(dataset.shape):
        expected = dataset[tuple(slice(*ends) for ends in box)]
        out = np.zeros(expected.shape, dataset.dtype)
        if not reader.read(box, out):
            assert not dataset.id.get_create_plist().get_nfilters()
            continue
        assert out.tobytes() == expected.tobytes(), box


@pytest.mark.parametrize("filters", FILTERS)
def test_each_filter_and_type_reads_as_by_h5py(file: h5py.File, filters: str) -> None:
    for number, dtype in enumerate(TYPES):
        dataset = file.create_dataset(f"data{number}", data=values((2, 37, 53), dtype), chunks=(1, 30, 53), **FILTERS[filters])
        reader = ChunkReader(dataset)
        assert reader.is_usable
        for rows in ((0, 30), (30, 37)) if FILTERS[filters] else ((0, 30),):
            out = np.zeros((1, rows[1] - rows[0], 53), dataset.dtype)
            assert reader.read(((1, 2), rows, (0, 53)), out), dtype
            assert out.tobytes() == dataset[1:2, slice(*rows)].tobytes(), dtype


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_filter_and_layout_reads_as_by_h5py(file: h5py.File, filters: str, layout: str) -> None:
    assert_reads_as_h5py(written(file, *LAYOUTS[layout], "<u2", FILTERS[filters]))


LARGE = {
    "whole": ((1, 700, 800), (1, 700, 800)),
    "halves": ((1, 700, 801), (1, 350, 801)),
    "two thirds": ((1, 700, 800), (1, 467, 800)),
    "tiles": ((1, 900, 900), (1, 300, 500)),
}


@pytest.mark.parametrize("filters", ["bitshuffle-lz4", "lz4 in blocks of 512", "zstd", "blosc", "gzip and shuffle", "none"])
@pytest.mark.parametrize("layout", LARGE)
def test_large_frames_are_shared_among_threads(file: h5py.File, filters: str, layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swmr_viewer.decoding.crew._n_helpers", lambda: 3)
    shape, chunks = LARGE[layout]
    dataset = written(file, shape, chunks, "<u4", FILTERS[filters])
    reader = ChunkReader(dataset)
    for _ in range(2):
        out = np.zeros(shape, "<u4")
        notes = Notes(out)
        if not reader.read(tuple((0, n) for n in shape), out, notes):
            assert filters == "none"
            assert layout in ("two thirds", "tiles")
            return
        assert (out == dataset[()]).all()
        notes.assert_each_once_and_final()


@pytest.mark.parametrize("filters", ["bitshuffle-lz4", "blosc"])
def test_a_thread_that_decodes_alone_takes_a_whole_chunk_at_once(file: h5py.File, filters: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    fill = Target.fill

    def counted(target: Target, shift: int, part: Part, first: int, last: int) -> None:
        lengths.append(part.stop - part.start)
        fill(target, shift, part, first, last)

    monkeypatch.setattr(Target, "fill", counted)
    dataset = written(file, (1, 700, 801), (1, 700, 801), "<u4", FILTERS[filters])
    out = np.zeros(dataset.shape, "<u4")
    for box in boxes(dataset.shape):
        part = np.zeros(tuple(stop - start for start, stop in box), "<u4")
        with decoding_alone(threading.Lock()):
            assert ChunkReader(dataset).read(box, part)
        assert (part == dataset[tuple(slice(*along) for along in box)]).all()
    lengths.clear()
    with decoding_alone(threading.Lock()):
        assert ChunkReader(dataset).read(tuple((0, n) for n in dataset.shape), out)
    assert (out == dataset[()]).all()
    assert max(lengths) > 0.9 * out.nbytes
    assert sum(lengths) == out.nbytes


class Notes:
    """Keeps what was final when it was said to be."""

    def __init__(self, out: npt.NDArray[Any]) -> None:
        self._flat = out.reshape(-1)
        self.parts: dict[int, npt.NDArray[Any]] = {}

    def __call__(self, start: int, stop: int) -> None:
        assert start not in self.parts
        self.parts[start] = self._flat[start:stop].copy()

    def assert_each_once_and_final(self) -> None:
        assert max(part.nbytes for part in self.parts.values()) <= 2 * PIECE_BYTES
        told = [self.parts[start] for start in sorted(self.parts)]
        assert [0, *np.cumsum([len(one) for one in told])] == [*sorted(self.parts), self._flat.size]
        assert (np.concatenate(told) == self._flat).all()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_noted_is_final_and_covers_all_once(file: h5py.File, layout: str) -> None:
    dataset = written(file, *LAYOUTS[layout], ">u4", FILTERS["bitshuffle-lz4"])
    for box in boxes(dataset.shape):
        out = np.zeros(tuple(stop - start for start, stop in box), "<u4")
        notes = Notes(out)
        assert ChunkReader(dataset).read(box, out, notes)
        notes.assert_each_once_and_final()


def test_an_error_of_who_is_told_is_raised(file: h5py.File) -> None:
    dataset = written(file, (1, 700, 800), (1, 700, 800), "<u4", FILTERS["bitshuffle-lz4"])
    out = np.zeros((1, 700, 800), "<u4")

    def fail(start: int, stop: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ChunkReader(dataset).read(((0, 1), (0, 700), (0, 800)), out, fail)


@pytest.mark.parametrize("dtype", ["<u2", ">u2", ">f8", ">c8"])
@pytest.mark.parametrize("layout", ["frame by frame", "tiles"])
def test_bytes_are_swapped_where_the_array_asks_for_it(file: h5py.File, dtype: str, layout: str) -> None:
    dataset = written(file, *LAYOUTS[layout], dtype, FILTERS["bitshuffle-lz4"])
    out = np.zeros(dataset.shape, dataset.dtype.newbyteorder())
    assert ChunkReader(dataset).read(tuple((0, n) for n in dataset.shape), out)
    assert (out == dataset[()]).all()


def test_a_chunk_is_whole_also_where_it_reaches_beyond_the_extent(file: h5py.File) -> None:
    dataset = written(file, (7, 11, 13), (3, 11, 13), "<u2", FILTERS["bitshuffle-lz4"])
    reader = ChunkReader(dataset)
    chunk = reader.chunk((6, 0, 0))
    assert chunk is not None
    assert chunk.shape == (3, 11, 13)
    assert (chunk[:1] == dataset[6:]).all()
    assert (reader.chunk((3, 0, 0)) == dataset[3:6]).all()


def test_a_filter_that_was_left_out_of_a_chunk_is_not_undone(file: h5py.File) -> None:
    dataset = file.create_dataset("data", (2, 16, 16), "<u2", chunks=(1, 16, 16), **FILTERS["bitshuffle-lz4"])
    frame = values((16, 16), "<u2")
    dataset.id.write_direct_chunk((0, 0, 0), frame.tobytes(), filter_mask=1)
    dataset[1] = frame
    out = np.zeros((2, 16, 16), "<u2")
    assert ChunkReader(dataset).read(((0, 2), (0, 16), (0, 16)), out)
    assert (out == frame).all()


def test_several_threads_read_by_one_reader(file: h5py.File) -> None:
    dataset = written(file, (8, 200, 300), (1, 200, 300), "<u4", FILTERS["bitshuffle-lz4"])
    expected, reader, wrong = dataset[()], ChunkReader(dataset), []

    def read(first: int) -> None:
        out = np.zeros((1, 200, 300), "<u4")
        for index in [*range(first, 8), *range(first)] * 3:
            if not reader.read(((index, index + 1), (0, 200), (0, 300)), out) or (out[0] != expected[index]).any():
                wrong.append(index)

    threads = [threading.Thread(target=read, args=(first,)) for first in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong


def test_the_handle_is_not_kept(file: h5py.File) -> None:
    """A second handle on a data set reads stale chunks after a refresh: there must be none by us."""
    dataset = written(file, (2, 16, 16), (1, 16, 16), "<u2", FILTERS["bitshuffle-lz4"])
    reader = ChunkReader(dataset)
    first = dataset.id
    h5py.Dataset.__init__(dataset, h5py.h5d.open(file.id, b"data"))
    del first
    assert h5py.h5f.get_obj_count(file.id, h5py.h5f.OBJ_DATASET) == 1
    assert (reader.chunk((1, 0, 0)) == dataset[1:2]).all()


def test_buffers_are_counted_as_long_as_they_are_kept(tmp_path: Path) -> None:
    before = kept_bytes()
    with h5py.File(tmp_path / "data.h5", "w") as file:
        values = np.arange(1 << 16, dtype="u4").reshape(256, 256)
        dataset = file.create_dataset("data", data=values, chunks=values.shape, **hdf5plugin.Bitshuffle())
        file.flush()
        reader = ChunkReader(dataset)
        assert reader.read(((0, 256), (0, 256)), np.empty((256, 256), "u4"))
        assert kept_bytes() - before > 1 << 18, "the raw chunk's, which has room for one that does not shrink"
        del reader
    assert kept_bytes() == before
