"""What is said of the scans that are drawn in grey."""

from __future__ import annotations

from collections.abc import Sequence

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.comparing import Comparisons


def compared_words(comparisons: Comparisons, names: Sequence[str]) -> list[str]:
    """Return which scans they are, and how far those are measured that were added.

    Parameters
    ----------
    comparisons : Comparisons
        Which scans.
    names : sequence of str
        The quantities that are drawn.
    """
    told = []
    n_complete = {other.path: other.n_complete for other in comparisons.added}
    for scan in comparisons.scans:
        if not scan.is_added:
            told.append(f"{scan.name} (before)")
            continue
        bases = [name for name in scan.table.base_names(names) if scan.table.is_measured(name)]
        n_known, n_all = min((scan.table.n_known(name) for name in bases), default=0), n_complete.get(scan.path, 0)
        told.append(f"{scan.name}, {count_text(n_known)} of {count_text(n_all)}" if bases and n_known < n_all else scan.name)
    return told
