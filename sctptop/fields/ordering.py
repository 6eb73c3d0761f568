"""In which order associations are listed: ``--sort FIELD[:asc|desc]``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sctptop.fields.catalogue import field
from sctptop.fields.ends import remote_order
from sctptop.fields.field import Field
from sctptop.model.associations.row import Row


class OrderError(ValueError):
    """A ``--sort`` argument that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Order:
    """A field and a direction. Rows whose value is not known come last either way."""

    field: Field
    descending: bool

    @property
    def inverted(self) -> Order:
        """The same field the other way round."""
        return replace(self, descending=not self.descending)

    def apply(self, rows: Iterable[Row]) -> list[Row]:
        """The rows in this order; equal ones by their remote end, so that nothing jumps."""
        listed = list(rows)
        places = places_by_ends(listed, list(map(remote_order, listed)))
        return self.of_rows_by_ends([listed[place] for place in places])

    def of_rows_by_ends(self, rows: list[Row]) -> list[Row]:
        """The same of rows that stand by their remote ends already."""
        key = self.field.sort_key
        if key is remote_order and not self.descending:
            return rows
        if key is not None:
            return sorted(rows, key=key, reverse=self.descending)
        values: list[Any] = list(map(self.field.get, rows))
        known = [place for place, value in enumerate(values) if value is not None]
        known.sort(key=values.__getitem__, reverse=self.descending)
        unknown = [row for row, value in zip(rows, values, strict=True) if value is None]
        return [rows[place] for place in known] + unknown


def natural(chosen: Field) -> Order:
    """A field in the direction that people mean: quantities largest first, names and identifiers from the first."""
    return Order(chosen, chosen.numeric and chosen.unit != "#")


def parse_order(text: str) -> Order:
    """Read ``FIELD``, ``FIELD:asc`` or ``FIELD:desc``.

    Raises OrderError, or UnknownFieldError from the catalogue.
    """
    name, _, direction = text.partition(":")
    order = natural(field(name))
    match direction:
        case "":
            return order
        case "asc" | "desc":
            return replace(order, descending=direction == "desc")
    raise OrderError(f"{text!r}: the direction after the colon is asc or desc")


def places_by_ends(rows: Sequence[Row], ends: Sequence[int]) -> list[int]:
    """The places of the rows by their remote ends, ``ends``; where those are equal by their keys."""
    places = sorted(range(len(rows)), key=ends.__getitem__)
    often = {end for end, times in Counter(ends).items() if times > 1}
    if often:
        # Apart, for it is dear: keys hold values of several types.
        places.sort(key=lambda at: (ends[at], tuple(map(str, rows[at].key)) if ends[at] in often else ()))
    return places


BY_REMOTE = natural(field("remote"))
BY_TROUBLE = natural(field("trouble"))
"""Of the dashboard, where none is chosen: the worst first, then those that carry most."""
