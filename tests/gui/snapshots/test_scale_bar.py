"""The scale bar of a snapshot is true however the picture lies: pixels need not be square, and the picture may be turned."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.snapshots import snapshots as snapshots_module
from swmr_viewer.gui.snapshots.snapshot_picture import ScaleBar, scale_bar
from tests.gui.fakes import FakeSupervisor, picture

ACROSS_M, DOWN_M = 172e-6, 43e-6
PIXEL_SIZE_M = (ACROSS_M, DOWN_M)
METRES = {"mm": 1e-3, "\u00b5m": 1e-6}


def metres_of(bar: ScaleBar) -> float:
    number, unit = bar.words.split(" ")
    return float(number) * METRES[unit]


@pytest.mark.parametrize(("across", "pixel_m"), [("x", ACROSS_M), ("y", DOWN_M)])
def test_the_bar_is_as_long_as_it_says_along_either_axis(across: str, pixel_m: float) -> None:
    bar = scale_bar(2.5, PIXEL_SIZE_M, across=across)
    assert bar.length_px * 2.5 * pixel_m == pytest.approx(metres_of(bar))
    assert scale_bar(2.5, across=across) == scale_bar(2.5)


@pytest.mark.parametrize("orientation", [Orientation(*(bool(n & bit) for bit in (1, 2, 4))) for n in range(8)])
@pytest.mark.parametrize("is_zoomed", [False, True])
def test_in_the_window_it_is_true_however_the_picture_lies(
    qtbot: QtBot,
    reader: FakeSupervisor,
    following: Callable[..., Assembly],
    monkeypatch: pytest.MonkeyPatch,
    orientation: Orientation,
    is_zoomed: bool,
) -> None:
    viewer = following((4, 5), facts=DataFacts(geometry=PixelGeometry(pixel_size_m=PIXEL_SIZE_M)))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture((300, 200)), 0, (4, 5))
    viewer.window.display.turn(lambda _: orientation)
    image, overlay = viewer.window.frame_view.image, viewer.window.measuring.overlay
    if is_zoomed:
        image.box.scaleBy((0.3, 0.3))
    bars: list[ScaleBar] = []
    monkeypatch.setattr(snapshots_module, "composed", lambda seen, title, bar, colors: bars.append(bar) or seen)
    viewer.window.snapshots.picture()
    (bar,) = bars
    middle = image.view.viewport().rect().center().toPointF()
    start = overlay.frame_point(middle, clipped=False)
    stop = overlay.frame_point(middle + QPointF(round(bar.length_px), 0), clipped=False)
    # What lies under the bar on the screen, by the frame's own coordinates and the size of its pixels.
    seen_m = ((stop[0] - start[0]) * ACROSS_M) ** 2 + ((stop[1] - start[1]) * DOWN_M) ** 2
    assert seen_m**0.5 == pytest.approx(metres_of(bar), rel=1.5 / bar.length_px)
