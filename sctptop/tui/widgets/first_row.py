"""Where the cursor is while nobody has moved it: on the first row, the worst, and not on another at every reading."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop.fields.ordering import BY_TROUBLE, Order
from sctptop.model.associations.row import Row


def stays(rows: Sequence[Row], place: int, order: Order, in_sight: int) -> bool:
    """Whether it stays on the row at ``place``, its own so far (-1: it has none), and does not go to the first.

    ``in_sight``: how many rows are, from the first on. What only carries more than it is no reason to show another in
    the view; nor is a value that changes with every reading, where rows are ordered by one.
    """
    if not 0 <= place < in_sight:
        return False
    return order.field is not BY_TROUBLE.field or rows[place].gravity == rows[0].gravity
