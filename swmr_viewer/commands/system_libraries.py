"""The system libraries that Qt needs on Linux, which of them are missing, and the line that installs them."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable

ANY_PLATFORM = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What Qt needs to be loaded at all, off screen too: library and Debian package."""

X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What the window needs besides on X11 (from the NEEDED entries of Qt's libqxcb.so and libQt6XcbQpa.so)."""

PACKAGES = {**ANY_PLATFORM, **X11}

FONT_PACKAGES = ("fontconfig", "fonts-dejavu-core")
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_FONT_ENDINGS = (".ttf", ".otf", ".ttc", ".pfb", ".t1")


def missing_libraries(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the libraries that cannot be loaded; none on a system other than Linux."""
    return tuple(name for name in names if sys.platform.startswith("linux") and not can_load(name))


def can_load(library: str) -> bool:
    """Whether the dynamic linker finds this library and all that it needs."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    """Whether there is any font, without which every text is a row of boxes."""
    if not sys.platform.startswith("linux"):
        return True
    folders = (os.path.expanduser(folder) for folder in _FONT_FOLDERS)
    return any(name.lower().endswith(_FONT_ENDINGS) for folder in folders for _, _, names in os.walk(folder) for name in names)


def packages_of(libraries: Iterable[str]) -> tuple[str, ...]:
    """Return the Debian packages that hold these libraries, each once."""
    return tuple(dict.fromkeys(PACKAGES[name] for name in libraries if name in PACKAGES))


def install_line(packages: Iterable[str]) -> str:
    """Return the sentence that tells how to install these packages on this system."""
    if shutil.which("apt-get") is None:
        return f"Install them with your system's package manager (on Debian they are called {' '.join(packages)})."
    sudo = "" if is_root() else "sudo "
    return f"Run: {sudo}apt-get install -y {' '.join(packages)}"


def is_root() -> bool:
    """Whether this process may install packages."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
