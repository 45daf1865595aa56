"""Another file is named: what was found in the one before goes, what the user chose stays, and can be told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import FrameCount, Timeout
from swmr_viewer.core.inspection import Candidate, Inspection
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.gui.opening.request_fields import OriginLabel
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.fakes import FakeSupervisor
from tests.gui.opening.fake_inspector import FakeInspector
from tests.gui.opening.test_open_dialog import PATH, drop_on, type_file
from tests.gui.waiting import WAIT_MS, wait_complete
from tests.opening.inspections import FLAG, FRAMES, KEYS, dataset, inspection

OTHER = "/data/other.h5"
OTHER_KEYS, OTHER_DATA = "/run/uid", ("/run/front", "/run/back")


def other_inspection() -> Inspection:
    """What is found in a file of another layout, with two detectors and no flag."""
    keys, front, back = dataset(OTHER_KEYS, (7,), "int32"), dataset(OTHER_DATA[0], (7, 8, 9), "u2"), dataset(OTHER_DATA[1], (7, 4, 5), "u2")
    found = Inspection(OTHER, inspection().state, (keys, front, back), scan_shape=(7,), key_paths=(OTHER_KEYS,), data_paths=OTHER_DATA)
    return replace(found, keys=(Candidate(keys, 9, "k"),), data=(Candidate(front, 9, "f"), Candidate(back, 8, "b")))


def accepted(qtbot: QtBot, dialog: OpenDialog) -> FollowRequest:
    with qtbot.waitSignal(dialog.accepted_request) as heard:
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    request = heard.args[0]
    assert isinstance(request, FollowRequest)
    return request


def shown(dialog: OpenDialog) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    value = dialog.value()
    return value.key_paths, value.data_paths, value.finished_path


def origins(dialog: OpenDialog) -> list[str]:
    """What is said of keys, length, data and finished flag."""
    return [origin.text() for origin in dialog.fields.findChildren(OriginLabel)]


def choose_typing(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector, OTHER)


def choose_in_chooser(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    qtbot.mouseClick(dialog.file_row.browse_button, Qt.MouseButton.LeftButton)
    assert dialog.file_row.chooser is not None
    dialog.file_row.chooser.fileSelected.emit(OTHER)
    dialog.file_row.chooser.close()


def choose_by_drop(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(OTHER)])
    drop_on(dialog, mime)


def choose_recent(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.recent.chosen.emit(FollowRequest(OTHER))


@pytest.mark.parametrize("choose", [choose_typing, choose_in_chooser, choose_by_drop, choose_recent])
def test_another_file_is_found_out_about_anew(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, choose: Callable[[QtBot, OpenDialog, FakeInspector], None]
) -> None:
    type_file(qtbot, dialog, inspector)
    inspector.answer(inspection())
    assert shown(dialog) == ((KEYS,), (FRAMES,), FLAG)
    dialog.set_value(accepted(qtbot, dialog))  # as the window does when the dialog is asked for again
    dialog.show()
    inspector.answer(inspection())
    choose(qtbot, dialog, inspector)
    assert inspector.asked[-1] == OTHER
    assert shown(dialog) == ((), (), None), "nothing of the file before"
    inspector.answer(other_inspection())
    assert shown(dialog) == ((OTHER_KEYS,), OTHER_DATA, None)
    assert origins(dialog) == ["found", "", "found", ""]
    assert accepted(qtbot, dialog) == FollowRequest(OTHER)


def test_what_was_typed_stays_and_can_be_told_from_what_was_found(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector)
    inspector.answer(inspection())
    assert origins(dialog) == ["found", "", "found", "found"]
    dialog.fields.data.setFocus()
    dialog.fields.data.selectAll()
    qtbot.keyClicks(dialog.fields.data, OTHER_DATA[1])
    assert origins(dialog) == ["found", "", "chosen", "found"]
    type_file(qtbot, dialog, inspector, OTHER)
    inspector.answer(other_inspection())
    assert shown(dialog) == ((OTHER_KEYS,), (OTHER_DATA[1],), None)
    assert accepted(qtbot, dialog) == FollowRequest(OTHER, data_paths=(OTHER_DATA[1],))


def test_an_emptied_field_and_an_undone_edit_are_what_is_found_again(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector)
    inspector.answer(inspection())
    data, finished = dialog.fields.data, dialog.fields.finished
    data.setFocus()
    qtbot.keyClicks(data, "x")
    assert origins(dialog)[2] == "chosen"
    qtbot.keyClick(data, Qt.Key.Key_Backspace)
    assert origins(dialog)[2] == "found"
    finished.setFocus()
    finished.selectAll()
    qtbot.keyClick(finished, Qt.Key.Key_Delete)
    assert finished.text() == ""
    data.setFocus()
    assert finished.text() == FLAG
    assert accepted(qtbot, dialog) == FollowRequest(PATH)


def test_a_length_chosen_beside_found_keys_goes_with_them(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector)
    inspector.answer(inspection())
    dialog.fields.put("length", ["/entry/flat"])
    assert accepted(qtbot, dialog) == FollowRequest(PATH, (KEYS,), length_paths=("/entry/flat",))


def test_the_extent_of_a_scan_is_that_of_its_own_file(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH, scan_shape=(3, 4)))
    inspector.answer(inspection())
    assert dialog.value().scan_shape == (3, 4)
    type_file(qtbot, dialog, inspector, OTHER)
    inspector.answer(other_inspection())
    assert accepted(qtbot, dialog) == FollowRequest(OTHER)


def test_the_next_file_ends_by_what_is_set_in_the_window_by_now(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    viewer.session.open(FollowRequest(PATH, conditions=(Timeout(3.0),)))
    viewer.opening.show_dialog()
    viewer.session.set_conditions((FrameCount(5),))
    dialog = viewer.opening.dialog
    assert dialog is not None
    dialog.accepted_request.emit(dialog.value())
    assert reader.sent(FollowRequest)[-1].conditions == (FrameCount(5),)


def write_scan(path: Path, keys: str, *detectors: str) -> str:
    """Write a scan of three points that is over."""
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset(keys, data=np.arange(1, 4, dtype="i4"), maxshape=(None,))
        for name in detectors:
            file.create_dataset(name, data=np.ones((3, 8, 9), "u2"), chunks=(1, 8, 9), maxshape=(None, 8, 9))
            group = file[name].parent
            group.attrs["NX_class"], group.attrs["signal"] = "NXdata", "data"
    return str(path)


@pytest.mark.live
def test_a_file_with_more_detectors_is_followed_with_all_of_them(
    qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path
) -> None:
    first = write_scan(tmp_path / "first.h5", "/entry/uniqueKeys", "/entry/eiger/data")
    second = write_scan(tmp_path / "second.h5", "/run/keys/uniqueKeys", "/run/front/data", "/run/back/data")
    assembly = live_viewer(tmp_path / "none.h5")
    opening, session = assembly.opening, assembly.session
    for path, detectors in ((first, ("/entry/eiger/data",)), (second, ("/run/back/data", "/run/front/data"))):
        opening.show_dialog()
        dialog = opening.dialog
        assert dialog is not None
        dialog.file_field.selectAll()
        qtbot.keyClicks(dialog.file_field, path)
        qtbot.waitUntil(lambda d=dialog, p=path: d.inspection.answer is not None and d.value().path == p, timeout=WAIT_MS)  # type: ignore[misc]
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
        wait_complete(qtbot, assembly, 3)
        assert session.scan.description is not None
        assert tuple(sorted(session.scan.description.data_paths)) == detectors
    assert [one.path for one in assembly.opening.recent.requests()] == [second, first]
    assert not any(one.key_paths or one.data_paths for one in assembly.opening.recent.requests())
