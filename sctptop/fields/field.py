"""What is known of a field, and how fields are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sctptop.model.association import Association
from sctptop.model.associations.row import Row
from sctptop.model.attributes import COUNTER, SERIES, named
from sctptop.quantity import Value, show

SWITCH = "switch"
"""The unit of what is on or off."""

_COUNTERS = frozenset(named(Association, COUNTER))
_SERIES = frozenset(named(Association, SERIES))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an association.

    ``unit``: B bytes, ms, n a count, /s a rate, hex, # an identifier, switch, or empty. ``width`` is that of its
    column, ``short`` its title where room is scarce, ``words`` its name in a sentence. ``group`` is its heading in the
    details. ``published`` fields are JSON keys: attributes of Association, or else what ``get`` makes of the row.
    ``setting`` is its place among the settings that are compared, the most important first; 0: it is none.
    ``searched``: a bare word in the filter is looked for in it. ``of_one_end``: that two ends differ in it is no news.
    ``address``: its column shares what room is left, and loses the middle of an address, never the port.
    ``values`` are all that it can be, where those are few; ``abbreviations`` are of its values. ``sort_key`` is there
    where a value is always known and sorts otherwise than it is written. ``mirrors`` is the id of the field that this
    one shows of the other end. ``each_packet``: what is hit by each packet tells it, which is attached for who asks.
    ``text``: what tables and details say of a row, where the value alone says too little.
    """

    id: str
    title: str
    unit: str
    width: int
    help: str
    get: Callable[[Row], Value]
    published: bool = True
    group: str = ""
    short: str = ""
    words: str = ""
    setting: int = 0
    searched: bool = False
    of_one_end: bool = False
    address: bool = False
    values: tuple[str, ...] = ()
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    sort_key: Callable[[Row], int] | None = None
    mirrors: str = ""
    each_packet: bool = False
    text: Callable[[Row], str] | None = None

    def said(self, row: Row) -> str:
        """Its value as people read it."""
        return self.text(row) if self.text else show(self.get(row), self.unit)

    @property
    def numeric(self) -> bool:
        """Whether it aligns right and sorts largest first."""
        return self.unit in ("B", "ms", "n", "/s", "hex", "#")

    @property
    def counts(self) -> bool:
        """Whether it only grows: a counter."""
        return self.id in _COUNTERS

    @property
    def series(self) -> bool:
        """Whether it is kept over time."""
        return self.id in _SERIES


def fact(name: str, title: str, unit: str, help: str, width: int = 7, **more: Any) -> Field:
    """An attribute of Association."""
    return Field(name, title, unit, width, help, attrgetter(f"association.{name}"), **more)


def derived(
    name: str, title: str, unit: str, help: str, get: Callable[[Row], Value], width: int = 7, **more: Any
) -> Field:
    """What is made of a row, for the table and the details; JSON has what it is made of."""
    return Field(name, title, unit, width, help, get, **{"published": False, **more})


def rate(name: str, title: str, help: str) -> Field:
    """How much a counter grows a second."""
    return derived(f"{name}_rate", title, "/s", help, lambda row: row.rate(name), 6)


def since_reset(name: str, title: str, help: str) -> Field:
    """What a counter gained since the reset."""
    return derived(f"{name}_delta", title, "n", help, lambda row: row.since_reset.get(name), 6)


def heartbeat(name: str, title: str, help: str, unit: str = "ms") -> Field:
    """One figure of the heartbeat RTTs of the primary path since the reset."""

    def get(row: Row) -> Value:
        rtt = row.primary_rtt
        summary = rtt.summary() if rtt else None
        return getattr(summary, name) if summary else None

    return derived(f"hb_rtt_{name}", title, unit, help, get)


def wait(attribute: str, name: str, title: str, help: str) -> Field:
    """One figure of the waits of messages since the reset."""

    def get(row: Row) -> Value:
        summary = getattr(row, attribute).summary()
        return getattr(summary, name) if summary else None

    return derived(f"{attribute}_{name}", title, "ms", help, get, 8, each_packet=True)


def of_process(name: str, title: str, help: str, width: int, unit: str = "", **more: Any) -> Field:
    """An attribute of the process that owns the socket."""
    return derived(
        name, title, unit, help, lambda row: getattr(row.association.process, name, None), width, **more
    )


def of_way(name: str, attribute: str, title: str, unit: str, help: str, width: int = 7, **more: Any) -> Field:
    """An attribute of the way of the primary path."""

    def get(row: Row) -> Value:
        way = row.association.primary_way
        return getattr(way, attribute) if way else None

    return derived(name, title, unit, help, get, width, **more)
