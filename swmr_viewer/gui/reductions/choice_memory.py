"""What is chosen of reductions, remembered by place from start to start."""

from __future__ import annotations

from swmr_viewer.gui.reductions.choices import Choices
from swmr_viewer.gui.reductions.reduction_choice import ChosenReduction, checked, worth_keeping
from swmr_viewer.gui.session import PlaceMemory, PlaceStore, Session

STORE = PlaceStore("reductions/places", ChosenReduction(), checked)


class ChoiceMemory(PlaceMemory[ChosenReduction]):
    """Keeps the choices of ``choices``, but for scripts."""

    def __init__(self, session: Session, choices: Choices) -> None:
        super().__init__(
            session,
            STORE,
            choices.recall,
            lambda: {place: worth_keeping(chosen) for place, chosen in choices.kept.items()},
            choices.changed,
            choices,
        )
