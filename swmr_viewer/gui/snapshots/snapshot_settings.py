"""How snapshots are written: the value that the panel edits, and its place in the user's settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from swmr_viewer.core.frozen import frozen
from swmr_viewer.export import FORMATS, PATTERN
from swmr_viewer.gui.look.settings import read_group, write_group

GROUP = "snapshots"


@frozen
class SnapshotSettings:
    """Where snapshots go, what they are called, and what is written."""

    folder: Path | None = None
    """None: it is asked at the first snapshot."""
    pattern: str = PATTERN
    formats: tuple[str, ...] = FORMATS
    """What does not fit a frame is left out: TIFF of a spectrum, CSV of an image."""
    has_title: bool = True
    """Whether the picture says which frame it is."""
    has_scale: bool = True
    """Whether the picture of an image says how large it is."""


def load_snapshot_settings() -> SnapshotSettings:
    """Return what the user chose, or the defaults; what cannot be understood is the default."""
    chosen = read_group(GROUP, SnapshotSettings())
    return replace(chosen, formats=tuple(name for name in FORMATS if name in chosen.formats))


def store_snapshot_settings(value: SnapshotSettings) -> None:
    """Remember this for the user."""
    write_group(GROUP, value)
