"""A program whose processes reduce for ever: ``python -m tests.engines.processes_of_a_script FILE BEGUN``.

It tells their numbers; for each line that comes it tells what the first one has of a frame. The second one is busy.
"""

from __future__ import annotations

import sys
from pathlib import Path

from swmr_viewer.engines import Batch, Plan
from swmr_viewer.engines.processes import ProcessEngine
from swmr_viewer.reductions import FrameDescription
from tests.engines.reductions_here import Endless, Sums

if __name__ == "__main__":
    description, endless, batch = FrameDescription((40, 50), "<u4"), Endless(), Batch(0, (0,), 1, (4,))
    endless.begun = Path(sys.argv[2])
    calm, busy = (ProcessEngine(Plan(sys.argv[1], "/data", 1, one, description), 1) for one in (Sums(), endless))
    busy.submit(batch)
    total = calm.submit(batch).result(60).outputs["total"]
    while not endless.begun.exists():
        pass
    print(*calm.pids, *busy.pids, flush=True)
    for _line in sys.stdin:
        print(*calm.submit(batch).result(60).outputs["total"] - total, flush=True)
