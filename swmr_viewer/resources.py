"""Finds the files of ``resources/``: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from swmr_viewer.core.errors import SwmrViewerError

_PACKAGE = Path(__file__).resolve().parent
FOLDERS = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")
"""In a wheel, and in a checkout (an editable install): the first that holds the name wins."""


class ResourceMissingError(SwmrViewerError, FileNotFoundError):
    """A file that belongs to the program is not where it was installed."""


def resource_path(name: str) -> Path:
    """Return where a file of ``resources/`` lies.

    Parameters
    ----------
    name : str
        Relative to ``resources/``, with forward slashes: ``icons/live.svg``.

    Raises
    ------
    ResourceMissingError
        If the installation is not complete.
    """
    for folder in FOLDERS:
        if (path := folder / name).exists():
            return path
    raise ResourceMissingError(f"{name} is missing from this installation ({_PACKAGE}).", "Install swmr-viewer again.")
