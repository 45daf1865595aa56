"""Key datasets: which keys are set, found while they are being written; and what stands in where there are none."""

from swmr_viewer.core.keys.endings import FileWatch, FinishedFlags, ReplacementWatch
from swmr_viewer.core.keys.extent import BOOK_KEEPING, SCAN_SHAPE_NAME
from swmr_viewer.core.keys.handout import ArrivalOrder, KeyChanges, ScanOrder, UnreportedChanges
from swmr_viewer.core.keys.key_dataset import KeyDataset
from swmr_viewer.core.keys.key_paths import KeyPaths
from swmr_viewer.core.keys.keyset import KeySet

__all__ = [
    "BOOK_KEEPING",
    "SCAN_SHAPE_NAME",
    "ArrivalOrder",
    "FileWatch",
    "FinishedFlags",
    "KeyChanges",
    "KeyDataset",
    "KeyPaths",
    "KeySet",
    "ReplacementWatch",
    "ScanOrder",
    "UnreportedChanges",
]
