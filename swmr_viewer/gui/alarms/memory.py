"""Alarms, remembered from start to start: those of values by place, the others for every scan."""

from __future__ import annotations

import json

from swmr_viewer.gui.alarms.alarms import Alarms
from swmr_viewer.gui.look.settings import DAMAGED, from_plain, settings, to_plain
from swmr_viewer.gui.session import PlaceMemory, PlaceStore, Session
from swmr_viewer.scan_model import AlarmRule, AlarmRules

PLACES_KEY, SCAN_KEY = "alarms/places", "alarms/scan"
MOST_RULES = 20


class AlarmMemory(PlaceMemory[AlarmRules]):
    """Keeps the rules of ``alarms``."""

    def __init__(self, session: Session, alarms: Alarms) -> None:
        super().__init__(session, STORE, alarms.recall, lambda: alarms.kept, alarms.rules_changed, alarms)
        self._alarms = alarms
        alarms.of_scan = self._of_scan = _stored()

    def keep(self) -> None:
        super().keep()
        if self._alarms.of_scan != self._of_scan:
            self._of_scan = self._alarms.of_scan
            settings().setValue(SCAN_KEY, json.dumps(to_plain(self._of_scan)))


def _stored() -> AlarmRules:
    try:
        found: AlarmRules = from_plain(AlarmRules, json.loads(str(settings().value(SCAN_KEY, "") or "{}")))
        return _checked(found, are_of_values=False)
    except (*DAMAGED, RecursionError):
        return AlarmRules()


def _checked(found: AlarmRules, *, are_of_values: bool = True) -> AlarmRules:
    def is_sound(rule: AlarmRule) -> bool:
        return rule.is_of_values == are_of_values and (are_of_values or rule.level >= 0)

    return AlarmRules(tuple(filter(is_sound, found.rules))[:MOST_RULES])


STORE = PlaceStore(PLACES_KEY, AlarmRules(), _checked)
