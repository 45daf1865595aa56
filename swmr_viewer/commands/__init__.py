"""One file per command, each with ``add_arguments(parser)`` and ``run(args) -> int``; what is slow to load is loaded in ``run``."""
