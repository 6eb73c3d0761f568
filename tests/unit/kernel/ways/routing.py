"""Routes and interfaces that a test decides."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sctptop.kernel.ways.questions import Signs
from sctptop.kernel.ways.route_lookup import Link, Route
from sctptop.kernel.ways.ways import Ways
from sctptop.model.way import Way

COUNTERS = {"rx_dropped": 1, "tx_dropped": 2, "rx_errors": 3, "tx_errors": 4, "rx_packets": 99}
ETH0 = Link("eth0", 1500, True, COUNTERS)
UP = Signs(2, "ACTIVE", True)


class Host:
    """Routes and interfaces that the test decides, the questions that came, and a clock."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str | None, int], Route] = {}
        self.links: dict[int, Link] = {2: ETH0, 3: replace(ETH0, name="eth1")}
        self.asked: list[tuple[str, str | None, int]] = []
        self.looked_at: list[int] = []
        self.inside: list[int] = []
        self.open = 0
        self.now_s = 1000.0
        self.costs_s = 0.0
        self.trouble: Exception | None = None
        self.closed_to: set[int] = set()
        self.ways = Ways(self.within, lambda: self, self.now, lambda: None)  # type: ignore[arg-type,return-value]

    def now(self) -> float:
        return self.now_s

    @contextmanager
    def within(self, netns: int) -> Iterator[None]:
        if netns in self.closed_to:
            raise FileNotFoundError(errno.ENOENT, "the network namespace is gone")
        self.inside.append(netns)
        self.open += 1
        yield

    def close(self) -> None:
        self.open -= 1

    def route(self, destination: str, source: str | None = None, interface: int = 0) -> Route:
        self.asked.append((destination, source, interface))
        self.now_s += self.costs_s
        if self.trouble:
            raise self.trouble
        found = self.routes.get((destination, source, interface))
        return found or Route("unicast", interface or 2, None, source or "10.9.0.1")

    def link(self, index: int) -> Link | None:
        self.looked_at.append(index)
        return self.links.get(index)

    def read(self, *paths: tuple[Any, ...], after_s: float = 1.0) -> list[Way | None]:
        """One reading: for each path (netns, locals, destination, signs[, interface]) its way."""
        self.now_s += after_s
        self.asked, self.looked_at = [], []
        found = [self.ways.way(*path) for path in paths]
        self.ways.end_reading()
        assert self.open == 0
        return found


def path(number: int = 2, signs: Signs = UP, netns: int = 1, **changes: Any) -> tuple[Any, ...]:
    """What is asked of one path."""
    return netns, changes.get("local", ("10.9.0.1",)), f"10.9.{number // 250}.{number % 250}", signs
