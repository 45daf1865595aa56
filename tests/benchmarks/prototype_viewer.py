"""The peer on the screen: a thread that polls the last key, an ``ImageItem``, nothing else.

``python tests/benchmarks/prototype_viewer.py FILE``: what a scientist would write for one file in an afternoon.
Reader and window are one process, frames are drawn as they are; no map, no levels to set, no words, no recovery.
"""

from __future__ import annotations

import sys

import h5py
import hdf5plugin  # noqa: F401
import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QThread, Signal

DATA_PATH, KEY_PATH = "/entry/detector/data", "/entry/diamond_scan/keys/det"
POLL_INTERVAL_MS = 2
SIDE = 750
"""Pixels of the window: the picture is then as large as in the viewer's window."""


class Poller(QThread):
    """Reads the newest complete frame; one that nobody has taken yet is replaced by the next."""

    frame_read = Signal()

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.frame: np.ndarray | None = None

    def run(self) -> None:
        with h5py.File(self.path, "r", swmr=True, locking=False) as file:
            keys, data, n_shown = file[KEY_PATH], file[DATA_PATH], 0
            while not self.isInterruptionRequested():
                keys.refresh()
                n_new = np.count_nonzero(keys[n_shown : n_shown + 1024])
                if n_new:
                    n_shown += n_new
                    data.refresh()
                    self.frame = data[n_shown - 1]
                    self.frame_read.emit()
                else:
                    self.msleep(POLL_INTERVAL_MS)


def main() -> None:
    app = pg.mkQApp("prototype")
    view, item = pg.GraphicsLayoutWidget(), pg.ImageItem(axisOrder="row-major")
    box = view.addViewBox(lockAspect=True, invertY=True)
    box.addItem(item)
    poller = Poller(sys.argv[1])

    def show() -> None:
        frame, poller.frame = poller.frame, None
        if frame is not None:
            item.setImage(frame, autoLevels=item.image is None)

    poller.frame_read.connect(show)
    app.aboutToQuit.connect(poller.requestInterruption)
    app.aboutToQuit.connect(poller.wait)
    view.resize(SIDE, SIDE)
    view.show()
    poller.start()
    app.exec()


if __name__ == "__main__":
    main()
