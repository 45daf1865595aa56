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
    packages = missing_packages()
    if packages and qt.is_root() and shutil.which("apt-get"):
        install(packages)
        packages = missing_packages()
    if packages:
        print(f"Qt's window lacks system libraries or a font. {qt.install_line(packages)}", file=sys.stderr)
    essential = qt.missing_libraries(qt.ANY_PLATFORM)
    if essential:
        print(f"Nothing of Qt can be loaded without {', '.join(essential)}.", file=sys.stderr)
    return 1 if essential else 0


def missing_packages() -> tuple[str, ...]:
    """Return what a window needs and this system lacks, as Debian packages."""
    return (*qt.packages_of(qt.missing_libraries(qt.PACKAGES)), *(() if qt.has_fonts() else qt.FONT_PACKAGES))


def install(packages: tuple[str, ...]) -> None:
    """Let apt install these packages; what it cannot is seen afterwards."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=quiet, check=False)
    subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], env=quiet, check=False)


if __name__ == "__main__":
    sys.exit(main())
