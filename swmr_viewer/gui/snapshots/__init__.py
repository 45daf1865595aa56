"""Taking frames home: files, bursts, the clipboard."""

from swmr_viewer.gui.snapshots.burst import Burst
from swmr_viewer.gui.snapshots.clipboard import Clipboard
from swmr_viewer.gui.snapshots.snapshot_panel import SnapshotPanel
from swmr_viewer.gui.snapshots.snapshots import Snapshots

__all__ = ["Burst", "Clipboard", "SnapshotPanel", "Snapshots"]
