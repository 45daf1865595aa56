"""``python -m swmr_viewer.commands.demo_writer``: ``simulate`` for as long as somebody holds its standard input open.

So the writer ends with the demo, however the demo ended (killed, too), and closes its file on every system: on Windows
a process cannot be asked to end by a signal.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Run the command ``simulate`` with the arguments of this process; it ends the process with its exit status."""
    threading.Thread(target=_end_with_input, name="end with input", daemon=True).start()
    sys.argv.insert(1, "simulate")
    runpy.run_module("swmr_viewer", run_name="__main__")


def _end_with_input() -> None:
    # os.read, for a daemon thread in sys.stdin's lock would abort the interpreter's end.
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    else:
        _thread.interrupt_main()


if __name__ == "__main__":
    main()
