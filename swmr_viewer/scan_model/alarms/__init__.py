"""Alarms, without Qt: rules, what they find in the scan, and since when."""

from swmr_viewer.scan_model.alarms.event import AlarmEvent, EventChange
from swmr_viewer.scan_model.alarms.finding import Finding, found_words, what_is_watched
from swmr_viewer.scan_model.alarms.rule import AlarmRule, AlarmRules, Watch
from swmr_viewer.scan_model.alarms.watching import AlarmWatch

__all__ = ["AlarmEvent", "AlarmRule", "AlarmRules", "AlarmWatch", "EventChange", "Finding", "Watch", "found_words", "what_is_watched"]
