"""What is done to each frame before it is shown: dark and flat frames, and the reference that it is held against."""

from __future__ import annotations

import numpy as np

from swmr_viewer.analysis import HowCompared
from swmr_viewer.core.frozen import frozen

MOST_AVERAGED = 1000
"""Of so many frames a dark or a flat frame is the mean at most: reading more would keep the live picture waiting."""


@frozen
class FrameSource:
    """Where a dark or a flat frame is: the mean of some frames of a file."""

    path: str
    """The file: HDF5, NPY, TIFF, or what fabio reads; the one that is followed is read while it is written."""
    data_path: str = ""
    """In it. Nothing: the data set with the same path as the frames have, or else the only one whose frames fit."""
    first: int = 0
    """Index of the first frame; where the data set is one frame, that one."""
    last: int | None = None
    """Index of the last one; None: up to the last that is there (at most 1000 in all)."""


@frozen
class Correction:
    """Dark and flat frames: a frame becomes ``(frame - dark) / (flat - dark) * mean(flat - dark)``, without what is not given."""

    dark: FrameSource | None = None
    flat: FrameSource | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What there is: dark, flat, both or neither."""
        return tuple(name for name, source in (("dark", self.dark), ("flat", self.flat)) if source is not None)

    @property
    def sources(self) -> dict[str, FrameSource]:
        """Those that there are, by their names."""
        return {name: source for name, source in (("dark", self.dark), ("flat", self.flat)) if source is not None}


NO_CORRECTION = Correction()


@frozen
class Reference:
    """A frame that the window holds, in a block of shared memory: the shown numbers, masked pixels NaN."""

    block: str
    """The block's name."""
    shape: tuple[int, ...]
    dtype: str
    words: str = ""
    """Which frame it is: ``frame 12``, with the file's name where that is another scan's."""
    part: str = ""
    """Which number of complex or coloured pixels it has, as `Part` says; "": they are no such pixels, or it is not known."""
    corrected: tuple[str, ...] = ()
    """As in `Made`: what it was corrected by when it was held."""

    @property
    def size(self) -> int:
        """Bytes."""
        return max(1, int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize)


@frozen
class Compare:
    """What is drawn in place of each frame."""

    how: HowCompared = "none"
    reference: Reference | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the frame itself is drawn."""
        return self.how == "none" or self.reference is None


NO_COMPARISON = Compare()


@frozen
class Made:
    """What was done to a frame that is sent."""

    corrected: tuple[str, ...] = ()
    """dark, flat, both or neither."""
    lacks_correction: bool = False
    """What was asked for could not be used (a ``Fault`` has told why), and nothing was corrected."""
    compared: HowCompared = "none"
    """What was drawn in place of the frame."""
    sources: tuple[str, ...] = ()
    """Where those of ``corrected`` are from, as they were read: ``/data/dark.h5 /entry/data, mean of frames 0-9``."""
    fingerprint: int = 0
    """Another one for other dark and flat frames, also where they stand in files of the same name."""

    @property
    def centre(self) -> float | None:
        """The value that stands for *the same as the reference*; None where there is none."""
        return {"difference": 0.0, "ratio": 1.0}.get(self.compared)


AS_IT_IS = Made()


METHODS = {
    ("dark",): "frame - dark",
    ("flat",): "frame / flat * mean(flat)",
    ("dark", "flat"): "(frame - dark) / (flat - dark) * mean(flat - dark)",
}


def correction_origin(made: Made) -> dict[str, str]:
    """Return what files say of corrected numbers: where dark and flat frames are from, and the formula; nothing of the file's own."""
    if not made.corrected:
        return {"not_corrected": "dark and flat frames could not be used"} if made.lacks_correction else {}
    return {**dict(zip(made.corrected, made.sources, strict=True)), "method": METHODS[made.corrected]}


def source_text(source: FrameSource) -> str:
    """Return where a dark or a flat frame is from: ``dark.h5 /entry/data frames 0-9``."""
    name = source.path.replace("\\", "/").rpartition("/")[2]
    last = "the last" if source.last is None else str(source.last)
    frames = f"frame {source.first}" if source.last == source.first else f"frames {source.first}\u2013{last}"
    frames = "all frames" if (source.first, source.last) == (0, None) else frames
    return " ".join(filter(None, (name, source.data_path, frames)))
