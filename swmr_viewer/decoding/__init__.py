"""Raw chunks to pixels past HDF5's lock: read by h5py as they stand in the file, decoded in pieces on a few threads."""

from swmr_viewer.decoding.alone import decoding_alone, lock_kept
from swmr_viewer.decoding.chunk_reader import ChunkReader
from swmr_viewer.decoding.crew import share
from swmr_viewer.decoding.parts import PIECE_BYTES
from swmr_viewer.decoding.shelf import kept_bytes

__all__ = ["PIECE_BYTES", "ChunkReader", "decoding_alone", "kept_bytes", "lock_kept", "share"]
