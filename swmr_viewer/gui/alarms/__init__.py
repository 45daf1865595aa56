"""Alarms: what is watched, the border that says so, sound, notification and a command of the user's own."""

from swmr_viewer.gui.alarms.alarm_parts import AlarmParts

__all__ = ["AlarmParts"]
