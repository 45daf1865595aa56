"""pyqtgraph without what the window never uses, and whole where that does not work."""

from __future__ import annotations

import subprocess
import sys

PRELUDE = """
import sys
import PySide6.QtCore
names = dir(PySide6.QtCore)
"""
LEAN = (
    PRELUDE
    + """
from swmr_viewer.gui import application
import pyqtgraph as pg
real = [name for name, one in sys.modules.items() if name.startswith("pyqtgraph.") and type(one).__name__ != "_StandIn"]
print(len(real) < 80, "pyqtgraph.parametertree" in real, "pyqtgraph.widgets.SpinBox" in real, set(names) <= set(dir(PySide6.QtCore)))
from pyqtgraph.widgets.SpinBox import SpinBox
from pyqtgraph.Qt import QtCore
print(SpinBox.__name__, QtCore.QPointF is PySide6.QtCore.QPointF, pg.QtCore.__version__ == PySide6.QtCore.__version__)
"""
)
WHOLE = (
    PRELUDE
    + """
class Faulty:
    left = ["pyqtgraph.functions"]
    def find_spec(self, name, *_):
        if name in self.left:
            self.left.remove(name)
            raise RuntimeError("a version that does not go with stand-ins")
sys.meta_path.insert(0, Faulty())
import swmr_viewer.gui
import pyqtgraph as pg
print(Faulty.left, pg.SpinBox.__name__, "pyqtgraph.parametertree" in sys.modules, set(names) <= set(dir(PySide6.QtCore)))
"""
)


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.stdout


def test_what_the_window_never_uses_is_not_loaded_and_can_be() -> None:
    assert run(LEAN).splitlines() == ["True False False True", "SpinBox True True"]


def test_where_a_part_does_not_load_all_is_loaded() -> None:
    assert run(WHOLE).splitlines() == ["[] SpinBox True True"]
