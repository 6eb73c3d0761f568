"""In which order associations are listed: ``--sort FIELD[:asc|desc]``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import ip_address

from sctptop.fields.catalogue import Field, field
from sctptop.model.associations.rows import Row


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
        rows = sorted(rows, key=lambda row: (_addresses(row, remote=True), tuple(map(str, row.key))))
        known = [row for row in rows if self.field.get(row) is not None]
        unknown = [row for row in rows if self.field.get(row) is None]
        known.sort(key=lambda row: _sort_key(self.field, row), reverse=self.descending)
        return known + unknown


def natural(chosen: Field) -> Order:
    """A field in the direction that people mean: numbers largest first, names from A."""
    return Order(chosen, chosen.numeric and chosen.id not in ("local_port", "remote_port", "assoc_id"))


def parse_order(text: str) -> Order:
    """Read ``FIELD``, ``FIELD:asc`` or ``FIELD:desc``.

    Raises OrderError, or UnknownFieldError from the registry.
    """
    name, _, direction = text.partition(":")
    order = natural(field(name))
    match direction:
        case "":
            return order
        case "asc" | "desc":
            return replace(order, descending=direction == "desc")
    raise OrderError(f"{text!r}: the direction after the colon is asc or desc")


def _sort_key(chosen: Field, row: Row) -> tuple[object, ...]:
    if chosen.id in ("local", "remote"):
        return _addresses(row, remote=chosen.id == "remote")
    return (chosen.get(row),)


def _addresses(row: Row, remote: bool) -> tuple[object, ...]:
    """Ends compare as numbers, so that 10.9.0.2 stands before 10.9.0.10."""
    entry = row.association
    addresses = entry.remote_addresses if remote else entry.local_addresses
    first = entry.primary if remote and entry.primary else next(iter(addresses), "0.0.0.0")
    ports = (entry.remote_port, entry.local_port) if remote else (entry.local_port, entry.remote_port)
    return (*_numeric(first), *ports)


@lru_cache(maxsize=1 << 16)
def _numeric(text: str) -> tuple[int, int]:
    """An address as version and number. Parsing it anew each second took most of a refresh."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return (0, 0)
    return (address.version, int(address))


BY_REMOTE = natural(field("remote"))
