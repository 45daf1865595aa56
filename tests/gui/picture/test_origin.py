"""The window says where the shown pixels really come from: shortly over the picture, in whole in a tooltip, and in snapshots."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.other_files import NO_OTHERS, OtherFiles
from swmr_viewer.export.snapshot import description_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture

OTHERS = OtherFiles(tuple(f"/raw/det_{number:03}.h5" for number in range(50)), 120)
SHAPE = (4, 5)


def open_scan(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, others: OtherFiles) -> None:
    viewer.session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(viewer.session.opened):
        data = (m.DataDescription("/entry/eiger/data", (64, 48), "<u4", others=others),)
        reader.say(m.Opened(reader.generation, "scan.nxs", SHAPE, ("/entry/keys/eiger",), data, None, 1, key_others=others))
    with qtbot.waitSignal(viewer.session.settled):
        reader.say_keys(SHAPE, (0, 10))
        reader.say_frame(picture(), 9, SHAPE)
    qtbot.waitUntil(lambda: viewer.window.frame_header.title.text() == "Frame 9")


@pytest.mark.parametrize("others", [OTHERS, NO_OTHERS], ids=["elsewhere", "in the file"])
def test_pixels_of_other_files_are_said_to_be_so(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, others: OtherFiles) -> None:
    viewer.window.resize(1440, 900)
    open_scan(qtbot, viewer, reader, others)
    header, told = viewer.window.frame_header, "from ../raw/det_000.h5 and 119 others"
    assert (told in header.words) == bool(others.names)
    assert ("/raw/det_049.h5" in header.toolTip()) == ("and 70 more" in header.toolTip()) == bool(others.names)
    assert (viewer.window.top_bar.paths_text.count(told) == 2) == bool(others.names)
    snapshot = viewer.window.snapshots.collect()
    assert snapshot is not None
    described = description_of(snapshot)
    assert described.get("source_files") == (list(others.names) or None)
    assert described.get("n_source_files") == (120 if others.names else None)
