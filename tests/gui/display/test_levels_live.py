"""Masks, percentiles and counts over a real scan: what is shown is what numpy finds in the writer's frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.display_settings import LevelMode
from swmr_viewer.simulator.defects import pixel_mask
from swmr_viewer.simulator.plan import ScanPlan
from tests.live.writers import LiveWriter

pytestmark = pytest.mark.live
WAIT_MS = 60_000


def test_levels_masks_and_counts_are_those_of_the_file(qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path) -> None:
    plan = ScanPlan(scan_shape=(2, 3), frame_shape=(1500, 64), dtype="uint16", period_s=0.0, mask=True, saturate=7)
    with LiveWriter(tmp_path / "scan.h5", plan) as scan:
        viewer = live_viewer(tmp_path / "scan.h5")
        session, display, image = viewer.session, viewer.window.display, viewer.window.frame_view.image
        editor, colors = viewer.window.display_tools.levels_editor, viewer.window.display_tools.color_editor
        newest = max(scan.step(2))
        qtbot.waitUntil(lambda: session.scan.shown is not None and session.scan.shown.index == newest, timeout=WAIT_MS)
        pixels = scan.expected(newest)
        bad = pixel_mask(plan) != 0
        assert bad.any()
        assert display.mask_path is not None
        assert editor.masks.pixel_mask.isChecked()
        display.set_mode(LevelMode.EXTREMES)
        n_masked = int((bad | (pixels == 65_535)).sum())
        qtbot.waitUntil(lambda: display.statistics is not None and display.statistics.n_masked == n_masked, timeout=WAIT_MS)
        assert count_text(n_masked) in editor.masks.told.text()
        valid = pixels[~bad & (pixels != 65_535)]
        qtbot.waitUntil(lambda: image.levels == (valid.min(), valid.max()), timeout=WAIT_MS)
        assert display.saturation_value is not None
        assert f"{count_text(int((valid >= display.saturation_value).sum()))} saturated" in colors.told.text()

        qtbot.waitUntil(lambda: display.pixel_mask is not None, timeout=WAIT_MS)
        np.testing.assert_array_equal(display.pixel_mask, bad)
        row, column = np.argwhere(bad[100:1400, 4:-4])[0] + (100, 4)
        image.box.setRange(xRange=(column - 3, column + 4), yRange=(row - 3, row + 4), padding=0)
        crop = image.crop
        assert crop is not None
        assert crop.factor == 1
        part = (slice(crop.top, crop.bottom), slice(crop.left, crop.right))
        np.testing.assert_array_equal(np.isnan(image.crop_item.image), bad[part] | (pixels[part] == 65_535))
        painted = image.view.grab().toImage()
        at = image.view.mapFromScene(image.box.frame_group.mapToScene(QPointF(column + 0.1, row + 0.1)))
        from swmr_viewer.gui.look.theme import tokens

        assert painted.pixelColor(at).name() == tokens().masked

        editor.masks.limit.setText("50")
        editor.masks.above.click()
        valid = valid[valid <= 50]
        qtbot.waitUntil(lambda: display.statistics is not None and display.statistics.maximum == valid.max(), timeout=WAIT_MS)
        display.set_mode(LevelMode.PERCENTILES)
        editor.percentiles[0].setValue(10)
        editor.percentiles[1].setValue(90)
        wanted = tuple(np.percentile(valid, (10, 90)))
        qtbot.waitUntil(lambda: image.levels == pytest.approx(wanted), timeout=WAIT_MS)
        rect = image.box.frame_rect
        following = max(scan.step(1))
        qtbot.waitUntil(lambda: session.scan.shown is not None and session.scan.shown.index == following, timeout=WAIT_MS)
        assert image.box.frame_rect == rect
        assert display.settings.percentiles == (10, 90)
        assert display.settings.mask.above == 50
