"""Finding out what plays which part in a file: keys, data sets, finished flag, scan shape, and why."""

from swmr_viewer.core.discovery.inspecting import inspect_file, inspect_open, refused_text, unreadable_text

__all__ = ["inspect_file", "inspect_open", "refused_text", "unreadable_text"]
