"""A file with several scans in the open dialog: what is filled in is of the scan that the user named."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.inspection import Candidate, Inspection
from swmr_viewer.gui.opening.dialog import OpenDialog
from tests.gui.opening.fake_inspector import FakeInspector
from tests.gui.opening.test_open_dialog import PATH, type_file
from tests.opening.inspections import dataset, inspection


def two_scans() -> Inspection:
    keys = [dataset(f"/entry{number}/uid", (6,), "int32") for number in (1, 2)]
    data = [dataset(f"/entry{number}/data", (6, 8, 9), "uint16") for number in (1, 2)]
    return replace(
        inspection(tree=(*keys, *data)),
        keys=tuple(Candidate(one, 75, "named as keys.") for one in reversed(keys)),
        data=tuple(Candidate(one, 50, "images.") for one in reversed(data)),
        scan_shape=(6,),
        key_paths=("/entry2/uid",),
        data_paths=("/entry2/data",),
        entries=("/entry2", "/entry1"),
    )


def test_a_path_in_another_scan_brings_its_keys(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector, PATH)
    inspector.answer(two_scans())
    assert (dialog.value().key_paths, dialog.value().data_paths) == (("/entry2/uid",), ("/entry2/data",))
    dialog.fields.data.setFocus()
    dialog.fields.data.selectAll()
    qtbot.keyClicks(dialog.fields.data, "/entry1/data")
    assert (dialog.value().key_paths, dialog.value().data_paths) == (("/entry1/uid",), ("/entry1/data",))
    assert "another scan" not in dialog.assessment().data.text
    with qtbot.waitSignal(dialog.accepted_request) as heard:
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert (heard.args[0].key_paths, heard.args[0].data_paths) == ((), ("/entry1/data",))
    # emptied, the field is of the scan that runs again
    dialog.fields.data.setFocus()
    dialog.fields.data.selectAll()
    qtbot.keyClick(dialog.fields.data, Qt.Key.Key_Delete)
    dialog.fields.keys.setFocus()
    assert (dialog.value().key_paths, dialog.value().data_paths) == (("/entry2/uid",), ("/entry2/data",))
