"""Keeps several pictures on the same part of their frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.image import ImageView


class LinkedZoom(QObject):
    """While it is on, what is seen of one picture is seen of all."""

    followed = Signal(object)
    """The ``ImageView`` that shows another part now, because another one does."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._views: tuple[ImageView, ...] = ()
        self._slots: dict[ImageView, Callable[..., None]] = {}
        self._is_moving = False
        self.is_on = False

    def set_views(self, views: Sequence[ImageView]) -> None:
        """Link these from now on; those before are gone, or go on alone."""
        for view in self._views:
            view.box.sigRangeChanged.disconnect(self._slots.pop(view))
        self._views = tuple(views)
        self._slots = {view: partial(self._follow, view) for view in self._views}
        for view, slot in self._slots.items():
            view.box.sigRangeChanged.connect(slot)

    def switch(self, on: bool) -> None:
        """Link them, after the first, or let each go its own way."""
        self.is_on = on
        if on and self._views:
            self._follow(self._views[0])

    def _follow(self, leader: ImageView, *_range: object) -> None:
        if not self.is_on or self._is_moving:
            return
        self._is_moving = True
        seen = leader.box.frame_rect
        for view in self._views:
            if view is not leader:
                view.box.show_rect(seen)
                self.followed.emit(view)
        self._is_moving = False
