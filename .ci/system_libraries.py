"""Installs the system libraries that Qt lacks, as root with apt; otherwise prints the line that does.

Fails only where Qt could not even run off screen: without the X11 libraries the tests still run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from swmr_viewer.commands import system_libraries as qt


def main() -> int:
    """Install or tell; 1 where nothing of Qt could run."""
    missing = qt.missing_libraries(qt.PACKAGES)
    packages = (*qt.packages_of(missing), *(() if qt.has_fonts() else qt.FONT_PACKAGES))
    if not packages:
        return 0
    if qt.is_root() and shutil.which("apt-get"):
        install(packages)
    else:
        print(f"The window lacks: {', '.join(missing) or 'fonts'}. {qt.install_line(packages)}", file=sys.stderr)
    still_missing = qt.missing_libraries(qt.ANY_PLATFORM)
    if still_missing:
        print(f"Qt cannot be loaded without {', '.join(still_missing)}.", file=sys.stderr)
    return 1 if still_missing else 0


def install(packages: tuple[str, ...]) -> None:
    """Let apt install these packages; what it cannot is seen afterwards."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=quiet, check=False)
    subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], env=quiet, check=False)


if __name__ == "__main__":
    sys.exit(main())
