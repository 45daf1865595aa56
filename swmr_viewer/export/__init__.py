"""A snapshot -> files: pure functions over arrays and metadata."""

from swmr_viewer.export.snapshot import FORMATS, Snapshot, stem_of, write_snapshot

__all__ = ["FORMATS", "Snapshot", "stem_of", "write_snapshot"]
