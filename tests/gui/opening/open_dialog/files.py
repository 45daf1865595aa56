"""Inspections as the real one gives them, and a stand-in for the inspector that answers when the test says so."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import thumbnail_of
from swmr_viewer.core.inspection import Candidate, FileState, Inspection, TreeNode
from swmr_viewer.gui.opening.open_dialog import OpenDialog
from swmr_viewer.reader.messages import FollowRequest, Inspected, Previewed

KEYS, FRAMES, FLAG = "/entry/diamond_scan/keys/uniqueKeys", "/entry/eiger/data", "/entry/diamond_scan/scan_finished"


def group(path: str) -> TreeNode:
    return TreeNode(path, "group")


def dataset(path: str, shape: tuple[int, ...], dtype: str, maxshape: tuple[int | None, ...] | None = None, **other: Any) -> TreeNode:
    return TreeNode(path, "dataset", shape, shape if maxshape is None else maxshape, dtype, **other)


TREE = (
    group("/entry"),
    group("/entry/diamond_scan"),
    group("/entry/diamond_scan/keys"),
    dataset(KEYS, (20, 30), "int32", (None, None)),
    dataset("/entry/diamond_scan/keys/eiger", (20, 30), "int32"),
    dataset(FLAG, (1,), "int32"),
    group("/entry/nothing"),
    group("/entry/eiger"),
    dataset(FRAMES, (20, 30, 512, 256), "uint16", (None, None, 512, 256)),
    dataset("/entry/eiger/odd", (20, 30, 8), "uint16", filters=("LZF", "SZ3 (missing)")),
    dataset("/entry/eiger/total", (20, 30), "float64"),
    dataset("/entry/eiger/spectrum", (7, 30, 100), "float32"),
    dataset("/entry/uid", (20, 30, 1, 1), "uint64"),
    dataset("/entry/flat", (0, 512, 256), "uint16", (None, 512, 256)),
    dataset("/entry/other_scan", (5,), "int32"),
    dataset("/entry/title", (), "object"),
    TreeNode("/entry/link", "broken link", note="to other.h5"),
)


def inspection(path: str = "/data/scan.nxs", state: FileState = FileState.CLOSED, tree: tuple[TreeNode, ...] = TREE) -> Inspection:
    nodes = {node.path: node for node in tree}
    if KEYS not in nodes:
        return Inspection(path, state, tree)
    return Inspection(
        path,
        state,
        tree,
        keys=(Candidate(nodes[KEYS], 9, "named as GDA names it."),),
        data=(Candidate(nodes[FRAMES], 9, "the largest data set that fits the scan."),),
        finished=(Candidate(nodes[FLAG], 9, "one value."),),
        scan_shape=(20, 30),
        declared_scan_shape=(20, 30),
        key_paths=(KEYS,),
        data_paths=(FRAMES,),
        finished_path=FLAG,
    )


class FakeInspector(QObject):
    """Answers only when told to."""

    inspected = Signal(object)
    previewed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.previews: list[FollowRequest] = []
        self.stops = 0

    def inspect(self, path: str) -> int:
        self.asked.append(path)
        return len(self.asked)

    def preview(self, request: FollowRequest) -> int:
        self.previews.append(request)
        return len(self.previews)

    def stop(self) -> None:
        self.stops += 1

    def answer(self, found: Inspection | None, number: int | None = None, message: str = "", remedy: str = "", kind: str = "") -> None:
        self.inspected.emit(Inspected(number or len(self.asked), found, message, remedy, kind))

    def show_frame(self, frame: np.ndarray, number: int | None = None, index: int = 0, position: tuple[int, ...] = (0, 0)) -> None:
        """Answer a preview (the latest one) with this frame."""
        number = number or len(self.previews)
        self.previewed.emit(Previewed(number, self.previews[number - 1].data_paths[0], thumbnail_of(frame), index, position))

    def refuse_frame(self, message: str, remedy: str = "", kind: str = "FrameNotWrittenError", number: int | None = None) -> None:
        """Answer a preview (the latest one) with the reason why there is none."""
        number = number or len(self.previews)
        self.previewed.emit(Previewed(number, self.previews[number - 1].data_paths[0], None, None, (), message, remedy, kind))


def click_row(qtbot: QtBot, dialog: OpenDialog, path: str, *, double: bool = False, modifier: Qt.KeyboardModifier | None = None) -> None:
    view = dialog.tree.view
    index = dialog.tree.index_of(path)
    assert index.isValid()
    view.scrollTo(index)
    click = qtbot.mouseDClick if double else qtbot.mouseClick
    held = modifier or Qt.KeyboardModifier.NoModifier
    if double:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
    click(view.viewport(), Qt.MouseButton.LeftButton, held, view.visualRect(index).center())
