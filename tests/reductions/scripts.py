"""Scripts with reductions, as somebody writes them."""

SPREAD = '''
"""The spread of a frame's pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swmr_viewer.reductions import Output, Reduction, parameter

FACTOR = 2.0


@dataclass(frozen=True)
class SpreadParameters:
    power: float = parameter(1.0, words="power", low=0.0, high=4.0)


class Spread(Reduction):
    name = "spread"
    words = "Spread of pixels"
    Parameters = SpreadParameters
    is_thread_safe = True

    def prepare(self, description):
        self.outputs = (Output("spread", unit=description.unit),)

    def __call__(self, frame, mask):
        pixels = frame if mask is None else frame[~mask]
        if not pixels.size:
            return {"spread": np.nan}
        return {"spread": FACTOR * float(pixels.max() - pixels.min()) ** self.parameters.power}


class Wider(Spread):
    name = "wider"


class Unfinished(Reduction):
    name = "unfinished"

    def prepare(self, description): ...


class Taken(Spread):
    name = "radial"


class Keys(Spread):
    name = "keys"


class Slash(Spread):
    name = "a/b"


class NoName(Reduction):
    def prepare(self, description): ...

    def __call__(self, frame, mask): ...


class Odd(Spread):
    name = "odd"
    Parameters = int


class Raises(Spread):
    name = "raises"

    def __init__(self, parameters=None):
        raise RuntimeError("no detector")


NOT_A_CLASS = 3
'''
