"""What runs in the reader process; the parent starts its entry, and imports nothing else of it."""

from swmr_viewer.reader.child.entry import run_reader

__all__ = ["run_reader"]
