"""What of the head of the Registration view has room on a low screen: who failed, and why, is seen without a key."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.model.registrations.tally import Tally

LEAST_LISTED = 4
"""So many of a list are in sight."""
LEAST_HEAD = 4
"""A title, a kind, causes and times."""
OF_HEIGHT = 3
"""Where none failed, kinds take this part of the view at most."""


def room_of_head(height: int, failed: int) -> int:
    """Lines that the head may take beside the list of those that failed, if there are any, and its title."""
    return max(height - min(failed, LEAST_LISTED) - 1, LEAST_HEAD) if failed else height


def in_sight(
    tallies: Sequence[Tally], leading: Tally, room: int, bar: int, height: int
) -> tuple[list[Tally], list[Tally]]:
    """The kinds that are shown in ``room`` lines below their title and beside one of the ``bar``, and the others.

    The leading one is always there; of the others those go first of which some failed. Both in the order given.
    """
    most = max(min(room - 1 - min(bar, 1), max(height // OF_HEIGHT, 1)), 1)
    chosen = sorted(tallies, key=lambda tally: (tally is not leading, not tally.failed))[:most]
    shown = [tally for tally in tallies if tally in chosen]
    return shown, [tally for tally in tallies if tally not in chosen]
