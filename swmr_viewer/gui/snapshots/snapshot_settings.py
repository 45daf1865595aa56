"""How snapshots are written: the value that the panel edits, and its place in the user's settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from swmr_viewer.export import FORMATS, PATTERN
from swmr_viewer.gui.look.settings import settings

GROUP = "snapshots"


@dataclass(frozen=True, slots=True)
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
    stored, default = settings(), SnapshotSettings()
    stored.beginGroup(GROUP)
    folder = str(stored.value("folder", "") or "")
    known = str(stored.value("formats", ",".join(FORMATS)) or "").split(",")
    return SnapshotSettings(
        Path(folder) if folder else None,
        str(stored.value("pattern", default.pattern) or default.pattern),
        tuple(one for one in FORMATS if one in known),
        stored.value("has_title", "true") in (True, "true"),
        stored.value("has_scale", "true") in (True, "true"),
    )


def store_snapshot_settings(value: SnapshotSettings) -> None:
    """Remember this for the user."""
    stored = settings()
    stored.beginGroup(GROUP)
    stored.setValue("folder", str(value.folder or ""))
    stored.setValue("pattern", value.pattern)
    stored.setValue("formats", ",".join(value.formats))
    stored.setValue("has_title", "true" if value.has_title else "false")
    stored.setValue("has_scale", "true" if value.has_scale else "false")
