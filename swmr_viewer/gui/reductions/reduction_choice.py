"""What is chosen of reductions for a data set: which one, what was typed for its parameters, where it runs (pure, no Qt)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from swmr_viewer.core.frozen import frozen
from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.opening import Preset
from swmr_viewer.reductions import is_script

MOST_TEXT = 20_000
"""Characters of what is typed for one parameter, such as regions; longer ones are not kept."""
MOST_WORKERS = 100_000


@frozen
class ParameterTexts:
    """What was typed for one reduction, by the names of its parameters; the others have their defaults."""

    reduction: str
    texts: tuple[tuple[str, str], ...] = ()


@frozen
class ChosenReduction:
    """What is chosen for the data set in one place; of other reductions than the chosen one it is kept what was typed."""

    name: str = ""
    """As ``ReductionChoice`` has it; "": none."""
    typed: tuple[ParameterTexts, ...] = ()
    engine: EngineKind = EngineKind.THREADS
    n_workers: int = 0
    """0: as many as there are cores, or as the scheduler has."""
    scheduler: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """What was typed for the chosen reduction."""
        return next((dict(one.texts) for one in self.typed if one.reduction == self.name), {})

    def with_text(self, parameter: str, text: str) -> ChosenReduction:
        """Return it with something typed for a parameter of the chosen reduction; "": as by default."""
        return self.with_texts(self.name, {**self.texts, parameter: text}.items())

    def with_texts(self, name: str, texts: Iterable[tuple[str, str]]) -> ChosenReduction:
        """Return it with a reduction chosen, and this typed for its parameters; the others are as by default."""
        kept = ParameterTexts(name, tuple((parameter, text) for parameter, text in texts if text))
        others = tuple(one for one in self.typed if one.reduction != name)
        return replace(self, name=name, typed=(*others, *((kept,) if kept.texts else ())))

    @property
    def where(self) -> EngineChoice:
        """Where it runs."""
        scheduler = self.scheduler.strip() if self.engine is EngineKind.DASK else ""
        return EngineChoice(self.engine, self.n_workers or None, scheduler)


def of_preset(chosen: ChosenReduction) -> dict[str, Any]:
    """Return what a preset keeps of a choice, as `preset_of` takes it; nothing of a script."""
    chosen = worth_keeping(chosen)
    if not chosen.name:
        return {}
    where = {"engine": chosen.engine.value, "workers": chosen.n_workers, "scheduler": chosen.where.scheduler}
    return {"reduction": chosen.name, "parameters": tuple(chosen.texts.items()), **where}


def as_in_preset(chosen: ChosenReduction, preset: Preset) -> ChosenReduction:
    """Return a choice with the reduction of a preset, and where that runs, if it says so."""
    with_it = chosen.with_texts(preset.reduction, preset.parameters)
    if not preset.engine:
        return with_it
    return replace(with_it, engine=EngineKind(preset.engine), n_workers=min(preset.workers, MOST_WORKERS), scheduler=preset.scheduler)


def worth_keeping(chosen: ChosenReduction) -> ChosenReduction:
    """Return what outlives the window: a script is run only by somebody who names it, each time."""
    typed = tuple(one for one in chosen.typed if not is_script(one.reduction))
    return replace(chosen, name="" if is_script(chosen.name) else chosen.name, typed=typed)


def checked(stored: ChosenReduction) -> ChosenReduction:
    """Return what was stored, as it may be used.

    Raises
    ------
    ValueError
        If it is none.
    """
    if not 0 <= stored.n_workers <= MOST_WORKERS or any(len(text) > MOST_TEXT for one in stored.typed for _, text in one.texts):
        raise ValueError(stored)
    return worth_keeping(stored)
