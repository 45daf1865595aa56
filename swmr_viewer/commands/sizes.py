"""Sizes as people type them: 20x30."""

from __future__ import annotations

import argparse


def scan_shape(text: str) -> tuple[int, ...]:
    """Return the shape that ``20x30`` means.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is no size.
    """
    parts = text.lower().split("x")
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not the extent of a scan: give its axes as in 20x30.")
    return tuple(int(part) for part in parts)
