"""``python -m swmr_viewer``: the same as ``swmr-viewer``."""

import sys

from swmr_viewer.cli import main

if __name__ == "__main__":
    sys.exit(main())
