"""From scan to scan with other paths: zoom, levels, regions and what was wished of the frames go on where the same data stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import MaskRules
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture

SHAPE = (4, 5)
Scan = Callable[..., None]


@pytest.fixture
def scan(viewer: Assembly, reader: FakeSupervisor, qtbot: QtBot) -> Scan:
    """Return a function that opens a scan with these data sets and shows a frame of the first."""

    def open_scan(
        *paths: str, wanted: tuple[str, ...] = (), frame: tuple[int, int] = (64, 48), told: tuple[int, int] | None = None, **options: object
    ) -> None:
        viewer.session.open(m.FollowRequest("/data/scan.nxs", data_paths=wanted))
        with qtbot.waitSignal(viewer.session.opened):
            reader.say_opened(SHAPE, data_paths=paths, frame=told or frame, **options)  # type: ignore[arg-type]
        with qtbot.waitSignal(viewer.session.frame_changed):
            reader.say_frame(picture(frame), 3, SHAPE)

    return open_scan


def test_all_that_was_chosen_goes_on_with_the_next_scan_whose_group_has_another_name(
    viewer: Assembly, reader: FakeSupervisor, scan: Scan
) -> None:
    window = viewer.window
    display, image, measurements = window.display, window.frame_view.image, window.measuring.measurements
    scan("/entry/scan_353130/eiger/data")
    display.change(scale=Scale.LOG, percentiles=(2.0, 98.0))
    display.fix_levels(3.0, 40.0)
    image.box.setRange(xRange=(10, 30), yRange=(8, 20), padding=0)
    seen = image.box.viewRect()
    measurements.draw("rectangle", ((2.0, 2.0), (9.0, 9.0)))
    viewer.session.prepare("/entry/scan_353130/eiger/data", combine=m.Combine("sum", 5))

    scan("/entry/scan_353131/eiger/data")
    assert (display.settings.scale, display.settings.mode, image.levels) == (Scale.LOG, LevelMode.FIXED, (3.0, 40.0))
    assert image.box.viewRect() == seen
    assert [one.name for one in measurements.marks.regions] == ["A"]
    path = "/entry/scan_353131/eiger/data"
    assert reader.sent(m.Measure)[-1].data_path == path
    assert reader.sent(m.SetDisplay)[-1] == m.SetDisplay(2, percentiles=(2.0, 98.0), combine=m.Combine("sum", 5), data_path=path)
    assert len([one for one in reader.sent(m.SetDisplay) if one.generation == 2]) == 1
    measurements.undo_stack.undo()
    assert measurements.marks.regions == ()


def test_another_detector_gets_none_of_it_and_the_first_gets_it_back(viewer: Assembly, scan: Scan) -> None:
    window = viewer.window
    display, image, measurements = window.display, window.frame_view.image, window.measuring.measurements
    scan("/entry/data/data")
    display.fix_levels(3.0, 40.0)
    measurements.draw("rectangle", ((2.0, 2.0), (9.0, 9.0)))
    image.box.setRange(xRange=(10, 30), yRange=(8, 20), padding=0)
    seen = image.box.viewRect()
    scan("/entry/data/data", frame=(40, 60))
    assert display.settings.mode is LevelMode.PERCENTILES
    assert measurements.marks.regions == ()
    assert image.box.frame_rect.contains(image._frame_rect)
    scan("/entry/data/data")
    assert image.levels == (3.0, 40.0)
    assert len(measurements.marks.regions) == 1
    assert image.box.viewRect() == seen


def test_what_the_first_frame_shows_to_be_another_detector_gets_none_of_it(viewer: Assembly, reader: FakeSupervisor, scan: Scan) -> None:
    display, measurements = viewer.window.display, viewer.window.measuring.measurements
    scan("/entry/data/data")
    display.change(percentiles=(2.0, 98.0))
    display.fix_levels(3.0, 40.0)
    measurements.draw("rectangle", ((2.0, 2.0), (9.0, 9.0)))
    scan("/entry/data/data", told=(1, 1))
    assert viewer.window.frame_view.image.levels == (3.0, 40.0)
    assert len(measurements.marks.regions) == 1
    scan("/entry/data/data", told=(1, 1), frame=(40, 60))
    assert display.settings == DisplaySettings()
    assert measurements.marks.regions == ()
    assert reader.sent(m.SetDisplay)[-2:] == [
        m.SetDisplay(3, percentiles=(2.0, 98.0), data_path="/entry/data/data"),
        m.SetDisplay(3, data_path="/entry/data/data"),
    ]


def test_a_pattern_tells_the_place_where_names_do_not(viewer: Assembly, scan: Scan) -> None:
    scan("/entry/scan_1/data", wanted=("/entry/*/data",))
    viewer.window.display.fix_levels(3.0, 40.0)
    scan("/entry/scan_2/data", wanted=("/entry/*/data",))
    assert viewer.window.frame_view.image.levels == (3.0, 40.0)
    scan("/entry/scan_3/data")
    assert viewer.window.display.settings.mode is LevelMode.PERCENTILES


def test_the_pixel_mask_is_that_of_the_file_and_a_file_without_one_forgets_nothing(
    viewer: Assembly, reader: FakeSupervisor, scan: Scan
) -> None:
    display = viewer.window.display

    def masked_by(number: int) -> str | None:
        mask = f"/entry/scan_{number}/mask"
        scan(f"/entry/scan_{number}/eiger/data", facts=DataFacts(mask_path=mask if number != 2 else None))
        return display.settings.mask.mask_path

    assert masked_by(1) == "/entry/scan_1/mask"
    assert masked_by(2) is None
    assert masked_by(3) == "/entry/scan_3/mask"
    assert reader.sent(m.SetDisplay) == []  # the reader uses it of its own accord
    display.change(uses_file_mask=False)
    assert reader.sent(m.SetDisplay) == [m.SetDisplay(3, data_path="/entry/scan_3/eiger/data")]
    assert masked_by(2) is None
    assert masked_by(1) is None  # what a person chose goes on, also past a file that has none
    assert reader.sent(m.SetDisplay)[-1] == m.SetDisplay(5, data_path="/entry/scan_1/eiger/data")
    display.change(uses_file_mask=True)
    assert reader.sent(m.SetDisplay)[-1] == m.SetDisplay(
        5, mask=MaskRules(mask_path="/entry/scan_1/mask"), data_path="/entry/scan_1/eiger/data"
    )
