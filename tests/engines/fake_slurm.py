"""What stands for slurm: ``sbatch`` starts a job's script at once, on this machine, and ``scancel`` ends it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_SBATCH = """#!{python}
import os, shutil, subprocess, sys
folder = {folder!r}
script = sys.argv[-1]
kept = os.path.join(folder, f"job-{{os.getpid()}}.sh")
shutil.copy(script, kept)
with open(os.path.join(folder, "jobs.log"), "ab") as log:
    job = subprocess.Popen(["sh", kept], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=folder)
print(f"Submitted batch job {{job.pid}}")
"""
_SCANCEL = """#!{python}
import os, signal, sys
for job in sys.argv[1:]:
    try:
        os.killpg(int(job), signal.SIGTERM)
    except ProcessLookupError:
        pass
"""
_REFUSING = """#!/bin/sh
echo "sbatch: error: invalid partition specified: no-such-queue" >&2
exit 1
"""


def install(folder: Path, *, refuses: bool = False) -> str:
    """Write the commands into a folder, and return a ``PATH`` that finds them first."""
    folder.mkdir()
    for name, text in (("sbatch", _REFUSING if refuses else _SBATCH), ("scancel", _SCANCEL)):
        command = folder / name
        command.write_text(text.format(python=sys.executable, folder=str(folder)))
        command.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
