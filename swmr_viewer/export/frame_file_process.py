"""The process that makes HDF5 files for snapshots, from the side of the window: started when needed, ended when not."""

from __future__ import annotations

import json
import subprocess
import sys
from threading import Timer
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import ExportError

MODULE = "swmr_viewer.core.frame_file"
BOUND_S = 120.0
REMEDY = "Choose another format; NPY holds every frame."


class FrameFileProcess:
    """Turns frames into the bytes of HDF5 files, with no HDF5 in this process.

    Parameters
    ----------
    bound_s : float
        Longest time (s) that one file may take.
    """

    def __init__(self, bound_s: float = BOUND_S) -> None:
        self._bound_s = bound_s
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> FrameFileProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def make(self, pixels: npt.NDArray[Any], description: dict[str, Any]) -> bytes:
        """Return the file's bytes; see ``swmr_viewer.core.frame_file`` for the description.

        Raises
        ------
        ExportError
            If HDF5 cannot hold the frame, or its process ended or took too long.
        """
        process = self._started()
        timer = Timer(self._bound_s, process.kill)
        timer.start()
        try:
            return self._answer(process, pixels, description)
        except (OSError, ValueError) as error:
            self.close()
            raise ExportError(f"The process that makes HDF5 files ended: {error}.", REMEDY) from error
        finally:
            timer.cancel()
            timer.join()

    def close(self) -> None:
        """End the process and wait for its end."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what it did not take any more
                    process.kill()
        try:
            process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process

    def _answer(self, process: subprocess.Popen[bytes], pixels: npt.NDArray[Any], description: dict[str, Any]) -> bytes:
        assert process.stdin is not None
        assert process.stdout is not None
        content = np.ascontiguousarray(pixels).reshape(-1).view(np.uint8)
        header = {"dtype": pixels.dtype.str, "shape": pixels.shape, "bytes": content.nbytes, "description": description}
        process.stdin.write(json.dumps(header).encode() + b"\n")
        process.stdin.write(content.data)
        process.stdin.flush()
        answer = json.loads(process.stdout.readline() or b'{"error": "no answer"}')
        if "error" in answer:
            if answer["error"] == "no answer":
                raise OSError("no answer")
            raise ExportError(f"HDF5 cannot hold this frame: {answer['error']}.", REMEDY)
        image = process.stdout.read(answer["bytes"])
        if len(image) != answer["bytes"]:
            raise OSError("its answer is incomplete")
        return image
