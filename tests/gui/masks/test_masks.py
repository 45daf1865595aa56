"""A mask of one's own, by mouse and keyboard: drawn, erased, undone, loaded, saved, kept; and limits on both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import MaskRules, MaskShape, drawn_mask
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor
from tests.gui.measuring.test_measuring import at, drag

Start = Callable[..., tuple[Assembly, FakeSupervisor]]
CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
PATH = "/entry/scan_1/eiger/data"
MASK_PATH = "/entry/eiger/pixel_mask"


def rules_sent(reader: FakeSupervisor) -> MaskRules:
    return reader.sent(m.SetDisplay)[-1].mask


def say_mask(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, mask: np.ndarray) -> None:
    key = viewer.window.display.settings.mask.mask_key
    assert key is not None
    with qtbot.waitSignal(viewer.session.pixel_mask_read):
        reader.say(m.PixelMaskRead(reader.generation, PATH, key, mask.shape, np.packbits(mask).tobytes()))


def places(shape: MaskShape) -> Any:
    return np.round(np.array(shape.points)).tolist()


def test_a_mask_is_drawn_erased_undone_saved_and_kept(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    viewer, reader = start(PATH, facts=DataFacts(mask_path=MASK_PATH))
    window, masks = viewer.window, viewer.window.masks
    assert not masks.clear.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_R, CTRL_ALT)
    drag(qtbot, viewer, (10, 12), (30, 40))
    assert not masks.tools["rectangle"].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_X, CTRL_ALT)
    masks.tools["polygon"].trigger()
    window.measuring.actions_.line.trigger()  # one tool at a time
    assert not masks.tool.kind
    masks.tools["polygon"].trigger()
    assert not window.measuring.layer.tool.kind
    view = window.frame_view.image.view
    for corner in ((12, 14), (28, 14), (20, 30)):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(viewer, *corner))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    drawn = rules_sent(reader).drawn
    assert [(one.kind, one.erases) for one in drawn] == [("rectangle", False), ("polygon", True)]
    assert places(drawn[0]) == [[10, 12], [30, 40]]
    assert rules_sent(reader).mask_path == MASK_PATH  # the file's own counts as well
    assert not window.display.knows_mask
    own = np.zeros((64, 48), bool)
    own[60:] = True
    say_mask(qtbot, viewer, reader, drawn_mask(drawn, (64, 48)) | own)
    assert window.display.knows_mask
    assert window.frame_view.image.layers.pixel_mask is not None
    assert "2 drawn shapes" in window.frame_view.image.column.mask_mark.toolTip()
    assert MASK_PATH in window.readout.masked.toolTip()
    with qtbot.waitSignal(viewer.session.noted):
        masks.masks.save(str(tmp_path / "mask.npy"))
    assert np.array_equal(np.load(tmp_path / "mask.npy"), drawn_mask(drawn, (64, 48)) | own)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rules_sent(reader).drawn == drawn[:1]
    window.measuring.actions_.redo.trigger()
    assert rules_sent(reader).drawn == drawn
    viewer, reader = start("/entry/scan_2/eiger/data")  # the next scan
    assert rules_sent(reader) == MaskRules(drawn=drawn)
    window = viewer.window
    window.display_tools.levels_editor.open_below(window.measuring.button)
    editor = window.display_tools.levels_editor.masks
    assert editor.own.text() == "2 drawn shapes"
    qtbot.mouseClick(editor.clear_own, Qt.MouseButton.LeftButton)
    assert rules_sent(reader).drawn == ()
    assert not editor.clear_own.isVisible()
    window.measuring.actions_.undo.trigger()
    assert rules_sent(reader).drawn == drawn
    editor.low_limit.setText("3")
    editor.below.click()
    editor.limit.setText("500")
    editor.above.click()
    assert rules_sent(reader) == MaskRules(above=500.0, below=3.0, drawn=drawn)
    editor.below.click()
    assert rules_sent(reader) == MaskRules(above=500.0, drawn=drawn)
    window.display_tools.levels_editor.close()


def test_a_mask_is_loaded_from_a_file_as_one_change(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    viewer, reader = start(PATH)
    parts, file = viewer.window.masks, tmp_path / "gaps.edf"
    shape = MaskShape("ellipse", ((2.0, 2.0), (9.0, 9.0)))
    parts.masks.draw(shape.kind, shape.points, erases=False)
    qtbot.keyClick(viewer.window, Qt.Key.Key_I, CTRL_ALT)
    assert parts.dialogs.now is not None
    parts.dialogs.now.fileSelected.emit(str(file))
    parts.dialogs.now.close()
    assert rules_sent(reader) == MaskRules(mask_file=str(file))
    parts.masks.draw(shape.kind, shape.points, erases=True)
    assert rules_sent(reader) == MaskRules(mask_file=str(file), drawn=(replace(shape, erases=True),))
    assert "gaps.edf and 1 drawn shape" in viewer.window.frame_view.image.column.mask_mark.toolTip()
    for _ in range(2):
        viewer.window.measuring.actions_.undo.trigger()
    assert rules_sent(reader) == MaskRules(drawn=(shape,))
    parts.clear.trigger()
    assert rules_sent(reader) == MaskRules()
    noted: list[str] = []
    viewer.session.noted.connect(noted.append)
    parts.masks.save(str(tmp_path / "none.npy"))
    assert "no mask" in noted[0]
    assert not parts.save.isEnabled()
