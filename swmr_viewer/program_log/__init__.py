"""What the program did, in files that outlive it: for whoever asks later what had happened. No Qt here."""

from swmr_viewer.program_log.log import ProgramLog
from swmr_viewer.program_log.place import log_folder

__all__ = ["ProgramLog", "log_folder"]
