"""Qt's settings, kept where a test or a measurement wants them."""

from __future__ import annotations

import os

from PySide6.QtCore import QSettings


def keep_qt_settings_in(folder: str | os.PathLike[str]) -> None:
    """Have Qt read and write settings there from now on: it remembers where they go from its first look."""
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(folder))
