"""The work itself, in the process that owns HDF5: follow, hand out, write."""

from swmr_viewer.reducing.job.calling import ReductionSummary, reduce
from swmr_viewer.reducing.job.job import ReductionJob

__all__ = ["ReductionJob", "ReductionSummary", "reduce"]
