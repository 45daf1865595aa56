"""What watches over a reader process from its parent: the door is ``Supervisor``."""

from swmr_viewer.reader.supervision.holdings import ProcessMemory, Slots
from swmr_viewer.reader.supervision.process import ChildProcess
from swmr_viewer.reader.supervision.supervisor import Supervisor

__all__ = ["ChildProcess", "ProcessMemory", "Slots", "Supervisor"]
