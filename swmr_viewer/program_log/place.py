"""Where logs are kept: in the platform's own place for them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

NAME = "swmr_viewer"


def log_folder(system: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Path:
    r"""Return the folder of this user's logs; it need not be there.

    Linux: ``~/.local/state/swmr_viewer`` (XDG Base Directory Specification 0.8); macOS: ``~/Library/Logs/swmr_viewer``;
    Windows: ``%LOCALAPPDATA%\swmr_viewer\Logs``.
    """
    if system == "darwin":
        return _home(environment) / "Library" / "Logs" / NAME
    if system == "win32":
        return Path(environment.get("LOCALAPPDATA") or _home(environment) / "AppData" / "Local") / NAME / "Logs"
    told = environment.get("XDG_STATE_HOME", "")
    return (Path(told) if os.path.isabs(told) else _home(environment) / ".local" / "state") / NAME


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or environment.get("USERPROFILE") or os.path.expanduser("~"))
