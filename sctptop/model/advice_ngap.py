"""What NGAP (and S1AP) messages tell for advice: streams, byte order of the PPID, and answers that came a SACK late."""

from __future__ import annotations

from sctptop.model.event import Event

SACK_LATE = (0.9, 1.25)
"""A second message of a UE that comes this much of our SACK delay after the first: it waited for that SACK."""


class NgapTally:
    """What one generation saw of one association, by direction. ``before`` hands on when each UE was heard of last."""

    def __init__(self, before: NgapTally | None = None) -> None:
        self.messages = {"in": 0, "out": 0}
        self.swapped = {"in": 0, "out": 0}
        self.ues: dict[str, set[float]] = {"in": set(), "out": set()}
        self.streams: dict[str, set[float]] = {"in": set(), "out": set()}
        self.of_ues = {"in": 0, "out": 0}
        self.pairs = 0
        self.late_pairs = 0
        self._last: dict[float, tuple[str, float]] = before._last if before is not None else {}
        self._heard: set[float] = set()
        if before is not None:
            self._last = {ue: self._last[ue] for ue in before._heard if ue in self._last}

    def take(self, event: Event, sack_delay_ms: int | None) -> None:
        """Count one message."""
        direction = event.text("direction")
        if direction not in self.messages:
            return
        self.messages[direction] += 1
        self.swapped[direction] += event.details.get("ppid_swapped") is True
        ue, stream, at_ns = (event.number(name) for name in ("ran_ue_id", "stream", "at_ns"))
        if ue is None:
            return
        self.of_ues[direction] += 1
        self.ues[direction].add(ue)
        if stream is not None:
            self.streams[direction].add(stream)
        if at_ns is not None:
            self._pair(ue, direction, at_ns, sack_delay_ms)

    def _pair(self, ue: float, direction: str, at_ns: float, sack_delay_ms: int | None) -> None:
        """Two messages of a UE in a row, with nothing sent to it between: the second depends on nothing of ours."""
        before = self._last.get(ue)
        self._last[ue] = (direction, at_ns)
        self._heard.add(ue)
        if direction != "in" or before is None or before[0] != "in" or not sack_delay_ms:
            return
        self.pairs += 1
        share = (at_ns - before[1]) / (sack_delay_ms * 1e6)
        self.late_pairs += SACK_LATE[0] <= share <= SACK_LATE[1]
