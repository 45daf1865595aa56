"""Dask's own words on stderr, kept quiet while an engine lives: what matters of them is told in sentences."""

from __future__ import annotations

import logging
import threading
import warnings

_NAMES = ("distributed", "tornado", "asyncio", "dask_jobqueue")
_SILENT = logging.CRITICAL + 1


class Quiet:
    """Quiet between ``begin`` and ``end``, however many there are at once."""

    _lock = threading.Lock()
    _n_users = 0
    _before: dict[str, int]

    @classmethod
    def begin(cls) -> None:
        """Keep Dask's loggers quiet; each of them may have a level of its own."""
        from distributed.versions import VersionMismatchWarning

        with cls._lock:
            cls._n_users += 1
            if cls._n_users > 1:
                return
            warnings.filterwarnings("ignore", category=VersionMismatchWarning)
            cls._before = {}
            for name in list(logging.root.manager.loggerDict):
                if name.split(".")[0] in _NAMES:
                    logger = logging.getLogger(name)
                    cls._before[name] = logger.level
                    logger.setLevel(_SILENT)

    @classmethod
    def end(cls) -> None:
        """Let them speak again once nobody wants quiet."""
        with cls._lock:
            cls._n_users -= 1
            if not cls._n_users:
                for name, level in cls._before.items():
                    logging.getLogger(name).setLevel(level)
