"""Icons of the resources, in the colours of the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from swmr_viewer.gui.look.theme import mixed, theme_of_application, tokens
from swmr_viewer.resources import resource_path

SIDES = (16, 20, 24, 32, 48)


def icon(name: str, color: str | None = None, *, checked: str | None = None) -> QIcon:
    """Return a line icon of ``resources/icons`` in this colour (default: the theme's text), and in another one for a checked button."""
    colors = tokens()
    found = QIcon()
    paints = (
        (QIcon.Mode.Normal, QIcon.State.Off, color or colors.text),
        (QIcon.Mode.Normal, QIcon.State.On, checked or color or colors.text),
        (QIcon.Mode.Disabled, QIcon.State.Off, mixed(colors.muted, colors.panel, 0.45)),
    )
    for mode, state, paint in paints:
        for side in SIDES:
            found.addPixmap(QPixmap.fromImage(_drawn(name, paint, side)), mode, state)
    return found


@lru_cache(maxsize=1024)
def _drawn(name: str, color: str, side: int) -> QImage:
    """Return the icon as an image, drawn once for all buttons that wear it: a window has some 240 of these."""
    svg = resource_path(f"icons/{name}.svg").read_text(encoding="utf-8").replace("currentColor", color)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    return image


class _IconKeeper(QObject):
    """Keeps the icon of its parent button in the theme's colours; goes when the button goes."""

    def __init__(self, button: QAbstractButton, name: str, checked: str) -> None:
        super().__init__(button)
        self._button = button
        self._checked = checked
        self.name = name
        theme_of_application().changed.connect(self.renew)

    def renew(self) -> None:
        self._button.setIcon(icon(self.name, checked=getattr(tokens(), self._checked)))


def wear(button: QAbstractButton, name: str, *, checked: str = "text") -> None:
    """Put an icon on a button, and keep it in the theme's colours; ``checked`` names the one of a checked button."""
    keeper = button.findChild(_IconKeeper)
    if keeper is None:
        button.setIconSize(QSize(18, 18))
        keeper = _IconKeeper(button, name, checked)
    elif keeper.name == name:
        return
    keeper.name = name
    keeper.renew()
