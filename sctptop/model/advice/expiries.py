"""Chunks whose T3 timer expires again and again, and what the peer answered meanwhile: stuck, or lost by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sctptop.model.associations.row import Row
from sctptop.model.event import Event

KEPT_S = 130.0
"""Longer than twice the longest RTO that is usual (RTO.Max, 60 s)."""
ACQUITS_S = 30.0
"""So long before its first expiry another chunk's last one may be, to show that such chunks get through."""
ETHERNET = 1500
"""Bytes of a packet where the path MTU is not known."""
STUCK, DESPITE = 4, 2
BY_LOSS = 0.01
"""Less likely than this by mere loss (a ratio of likelihoods) is what is told apart from it."""
LARGE = 512
"""Bytes of a packet that a path MTU may stop: 576 is the least that IPv4 hosts must take (RFC 791)."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What came of a peer, and what of it did not."""

    answers: int = 0
    missed: int = 0
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Expired:
    """How often T3 expired for the chunk that had waited longest, and the least bytes of a packet that it went in.

    Between its expiries, so that the path worked before and after: ``answers`` to something else, HEARTBEATs that were
    ``missed``, and in how many of these times any packet of the peer came (``heard``). ``since``: since the last.
    """

    times: int
    size: int
    first_s: float
    last_s: float
    answers: int = 0
    missed: int = 0
    heard: int = 0
    since: Traffic = Traffic()

    def again(self, size: int, now_s: float) -> Expired:
        """One expiry more."""
        since = self.since
        return Expired(
            self.times + 1,
            min(self.size, size),
            self.first_s,
            now_s,
            self.answers + since.answers,
            self.missed + since.missed,
            self.heard + since.heard,
        )

    @property
    def despite_answers(self) -> bool:
        """Whether what came of it and of the rest is much less likely with one rate of loss for all than with two."""
        missed = max(self.missed, 0)
        if self.answers < DESPITE:
            return False
        together = _likelihood(self.times + missed, self.answers)
        return together <= BY_LOSS * _likelihood(missed, self.answers)

    def with_traffic(self, answers: int, missed: int, came: bool) -> Expired:
        """What came while it waits."""
        since = self.since
        found = Traffic(since.answers + answers, since.missed + missed, since.heard or came)
        return replace(self, since=found)


class Expiries:
    """The chunks of one association whose timer expired within the last KEPT_S, by TSN, as far as probes saw it."""

    def __init__(self) -> None:
        self._chunks: dict[int, Expired] = {}

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def take(self, now_s: float, interval_s: float, row: Row, happened: Sequence[Event]) -> None:
        """Update with one interval."""
        self._chunks = {tsn: one for tsn, one in self._chunks.items() if one.last_s > now_s - KEPT_S}
        if self._chunks:
            beats = sum(event.kind == "hb_rtt" for event in happened)
            answers = beats + bool(row.rate("in_sacks"))
            came = bool(beats or row.rate("in_packets"))
            missed = _unanswered(row, interval_s)
            self._chunks = {tsn: one.with_traffic(answers, missed, came) for tsn, one in self._chunks.items()}
        for event in happened:
            if event.kind == "t3_rtx":
                self._expiry(now_s, event, row)

    def of_one_chunk(self) -> bool:
        """Whether all that is known to be lost is one chunk, again and again: by chance, or since it cannot pass."""
        return len(self._chunks) == 1 and all(one.times > 1 for one in self._chunks.values())

    def stuck(self) -> Expired | None:
        """The chunk that is sent again and again and never arrives, while the path answers what else is sent."""
        return max(filter(self._is_stuck, self._chunks.values()), key=lambda one: one.times, default=None)

    def _is_stuck(self, one: Expired) -> bool:
        if one.times < STUCK:
            return False
        # Where hardly a HEARTBEAT is due, hearing the peer is all there is: enough for a packet that may be too large.
        heard = one.heard >= DESPITE and one.missed <= 0
        if not one.despite_answers and not (heard and one.size >= LARGE):
            return False
        # T3 tells the oldest that waits: what expired before it first did, and no more since, has arrived in the end.
        return not any(
            one.first_s - ACQUITS_S < other.last_s < one.first_s and other.size >= one.size
            for other in self._chunks.values()
        )

    def _expiry(self, now_s: float, event: Event, row: Row) -> None:
        """Of several chunks that wait a packet holds as many as fit: so many bytes must get through."""
        tsn, size = event.number("tsn"), event.number("chunk_bytes")
        if tsn is None or not size:
            return
        waiting, fits = event.number("flight") or 0, row.association.pathmtu or ETHERNET
        packet = round(max(size, min(waiting, fits)))
        before = self._chunks.get(int(tsn))
        self._chunks[int(tsn)] = before.again(packet, now_s) if before else Expired(1, packet, now_s, now_s)


def _unanswered(row: Row, interval_s: float) -> int:
    """Of HEARTBEATs: all control chunks but SACKs ask and are answered. One on its way is made up for by the next."""

    def gained(name: str) -> int:
        return row.gained(name, interval_s)

    asked = gained("out_ctrl_chunks") - gained("out_sacks")
    return asked - (gained("in_ctrl_chunks") - gained("in_sacks"))


def _likelihood(lost: int, answered: int) -> float:
    """That of exactly so many losses and answers, at the rate of loss at which they are likeliest."""
    rate = lost / (lost + answered)
    return float(rate**lost * (1 - rate) ** answered)
