"""Which chips have room in a line (pure)."""

from __future__ import annotations

from collections.abc import Sequence


def chips_in_room(widths: Sequence[int], room: int, more: int, spacing: int, needed: int) -> tuple[int, ...]:
    """Return the numbers of the chips that are shown, in their order.

    Parameters
    ----------
    widths : sequence of int
        What each chip takes (px).
    room : int
        What there is (px).
    more : int
        What the chip takes that stands for those that are left out (px).
    spacing : int
        Between two chips (px).
    needed : int
        The number of the chip that is shown in any case.
    """
    if sum(widths) + spacing * (len(widths) - 1) <= room:
        return tuple(range(len(widths)))
    left = room - more - spacing - widths[needed]
    chosen = [needed]
    for number, width in enumerate(widths):
        if number == needed:
            continue
        left -= width + spacing
        if left < 0:
            break
        chosen.append(number)
    return tuple(sorted(chosen))
