"""Fits in a process of their own: newest wins, not too often, slow ones and dead processes are told, nothing is left."""

from __future__ import annotations

import time

import numpy as np
import psutil
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.fitting import Fitter
from swmr_viewer.quantities import FitModel, FitRequest, FitResult

WAIT_MS = 60_000
X = np.linspace(-1, 1, 41)


def peak(centre: float, model: FitModel = FitModel.GAUSSIAN) -> FitRequest:
    return FitRequest(model, X, np.exp(-20 * (X - centre) ** 2) + 0.01 * np.sin(30 * X), x_unit="mm")


def centre_of(result: FitResult) -> float:
    centre = result.value("centre")
    assert centre is not None, result.message
    return centre.value


def test_a_life_of_fits(qtbot: QtBot) -> None:
    fitter = Fitter(every_s=0.2, bound_s=30.0)
    told: list[tuple[str, FitResult, float]] = []
    fitter.fitted.connect(lambda key, result: told.append((key, result, time.monotonic())))

    def next_of(request: FitRequest) -> FitResult:
        n = len(told)
        fitter.ask("A", request)
        qtbot.waitUntil(lambda: len(told) > n, timeout=WAIT_MS)
        return told[-1][1]

    try:
        assert next_of(peak(0, FitModel.NONE)).statistics.maximum_at == 0
        assert fitter.process.pid is None  # statistics need none

        for centre in np.linspace(-0.3, 0.3, 7):  # the newest of each key is fitted; of C, which is forgotten, nothing is told
            for key in ("A", "B", "C"):
                fitter.ask(key, peak(float(centre)))
        fitter.forget("C")
        qtbot.waitUntil(lambda: not fitter.is_busy, timeout=WAIT_MS)
        for key in ("A", "B"):
            assert centre_of([result for name, result, _ in told if name == key][-1]) == pytest.approx(0.3, abs=0.01)
        assert "C" not in [key for key, _, _ in told]
        assert len(told) <= 5
        pid = fitter.process.pid

        began = len(told)
        for centre in (0.1, 0.2, 0.3, 0.4):
            assert centre_of(next_of(peak(centre))) == pytest.approx(centre, abs=0.01)
        assert told[-1][2] - told[began][2] > 0.3  # and no more often than allowed: it took a tenth
        assert fitter.process.pid == pid

        process = psutil.Process(pid)
        process.suspend()
        n = len(told)
        fitter.ask("A", peak(0.2))
        qtbot.waitUntil(lambda: not fitter._waiting, timeout=WAIT_MS)
        process.kill()
        qtbot.waitUntil(lambda: len(told) > n, timeout=WAIT_MS)
        if not told[-1][1].is_fitted:  # asked before it died
            assert told[-1][1].message == "The process that fits is gone: it was ended by SIGKILL. The next fit starts it again."
        assert next_of(peak(0.3)).is_fitted
        assert fitter.process.pid != pid

        fitter.process._bound_s = 0.3
        psutil.Process(fitter.process.pid).suspend()
        assert next_of(peak(0.1)).message == "The fit took longer than 0.3 s and was ended. Choose another range or model."

        fitter.ask("A", peak(0.1))  # closed while the next process starts: that waits for nothing
        qtbot.waitUntil(lambda: fitter.process.pid is not None, timeout=WAIT_MS)
        began_at = time.monotonic()
        assert fitter.close()
        assert time.monotonic() - began_at < 4
        fitter.ask("A", peak(0.1))
        assert not fitter._waiting
    finally:
        assert fitter.close()
