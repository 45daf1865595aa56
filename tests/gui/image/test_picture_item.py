"""The item that draws pictures: which colour each number has, what is clear, and that no pixel is passed over."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem

from swmr_viewer.gui.image.picture_item import PictureItem, table_places

GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
BEHIND = 0xFF336699


def drawn(item: PictureItem, transform: QTransform, width: int, height: int) -> np.ndarray:
    """Return what the item paints over a plain ground, as 0xffRRGGBB."""
    ground = QImage(width, height, QImage.Format.Format_RGB32)
    ground.fill(BEHIND)
    painter = QPainter(ground)
    painter.setTransform(transform)
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    return np.frombuffer(ground.constBits(), np.uint32).reshape(height, width).copy()


def item_of(image: np.ndarray, levels: tuple[float, float]) -> PictureItem:
    item = PictureItem(lambda: None)
    item.set_table(GREYS)
    item.show_picture(image, levels, QRectF(0, 0, image.shape[1], image.shape[0]))
    return item


def grey(level: int) -> int:
    return 0xFF000000 | level * 0x010101


def test_numbers_have_the_colours_of_their_part_between_the_levels_and_those_beyond_the_last_ones(qapp: QApplication) -> None:
    image = np.array([[0, 0.99, 1, 128, 255.5, 256], [-np.inf, -3, 300, np.inf, np.nan, 77]], np.float32)
    found = drawn(item_of(image, (0, 256)), QTransform(), 6, 2)
    wanted = [[grey(n) for n in (0, 0, 1, 128, 255, 255)], [*(grey(n) for n in (0, 0, 255, 255)), BEHIND, grey(77)]]
    assert found.tolist() == wanted


@pytest.mark.parametrize("levels", [(0.0, 1e-36), (-1e38, 1e38), (1e6, 1e6 + 0.5), (5.0, 5.0)], ids=str)
def test_levels_of_any_size_sort_numbers_and_keep_gaps_apart(qapp: QApplication, levels: tuple[float, float]) -> None:
    low, high = levels
    image = np.array([[-3e38, low, high, 3e38]], np.float32)
    places, has_gaps = table_places(image, levels)
    assert not has_gaps
    assert (np.diff(places[0].astype(int)) >= 0).all()
    assert places[0, 0] == 0
    assert places[0, -1] == 255
    assert table_places(np.array([[np.nan, low]], np.float32), levels)[1]


def test_large_pictures_are_scaled_piece_by_piece_alike(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    image = np.random.default_rng(0).normal(5, 3, (37, 41)).astype(np.float32)
    image[30, 7] = np.nan
    whole, has_gaps = table_places(image, (0.5, 9.25))
    assert has_gaps
    monkeypatch.setattr("swmr_viewer.gui.image.picture_item.PIECE", 100)
    np.testing.assert_array_equal(table_places(image, (0.5, 9.25))[0], whole)
    wanted = np.clip((image - np.float32(0.5)) * np.float32(256 / 8.75), 0, 255)
    np.testing.assert_array_equal(whole[np.isfinite(image)], wanted[np.isfinite(image)].astype(np.uint8))


@pytest.mark.parametrize("size", [200, 199, 150, 101])
@pytest.mark.parametrize("turned", [False, True], ids=["upright", "transposed"])
def test_each_pixel_is_seen_wherever_the_picture_lies(qapp: QApplication, size: int, turned: bool) -> None:
    image = np.tile(np.arange(size, dtype=np.float32), (size, 1))
    item = item_of(image, (0, 256))
    for offset in np.linspace(0, 1, 9):
        lies = (
            QTransform(0, 200 / size, 200 / size, 0, offset, offset) if turned else QTransform(200 / size, 0, 0, 200 / size, offset, offset)
        )
        found = drawn(item, lies, 204, 204)
        line = found[:, 100] if turned else found[100]
        seen = np.unique(line[line != BEHIND] & 0xFF)
        assert seen.tolist() == list(range(size)), f"at {offset}"


def test_the_view_is_told_of_what_changes_and_of_nothing_else(qapp: QApplication) -> None:
    told: list[int] = []
    item = PictureItem(lambda: told.append(1))
    item.set_table(GREYS)
    item.set_levels((0, 2))
    assert not told, "there is nothing to see yet"
    item.show_picture(np.zeros((2, 2), np.float32), (0, 1), QRectF(0, 0, 2, 2))
    assert len(told) == 1
    item.set_levels((0, 1))
    item.set_table(GREYS)
    assert len(told) == 1
    assert drawn(item, QTransform(), 2, 2)[0, 0] == grey(0)
    item.set_table(GREYS[::-1])
    assert len(told) == 2
    assert drawn(item, QTransform(), 2, 2)[0, 0] == grey(255)
    item.set_levels((-1, 1))
    assert drawn(item, QTransform(), 2, 2)[0, 0] == grey(127)
    item.clear()
    assert item.boundingRect().isEmpty()
    assert (drawn(item, QTransform(), 2, 2) == BEHIND).all()


def test_colours_of_their_own_are_drawn_as_they_are(qapp: QApplication) -> None:
    image = np.array([[[10, 20, 30, 255], [9, 9, 9, 0]]], np.uint8)
    assert drawn(item_of(image, (0, 255)), QTransform(), 2, 1).tolist() == [[0xFF0A141E, BEHIND]]
