"""A snapshot -> files: pure functions over arrays and metadata."""

from swmr_viewer.export.frame_file_process import FrameFileProcess
from swmr_viewer.export.mask_file import MASK_ENDINGS, write_mask
from swmr_viewer.export.placing import FIELDS, PATTERN, part_path, place_together, place_written, stem_of
from swmr_viewer.export.snapshot import FORMATS, Snapshot, description_of, fitting, write_snapshot
from swmr_viewer.export.table_writing import TableBlock, TableColumn, TableLayout, TableProcess, blocks_of
from swmr_viewer.export.tables import exact_text, matrix, table

__all__ = [
    "FIELDS",
    "FORMATS",
    "MASK_ENDINGS",
    "PATTERN",
    "FrameFileProcess",
    "Snapshot",
    "TableBlock",
    "TableColumn",
    "TableLayout",
    "TableProcess",
    "blocks_of",
    "description_of",
    "exact_text",
    "fitting",
    "matrix",
    "part_path",
    "place_together",
    "place_written",
    "stem_of",
    "table",
    "write_mask",
    "write_snapshot",
]
