"""pyFAI, loaded where it is first needed: quietly, without Qt and without OpenCL."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import RLock
from typing import Any

from swmr_viewer.reductions.contract import ReductionError

INSTALL = "Install it with: pip install 'swmr-viewer[pyfai]'."
LOGGERS = ("pyFAI", "silx", "fabio", "numexpr")
QT_MODEL = "pyFAI.gui.model.GeometryModel"
"""What reads PONI files imports this model of a window, and with it Qt, if it can."""
_lock = RLock()


@contextmanager
def quiet() -> Iterator[None]:
    """While this lasts, pyFAI and what it stands on log and warn of nothing; one thread at a time."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        levels = {name: logging.getLogger(name).level for name in LOGGERS}
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)


def load_pyfai() -> tuple[Any, Any]:
    """Return pyFAI's class ``AzimuthalIntegrator`` and its module ``detectors``.

    Raises
    ------
    ReductionError
        If it is not installed, or does not load.
    """
    with quiet(), _without_qt():
        try:
            pyfai = import_module("pyFAI")
        except ImportError as error:
            raise ReductionError("Azimuthal integration is done by pyFAI, which is not installed.", INSTALL) from error
        try:
            with _without_opencl(pyfai):
                return _integrator(), import_module("pyFAI.detectors")
        except Exception as error:  # whatever libraries do that do not fit one another
            raise ReductionError(f"pyFAI does not load: {type(error).__name__}: {error}.", "Install it anew.") from error


def _integrator() -> Any:
    try:
        module = import_module("pyFAI.integrator.azimuthal")
    except ModuleNotFoundError as error:
        if error.name != "pyFAI.integrator":
            raise
        module = import_module("pyFAI.azimuthalIntegrator")  # until 2024.9
    return module.AzimuthalIntegrator


@contextmanager
def _without_qt() -> Iterator[None]:
    if QT_MODEL in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules
    modules[QT_MODEL] = None
    try:
        yield
    finally:
        modules.pop(QT_MODEL, None)


@contextmanager
def _without_opencl(pyfai: Any) -> Iterator[None]:
    """Look for no graphics processors: that starts drivers, and the engines here are of this processor."""
    before = pyfai.use_opencl
    pyfai.use_opencl = False
    try:
        yield
    finally:
        pyfai.use_opencl = before
