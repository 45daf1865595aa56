"""A stand-in for the inspector that answers when the test says so."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import thumbnail_of
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.reader.messages import FollowRequest, Inspected, Previewed


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

    def refuse_frame(
        self, message: str, remedy: str = "", kind: FailureKind = FailureKind.FRAME_NOT_WRITTEN, number: int | None = None
    ) -> None:
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
