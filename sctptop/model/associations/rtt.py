"""Round trips of each path since the last reset: of heartbeats, and apart from them of data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sctptop.model.association import Association
from sctptop.model.associations.distribution import NANOSECONDS, Distribution, TimeSummary, summary_of
from sctptop.model.event import Event
from sctptop.model.quick import quick

DATA_BITS = 4
"""The kernel side counts data RTTs in bins of this precision (bpf/rtt.c): an error of at most 3.1 %."""

PathName = tuple[object, str]
"""The key of an association and the address of one of its paths."""


@quick
@dataclass(frozen=True, slots=True)
class PathRtt:
    """The round trips of one path. Nothing in it changes; a newer one takes its place.

    ``last_ms`` and ``kernel_ms`` are of the last heartbeat, our clock and the kernel's; ``last_at_s`` when it was
    acknowledged on the clock of the samples. ``now_ms`` are the heartbeats of the last interval, ``data_now_ms`` the
    median of the data RTTs in it.
    """

    heartbeat: Distribution = field(default_factory=Distribution)
    data: Distribution = field(default_factory=lambda: Distribution(DATA_BITS))
    last_ms: float | None = None
    kernel_ms: float | None = None
    last_at_s: float | None = None
    now_ms: tuple[float, ...] = ()
    data_now_ms: float | None = None

    def summary(self) -> TimeSummary | None:
        """Of the heartbeats, None while there was none."""
        return summary_of(self.heartbeat, self.last_ms)

    def data_summary(self) -> TimeSummary | None:
        """Of the data, None while there was none. Contains the peer's SACK delay."""
        return summary_of(self.data, self.data_now_ms)


@lru_cache(1 << 10)
def of_bins(bins: tuple[tuple[int, int], ...]) -> Distribution:
    """Those of one interval: of thousands of associations most say the same."""
    return Distribution(DATA_BITS).merged(bins)


_NO_PATHS: Mapping[str, PathRtt] = {}


class RttBook:
    """Follows the round trips of all paths."""

    def __init__(self) -> None:
        self._paths: dict[object, dict[str, PathRtt]] = {}
        self._before: dict[object, dict[str, PathRtt]] = {}
        self._moved: set[PathName] = set()
        self.touched: set[object] = set()
        """The associations of which ``of`` says something else since the last interval."""

    def of(self, key: object) -> Mapping[str, PathRtt]:
        """By address; the mapping returned is never altered later."""
        return self._paths.get(key, _NO_PATHS)

    @property
    def moved(self) -> Iterable[PathName]:
        """The paths with a round trip in the last interval."""
        return self._moved

    def last(self, name: PathName) -> Mapping[str, float | None]:
        """Of the last interval, in ms, under the names of their series."""
        path = self._paths[name[0]][name[1]]
        return {"hb_rtt_ms": path.now_ms[-1] if path.now_ms else None, "data_rtt_ms": path.data_now_ms}

    def advance(
        self,
        events: Iterable[tuple[object, Event]],
        associations: Iterable[tuple[object, Association]],
        now_s: float,
    ) -> None:
        """Update with one interval: its events by association key, and the associations with their data RTTs."""
        beats: dict[PathName, list[Event]] = {}
        for key, event in events:
            if event.kind == "hb_rtt" and event.address and event.number("rtt_ms") is not None:
                beats.setdefault((key, event.address), []).append(event)
        data: dict[PathName, tuple[tuple[int, int], ...]] = {
            (key, path.address): path.data_rtt_bins
            for key, entry in associations
            for path in entry.paths
            if path.data_rtt_bins
        }
        still = self._moved - beats.keys() - data.keys()
        self._moved = {*beats, *data}
        self.touched = {name[0] for name in (*still, *self._moved)}
        for name in still:
            path = self._get(name)
            self._put(name, PathRtt(path.heartbeat, path.data, path.last_ms, path.kernel_ms, path.last_at_s))
        for name in self._moved:
            self._put(name, _with(self._get(name), beats.get(name, []), data.get(name, ()), now_s))

    def reset(self) -> None:
        """Begin all distributions anew; when the last heartbeat was is still known."""
        self._before, self._paths = (
            self._paths,
            {
                key: {address: _emptied(path) for address, path in paths.items()}
                for key, paths in self._paths.items()
            },
        )

    def undo_reset(self) -> None:
        """What there was before the last reset, and what came since."""
        for key, paths in self._before.items():
            for address, before in paths.items():
                now = self._get((key, address))
                heartbeat, data = before.heartbeat.plus(now.heartbeat), before.data.plus(now.data)
                self._put((key, address), replace(now, heartbeat=heartbeat, data=data))
        self._before = {}

    def keep(self, keys: Iterable[object]) -> None:
        """Forget all associations but these."""
        gone = self._paths.keys() - set(keys)
        for key in gone:
            del self._paths[key]
            self._before.pop(key, None)
        self._moved = {name for name in self._moved if name[0] not in gone}

    def _get(self, name: PathName) -> PathRtt:
        return self._paths.get(name[0], {}).get(name[1]) or PathRtt()

    def _put(self, name: PathName, path: PathRtt) -> None:
        self._paths[name[0]] = {**self._paths.get(name[0], {}), name[1]: path}


def _with(path: PathRtt, beats: list[Event], data: tuple[tuple[int, int], ...], now_s: float) -> PathRtt:
    heartbeat, all_data, data_now_ms = path.heartbeat, path.data, None
    now: tuple[float, ...] = ()
    last = path.last_ms, path.kernel_ms, path.last_at_s
    if beats:
        now = tuple(rtt for beat in beats if (rtt := beat.number("rtt_ms")) is not None)
        heartbeat = heartbeat.merged(
            (round((beat.number("rtt_ms") or 0.0) * NANOSECONDS), beat.times) for beat in beats
        )
        last = now[-1], beats[-1].number("kernel_rtt_ms"), now_s
    if data:
        all_data = all_data.merged(data)
        data_now_ms = of_bins(data).percentile(0.5)
    return PathRtt(heartbeat, all_data, *last, now, data_now_ms)


def _emptied(path: PathRtt) -> PathRtt:
    return PathRtt(last_ms=path.last_ms, kernel_ms=path.kernel_ms, last_at_s=path.last_at_s)
