"""What was made of the shown frame, in words: said wherever a number is shown."""

from __future__ import annotations

from swmr_viewer.reader.messages import Compare, Made

SIGNS = {"difference": "\u2212", "ratio": "\u00f7"}


def corrected_text(made: Made) -> str:
    """Return ``dark, flat corrected``, or ``not corrected`` where that was asked for and cannot be; nothing for the file's numbers."""
    if made.lacks_correction:
        return "not corrected"
    return f"{', '.join(made.corrected)} corrected" if made.corrected else ""


def compared_text(made: Made, compare: Compare, what: str) -> str:
    """Return what is drawn in place of a frame: ``frame 341 - reference frame 12``; nothing where it is the frame.

    Parameters
    ----------
    made : Made
        Of the frame that is shown.
    compare : Compare
        Of its data set: which reference is held.
    what : str
        The frame, or several as one, in words.
    """
    if made.compared == "none":
        return ""
    held = compare.reference
    reference = "reference" if held is None else f"reference {held.words}"
    if held is not None and held.corrected != made.corrected:
        reference += f" ({', '.join(held.corrected)} corrected)" if held.corrected else " (not corrected)"
    return reference if made.compared == "reference" else f"{what} {SIGNS[made.compared]} {reference}"


def made_words(made: Made) -> str:
    """Return both in few words: ``difference, dark corrected``; nothing for the file's numbers."""
    return ", ".join(filter(None, ("" if made.compared == "none" else made.compared, corrected_text(made))))
