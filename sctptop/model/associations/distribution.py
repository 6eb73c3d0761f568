"""A distribution in bounded memory: bins whose width grows with the value, so that the relative error is fixed.

A value falls in a bin by its leading 1 and the ``bits`` binary digits after it, as in HdrHistogram; the C of
the probes computes the same index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

NANOSECONDS = 1e6
"""Nanoseconds in a millisecond."""
PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
"""Those reported of registrations, procedures and comparisons."""


def bin_of(value: int, bits: int) -> int:
    """The index of the bin that holds ``value`` (0 or more)."""
    extra = value.bit_length() - bits - 1
    if extra <= 0:
        return max(value, 0)
    return (extra << bits) + (value >> extra)


def bounds(index: int, bits: int) -> tuple[int, int]:
    """The first value of a bin and the first beyond it."""
    extra = (index >> bits) - 1
    if extra <= 0:
        return index, index + 1
    low = ((index & ((1 << bits) - 1)) + (1 << bits)) << extra
    return low, low + (1 << extra)


class Distribution:
    """Counts of nanosecond values. ``error`` bounds how far a percentile can be off, relative to itself.

    At most ``64 << bits`` bins; in practice as many as there are different values to that precision.
    """

    __slots__ = ("_counts", "bits", "max_ns", "min_ns", "n")

    def __init__(self, bits: int = 6) -> None:
        self.bits = bits
        self.n = 0
        self.min_ns: int | None = None
        self.max_ns: int | None = None
        self._counts: dict[int, int] = {}

    @property
    def error(self) -> float:
        """A value is reported as the middle of its bin, so at most half a bin away: 0.8 % with 6 bits."""
        return 1 / (1 << (self.bits + 1))

    def add(self, value_ns: int, times: int = 1) -> None:
        """Count a value."""
        value_ns = max(value_ns, 0)
        index = bin_of(value_ns, self.bits)
        self._counts[index] = self._counts.get(index, 0) + times
        self.n += times
        self.min_ns = value_ns if self.min_ns is None else min(self.min_ns, value_ns)
        self.max_ns = value_ns if self.max_ns is None else max(self.max_ns, value_ns)

    @classmethod
    def of(
        cls, bins: Mapping[int, int], min_ns: int | None, max_ns: int | None, bits: int = 6
    ) -> Distribution:
        """One of these counts by bin index."""
        new = cls(bits)
        new.n, new.min_ns, new.max_ns, new._counts = sum(bins.values()), min_ns, max_ns, dict(bins)
        return new

    def merged(self, values: Iterable[tuple[int, int]]) -> Distribution:
        """A new distribution with further (value in ns, times); this one is unchanged."""
        new = Distribution(self.bits)
        counts = new._counts = dict(self._counts)
        bits, n, low, high = self.bits, self.n, self.min_ns, self.max_ns
        # As ``add`` does, of which there are ten for each registration.
        for value_ns, times in values:
            if value_ns < 0:
                value_ns = 0
            extra = value_ns.bit_length() - bits - 1
            index = value_ns if extra <= 0 else (extra << bits) + (value_ns >> extra)
            counts[index] = counts.get(index, 0) + times
            n += times
            if low is None or value_ns < low:
                low = value_ns
            if high is None or value_ns > high:
                high = value_ns
        new.n, new.min_ns, new.max_ns = n, low, high
        return new

    def plus(self, other: Distribution) -> Distribution:
        """A new distribution of both; they have the same precision, or this one's is kept."""
        if other.bits != self.bits:
            return self.merged((round(value_ms * NANOSECONDS), times) for value_ms, times in other.steps())
        new = self.merged(())
        for index, times in other.bins.items():
            new._counts[index] = new._counts.get(index, 0) + times
        new.n += other.n
        new.min_ns = min((one for one in (self.min_ns, other.min_ns) if one is not None), default=None)
        new.max_ns = max((one for one in (self.max_ns, other.max_ns) if one is not None), default=None)
        return new

    def steps(self) -> Iterator[tuple[float, int]]:
        """The middle of each bin in ms and how many lie in it, in rising order."""
        for index, times in sorted(self._counts.items()):
            low, high = bounds(index, self.bits)
            yield (low + high - 1) / 2 / NANOSECONDS, times

    def percentile(self, share: float) -> float | None:
        """The value in ms that ``share`` (0 to 1) of all do not exceed; None while there is none."""
        if not self.n or self.min_ns is None or self.max_ns is None:
            return None
        if self.min_ns == self.max_ns:
            # Nearly always, of one interval.
            return self.min_ns / NANOSECONDS
        wanted, seen = max(1.0, share * self.n), 0
        for index in sorted(self._counts):
            seen += self._counts[index]
            if seen >= wanted:
                low, high = bounds(index, self.bits)
                middle = (low + high - 1) / 2
                return min(max(middle, self.min_ns), self.max_ns) / NANOSECONDS
        return self.max_ns / NANOSECONDS

    def counts(self, edges_ns: Iterable[float]) -> list[int]:
        """How many lie in each interval between neighbouring edges; a bin counts where its middle is."""
        edges = list(edges_ns)
        totals = [0] * max(len(edges) - 1, 0)
        place = 0
        for index, times in sorted(self._counts.items()):
            low, high = bounds(index, self.bits)
            middle = (low + high - 1) / 2
            while place < len(totals) - 1 and middle >= edges[place + 1]:
                place += 1
            if totals:
                totals[place] += times
        return totals

    @property
    def bins(self) -> Mapping[int, int]:
        """Counts by bin index."""
        return self._counts


@dataclass(frozen=True, slots=True)
class TimeSummary:
    """Round trips or waits since the reset, in ms; ``last`` is the newest. Percentiles are as exact as their bins."""

    n: int
    min: float
    p50: float
    p90: float
    p99: float
    max: float
    last: float | None = None


def total(distributions: Iterable[Distribution], bits: int = 6) -> Distribution:
    """All values counted together, to the precision of the first that has some; to ``bits`` where none has."""
    found = Distribution(bits)
    for one in distributions:
        if one.n:
            found = found.plus(one) if found.n else one
    return found


def summary_of(values: Distribution, last_ms: float | None) -> TimeSummary | None:
    """The published form of a distribution, None while it is empty."""
    p50, p90, p99 = (values.percentile(share) for share in (0.5, 0.9, 0.99))
    low, high = values.min_ns, values.max_ns
    if p50 is None or p90 is None or p99 is None or low is None or high is None:
        return None
    return TimeSummary(
        n=values.n,
        min=round(low / NANOSECONDS, 6),
        p50=round(p50, 6),
        p90=round(p90, 6),
        p99=round(p99, 6),
        max=round(high / NANOSECONDS, 6),
        last=last_ms,
    )
