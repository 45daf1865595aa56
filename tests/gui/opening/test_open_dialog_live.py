"""The dialog on a file that another process writes at this moment, looked into by the real inspector."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.inspection import FileState
from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.gui.opening.inspector import Inspector
from swmr_viewer.opening.assessment import Tone
from swmr_viewer.reader.messages import FollowRequest
from tests.live.conftest import live_writer
from tests.live.writers import LiveWriter

__all__ = ["live_writer"]
WAIT_MS = 60_000


def test_a_file_appears_is_found_checked_and_opened(qtbot: QtBot, tmp_path: Path, live_writer: Callable[..., LiveWriter]) -> None:
    inspector = Inspector()
    dialog = OpenDialog(inspector)
    qtbot.addWidget(dialog)
    dialog.show()
    path = tmp_path / "scan.h5"
    qtbot.keyClicks(dialog.file_field, str(path))
    qtbot.waitUntil(lambda: dialog.assessment().waits, timeout=WAIT_MS)
    assert dialog.open_button.text() == "Wait for it"

    live_writer(scan_shape=(3, 4), frame_shape=(24, 32), n_keys=2, compression="bslz4")
    qtbot.waitUntil(lambda: bool(dialog.fields.data.text()), timeout=WAIT_MS)
    answer = dialog.inspection.answer
    assert answer is not None
    assert answer.inspection is not None
    assert answer.inspection.state is FileState.SWMR
    assessment = dialog.assessment()
    assert assessment.can_open
    assert not assessment.waits
    assert {remark.remark().tone for remark in dialog.remarks.values()} == {Tone.PLAIN}
    found = dialog.value()
    assert found.data_paths == answer.inspection.data_paths[: len(found.data_paths)]

    dialog.fields.data.setFocus()
    qtbot.keyClicks(dialog.fields.data, "x")
    assert dialog.remarks["data"].remark().tone is not Tone.PLAIN
    qtbot.keyClick(dialog.fields.data, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(dialog.accepted_request) as heard:
        qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert heard.args == [FollowRequest(str(path))], "the data are as they were found: nothing was chosen"
    assert (found.path, bool(found.key_paths), bool(found.data_paths)) == (str(path), True, True)
    assert inspector.close()
