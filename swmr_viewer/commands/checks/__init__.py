"""What ``swmr-viewer doctor`` looks at, one finding a line; each check is bounded in time and needs neither a display nor Qt."""

from swmr_viewer.commands.checks.every_check import findings
from swmr_viewer.commands.checks.finding import Finding, Level

__all__ = ["Finding", "Level", "findings"]
