"""What an alarm watches, and what it does when it is raised."""

from __future__ import annotations

from enum import StrEnum

from swmr_viewer.core.frozen import frozen


class Watch(StrEnum):
    """What is watched."""

    ABOVE = "above"
    """A quantity is above a level."""
    BELOW = "below"
    LOST = "lost"
    """More frames than the level are lost: the scan has come past them."""
    SILENT = "silent"
    """No key came for so many seconds."""
    LAG = "lag"
    """A detector is as many frames behind, or more."""


OF_VALUES = (Watch.ABOVE, Watch.BELOW)


@frozen
class AlarmRule:
    """One alarm."""

    watch: Watch = Watch.ABOVE
    quantity: str = "maximum"
    """Name or expression, for ``ABOVE`` and ``BELOW``."""
    level: float = 0.0
    """In the quantity's unit, in frames, or in seconds."""
    on: bool = True
    border: bool = True
    sound: bool = False
    desktop: bool = False
    command: bool = False
    """Start the command of the user's own, where there is one."""

    @property
    def subject(self) -> tuple[Watch, str, float]:
        """What is watched, whatever is done about it."""
        return self.watch, self.quantity if self.is_of_values else "", self.level

    @property
    def is_of_values(self) -> bool:
        """Whether it watches a quantity of single frames."""
        return self.watch in OF_VALUES


@frozen
class AlarmRules:
    """Several alarms, in the order in which they are shown."""

    rules: tuple[AlarmRule, ...] = ()
