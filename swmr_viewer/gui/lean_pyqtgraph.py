"""The import of pyqtgraph without what the window never uses: more than half of its time, and 12 MB.

As it comes, ``import pyqtgraph`` copies all of QtCore, QtGui and QtWidgets into modules of its own, which makes PySide create
each of some 700 classes that it would otherwise create when one is first used; and it loads every widget it has.
See docs/decisions/0036-pyqtgraph-loaded-in-part.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

_COPIED = ("QtCore", "QtGui", "QtWidgets")
_USED = {
    "graphicsItems": {
        *("AxisItem", "GraphicsItem", "GraphicsObject", "GraphicsWidget", "ImageItem", "InfiniteLine", "LinearRegionItem"),
        *("PlotDataItem", "ROI", "ScatterPlotItem", "TextItem"),
    },
    "widgets": {"GraphicsView"},
}
"""Modules whose names ``pyqtgraph`` offers here; what these need in turn is loaded as they ask for it."""


def load_pyqtgraph() -> None:
    """Import pyqtgraph, in part where its version allows that, otherwise whole."""
    if "pyqtgraph" in sys.modules:
        return
    try:
        with _stood_in_for():
            import_module("pyqtgraph")
    except Exception:
        for name in [name for name in sys.modules if name.split(".")[0] == "pyqtgraph"]:
            del sys.modules[name]
        import_module("pyqtgraph")


@contextmanager
def _stood_in_for() -> Iterator[None]:
    """Have stand-ins in the place of modules; those of Qt tell nobody what they hold while it would be copied."""
    qt = {name: import_module(f"PySide6.{name}") for name in _COPIED}
    spec = find_spec("pyqtgraph")
    told = {name: vars(module).get("__dir__") for name, module in qt.items()}
    for name, module in qt.items():
        sys.modules[f"pyqtgraph.Qt.{name}"] = _StandIn(f"pyqtgraph.Qt.{name}", module)
        vars(module)["__dir__"] = list
    for folder in spec.submodule_search_locations or () if spec is not None else ():
        for name in _left_for_later(Path(folder)):
            sys.modules[name] = _StandIn(name)
    try:
        yield
    finally:
        for name, tell in told.items():
            del vars(qt[name])["__dir__"]
            if tell is not None:
                vars(qt[name])["__dir__"] = tell


def _left_for_later(folder: Path) -> Iterator[str]:
    yield "pyqtgraph.imageview"
    for part, used in _USED.items():
        with suppress(OSError):
            for file in (folder / part).glob("[A-Z]*.py"):
                if file.stem not in used:
                    yield f"pyqtgraph.{part}.{file.stem}"


class _StandIn(ModuleType):
    """A module that is looked into when the first name is asked of it; ``import *`` asks for none."""

    def __init__(self, name: str, real: ModuleType | None = None) -> None:
        super().__init__(name)
        self._real = real

    def __getattr__(self, name: str) -> Any:
        if self._real is None:
            if name.startswith("__"):
                raise AttributeError(name)
            del sys.modules[self.__name__]
            self._real = import_module(self.__name__)
        value = getattr(self._real, name)
        setattr(self, name, value)
        return value
