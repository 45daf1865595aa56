"""What scripts use of the quantities: read from the file as it grows, without the reader's process and without the window."""

from swmr_viewer.scripting.file_quantities import Quantities

__all__ = ["Quantities"]
