"""Where messages wait since the last reset: held before the first transmission, and until they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sctptop.model.association import Association
from sctptop.model.associations.distribution import Distribution, TimeSummary, summary_of
from sctptop.model.associations.rtt import DATA_BITS, of_bins
from sctptop.model.quick import quick

Bins = tuple[tuple[int, int], ...]


def _none() -> Distribution:
    return Distribution(DATA_BITS)


@quick
@dataclass(frozen=True, slots=True)
class Wait:
    """One of the two waits of one association: ``total`` since the reset, ``now`` in the last interval.

    Nothing in it changes; a newer one takes its place.
    """

    total: Distribution = field(default_factory=_none)
    now: Distribution = field(default_factory=_none)

    @property
    def now_ms(self) -> float | None:
        """The median of the last interval, None if no message was timed in it."""
        return self.now.percentile(0.5)

    def summary(self) -> TimeSummary | None:
        """Since the reset, None while no message was timed; ``last`` is the median of the last interval."""
        return summary_of(self.total, self.now_ms)


NO_WAIT = Wait()


@quick
@dataclass(frozen=True, slots=True)
class Waits:
    """Both waits of one association."""

    held: Wait = NO_WAIT
    read_wait: Wait = NO_WAIT


NO_WAITS = Waits()


class WaitBook:
    """Follows the waits of all associations."""

    def __init__(self) -> None:
        self._waits: dict[object, Waits] = {}
        self._before: dict[object, Waits] = {}
        self._moved: dict[object, tuple[Bins, Bins]] = {}
        self.touched: set[object] = set()
        """The associations of which ``of`` says something else since the last interval."""

    def of(self, key: object) -> Waits:
        """Of that association; what is returned is never altered later."""
        return self._waits.get(key, NO_WAITS)

    @property
    def moved(self) -> Iterable[object]:
        """The associations with a message timed in the last interval."""
        return self._moved

    def medians(self, key: object) -> Mapping[str, float | None]:
        """Of the last interval, in ms, under the names of their series."""
        return _medians(*self._moved[key])

    def advance(self, associations: Iterable[tuple[object, Association]]) -> None:
        """Add what one interval brought."""
        added = {
            key: (entry.held_bins, entry.read_wait_bins)
            for key, entry in associations
            if entry.held_bins or entry.read_wait_bins
        }
        self.touched = self._moved.keys() | added.keys()
        for key in self._moved.keys() - added.keys():
            self._put(key, (), ())
        for key, (held, read) in added.items():
            self._put(key, held, read)
        self._moved = added

    def reset(self) -> None:
        """Begin all distributions anew."""
        self._before, self._waits = self._waits, {}
        self._moved = {}

    def undo_reset(self) -> None:
        """What there was before the last reset, and what came since."""
        for key, before in self._before.items():
            now = self.of(key)
            self._waits[key] = Waits(_plus(before.held, now.held), _plus(before.read_wait, now.read_wait))
        self._before = {}

    def keep(self, keys: Iterable[object]) -> None:
        """Forget all associations but these."""
        kept = set(keys)
        for known in (self._waits, self._before):
            for key in known.keys() - kept:
                del known[key]
        self._moved = {key: bins for key, bins in self._moved.items() if key in self._waits}

    def _put(self, key: object, held: Bins, read: Bins) -> None:
        before = self.of(key)
        self._waits[key] = Waits(_with(before.held, held), _with(before.read_wait, read))


@lru_cache(1 << 10)
def _medians(held: Bins, read: Bins) -> Mapping[str, float | None]:
    """Of thousands of associations most say the same."""
    medians = [of_bins(bins).percentile(0.5) if bins else None for bins in (held, read)]
    return dict(zip(("held_ms", "read_wait_ms"), medians, strict=True))


def _with(wait: Wait, bins: Bins) -> Wait:
    if not bins:
        return Wait(wait.total, NO_WAIT.now) if wait.now.n else wait
    return Wait(wait.total.merged(bins), of_bins(bins))


def _plus(before: Wait, now: Wait) -> Wait:
    return Wait(before.total.plus(now.total), now.now)
