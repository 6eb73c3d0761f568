"""Whatever is recorded, stopped, forgotten or copied: what is read is what a plain table of every tick says."""

from __future__ import annotations

import random
from array import array
from typing import Any

import pytest

from sctptop.model.associations.history import History

STEADY, INSTANTS = ("x", "y", "z"), ("p", "q")


class Table:
    """A value for each key, name and tick."""

    def __init__(self, window: int) -> None:
        self.window = window
        self.cells: dict[tuple[str, str], dict[int, float | None]] = {}
        self.held: dict[str, tuple[float | None, ...]] = {}
        self.last: dict[str, int] = {}

    def copy(self) -> Table:
        other = Table(self.window)
        other.cells = {name: {**of} for name, of in self.cells.items()}
        other.held, other.last = {**self.held}, {**self.last}
        return other

    def read(self, key: str, name: str, until: int, ticks: int, now: int) -> tuple[float | None, ...]:
        cells = self.cells.get((key, name), {})
        end = max(cells, default=0) if name in STEADY else self.last.get(key, now)
        oldest = end - self.window + 1
        return tuple(
            single(cells.get(tick)) if tick >= oldest else None
            for tick in range(until - ticks + 1, until + 1)
        )


def single(value: float | None) -> float | None:
    return None if value is None else array("f", (value,))[0]


@pytest.mark.parametrize("seed", range(120))
def test_what_is_read_is_what_was_recorded(seed: int) -> None:
    dice = random.Random(seed)
    window = dice.choice((3, 5, 20, 600))
    history, table, tick = History(window=window), Table(window), -1

    def value() -> float | None:
        return dice.choice((None, 0, 1, 2, 3.3, 2**31 + 7))

    for _ in range(dice.randrange(1, 50)):
        step = dice.choice((1, 1, 1, 1, 2, 7))
        for passed in range(tick + 1, tick + step):
            hold(table, passed)
        tick += step
        stopped = [key for key in "abc" if dice.random() < 0.1]
        told: dict[str, Any] = {
            key: tuple(value() for _ in STEADY) for key in "abc" if key not in stopped and dice.random() < 0.5
        }
        at_once: dict[Any, Any] = {
            key: dict.fromkeys(INSTANTS, value()) for key in "abc" if dice.random() < 0.3
        }
        history.stop(tick - 1, stopped)
        history.hold(tick, ((key, STEADY, values) for key, values in told.items()))
        history.record(tick, at_once)
        for key in stopped:
            table.held.pop(key, None)
        table.held |= told
        hold(table, tick)
        for key, values in at_once.items():
            if any(one is not None for one in values.values()) or key in table.last:
                table.last[key] = tick
            for name, one in values.items():
                table.cells.setdefault((key, name), {})[tick] = one
        frozen, was = history.frozen() if dice.random() < 0.1 else history, table.copy()
        if frozen is not history:
            history.hold(tick + 1, [("a", STEADY, (9, 9, 9))])
            history.record(tick + 1, {"b": {"p": 9.0}})
        for key in "abc":
            for name in (*STEADY, *INSTANTS):
                until, ticks = tick + dice.choice((0, 0, -1, -3, 2)), dice.choice((1, 4, 30))
                assert frozen.read(key, name, until, ticks) == was.read(key, name, until, ticks, tick)
        if frozen is not history:
            return


def hold(table: Table, tick: int) -> None:
    for key, values in table.held.items():
        for name, one in zip(STEADY, values, strict=True):
            table.cells.setdefault((key, name), {})[tick] = one
