"""A real SWMR writer in its own process: the demo, the tests, a dry run."""
