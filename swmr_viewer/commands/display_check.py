"""Whether a window can be shown here, asked before Qt is: where Qt cannot, it aborts the process."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from swmr_viewer.commands.system_libraries import ANY_PLATFORM, PACKAGES, install_line, missing_libraries, packages_of
from swmr_viewer.core.errors import SwmrViewerError

NEEDS_NO_DISPLAY = ("offscreen", "minimal")
PROBE_LIMIT_S = 60.0
WITHOUT_A_WINDOW = "or follow the file without a window: swmr-viewer follow FILE"


class DisplayError(SwmrViewerError):
    """No window can be shown: no display, or Qt cannot be loaded."""


def has_display() -> bool:
    """Whether the environment names a display, or asks for a Qt platform by name."""
    names = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


def check_display() -> None:
    """Make sure that Qt can open a window.

    The cheap questions come first (does Qt's plugin load, does the X server answer: some milliseconds);
    only where they do not decide, Qt itself is tried in a process of its own, which may abort.

    Raises
    ------
    DisplayError
        If it cannot: what is missing, and what to do.
    """
    if not sys.platform.startswith("linux"):
        return
    if not has_display():
        raise DisplayError(
            "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.", f"Start from a desktop, use ssh -X, {WITHOUT_A_WINDOW}."
        )
    wanted = os.environ.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    if wanted in NEEDS_NO_DISPLAY:
        check_platform_loads(wanted)
    elif wanted in ("", "xcb"):
        _check_x11(or_wayland=not wanted)
    else:
        _try_qt()


def _check_x11(*, or_wayland: bool) -> None:
    """Qt falls back to X11 from Wayland, but to Wayland only where X11 fails."""
    try:
        check_platform_loads("xcb")
        if not _x_server_answers():
            raise DisplayError(
                f"The display {_display_text()} cannot be opened.", f"Check that it is yours, use ssh -X, {WITHOUT_A_WINDOW}."
            )
    except DisplayError:
        if not (or_wayland and _wayland_answers()):
            raise
        _try_qt()


def check_platform_loads(platform: str) -> None:
    """Make sure that Qt's plugin for this platform, and Qt with it, finds every library that it needs.

    Raises
    ------
    DisplayError
        If a library is missing.
    """
    plugin = _plugin(platform)
    if plugin is None:
        return
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        raise _library_error(str(error)) from error


def _plugin(platform: str) -> Path | None:
    """Return Qt's plugin as the PySide6 wheel lays it out, found without loading PySide6; None: laid out otherwise."""
    spec = find_spec("PySide6")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "Qt" / "plugins" / "platforms" / f"libq{platform}.so"
        if path.exists():
            return path
    return None


def _library_error(why: str) -> DisplayError:
    missing = missing_libraries(PACKAGES)
    if not missing:
        return DisplayError(f"Qt cannot be loaded: {why}.", f"Install that library, {WITHOUT_A_WINDOW}.")
    return DisplayError(f"Qt needs system libraries that are not installed: {', '.join(missing)}.", install_line(packages_of(missing)))


def _x_server_answers() -> bool:
    """Connect to the X server as Qt will, and let go."""
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    answers = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(answers)


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return False
    with socket.socket(socket.AF_UNIX) as to_compositor:
        try:
            to_compositor.connect(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name))
        except OSError:
            return False
    return True


def _display_text() -> str:
    return os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM", "")


def _try_qt() -> None:
    command = [sys.executable, "-c", "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_LIMIT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise DisplayError(f"Qt did not open the display {_display_text()} in {PROBE_LIMIT_S:g} s.", "Check the connection.") from error
    if done.returncode != 0:
        if missing_libraries(ANY_PLATFORM):
            raise _library_error(done.stderr)
        why = next((line for line in done.stderr.splitlines() if line.strip()), "it gave no reason").rstrip(".")
        raise DisplayError(f"Qt cannot open a window on {_display_text()}: {why}.", f"Unset QT_QPA_PLATFORM, {WITHOUT_A_WINDOW}.")
