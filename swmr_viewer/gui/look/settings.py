"""Where the window's settings are: one place per user, where the platform keeps such things, and how they are forgotten."""

from __future__ import annotations

from PySide6.QtCore import QSettings

NAME = "swmr_viewer"


def settings() -> QSettings:
    """Return the user's settings: a file below ``~/.config`` on Linux, a property list on macOS, the registry on Windows."""
    return QSettings(NAME, NAME)


def forget_settings() -> None:
    """Forget every setting of this user; what is asked for afterwards is the default."""
    stored = settings()
    stored.clear()
    stored.sync()
