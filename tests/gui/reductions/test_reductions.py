"""Reductions in the window on a scripted reader and a scripted process: chosen, set, started, seen, stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import FILE_REPLACED, FinishedFlag, Timeout
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curve_panel.curves_file import columns_of, signal_of
from swmr_viewer.gui.look.settings import presets_file
from swmr_viewer.gui.opening.preset_row import PresetRow
from swmr_viewer.gui.reductions.panel import SCRIPT, ReductionsPanel
from swmr_viewer.gui.reductions.reduction_choice import ChosenReduction, as_in_preset
from swmr_viewer.gui.reductions.reductions import Reductions
from swmr_viewer.gui.reductions.result_views import NO_FRAME, NOT_YET
from swmr_viewer.gui.reductions.script_classes import ScriptError, classes_in
from swmr_viewer.opening.stored import Preset, PresetError, load_presets, preset_of, save_presets
from swmr_viewer.quantities import Fate, Kind
from swmr_viewer.reader.messages import FileReplaced, FollowRequest
from swmr_viewer.reducing.messages import FrameFailed, Noted, ReductionEnded, ReductionFailed, ShownReduced, Waiting
from swmr_viewer.reductions import Output, ParameterInfo, ParameterKind, ReductionInfo
from swmr_viewer.scan_model import AlarmRule
from tests.gui.fakes import FakeSupervisor, picture
from tests.gui.maps import values_on
from tests.gui.reductions.fake_process import FakeProcess, pattern_of

LEFT = Qt.MouseButton.LeftButton
SHAPE = (4, 5)
PARAMETERS = (
    ParameterInfo("bins", ParameterKind.INTEGER, 1000, "bins of the pattern", low=2, high=100_000),
    ParameterInfo("unit", ParameterKind.CHOICE, "q", choices=("q", "2th")),
    ParameterInfo("solid_angle", ParameterKind.YES_NO, True),
    ParameterInfo("radial_range", ParameterKind.RANGE, None, is_optional=True),
    ParameterInfo("poni", ParameterKind.FILE, "", "PONI file"),
    ParameterInfo("regions", ParameterKind.REGIONS, []),
)
INFOS: dict[str, ReductionInfo | str] = {
    "radial": ReductionInfo("radial", "Radial profile", result_name="radial", parameters=PARAMETERS),
    "statistics": ReductionInfo("statistics", "Statistics", result_name="statistics"),
    "broken": "broken cannot be imported: no module named nothing.",
}
Following = Callable[..., Assembly]


@pytest.fixture
def process(viewer: Assembly) -> FakeProcess:
    made = FakeProcess(INFOS)
    model_of(viewer).make_process = lambda: made
    model_of(viewer)._settling.setInterval(0)
    return made


@pytest.fixture
def shown(qtbot: QtBot, process: FakeProcess, following: Following, reader: FakeSupervisor) -> Assembly:
    """Return a window with the panel open, on a scan of which five frames are complete and the fourth is shown."""
    viewer = following(SHAPE)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_keys(SHAPE, (0, 5))
        reader.say_frame(picture(), 3, SHAPE)
    viewer.window.reductions.show_panel.trigger()
    return viewer


def model_of(viewer: Assembly) -> Reductions:
    return viewer.window.reductions.reductions


def panel_of(viewer: Assembly) -> ReductionsPanel:
    return viewer.window.reductions.panel


def choose(qtbot: QtBot, viewer: Assembly, words: str) -> None:
    panel = panel_of(viewer)
    qtbot.waitUntil(lambda: len(panel._offers()) > 3)
    panel.choice.menu().aboutToShow.emit()
    next(action for action in panel.choice.menu().actions() if words in action.text()).trigger()


def previewed(qtbot: QtBot, viewer: Assembly, process: FakeProcess, name: str = "Radial") -> None:
    """Choose a reduction, and have the shown frame reduced."""
    choose(qtbot, viewer, name)
    qtbot.waitUntil(lambda: bool(process.requests) and process.last.shows_only)
    process.say_prepared(SHAPE)
    process.say_shown(SHAPE, 3)
    qtbot.waitUntil(lambda: panel_of(viewer).views.about.text() == "frame 3")


def started(qtbot: QtBot, viewer: Assembly, process: FakeProcess) -> None:
    qtbot.waitUntil(panel_of(viewer).run_bar.start.isEnabled)
    qtbot.mouseClick(panel_of(viewer).run_bar.start, LEFT)
    qtbot.waitUntil(lambda: bool(process.requests) and not process.last.shows_only)
    process.say_prepared(SHAPE)


def line_of(viewer: Assembly, name: str) -> QLineEdit:
    editor = panel_of(viewer).form.fields[name].editor
    assert isinstance(editor, QLineEdit)
    return editor


# ---- choosing and setting


def test_nothing_runs_before_a_reduction_is_chosen(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    panel = panel_of(shown)
    assert panel.choice.text().startswith("choose a reduction")
    assert panel.run_bar.words.text() == "Choose what is made of each frame"
    assert not panel.run_bar.start.isEnabled()
    qtbot.waitUntil(lambda: len(panel._offers()) > 3)
    assert {"statistics", "centre_of_mass", "radial", "pyfai1d", "pyfai2d", SCRIPT} <= panel._offers().keys()
    assert process.described == process.requests == []


def test_the_shown_frame_is_reduced_at_once_and_no_other(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    assert process.shown[-1] == (3, SHAPE)
    np.testing.assert_array_equal(panel_of(shown).views.pattern.curve.curve.getData()[1], pattern_of(3))
    request = process.last
    assert (request.path, request.data_path, request.nice, request.sends_values) == ("/data/scan.nxs", "/entry/eiger/data", 10, True)
    assert "Only the shown frame" in panel_of(shown).run_bar.words.text()
    assert not [one for one in shown.session.scan.quantities.offered() if one.kind is Kind.REDUCTION]


def test_parameters_are_edited_and_what_is_wrong_is_said_beside_them(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    panel = panel_of(shown)
    bins = line_of(shown, "bins")
    assert bins.placeholderText() == "1000"
    qtbot.keyClicks(bins, "1.5")
    assert panel.form.fields["bins"].remark.text() == "It is a whole number from 2 to 100000, not '1.5'."
    assert not panel.run_bar.start.isEnabled()
    assert "bins" in panel.run_bar.words.text()
    assert process.last.reduction.values == {"bins": "1"} or "bins" not in process.last.reduction.values
    bins.selectAll()
    qtbot.keyClicks(bins, "200")
    unit, angle = panel.form.fields["unit"].editor, panel.form.fields["solid_angle"].editor
    assert isinstance(unit, QComboBox)
    assert isinstance(angle, QCheckBox)
    unit.setCurrentIndex(1)
    unit.activated.emit(1)
    angle.click()
    wanted = {"bins": "200", "unit": "2th", "solid_angle": "no"}
    qtbot.waitUntil(lambda: process.last.reduction.values == wanted)
    assert panel.form.fields["bins"].remark.isHidden()
    bins.selectAll()
    qtbot.keyClick(bins, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "bins" not in process.last.reduction.values)  # as by default


def test_drawn_regions_are_taken_and_files_are_chosen(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    shown.window.measuring.measurements.draw("rectangle", ((2.0, 3.0), (20.0, 30.0)))
    fields = panel_of(shown).form.fields
    for field in (fields["regions"], fields["poni"]):
        assert field.more is not None
        qtbot.mouseClick(field.more, LEFT)
    dialog = shown.window.reductions.dialogs.now
    assert dialog is not None
    assert not dialog.isModal()
    dialog.fileSelected.emit("/data/detector.poni")
    dialog.close()
    qtbot.waitUntil(lambda: process.last.reduction.values.get("poni") == "/data/detector.poni")
    assert '"kind": "rectangle"' in process.last.reduction.values["regions"]


def test_a_reduction_that_cannot_be_loaded_says_why(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    model_of(shown).choices.choose("broken")
    qtbot.waitUntil(lambda: panel_of(shown).fault.text() == INFOS["broken"])


def test_masks_and_geometry_are_those_of_the_window(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    own = PixelGeometry(distance_m=0.2)
    shown.session.set_geometry(own)
    qtbot.waitUntil(lambda: process.last.geometry == own)
    shown.window.masks.masks.draw("rectangle", ((0.0, 0.0), (9.0, 9.0)), erases=False)
    qtbot.waitUntil(lambda: bool(process.last.rules.drawn))


# ---- running


def test_numbers_become_quantities_and_patterns_a_waterfall(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    started(qtbot, shown, process)
    process.say_reduced(SHAPE, 0, 1, 4)
    process.say_progress(3, 5, 20)
    table = shown.session.scan.quantities
    qtbot.waitUntil(lambda: table.n_known("radial.area") == 3)
    np.testing.assert_array_equal(table.values("radial.area")[:5], [0, 10, np.nan, np.nan, 40])  # what is not reduced is missing
    quantity = table.quantity("radial.area")
    assert quantity is not None
    assert (quantity.kind, quantity.unit) == (Kind.REDUCTION, "counts")
    views, bar = panel_of(shown).views, panel_of(shown).run_bar
    assert views.pattern.waterfall.rows.known_rows.tolist() == [0, 1, 4]
    qtbot.waitUntil(lambda: "3 of 20 reduced" in bar.words.text())
    assert "20/s" in bar.words.text()
    assert "3 s left" in bar.words.text()
    assert bar.bar.value() == 150
    assert bar.stop.isVisible()
    assert not bar.start.isVisible()


def test_numbers_are_drawn_as_a_map_written_in_tables_and_watched(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    started(qtbot, shown, process)
    rule = AlarmRule(quantity="radial.area / 2", level=15.0)
    shown.window.alarms.alarms.set_rules((rule,))
    process.say_reduced(SHAPE, 0, 1, 4)
    table = shown.session.scan.quantities
    qtbot.waitUntil(lambda: table.n_known("radial.area") == 3)
    shown.window.quantity_map.show_quantity("radial.area")
    chart = shown.window.quantity_map.map
    qtbot.waitUntil(lambda: np.isfinite(values_on(chart, 20)).sum() == 3)
    np.testing.assert_array_equal(values_on(chart, 20)[:5], [0, 10, np.nan, np.nan, 40])
    assert not chart.words._samples[Fate.UNMEASURED][1].isHidden()  # ``no value``: complete, and not reduced
    column = next(column for column in columns_of(table) if column.name == "radial.area")
    assert signal_of(table, (column,)) == "radial.area"
    qtbot.waitUntil(lambda: shown.window.alarms.alarms.event_of(rule) is not None)
    assert "frame 4" in shown.window.alarms.alarms.words(rule, shown.window.alarms.alarms.event_of(rule)).lower()


def test_a_frame_that_is_asked_for_before_it_is_reduced_is_asked_for_again(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    started(qtbot, shown, process)
    views = panel_of(shown).views
    for n_asked in range(len(process.shown), len(process.shown) + 3):
        qtbot.waitUntil(lambda n_asked=n_asked: len(process.shown) > n_asked)
        assert process.shown[-1] == (3, SHAPE)
        process.say(ShownReduced(SHAPE, 3, {}, "This frame is not complete yet."))
    qtbot.waitUntil(lambda: views.about.text() == "This frame is not complete yet.")  # told once it is no matter of a moment
    model_of(shown).frame._asking.stop()
    n_asked = len(process.shown)
    process.say_reduced(SHAPE, 3)
    qtbot.waitUntil(lambda: len(process.shown) > n_asked)
    process.say_shown(SHAPE, 3)
    qtbot.waitUntil(lambda: views.about.text() == "frame 3")


def test_another_shown_frame_is_asked_for_and_never_mixed_up(
    qtbot: QtBot, shown: Assembly, process: FakeProcess, reader: FakeSupervisor
) -> None:
    previewed(qtbot, shown, process)
    with qtbot.waitSignal(shown.session.frame_settled):
        reader.say_frame(picture(), 4, SHAPE)
    qtbot.waitUntil(lambda: process.shown[-1] == (4, SHAPE))
    process.say_shown(SHAPE, 3)  # late
    process.say_shown(SHAPE, 4)
    views = panel_of(shown).views
    qtbot.waitUntil(lambda: views.about.text() == "frame 4")
    np.testing.assert_array_equal(views.pattern.curve.curve.getData()[1], pattern_of(4))


def test_faults_are_counted_and_listed(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    started(qtbot, shown, process)
    process.say(FrameFailed(2, (0, 2), "its chunk is <damaged>"), Noted("A worker was lost."))
    process.say_progress(3, 5, 20, n_failed=1)
    bar = panel_of(shown).run_bar
    qtbot.waitUntil(lambda: bar.faults.text() == "1 failed")
    qtbot.mouseClick(bar.faults, LEFT)
    assert bar._popup is not None
    assert bar._popup.lines.text() == "A worker was lost.\nFrame 2: its chunk is <damaged>"
    bar._popup.close()


def test_what_was_made_stays_after_the_end_and_frames_are_still_reduced(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    started(qtbot, shown, process)
    process.say_reduced(SHAPE, 0, 1, 2, 3, 4)
    process.say_ended(5)
    qtbot.waitUntil(lambda: process.last.shows_only and len(process.requests) == 3)
    process.say_prepared(SHAPE)
    process.say_shown(SHAPE, 3)
    panel = panel_of(shown)
    qtbot.waitUntil(lambda: panel.views.about.text() == "frame 3")
    assert panel.run_bar.words.text() == "Done: 5 frames reduced"
    assert panel.views.pattern.waterfall.rows.known_rows.tolist() == [0, 1, 2, 3, 4]
    assert shown.session.scan.quantities.n_known("radial.area") == 5
    qtbot.keyClicks(line_of(shown, "bins"), "77")  # the waterfall is of other settings now
    qtbot.waitUntil(lambda: process.last.reduction.values == {"bins": "77"})
    process.say_prepared(SHAPE)
    qtbot.waitUntil(lambda: panel.views.pattern.waterfall.isHidden())
    assert "numbers in maps and curves are as it was set before" in panel.run_bar.words.text()


def test_a_run_is_recorded_from_its_start_to_its_end_and_what_is_only_looked_at_is_not(
    qtbot: QtBot, shown: Assembly, process: FakeProcess
) -> None:
    told: list[tuple[str, str]] = []
    shown.session.recorded.connect(lambda text, details: told.append((text, details)))
    previewed(qtbot, shown, process)
    assert told == []
    started(qtbot, shown, process)
    process.say_ended(5)
    what = "Reduction radial of /data/scan.nxs"
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[0][0].startswith(f"{what} runs on ")
    assert told[1] == (f"{what}: Done: 5 frames reduced", "")
    qtbot.waitUntil(lambda: process.last.shows_only)
    started(qtbot, shown, process)
    process.say(ReductionFailed("It broke.", "Mend it.", details="Traceback: here"))
    qtbot.waitUntil(lambda: len(told) == 4)
    assert told[3] == (f"{what}: It broke. Mend it.", "Traceback: here")


def test_a_second_start_forgets_the_numbers_of_the_first(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    started(qtbot, shown, process)
    process.say_reduced(SHAPE, 0, 1, 2)
    qtbot.waitUntil(lambda: shown.session.scan.quantities.n_known("radial.area") == 3)
    qtbot.mouseClick(panel_of(shown).run_bar.stop, LEFT)
    qtbot.waitUntil(lambda: panel_of(shown).run_bar.start.isVisible() and process.last.shows_only)
    started(qtbot, shown, process)
    qtbot.waitUntil(lambda: shown.session.scan.quantities.n_known("radial.area") == 0)
    process.say_reduced(SHAPE, 4)
    qtbot.waitUntil(lambda: shown.session.scan.quantities.n_known("radial.area") == 1)


def test_a_failure_is_a_sentence_and_is_not_tried_again_by_itself(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    choose(qtbot, shown, "Radial")
    qtbot.waitUntil(lambda: len(process.requests) == 1)
    process.say(Waiting("The file is not there yet."))
    bar = panel_of(shown).run_bar
    qtbot.waitUntil(lambda: bar.words.text() == "The file is not there yet.")
    process.say(ReductionFailed("The distance is not known.", "Load a PONI file."))
    qtbot.waitUntil(lambda: bar.words.text() == "The distance is not known. Load a PONI file.")
    model_of(shown).look_again()
    qtbot.wait(50)
    assert len(process.requests) == 1
    qtbot.mouseClick(bar.start, LEFT)
    qtbot.waitUntil(lambda: len(process.requests) == 2)


def test_frames_are_looked_at_further_after_a_start_that_failed(
    qtbot: QtBot, shown: Assembly, process: FakeProcess, reader: FakeSupervisor
) -> None:
    previewed(qtbot, shown, process)
    words = panel_of(shown).run_bar.words
    qtbot.keyClicks(panel_of(shown).where.output, "/data/scan.nxs")
    qtbot.mouseClick(panel_of(shown).run_bar.start, LEFT)
    qtbot.waitUntil(lambda: not process.last.shows_only)
    process.say(ReductionFailed("/data/scan.nxs belongs to something else.", "Choose another name."))
    qtbot.waitUntil(lambda: process.last.shows_only)
    process.say_prepared(SHAPE)
    n = len(process.shown)
    with qtbot.waitSignal(shown.session.frame_settled):
        reader.say_frame(picture(), 4, SHAPE)
    qtbot.waitUntil(lambda: (4, SHAPE) in process.shown[n:])
    assert words.text() == "/data/scan.nxs belongs to something else. Choose another name."  # it is still said
    assert panel_of(shown).run_bar.start.isVisible()
    model_of(shown).set_output("/data/out.h5")
    model_of(shown).look_again()
    qtbot.waitUntil(lambda: words.text().startswith("Only the shown frame"))


def test_nothing_of_another_reduction_is_seen(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    views = panel_of(shown).views
    assert views.pattern.isVisible()
    choose(qtbot, shown, "Counts")
    qtbot.waitUntil(lambda: process.last.reduction.name == "statistics")
    qtbot.waitUntil(lambda: "no output" in views.choice.text())
    assert views.about.text() == NOT_YET
    process.say(ReductionFailed("These frames have no statistics.", "Choose images."))
    qtbot.waitUntil(lambda: not views.isVisible())


def test_what_cannot_be_made_as_it_is_set_shows_nothing_of_what_was_set_before(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    views = panel_of(shown).views
    model_of(shown).choices.set_text("bins", "50")
    qtbot.waitUntil(lambda: len(process.requests) == 2)
    assert views.isVisible()  # until there is something else
    process.say(ReductionFailed("There are too few pixels.", "Set fewer bins."))
    qtbot.waitUntil(lambda: not views.isVisible())
    model_of(shown).choices.set_text("bins", "40")
    qtbot.waitUntil(lambda: len(process.requests) == 3)
    process.say_prepared(SHAPE)
    qtbot.waitUntil(views.isVisible)


def test_what_does_not_stop_is_ended_for_what_comes_next(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    process.answers_stop = False
    model_of(shown)._forcing.setInterval(10)
    qtbot.mouseClick(panel_of(shown).run_bar.start, LEFT)
    qtbot.waitUntil(lambda: len(process.requests) == 2)
    assert process.n_stops == 1


def test_where_it_runs_and_the_output_are_asked_for(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    where = panel_of(shown).where
    where.kind.setCurrentIndex(2)
    where.kind.activated.emit(2)
    assert not panel_of(shown).run_bar.start.isEnabled()  # no scheduler yet
    qtbot.keyClicks(where.scheduler, "tcp://10.1.2.3:8786")
    qtbot.keyClicks(where.output, "out.h5")
    assert panel_of(shown).run_bar.words.text().endswith("The file for results needs its whole path.")
    assert not panel_of(shown).run_bar.start.isEnabled()
    where.output.selectAll()
    qtbot.keyClicks(where.output, "/data/out.h5")
    started(qtbot, shown, process)
    engine = process.last.engine
    assert (engine.kind, engine.scheduler, engine.n_workers) == (EngineKind.DASK, "tcp://10.1.2.3:8786", None)
    assert process.last.output == "/data/out.h5"
    assert not any(isinstance(one, Timeout) for one in process.last.conditions)  # the window goes on looking after it
    assert FinishedFlag() in process.last.conditions
    assert all(request.engine.kind is EngineKind.THREADS for request in process.requests if request.shows_only)


# ---- scans


def test_another_scan_ends_it_and_nothing_of_the_first_is_seen(
    qtbot: QtBot, shown: Assembly, process: FakeProcess, reader: FakeSupervisor
) -> None:
    previewed(qtbot, shown, process)
    started(qtbot, shown, process)
    process.say_reduced(SHAPE, 0, 1)
    qtbot.waitUntil(lambda: shown.session.scan.quantities.n_known("radial.area") == 2)
    process.answers_stop = False
    shown.session.open(FollowRequest("/data/other.nxs"))
    with qtbot.waitSignal(shown.session.opened):
        reader.say_opened(SHAPE)
    process.say_reduced(SHAPE, 2, 3)
    process.say_ended(4, "stopped")
    qtbot.waitUntil(lambda: process.last.path == "/data/other.nxs")
    assert process.last.shows_only  # nobody started it for this scan
    assert process.last.reduction.name == "radial"  # what is chosen is that of the place
    assert shown.session.scan.quantities.n_known("radial.area") == 0
    assert panel_of(shown).views.pattern.waterfall.isHidden()


def say_replaced(shown: Assembly, reader: FakeSupervisor) -> None:
    reader.say(FileReplaced(reader.generation, "/data/scan.nxs", "It was replaced.", False, 0.0))


def test_nothing_of_another_scan_by_the_same_path_is_reduced(
    qtbot: QtBot, shown: Assembly, process: FakeProcess, reader: FakeSupervisor
) -> None:
    previewed(qtbot, shown, process)
    bar, n = panel_of(shown).run_bar, len(process.requests)
    with qtbot.waitSignal(shown.session.file_replaced):
        say_replaced(shown, reader)
    qtbot.waitUntil(lambda: bar.words.text() == "Another scan has the name of this file")
    assert not bar.start.isEnabled()
    assert panel_of(shown).views.about.text() == NO_FRAME
    model_of(shown).choices.set_text("bins", "50")
    model_of(shown).look_again()
    qtbot.wait(50)
    assert len(process.requests) == n
    shown.session.open(FollowRequest("/data/scan.nxs"))  # the other one
    with qtbot.waitSignal(shown.session.opened):
        reader.say_opened(SHAPE)
    qtbot.waitUntil(lambda: len(process.requests) == n + 1)


def test_a_run_that_finds_another_scan_first_is_not_followed_by_frames_of_it(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    started(qtbot, shown, process)
    process.say_reduced(SHAPE, 0, 1)
    n = len(process.requests)
    process.say(ReductionEnded(FILE_REPLACED, 2, 0, 5, 20, False))
    words = panel_of(shown).run_bar.words
    qtbot.waitUntil(lambda: words.text() == "Another scan has the name of this file: 2 frames reduced")
    model_of(shown).look_again()
    qtbot.wait(50)
    assert len(process.requests) == n
    assert shown.session.scan.quantities.n_known("radial.area") == 2  # of the old scan: kept


def test_in_a_watched_folder_it_goes_on_with_the_next_scan(
    qtbot: QtBot, shown: Assembly, process: FakeProcess, reader: FakeSupervisor
) -> None:
    shown.window.reductions.goes_on_by_itself = lambda: True
    previewed(qtbot, shown, process)
    qtbot.keyClicks(panel_of(shown).where.output, "/data/out.h5")
    started(qtbot, shown, process)
    for path in ("/data/2.nxs", "/data/3.nxs"):
        shown.session.open(FollowRequest(path))
        with qtbot.waitSignal(shown.session.opened):
            reader.say_opened(SHAPE)
        qtbot.waitUntil(lambda path=path: process.last.path == path and not process.last.shows_only)
        assert process.last.output == ""  # one file is for one scan
        process.say_prepared(SHAPE)
        process.say_ended(20)
        qtbot.waitUntil(lambda: process.last.shows_only)
    model_of(shown).stop()
    shown.session.open(FollowRequest("/data/4.nxs"))
    with qtbot.waitSignal(shown.session.opened):
        reader.say_opened(SHAPE)
    qtbot.waitUntil(lambda: process.last.path == "/data/4.nxs")
    assert process.last.shows_only


def test_choices_are_remembered_by_place_but_no_script(
    qtbot: QtBot, shown: Assembly, process: FakeProcess, start: Callable[..., tuple[Assembly, FakeSupervisor]]
) -> None:
    previewed(qtbot, shown, process)
    qtbot.keyClicks(line_of(shown, "bins"), "321")
    assert model_of(shown).choices.chosen.texts == {"bins": "321"}
    shown.window.reductions.memory.keep()
    again, _ = start("/entry/eiger/data")
    assert (model_of(again).choices.chosen.name, model_of(again).choices.chosen.texts) == ("radial", {"bins": "321"})
    model_of(shown).load_script("/home/me/mine.py:Mine")
    assert panel_of(shown).choice.text().startswith("mine.py:Mine")
    shown.window.reductions.memory.keep()
    again, _ = start("/entry/eiger/data")
    assert model_of(again).choices.chosen.name == ""


def test_the_panel_closed_nothing_of_single_frames_is_reduced(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    shown.window.panels.panel("reductions").close()
    qtbot.waitUntil(lambda: process.n_stops == 1)
    n_requests = len(process.requests)
    shown.window.reductions.show_panel.trigger()
    qtbot.waitUntil(lambda: len(process.requests) == n_requests + 1, timeout=20_000)


def test_closing_the_window_ends_the_process(qtbot: QtBot, shown: Assembly, process: FakeProcess) -> None:
    previewed(qtbot, shown, process)
    assert shown.window.reductions.close()
    assert process.is_closed


# ---- scripts


def test_a_script_is_read_and_run_by_nobody_but_the_process(qtbot: QtBot, shown: Assembly, process: FakeProcess, tmp_path: Path) -> None:
    script, mark = tmp_path / "mine.py", tmp_path / "was_run"
    script.write_text(f"open({str(mark)!r}, 'w')\nfrom swmr_viewer import Reduction\nclass Mine(Reduction):\n    name = 'mine'\n")
    process.infos = {f"{script}:Mine": ReductionInfo(f"{script}:Mine", "Mine", str(script), "mine")}
    shown.window.reductions.load(str(script))
    qtbot.waitUntil(lambda: process.described == [f"{script}:Mine"])
    assert not mark.exists()
    qtbot.waitUntil(lambda: len(process.requests) == 1)
    process.say_prepared(SHAPE, (Output("n"),))
    shown.window.reductions.load(str(script))  # it was edited
    qtbot.waitUntil(lambda: len(process.requests) == len(process.described) == 2)
    script.write_text("x = (")
    shown.window.reductions.load(str(script))
    qtbot.waitUntil(lambda: "is no Python that can be read (line 1)" in shown.window.error_bar.words())


# ---- presets


def test_a_preset_brings_its_reduction_once(qtbot: QtBot, shown: Assembly, process: FakeProcess, reader: FakeSupervisor) -> None:
    previewed(qtbot, shown, process)
    qtbot.keyClicks(line_of(shown, "bins"), "321")
    model_of(shown).choices.set(replace(model_of(shown).choices.chosen, engine=EngineKind.PROCESSES, n_workers=3))
    shown.opening.show_dialog()
    dialog = shown.opening.dialog
    assert dialog is not None
    dialog.presets.names.setEditText("powder")
    with qtbot.waitSignal(dialog.presets.reported):
        dialog.presets.save()
    (preset,) = load_presets(presets_file())
    assert (preset.reduction, preset.parameters) == ("radial", (("bins", "321"),))
    assert (preset.engine, preset.workers, preset.scheduler) == ("processes", 3, "")
    dialog.close()
    model_of(shown).choices.set(ChosenReduction("statistics", engine=EngineKind.DASK, scheduler="tcp://10.1.2.3:8786"))
    for path, name in (("/data/2.nxs", "radial"), ("/data/3.nxs", "statistics")):
        shown.session.open(preset.request(path))
        with qtbot.waitSignal(shown.session.opened):
            reader.say_opened(SHAPE)
        qtbot.waitUntil(lambda path=path, name=name: (process.last.path, process.last.reduction.name) == (path, name))
        if name == "radial":
            assert model_of(shown).choices.chosen.texts == {"bins": "321"}
            assert model_of(shown).choices.chosen.where == EngineChoice(EngineKind.PROCESSES, 3)
            model_of(shown).choices.choose("statistics")  # what somebody chooses after that stays


def test_presets_name_no_script(fresh_home: Path, tmp_path: Path) -> None:
    named = {"reduction": "/home/me/mine.py:Mine", "parameters": (("a", "1"),), "engine": "dask", "scheduler": "tcp://10.1.2.3:8786"}
    assert preset_of("x", FollowRequest("/s.h5"), named) == preset_of("x", FollowRequest("/s.h5"))
    file = tmp_path / "presets.json"
    save_presets([Preset("plain"), Preset("powder", reduction="radial", parameters=(("bins", "2"),))], file)
    written = json.loads(file.read_text(encoding="utf-8"))["presets"]
    assert [set(one) & {"reduction", "parameters"} for one in written] == [set(), {"reduction", "parameters"}]
    assert written[1]["parameters"] == {"bins": "2"}
    assert load_presets(file)[1].parameters == (("bins", "2"),)
    file.write_text(file.read_text(encoding="utf-8").replace('"radial"', '"/tmp/evil.py:Evil"'), encoding="utf-8")
    assert load_presets(file)[1].reduction == ""


def test_presets_keep_a_scheduler_unless_they_are_passed_on(qtbot: QtBot, fresh_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "presets.json"
    where = {"engine": "dask", "workers": 8, "scheduler": "tcp://10.1.2.3:8786"}
    save_presets([Preset("here", reduction="radial", engine="processes", workers=2), Preset("there", reduction="radial", **where)], file)
    assert {name: getattr(load_presets(file)[1], name) for name in where} == where
    row, told = PresetRow(lambda: FollowRequest("")), []
    qtbot.addWidget(row)
    row.reported.connect(lambda sentence, _: told.append(sentence))
    with qtbot.waitSignal(row.reported):
        row.import_from(str(file))
    assert "schedulers that they name are left out" in told[-1]
    here, there = load_presets(presets_file())
    assert (here.engine, here.workers) == ("processes", 2)
    assert (there.engine, there.workers, there.scheduler) == ("", 0, "")
    mine = ChosenReduction("statistics", engine=EngineKind.DASK, scheduler="slurm")
    assert as_in_preset(mine, there).where == mine.where  # where it runs stays the user's
    assert as_in_preset(mine, here).where == EngineChoice(EngineKind.PROCESSES, 2)
    good = file.read_text(encoding="utf-8")
    for right, wrong in (('"processes"', '"somewhere"'), ('"workers": 8', '"workers": Infinity'), ('"workers": 8', '"workers": -1')):
        file.write_text(good.replace(right, wrong), encoding="utf-8")
        with pytest.raises(PresetError):
            load_presets(file)


def test_a_script_of_several_reductions_offers_them(qtbot: QtBot, shown: Assembly, process: FakeProcess, tmp_path: Path) -> None:
    script = tmp_path / "two.py"
    script.write_text(
        "class One(Reduction): pass\nclass _Base(Reduction): pass\nclass Two(One):\n    def __call__(self): pass\nclass Other: pass\n"
    )
    assert classes_in(str(script)) == ("One", "Two")
    parts = shown.window.reductions
    parts.load(str(script))
    qtbot.waitUntil(lambda: parts.classes_menu is not None and parts.classes_menu.isVisible())
    assert parts.classes_menu is not None
    parts.classes_menu.actions()[1].trigger()
    parts.classes_menu.close()
    assert model_of(shown).choices.chosen.name == f"{script}:Two"
    script.write_text("x = 1\n")
    with pytest.raises(ScriptError, match="There is no reduction in"):
        classes_in(str(script))
