"""What is not known, or not as it should be, is left to h5py."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import hdf5plugin
import numpy as np
import pytest

from swmr_viewer.core.errors import FrameUnreadableError
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.decoding import ChunkReader
from swmr_viewer.decoding.parts import DamagedChunkError
from tests.decoding.changed_bytes import FILTERS

BITSHUFFLE = {**hdf5plugin.Bitshuffle(cname="lz4")}
WHOLE = ((0, 2), (0, 16), (0, 16))
FIRST = ((0, 1), (0, 16), (0, 16))


@pytest.fixture
def file(tmp_path: Path) -> Iterator[h5py.File]:
    with h5py.File(tmp_path / "others.h5", "w", libver="v110") as file:
        yield file


@pytest.mark.parametrize(
    "kind",
    [
        {"dtype": "u2"},
        {"dtype": "u2", "chunks": (1, 16, 16), "scaleoffset": 4},
        {"dtype": "u2", "chunks": (1, 16, 16), **hdf5plugin.BZip2()},
        {"dtype": "S3", "chunks": (1, 16, 16)},
        {"dtype": h5py.string_dtype(), "chunks": (1, 16, 16)},
        {"dtype": [("a", "u2"), ("b", "u2")], "chunks": (1, 16, 16)},
        {"dtype": h5py.opaque_dtype(np.dtype("M8[s]")), "chunks": (1, 16, 16)},
    ],
)
def test_other_kinds_are_not_usable(file: h5py.File, kind: dict[str, Any]) -> None:
    assert not ChunkReader(file.create_dataset("data", (2, 16, 16), **kind)).is_usable


def test_a_type_of_fewer_bits_than_its_bytes_hold_is_not_usable(file: h5py.File) -> None:
    twelve_bits = h5py.h5t.STD_U16LE.copy()
    twelve_bits.set_precision(12)
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((1, 16, 16))
    identifier = h5py.h5d.create(file.id, b"data", twelve_bits, h5py.h5s.create_simple((2, 16, 16)), properties)
    assert not ChunkReader(h5py.Dataset(identifier)).is_usable


def test_virtual_and_scalar_data_sets_are_not_usable(file: h5py.File) -> None:
    source = file.create_dataset("source", (2, 16, 16), "u2", chunks=(1, 16, 16))
    layout = h5py.VirtualLayout((2, 16, 16), "u2")
    layout[...] = h5py.VirtualSource(source)
    assert not ChunkReader(file.create_virtual_dataset("virtual", layout)).is_usable
    assert not ChunkReader(file.create_dataset("scalar", data=1)).is_usable


@pytest.mark.parametrize("written", [0, 1])
def test_a_chunk_that_does_not_exist_is_not_read(file: h5py.File, written: int) -> None:
    dataset = file.create_dataset("data", (2, 16, 16), "u2", chunks=(1, 16, 16), **BITSHUFFLE)
    dataset[1 : 1 + written] = 1
    file.flush()
    assert not ChunkReader(dataset).read(FIRST, np.zeros((1, 16, 16), "u2"))
    assert ChunkReader(dataset).chunk((0, 0, 0)) is None


@pytest.mark.parametrize(
    "out", [np.zeros((2, 16, 15), "u2"), np.zeros((2, 16, 16), "i2"), np.zeros((2, 16, 16), "u4"), np.zeros((2, 16, 16), "u2", order="F")]
)
def test_an_array_that_does_not_fit_is_not_filled(file: h5py.File, out: Any) -> None:
    dataset = file.create_dataset("data", data=np.ones((2, 16, 16), "u2"), chunks=(2, 16, 16), **BITSHUFFLE)
    assert not ChunkReader(dataset).read(WHOLE, out)
    assert not out.any()


@pytest.mark.parametrize("n_bytes", [512, 5000])
def test_a_chunk_of_another_length_is_not_read(file: h5py.File, n_bytes: int) -> None:
    dataset = file.create_dataset("data", (2, 16, 16), "u2", chunks=(1, 16, 16), **BITSHUFFLE)
    dataset.id.write_direct_chunk((0, 0, 0), bytes(n_bytes))
    assert not ChunkReader(dataset).read(FIRST, np.zeros((1, 16, 16), "u2"))


@pytest.mark.parametrize("n_bytes", [1, 11])
def test_a_chunk_that_is_shorter_than_its_header_is_refused(file: h5py.File, n_bytes: int) -> None:
    dataset = file.create_dataset("data", (2, 16, 16), "u2", chunks=(1, 16, 16), **BITSHUFFLE)
    dataset.id.write_direct_chunk((0, 0, 0), bytes(n_bytes))
    with pytest.raises(DamagedChunkError, match="does not decode to the 512 bytes"):
        ChunkReader(dataset).read(FIRST, np.zeros((1, 16, 16), "u2"))


@pytest.mark.parametrize("n_bytes", [16, 20, 511, 513, 600])
def test_a_chunk_that_says_to_be_of_another_length_is_refused(file: h5py.File, n_bytes: int) -> None:
    dataset = file.create_dataset("data", (2, 16, 16), "u2", chunks=(1, 16, 16), **BITSHUFFLE)
    dataset.id.write_direct_chunk((0, 0, 0), bytes(n_bytes))
    with pytest.raises(DamagedChunkError, match="holds 0 bytes, and should hold 512"):
        ChunkReader(dataset).read(FIRST, np.zeros((1, 16, 16), "u2"))


@pytest.mark.skipif(sys.platform == "win32", reason="these decoders are not to be had there")
@pytest.mark.parametrize("name", FILTERS)
def test_a_chunk_with_fewer_numbers_is_unreadable_and_not_filled_up_from_memory(file: h5py.File, name: str) -> None:
    """HDF5 takes what lies in memory behind them for pixels, without a word: other ones each time."""
    frames = np.arange(1, 2 * 40 * 40 + 1, dtype="u4").reshape(2, 40, 40)
    data = file.create_dataset("data", data=frames, chunks=(1, 40, 40), **FILTERS[name])
    smaller = file.create_dataset("smaller", data=frames[:, :24], chunks=(1, 24, 40), **FILTERS[name])
    file.flush()
    data.id.write_direct_chunk((1, 0, 0), smaller.id.read_direct_chunk((0, 0, 0))[1])
    grabber = FrameGrabber(file, "data")
    np.testing.assert_array_equal(grabber.grab(0), frames[0])
    with pytest.raises(FrameUnreadableError, match=r"cannot be read: a chunk of it .* 6,400"):
        grabber.grab(1)


@pytest.mark.skipif(sys.platform == "win32", reason="these decoders are not to be had there")
@pytest.mark.parametrize("name", FILTERS)
def test_a_chunk_that_cannot_be_decoded_is_unreadable(file: h5py.File, name: str) -> None:
    """HDF5's filter for Zstandard looks at no error of the library, and returns memory that nobody wrote to."""
    frames = np.random.default_rng(0).poisson(3, (2, 40, 40)).astype("u4")
    data = file.create_dataset("data", data=frames, chunks=(1, 40, 40), **FILTERS[name])
    file.flush()
    chunk = bytearray(data.id.read_direct_chunk((1, 0, 0))[1])
    chunk[len(chunk) // 3 :] = b"\xff" * (len(chunk) - len(chunk) // 3)
    data.id.write_direct_chunk((1, 0, 0), bytes(chunk))
    grabber = FrameGrabber(file, "data")
    np.testing.assert_array_equal(grabber.grab(0), frames[0])
    with pytest.raises(FrameUnreadableError):
        grabber.grab(1)


NO_COMPRESSION = {
    "shuffle": {"shuffle": True},
    "bitshuffle": {**hdf5plugin.Bitshuffle(cname="none")},
    "bitshuffle that compresses by nobody knows what": {"compression": 32008, "compression_opts": (0, 1)},
    "both": {"shuffle": True, **hdf5plugin.Bitshuffle(cname="none")},
}


@pytest.mark.parametrize("name", NO_COMPRESSION)
@pytest.mark.parametrize("n_bytes", [160, 6392, 6408])
def test_a_chunk_of_another_length_is_unreadable_though_h5py_alone_undoes_its_filters(file: h5py.File, name: str, n_bytes: int) -> None:
    frames = np.arange(1, 3 * 40 * 40 + 1, dtype="u4").reshape(3, 40, 40)
    data = file.create_dataset("data", data=frames, chunks=(1, 40, 40), **NO_COMPRESSION[name])
    data.id.write_direct_chunk((1, 0, 0), (bytes(range(1, 161)) * 41)[:n_bytes])
    file.flush()
    assert not ChunkReader(data).is_usable
    grabber = FrameGrabber(file, "data")
    np.testing.assert_array_equal(grabber.grab(0), frames[0])
    np.testing.assert_array_equal(grabber.grab(2), frames[2])
    with pytest.raises(FrameUnreadableError, match=f"cannot be read: a chunk of it holds {n_bytes:,} bytes, and should hold 6,400"):
        grabber.grab(1)


def test_many_small_chunks_are_left_to_h5py_and_one_is_not(file: h5py.File) -> None:
    dataset = file.create_dataset("data", data=np.ones((4, 16, 16), "u2"), chunks=(1, 16, 16), compression="gzip")
    file.flush()
    assert not ChunkReader(dataset).read(((0, 4), (0, 16), (0, 16)), np.zeros((4, 16, 16), "u2"))
    out = np.zeros((1, 16, 16), "u2")
    assert ChunkReader(dataset).read(((0, 1), (0, 16), (0, 16)), out) or sys.platform == "win32"
    assert ChunkReader(dataset).read(((0, 1), (3, 8), (0, 16)), out[:, :5]) or sys.platform == "win32"


@pytest.mark.skipif(sys.platform == "win32", reason="these decoders are not to be had there")
def test_small_chunks_whose_damage_h5py_does_not_notice_are_not_left_to_it(file: h5py.File) -> None:
    frames = np.arange(4 * 16 * 16, dtype="u2").reshape(4, 16, 16)
    dataset = file.create_dataset("data", data=frames, chunks=(1, 8, 16), **hdf5plugin.Zstd())
    file.flush()
    grabber = FrameGrabber(file, "data")
    np.testing.assert_array_equal(grabber.grab(1), frames[1])
    dataset.id.write_direct_chunk((1, 8, 0), b"\xff" * 40)
    with pytest.raises(FrameUnreadableError, match="a chunk of it does not decode"):
        grabber.grab(1)


@pytest.mark.parametrize("block_bytes", [0, 8, 32])
def test_tiny_blocks_are_left_to_h5py(file: h5py.File, block_bytes: int) -> None:
    """They would keep Python busy: a file can ask for two million of them in a frame."""
    dataset = file.create_dataset("data", data=np.ones((1, 16, 16), "u2"), chunks=(1, 16, 16), **hdf5plugin.LZ4())
    file.flush()
    _, chunk = dataset.id.read_direct_chunk((0, 0, 0))
    dataset.id.write_direct_chunk((0, 0, 0), chunk[:8] + block_bytes.to_bytes(4, "big") + b"\0\0\0\2aa" * 300)
    assert not ChunkReader(dataset).read(FIRST, np.zeros((1, 16, 16), "u2"))
