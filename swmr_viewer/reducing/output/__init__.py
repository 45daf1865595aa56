"""The file with the results of a reduction: made, written, taken up again after any end, mended after a kill."""

from swmr_viewer.reducing.output.output_file import OutputFile

__all__ = ["OutputFile"]
