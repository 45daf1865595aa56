"""The curves that are drawn: of the scan that is followed in colours, of others in grey, fits dashed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.comparing import Comparisons
from swmr_viewer.gui.curve_panel.curve_choice import CurveChoice, ShownCurve
from swmr_viewer.gui.curve_panel.curve_maker import CurveMaker
from swmr_viewer.gui.curve_panel.curve_plan import Part, Plan
from swmr_viewer.gui.curves import CurveLine, LineLook
from swmr_viewer.gui.look.turns import Later
from swmr_viewer.quantities import BLOCK, MOST_POINTS, FitResult, QuantityTable

TURN_S = 0.015
REST_MS = 200
_Key = tuple[int, Plan, str]


class CurveLines(QObject):
    """Makes points, of long scans from turn to turn of the event loop.

    Parameters
    ----------
    choice : CurveChoice
        What is drawn.
    comparisons : Comparisons, optional
        What is drawn in grey.
    """

    points_made = Signal()
    """There are other points than those that ``lines`` returned."""

    def __init__(self, choice: CurveChoice, comparisons: Comparisons | None = None) -> None:
        super().__init__(choice)
        self._choice, self._comparisons = choice, comparisons
        self.look_of: Callable[[ShownCurve], tuple[str, bool]] = lambda _: ("", True)
        """Returns the colour of a curve, ``#rrggbb`` or "" for the accent, and whether it is the selected one."""
        self.fits: Callable[[str], FitResult | None] = lambda _: None
        """Returns what was found in a curve, by its name."""
        self._makers: dict[_Key, CurveMaker] = {}
        self._work: tuple[CurveMaker, Iterator[None]] | None = None
        self._rested: list[CurveMaker] = []
        """Those that were brought up to date since the last rest: where values come all the time, they would be worked on for ever."""
        self._turn = Later(self._work_on, self)

    def lines(self) -> list[CurveLine]:
        """Return all that is drawn, those in grey first."""
        used: set[_Key] = set()
        plan, table, alone = self._choice.plan, self._choice.table, self._choice.settings.points_alone
        measured, fits, earlier = [], [], []
        for curve in self._choice.curves:
            color, is_selected = self.look_of(curve)
            points = self._maker(table, plan, curve.name, used).points
            whose = points.indices + self._choice.shown_line if plan.part is Part.MEAN and points.indices is not None else points.indices
            line = CurveLine(points.x, points.y, color, is_selected, points_alone=alone, on_right=curve.on_right, indices=whose)
            measured.append(line)
            fit = self.fits(curve.name)
            if fit is not None and fit.is_fitted:
                fits.append(replace(line, x=fit.x, y=fit.y, look=LineLook.FIT, points_alone=False, indices=None))
                if len(fit.left_out[0]):
                    fits.append(replace(line, x=fit.left_out[0], y=fit.left_out[1], look=LineLook.LEFT_OUT, indices=None))
            for number, scan in enumerate(self._comparisons.scans if self._comparisons is not None else ()):
                theirs = self._maker(scan.table, plan_of(scan.table, plan), curve.name, used).points
                earlier.append(replace(line, x=theirs.x, y=theirs.y, look=LineLook.EARLIER, scan=number, indices=None))
        self._makers = {key: maker for key, maker in self._makers.items() if key in used}
        self._start_work()
        return [*earlier, *measured, *fits]

    def maker(self, name: str) -> CurveMaker:
        """Return what makes the points of a curve of the scan that is followed."""
        return self._maker(self._choice.table, self._choice.plan, name, set())

    def x_of(self, index: int) -> float | None:
        """Return where a scan point stands, or None."""
        curves = self._choice.curves
        return self.maker(curves[0].name).x_of(index) if curves else None

    # ---- helpers

    def _maker(self, table: QuantityTable, plan: Plan, name: str, used: set[_Key]) -> CurveMaker:
        key = (id(table), plan, name)
        used.add(key)
        if key not in self._makers:
            self._makers[key] = CurveMaker(table, plan, name)
        maker = self._makers[key]
        is_row = plan.part is Part.LINE and plan.step == 1
        is_quick = table.size <= BLOCK or plan.part is Part.ALL or is_row
        if is_quick and plan.size <= MOST_POINTS and not maker.is_current:
            for _ in maker.work():
                pass
        return maker

    def _start_work(self) -> None:
        if not self._turn.is_active:
            self._turn.start()

    def _work_on(self) -> None:
        """Work for a turn; once a curve is done, tell."""
        stop_s = perf_counter() + TURN_S
        while perf_counter() < stop_s:
            if self._work is None or self._work[0] not in self._makers.values():
                behind = [maker for maker in self._makers.values() if not maker.is_current]
                waiting = [maker for maker in behind if maker not in self._rested]
                if not waiting:
                    self._work = None
                    self._rested.clear()
                    if behind:
                        self._turn.start(REST_MS)
                    return
                self._work = waiting[0], waiting[0].work()
            if next(self._work[1], self) is self:
                self._rested.append(self._work[0])
                self._work = None
                self.points_made.emit()
        self._turn.start()


def plan_of(table: QuantityTable, plan: Plan) -> Plan:
    """Return the same plan for another scan, whose shape may be another."""
    shape = table.scan_shape
    if len(shape) != len(plan.scan_shape):
        return Plan(shape, plan.x, Part.ALL, max(0, len(shape) - 1))
    if shape == plan.scan_shape:
        return plan
    position = [min(at, n - 1) for at, n in zip(_position(plan), shape, strict=True)]
    index = 0
    for at, n in zip(position, shape, strict=True):
        index = index * n + at
    return replace(plan, scan_shape=shape, shown=index)


def _position(plan: Plan) -> tuple[int, ...]:
    position, rest = [], plan.shown
    for n in reversed(plan.scan_shape):
        rest, at = divmod(rest, n)
        position.append(at)
    return tuple(reversed(position))
