"""In which order associations are listed: ``--sort FIELD[:asc|desc]``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from sctptop.fields.catalogue import field
from sctptop.fields.ends import remote_order
from sctptop.fields.field import Field
from sctptop.model.associations.identity import Key
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
        rows = sorted(rows, key=lambda row: (remote_order(row), _text_of(row.key)))
        known: list[Row] = []
        unknown: list[Row] = []
        for row in rows:
            (unknown if self.field.get(row) is None else known).append(row)
        known.sort(key=lambda row: _sort_key(self.field, row), reverse=self.descending)
        return known + unknown


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


@lru_cache(maxsize=1 << 14)
def _text_of(key: Key) -> tuple[str, ...]:
    """Parts of one kind compare; made once of each key, and not with every drawing."""
    return tuple(map(str, key))


def _sort_key(chosen: Field, row: Row) -> tuple[object, ...]:
    return chosen.sort_key(row) if chosen.sort_key else (chosen.get(row),)


BY_REMOTE = natural(field("remote"))
