"""Does the window stutter on a large scan? The longest turns of its event loop, while such a scan is written at full speed.

Run ``python -m tests.benchmarks.large_scan`` for ten million points, ``--growing`` for 300,000 of a scan whose shape grows,
``--random`` for 300,000 in no order. ``--quantities``: ten million points with twelve quantities of each (``--random``: in no order)
are told as quickly as the window takes them; its process is to stay below 1.2 GB. With ``--growing`` its inner axis grows in the end.
``--table FOLDER`` saves these as CSV and as NeXus then, and compares what was written with what the window holds.
No turn may take 100 ms. The time that the window's thread worked tells that on a busy machine too. Off screen.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import Qt, QTimer

from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.guards import collector_spared
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reader.supervision import Supervisor
from swmr_viewer.scan_model import AlarmRule
from tests.benchmarks.large_table import save_table
from tests.benchmarks.told_scan import WANTED, TellingReader
from tests.benchmarks.turns import Turns, report
from tests.qt_settings import keep_qt_settings_in

_LARGE = ["--scan", "2500x4000", "--frame", "scalar", "--burst", "20000", "--period", "0.000005", "--keys", "2", "--order", "snake"]
_RANDOM = ["--scan", "600x500", "--frame", "scalar", "--burst", "2000", "--period", "0", "--keys", "2", "--order", "random"]
_FOR_QUANTITIES_S = 600.0
_GROWS_MS = 15_000
_GROWING = ["--scan", "300000", "--frame", "scalar", "--burst", "100", "--period", "0", "--keys", "2", "--growing"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=45.0)
    parser.add_argument("--growing", action="store_true", help="300,000 points of a scan whose shape grows")
    parser.add_argument("--random", action="store_true", help="300,000 points in no order")
    parser.add_argument("--alarm", action="store_true", help="with an alarm on every frame that is measured")
    parser.add_argument("--quantities", action="store_true", help="twelve quantities of each of ten million points")
    parser.add_argument("--table", metavar="FOLDER", type=Path, help="with --quantities: save a table there, of 6 GB")
    options = parser.parse_args()
    scan = _GROWING if options.growing else _RANDOM if options.random else _LARGE
    with tempfile.TemporaryDirectory() as folder:
        keep_qt_settings_in(folder)
        if options.quantities:
            _watch_quantities(at_random=options.random, grows=options.growing, table=options.table)
            return
        path = Path(folder) / "large.h5"
        command = [sys.executable, "-m", "swmr_viewer", "simulate", str(path), *scan]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as writer:
            turns = _watch(path, options.seconds, options.alarm)
            writer.terminate()
    report(turns)


def _watch(path: Path, seconds: float, with_alarm: bool) -> Turns:
    app, supervisor = application(), Supervisor()
    supervisor.start()
    assembly = Assembly(supervisor)
    assembly.window.resize(1280, 800)
    assembly.window.show()
    assembly.session.open(FollowRequest(str(path)))
    if with_alarm:
        assembly.window.alarms.alarms.set_rules((AlarmRule(quantity="maximum", level=1e9),))
    turns = Turns(assembly)
    QTimer.singleShot(round(1000 * seconds), app.quit)
    with collector_spared():
        app.exec()
    assembly.close()
    supervisor.close()
    return turns


def _watch_quantities(*, at_random: bool, grows: bool, table: Path | None) -> None:
    app, reader = application(), TellingReader(at_random=at_random)
    assembly = Assembly(reader)
    assembly.window.resize(1280, 800)
    assembly.window.show()
    session = assembly.session

    def want() -> None:
        measuring, quantity_map = assembly.window.measuring, assembly.window.quantity_map
        clicks: list[Callable[[], object]] = [lambda: measuring.layer.tool.drawn.emit("rectangle", ((4.0, 4.0), (20.0, 20.0)))]
        if table is None:  # what is drawn takes its share of the time
            clicks += [
                lambda: measuring.regions_panel.choice.change(shown=("A.sum", "A.sum / I0"), right=("A.sum / I0",)),
                quantity_map.show,
                lambda: quantity_map.map.choices.show_quantity("A.sum / I0", is_expression=True),
            ]
        clicks.append(lambda: session.want_quantities("benchmark", WANTED))
        QTimer.singleShot(500, lambda: click(clicks))

    def click(clicks: list[Callable[[], object]]) -> None:
        """Do one thing after another, as a hand does, however slow the machine is."""
        clicks.pop(0)()
        if clicks:
            QTimer.singleShot(100, lambda: click(clicks))

    def look() -> None:
        if not (reader.is_done or time.perf_counter() - began_s > _FOR_QUANTITIES_S):
            return
        timer.stop()
        if grows:
            report(turns)
            turns.begin_anew()
            reader.grow()
        QTimer.singleShot(_GROWS_MS if grows else 0, app.quit)

    session.opened.connect(want, Qt.ConnectionType.QueuedConnection)
    QTimer.singleShot(0, lambda: session.open(FollowRequest("told.h5")))
    timer = QTimer(interval=500)
    timer.timeout.connect(look)
    timer.start()
    print(f"{psutil.Process().memory_info().rss / 1e6:.0f} MB before")
    with collector_spared():
        turns, began_s = Turns(assembly), time.perf_counter()
        app.exec()
    report(turns)
    known = [session.scan.quantities.n_known(name) for name in WANTED if name != "order"]
    print(f"told after {time.perf_counter() - began_s:.0f} s: {sum(known):,} values of {len(known)} quantities")
    if table is not None:
        save_table(app, assembly, Turns(assembly), table)
    reader.end()
    assembly.close()


if __name__ == "__main__":
    main()
