"""Data sets: where pixels come from, of any layout, and whether they have been written."""

from swmr_viewer.core.data.joined import JoinedSource
from swmr_viewer.core.data.kept import kept_bytes
from swmr_viewer.core.data.layout import FrameSelector, Index, layout_of
from swmr_viewer.core.data.mapping import IrregularMappingError
from swmr_viewer.core.data.numbers import Numbers, SharedSources
from swmr_viewer.core.data.opening_data import DataPath, open_data, open_one
from swmr_viewer.core.data.origins import files_named_by, other_files_of
from swmr_viewer.core.data.pieces import Note, Notes, NotThereYetError, PartNotThereYetError, Piece, read_piece, shape_of
from swmr_viewer.core.data.reading_cost import cost_of_chunks, window_of
from swmr_viewer.core.data.refreshing import Refresher, can_refresh, n_open_datasets
from swmr_viewer.core.data.selections import Box, Region, boxes_of
from swmr_viewer.core.data.sequence import SequenceSource
from swmr_viewer.core.data.source_files import cost_of_sources, most_open_files
from swmr_viewer.core.data.sources import Source, StoredSource, interpretation_of
from swmr_viewer.core.data.stored import FileEnd, chunk_offsets, is_allocated, is_whole
from swmr_viewer.core.data.unwritten import FrameErrors, fill_offsets, is_shared_fill, may_be_unwritten
from swmr_viewer.core.data.virtual import VirtualSource, declared_extent

__all__ = [
    "Box",
    "DataPath",
    "FileEnd",
    "FrameErrors",
    "FrameSelector",
    "Index",
    "IrregularMappingError",
    "JoinedSource",
    "NotThereYetError",
    "Note",
    "Notes",
    "Numbers",
    "PartNotThereYetError",
    "Piece",
    "Refresher",
    "Region",
    "SequenceSource",
    "SharedSources",
    "Source",
    "StoredSource",
    "VirtualSource",
    "boxes_of",
    "can_refresh",
    "chunk_offsets",
    "cost_of_chunks",
    "cost_of_sources",
    "declared_extent",
    "files_named_by",
    "fill_offsets",
    "interpretation_of",
    "is_allocated",
    "is_shared_fill",
    "is_whole",
    "kept_bytes",
    "layout_of",
    "may_be_unwritten",
    "most_open_files",
    "n_open_datasets",
    "open_data",
    "open_one",
    "other_files_of",
    "read_piece",
    "shape_of",
    "window_of",
]
