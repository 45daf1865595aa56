"""The dialog by keyboard and mouse; the inspector answers when the test says so."""

from dataclasses import replace

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.inspection import FileState
from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.opening.assessment import Tone
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.opening.fake_inspector import FakeInspector, click_row
from tests.opening.inspections import FLAG, FRAMES, KEYS, inspection

PATH = "/data/scan.nxs"
MISSING = {"message": f"{PATH} is not there.", "remedy": "Check the name.", "kind": FailureKind.FILE_NOT_THERE}


def type_file(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, path: str = PATH) -> None:
    """Type a path and wait until the dialog asks for it."""
    dialog.file_field.setFocus()
    dialog.file_field.selectAll()
    qtbot.keyClicks(dialog.file_field, path)
    qtbot.waitUntil(lambda: inspector.asked[-1:] == [path])


def test_it_is_modeless_and_asks_for_a_file_first(dialog: OpenDialog, inspector: FakeInspector) -> None:
    assert not dialog.isModal()
    assert not dialog.open_button.isEnabled()
    assert dialog.file_field.hasFocus()
    assert inspector.asked == []


def test_typing_a_file_fills_in_what_is_found_and_return_opens_it(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector)
    assert inspector.asked == [PATH]
    inspector.answer(inspection())
    assert (dialog.fields.keys.text(), dialog.fields.data.text(), dialog.fields.finished.text()) == (KEYS, FRAMES, FLAG)
    assert dialog.remarks["keys"].text() == "named as GDA names it."
    with qtbot.waitSignal(dialog.accepted_request) as heard:
        qtbot.keyClick(dialog.file_field, Qt.Key.Key_Return)
    assert heard.args == [FollowRequest(PATH)], "what was found is found anew by the reader"
    assert not dialog.isVisible()
    assert inspector.stops >= 1


def test_the_value_goes_in_and_out_unchanged(dialog: OpenDialog, inspector: FakeInspector) -> None:
    full = FollowRequest(PATH, ("/k1", "/k2"), ("/d",), "/f", conditions=(AllKeys(),), order="arrival", every_frame=True, wait_s=3.0)
    for request in (full, FollowRequest(PATH), replace(full, finished_path=None)):
        dialog.set_value(request)
        assert dialog.value() == request
        assert inspector.asked[-1] == PATH


def test_an_answer_to_an_earlier_question_is_dropped(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector, "/data/first.nxs")
    type_file(qtbot, dialog, inspector, PATH)
    inspector.answer(inspection("/data/first.nxs"), number=1)
    assert dialog.fields.keys.text() == ""
    inspector.answer(inspection())
    assert dialog.fields.keys.text() == KEYS


def test_while_a_file_is_read_it_says_so_and_stays_usable(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector)
    qtbot.waitUntil(lambda: "1 s" in dialog.remarks["file"].text())
    assert "Reading" in dialog.remarks["file"].text()
    qtbot.keyClicks(dialog.fields.keys, "/my/keys")
    assert dialog.open_button.isEnabled()
    assert dialog.value().key_paths == ("/my/keys",)


def test_what_the_user_wrote_stays_when_the_file_is_found(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector)
    qtbot.keyClicks(dialog.fields.data, "/entry/eiger/total")
    inspector.answer(inspection())
    assert dialog.value().data_paths == ("/entry/eiger/total",)
    assert dialog.value().key_paths == (KEYS,)
    type_file(qtbot, dialog, inspector, "/data/other.nxs")
    assert (dialog.fields.keys.text(), dialog.fields.data.text()) == ("", "/entry/eiger/total")


def test_what_is_wrong_is_said_beside_the_field_while_typing(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector)
    inspector.answer(inspection())
    qtbot.keyClicks(dialog.fields.data, "x")
    remark = dialog.remarks["data"].remark()
    assert remark.tone is Tone.PROBLEM
    assert f"Did you mean {FRAMES}?" in remark.text
    assert dialog.remarks["keys"].remark().tone is Tone.PLAIN
    assert not dialog.open_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.accepted_request):
        qtbot.keyClick(dialog.fields.data, Qt.Key.Key_Return)
    qtbot.keyClick(dialog.fields.data, Qt.Key.Key_Backspace)
    assert dialog.open_button.isEnabled()


def test_a_file_that_is_not_there_can_be_waited_for(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH, wait_s=0.0))
    inspector.answer(None, **MISSING)
    assert dialog.open_button.text() == "Wait for it"
    assert "is not there" in dialog.remarks["file"].text()
    with qtbot.waitSignal(dialog.accepted_request) as heard:
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert heard.args == [FollowRequest(PATH, wait_s=None)]


def test_it_looks_again_until_the_file_is_there(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector)
    inspector.answer(None, **MISSING)
    qtbot.waitUntil(lambda: inspector.asked == [PATH, PATH], timeout=30_000)
    inspector.answer(inspection(state=FileState.SWMR))
    assert (dialog.open_button.text(), dialog.fields.keys.text()) == ("Open", KEYS)


def test_a_file_that_is_no_hdf5_stays_closed(dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(None, message="It is not HDF5.", remedy="Choose another.", kind=FailureKind.NOT_HDF5)
    assert dialog.remarks["file"].remark().text == "It is not HDF5. Choose another."
    assert not dialog.open_button.isEnabled()


def test_a_double_click_puts_a_path_into_the_field_that_had_the_focus(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(inspection())
    for field, path in ((dialog.fields.keys, "/entry/uid"), (dialog.fields.data, "/entry/eiger/total")):
        field.setFocus()
        click_row(qtbot, dialog, path, double=True)
        assert field.text() == path


def test_return_on_a_row_puts_its_path_into_the_field_and_opens_nothing(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(inspection())
    dialog.fields.keys.setFocus()
    click_row(qtbot, dialog, "/entry/uid")
    qtbot.keyClick(dialog.tree.view, Qt.Key.Key_Return)
    assert dialog.fields.keys.text() == "/entry/uid"
    assert dialog.isVisible()


def test_selected_rows_become_keys_from_the_menu_and_its_shortcut(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(inspection())
    click_row(qtbot, dialog, "/entry/uid")
    click_row(qtbot, dialog, KEYS, modifier=Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(dialog.tree.view, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert dialog.value().key_paths == (KEYS, "/entry/uid")
    click_row(qtbot, dialog, FLAG)
    actions = {str(action.data()): action for action in dialog.tree.view.actions()}
    actions["finished"].trigger()
    actions["data"].trigger()
    assert (dialog.value().finished_path, dialog.value().data_paths) == (FLAG, (FLAG,))


def drop_on(widget: QWidget, mime: QMimeData) -> None:
    """Drag over a widget and let go, as Qt delivers it."""
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, mime, left, none)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), copy, mime, left, none))


def test_rows_can_be_dragged_into_a_field_and_files_onto_the_dialog(dialog: OpenDialog, inspector: FakeInspector) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(PATH)])
    drop_on(dialog, mime)
    assert inspector.asked == [PATH]
    inspector.answer(inspection())
    model = dialog.tree.model
    dragged = model.mimeData([model.index_of(path).siblingAtColumn(column) for path in (KEYS, "/entry/uid") for column in (0, 1)])
    drop_on(dialog.fields.keys, dragged)
    assert dialog.value().key_paths == (KEYS, "/entry/uid")


def test_the_filter_shows_what_contains_its_text(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(inspection())
    qtbot.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert dialog.tree.filter_box.hasFocus()
    qtbot.keyClicks(dialog.tree.filter_box, "SZ3")
    assert dialog.tree.index_of("/entry/eiger/odd").isValid()
    assert not dialog.tree.index_of(FRAMES).isValid()
    dialog.tree.filter_box.clear()
    assert dialog.tree.index_of(FRAMES).isValid()


def test_completion_works_on_each_of_several_paths(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH, ("/entry/uid",)))
    inspector.answer(inspection())
    dialog.fields.keys.setFocus()
    dialog.fields.keys.end(False)
    qtbot.keyClicks(dialog.fields.keys, "; uniqueK")
    completer = dialog.fields.keys.completer()
    qtbot.waitUntil(lambda: completer.popup().isVisible())
    qtbot.keyClick(completer.popup(), Qt.Key.Key_Down)
    qtbot.keyClick(completer.popup(), Qt.Key.Key_Return)
    assert dialog.value().key_paths == ("/entry/uid", KEYS)


def test_the_file_is_read_again_with_one_key(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(inspection())
    qtbot.keyClick(dialog, Qt.Key.Key_F5)
    qtbot.mouseClick(dialog.file_row.again_button, Qt.MouseButton.LeftButton)
    assert inspector.asked == [PATH] * 3


def test_escape_closes_and_ends_the_inspection(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    type_file(qtbot, dialog, inspector)
    with qtbot.assertNotEmitted(dialog.accepted_request):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert inspector.stops == 1
    dialog.show()
    assert inspector.asked == [PATH, PATH]


def test_shown_again_it_looks_again_and_fills_in_what_was_found(dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(inspection())
    dialog.close()
    dialog.set_value(FollowRequest(PATH))
    assert dialog.fields.keys.text() == KEYS
    dialog.show()
    assert inspector.asked == [PATH, PATH]


def test_every_field_is_reached_with_the_tab_key(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(inspection())
    dialog.file_field.setFocus()
    reached = []
    for _ in range(14):
        focused = dialog.focusWidget()
        assert focused is not None
        reached.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    fields = [dialog.file_field, dialog.tree.view, dialog.fields.keys, dialog.fields.data, dialog.fields.finished, dialog.open_button]
    places = [reached.index(field) for field in fields]
    assert places == sorted(places)


def test_a_file_is_chosen_in_a_chooser_that_does_not_hold_up_the_program(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector
) -> None:
    qtbot.mouseClick(dialog.file_row.browse_button, Qt.MouseButton.LeftButton)
    chooser = dialog.file_row.chooser
    assert chooser is not None
    assert chooser.isVisible()
    chooser.fileSelected.emit(PATH)
    chooser.close()
    assert inspector.asked == [PATH]
    assert dialog.value().path == PATH


def test_its_rows_have_room(dialog: OpenDialog) -> None:
    """Remarks of two lines do not push the fields about."""
    before = dialog.fields.keys.mapTo(dialog, QPoint(0, 0))
    dialog.set_value(FollowRequest(PATH, ("/a" * 30,)))
    dialog._inspector.answer(inspection())  # type: ignore[attr-defined]
    QApplication.processEvents()
    assert dialog.remarks["keys"].text()
    assert dialog.fields.keys.mapTo(dialog, QPoint(0, 0)) == before


def test_a_file_without_keys_is_followed_by_the_length_of_a_data_set(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    flat, uid = "/entry/flat", "/entry/uid"
    found = replace(inspection(state=FileState.SWMR), keys=(), key_paths=(), length_paths=(flat,), data_paths=(flat,), scan_shape=(0,))
    type_file(qtbot, dialog, inspector)
    inspector.answer(found)
    assert (dialog.fields.keys.text(), dialog.fields.length.text()) == ("", flat)
    assert "stand in for keys" in dialog.remarks["length"].text()
    assert dialog.open_button.text() == "Open"
    assert dialog.value() == FollowRequest(PATH, (), (flat,), FLAG, length_paths=(flat,))
    dialog.fields.length.put(["/entry/title"])
    assert "has no length" in dialog.remarks["length"].text()
    assert not dialog.open_button.isEnabled()
    dialog.form.length.clear()
    dialog.form.length.fill([flat])
    dialog.fields.refresh()
    qtbot.keyClicks(dialog.fields.keys, uid)
    assert (dialog.value().key_paths, dialog.value().length_paths) == ((uid,), ())


def test_selected_rows_become_lengths(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    dialog.set_value(FollowRequest(PATH))
    inspector.answer(inspection())
    click_row(qtbot, dialog, "/entry/flat")
    qtbot.keyClick(dialog.tree.view, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert dialog.value().length_paths == ("/entry/flat",)
    assert dialog.value().key_paths == (KEYS,)
