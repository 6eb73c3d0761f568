"""How many associations begin a second, by service and peer: storms of connects."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass

from sctptop.model.peers.peer import ANY, PeerKey

STORM_PER_S = 20.0
"""Beyond it is a storm: all gNBs of an AMF that come back at once are that too, while they do."""
OVER_S = 5.0
TOP = 3


@dataclass(frozen=True, slots=True)
class Storm:
    """Very many connects of one service: ``per_second`` in the last OVER_S, since when, ``top`` peers with theirs."""

    service: PeerKey
    per_second: float
    since_s: float
    top: tuple[tuple[PeerKey, float], ...]


class Connects:
    """`advance` with the peers of the associations that began in each sample."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float, Counter[PeerKey]]] = deque()
        self._since_s: dict[PeerKey, float] = {}

    def advance(self, begun: Iterable[PeerKey], now_s: float, interval_s: float) -> tuple[Storm, ...]:
        """Update with one sample; the storms there are now."""
        self._samples.append((now_s, interval_s, Counter(begun)))
        while len(self._samples) > 1 and now_s - self._samples[0][0] >= OVER_S:
            self._samples.popleft()
        seconds = sum(interval for _, interval, _ in self._samples)
        peers: Counter[PeerKey] = Counter()
        for _, _, counts in self._samples:
            peers.update(counts)
        services: Counter[PeerKey] = Counter()
        for (netns, _, port, ours), count in peers.items():
            services[netns, ANY, port, ours] += count
        many = [key for key, count in services.items() if seconds and count / seconds >= STORM_PER_S]
        self._since_s = {key: self._since_s.get(key, now_s) for key in many}
        return tuple(
            Storm(
                service=key,
                per_second=services[key] / seconds,
                since_s=since_s,
                top=tuple((peer, count / seconds) for peer, count in _most(peers, key)),
            )
            for key, since_s in self._since_s.items()
        )


def _most(peers: Counter[PeerKey], service: PeerKey) -> list[tuple[PeerKey, int]]:
    own = [pair for pair in peers.items() if (pair[0][0], ANY, *pair[0][2:]) == service]
    return sorted(own, key=lambda pair: -pair[1])[:TOP]
