"""Which reduction is chosen for each data set, what is typed for it, and what reductions say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.reductions.reduction_choice import ChosenReduction, as_in_preset, of_preset
from swmr_viewer.gui.session import Session
from swmr_viewer.opening import Preset
from swmr_viewer.reducing.messages import Described
from swmr_viewer.reductions import ReductionInfo


class Choices(QObject):
    """The one truth of what is chosen, by the names of places.

    Parameters
    ----------
    session : Session
        Which data set is shown.
    describe : callable
        Has a reduction described, by the process: its code is loaded for that.
    """

    changed = Signal()
    """Something else is chosen, or more is known of what is."""
    edited = Signal()
    """Something else is chosen for the shown data set."""

    def __init__(self, session: Session, describe: Callable[[str], None]) -> None:
        super().__init__(session)
        self._session, self._describe = session, describe
        self._kept: dict[str, ChosenReduction] = {}
        self._infos: dict[str, ReductionInfo] = {}
        self._faults: dict[str, str] = {}
        self._asked: set[str] = set()

    @property
    def chosen(self) -> ChosenReduction:
        """What is chosen for the shown data set."""
        return self._kept.get(self._session.scan.place, ChosenReduction())

    @property
    def kept(self) -> Mapping[str, ChosenReduction]:
        """What is chosen for each data set, by the names of places."""
        return self._kept

    @property
    def info(self) -> ReductionInfo | None:
        """What is to be known of the chosen reduction; None: it is not told yet, or cannot be (``fault``)."""
        return self._infos.get(self.chosen.name)

    @property
    def fault(self) -> str:
        """Why the chosen reduction cannot be had, or ""."""
        return self._faults.get(self.chosen.name, "")

    @property
    def of_preset(self) -> dict[str, Any]:
        """What a preset keeps: the reduction that is chosen, what is typed for its parameters, where it runs; nothing of a script."""
        return of_preset(self.chosen)

    def set(self, chosen: ChosenReduction) -> None:
        """Have all of this for the shown data set."""
        if chosen != self.chosen:
            self._kept[self._session.scan.place] = chosen
            self.changed.emit()
            self.edited.emit()

    def choose(self, name: str) -> None:
        """Have this reduction for the shown data set, and have it described."""
        self.set(replace(self.chosen, name=name))
        self.learn()

    def choose_as(self, preset: Preset) -> None:
        """Have the reduction of a preset for the shown data set, with what was typed for its parameters, where it says."""
        self.set(as_in_preset(self.chosen, preset))

    def set_text(self, parameter: str, text: str) -> None:
        """Set a parameter of the chosen reduction, as it is typed; "": as by default."""
        self.set(self.chosen.with_text(parameter, text))

    def recall(self, place: str, chosen: ChosenReduction) -> None:
        """Have this for the data set that stands in a place, once it is shown."""
        self._kept[place] = chosen

    def forget(self) -> None:
        """Have nothing chosen, as at the first start."""
        self._kept.clear()
        self.changed.emit()

    # ---- what reductions say of themselves

    def learn(self) -> None:
        """Have the chosen reduction described, where it is not yet."""
        name = self.chosen.name
        if name and name not in self._infos and name not in self._asked:
            self._asked.add(name)
            self._faults.pop(name, None)
            self._describe(name)

    def unlearn(self, name: str) -> None:
        """Forget what a reduction said: it may be another one by now."""
        for known in (self._infos, self._faults):
            known.pop(name, None)
        self._asked.discard(name)

    def take(self, described: Described) -> None:
        """Take what a reduction says of itself, or why it cannot be had."""
        self._asked.discard(described.name)
        if described.info is not None:
            self._infos[described.name] = described.info
        self._faults[described.name] = described.fault
        self.changed.emit()
