"""Of what the mean time of a registration consists, as finely as two recordings allow: whose time it was, and which."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from sctptop.comparison.roles import PEERS, RADIO
from sctptop.comparison.statistics.percentiles import percentile
from sctptop.comparison.summaries.ended import Ended
from sctptop.model.passages.passage import BLOCKED, CORE, HELD, LOST, NETWORK, ORDER, RAN, UNREAD
from sctptop.model.passages.stages import SCTP

OWN, FAR, FAR_AND_NETWORK = "own", "far", "far and network"
TITLES = {
    HELD: "SCTP on the {}: messages held before they were sent",
    BLOCKED: "SCTP on the {}: messages that had no room in the send buffer",
    LOST: "SCTP: messages that were lost, until they were sent again",
    ORDER: "SCTP: messages that waited in order behind another one",
    UNREAD: "the {}, which was late to read its messages",
    NETWORK: "the network",
    FAR: "the {}, its SCTP included",
    FAR_AND_NETWORK: "the {}, its SCTP and the network",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the mean registration, in ms, in the baseline and the other recording.

    ``kind`` HELD or BLOCKED in the SCTP of ``role``; LOST and ORDER between the two; UNREAD by the application of
    ``role``; OWN all else of its time; NETWORK. FAR is all at the other end, SCTP included, where that end was not
    recorded; FAR_AND_NETWORK where not even a heartbeat was.
    """

    kind: str
    role: str
    base_ms: float
    other_ms: float

    @property
    def delta_ms(self) -> float:
        """What it adds to the other recording."""
        return self.other_ms - self.base_ms

    @property
    def sctp(self) -> bool:
        """Whether SCTP did it."""
        return self.kind in SCTP

    @property
    def title(self) -> str:
        """What it is, in words."""
        with_ues = self.role in RADIO and self.kind in (OWN, FAR, FAR_AND_NETWORK)
        return TITLES.get(self.kind, "the {}").format(f"{self.role} with its UEs" if with_ues else self.role)


def pieces(base: Ended, other: Ended, typical: bool) -> tuple[Piece, ...]:
    """As the registrations of an end show them, which are told apart alike in both recordings.

    ``typical``: of the middle half of them alone, by total time.
    """
    end, whole, apart = base.end, base.whole, base.apart
    peer = PEERS[end]
    at_hand = [(HELD, end), (BLOCKED, end), *[(HELD, peer), (BLOCKED, peer)] * whole, (LOST, ""), (ORDER, "")]
    at_hand += [(UNREAD, end), (OWN, end), *[(UNREAD, peer), (OWN, peer)] * whole]
    far = [] if whole else [(FAR if apart else FAR_AND_NETWORK, peer)]
    network = [(NETWORK, "")] * (whole or apart)
    means: dict[tuple[str, str], list[float]] = {name: [0.0, 0.0] for name in (*at_hand, *far, *network)}
    for place, one in enumerate((base, other)):
        middle = _middle(one) if typical else None
        for (whose, role), values in one.pieces.items():
            name = (OWN, role) if whose in (CORE, RAN) else (whose, role)
            of_them = values if middle is None else [values[which] for which in middle]
            means[name if name in means else far[0]][place] += fmean(of_them) if of_them else 0.0
    return tuple(Piece(*name, *values) for name, values in means.items())


def _middle(ended: Ended) -> list[int]:
    """The places of those whose total time is within the quartiles."""
    times = ended.times["total"]
    ordered = sorted(times)
    low, high = percentile(ordered, 0.25) or 0.0, percentile(ordered, 0.75) or 0.0
    return [place for place, total in enumerate(times) if low <= total <= high]
