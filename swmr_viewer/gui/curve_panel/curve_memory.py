"""What curves show, remembered from start to start: stored by place, in the user's settings."""

from __future__ import annotations

from swmr_viewer.gui.curve_panel.curve_choice import CurveChoice
from swmr_viewer.gui.curve_panel.curve_settings import STORE, CurveSettings
from swmr_viewer.gui.session import PlaceMemory, Session


class CurveMemory(PlaceMemory[CurveSettings]):
    """Keeps the settings of ``choice``."""

    def __init__(self, session: Session, choice: CurveChoice) -> None:
        super().__init__(session, STORE, choice.recall, lambda: choice.kept, choice.settings_changed, choice)
