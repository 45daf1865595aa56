"""Whether a window can be shown: display, Qt and the system libraries that it needs, fonts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from swmr_viewer.commands.checks.finding import Finding, ok, problem, warning
from swmr_viewer.commands.display_check import DisplayError, check_display, has_display
from swmr_viewer.commands.system_libraries import (
    ANY_PLATFORM,
    FONT_PACKAGES,
    PACKAGES,
    has_fonts,
    install_line,
    missing_libraries,
    packages_of,
)

_QT = ("PySide6-Essentials", "PySide6")
"""The distributions that bring Qt for Python; conda's has the second name."""


def display() -> Finding:
    """Return whether a window can be shown; that there is no display at all is no problem on a computer that people use without one."""
    try:
        check_display()
    except DisplayError as error:
        return _if_a_window_is_wanted("display", error.message, error.remedy)
    return ok("display", "A window can be shown.")


def qt_libraries() -> Finding:
    """Return which of the libraries that Qt needs are not on this system."""
    missing = missing_libraries(PACKAGES)
    if not missing:
        return ok("Qt libraries", "All are there." if sys.platform.startswith("linux") else "They come with Qt on this system.")
    found = f"Not installed: {', '.join(missing)}."
    if set(missing) & set(ANY_PLATFORM):
        return _if_a_window_is_wanted("Qt libraries", found, install_line(packages_of(missing)))
    return warning("Qt libraries", f"{found} They are needed on X11.", install_line(packages_of(missing)))


def fonts() -> Finding:
    """Return whether there is any font."""
    if has_fonts():
        return ok("fonts", "There are some.")
    return _if_a_window_is_wanted("fonts", "There is no font: every text would be a row of boxes.", install_line(FONT_PACKAGES))


def _if_a_window_is_wanted(name: str, found: str, remedy: str) -> Finding:
    return (problem if has_display() else warning)(name, found, remedy)


def qt() -> Iterator[Finding]:
    """Yield which Qt and pyqtgraph are installed; neither is loaded."""
    yield _installed("Qt", _QT, "pip install PySide6-Essentials")
    yield _installed("pyqtgraph", ("pyqtgraph",), "pip install pyqtgraph")


def _installed(name: str, distributions: tuple[str, ...], how: str) -> Finding:
    for distribution in distributions:
        try:
            return ok(name, f"{distribution} {version(distribution)}.")
        except PackageNotFoundError:
            continue
    return problem(name, f"{distributions[0]} is not installed: there is no window without it.", f"Run: {how}")
