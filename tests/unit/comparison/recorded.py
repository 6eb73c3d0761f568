"""Summaries made by hand: what a comparison says of them, no recording needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from sctptop.comparison.compare import compare
from sctptop.comparison.kinds import UNTOLD
from sctptop.comparison.roles import PEERS, RADIO
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import End, Summary
from sctptop.comparison.wording.verdict import Verdict, verdict
from sctptop.model.associations.distribution import NANOSECONDS, Distribution
from sctptop.model.registrations.words import COMPLETED, REJECTED, UNKNOWN

SPREAD = (0.98, 1.0, 1.02, 1.0)
KNOWN = {"nodelay": (True,), "sack_delay_ms": (200,), "sack_frequency": (2,)}


def ended(
    n: int = 100,
    *,
    failed: int = 0,
    unknown: int = 0,
    end: str = "gNB",
    kind: str = UNTOLD,
    causes: Mapping[tuple[str, str], int] | None = None,
    there: Mapping[str, float] | None = None,
    network: float | None = 4.0,
    **parts: float,
) -> Ended:
    """Registrations that take that many ms in each part (20 in all, 10 of them the core's, if nothing is said).

    ``network``: of the far end's time, None where it is not known. ``there``: ms held, blocked or unread at that end,
    where it is seen too.
    """
    far = "core" if end in RADIO else "ran"
    of = {
        "held": 0.0,
        "blocked": 0.0,
        "lost": 0.0,
        "order": 0.0,
        "unread": 0.0,
        "core": 10.0,
        "ran": 10.0,
        **parts,
    }
    if network is not None:
        of = {**of, far: of[far] - network, "network": network}
    ours = ("held", "blocked", "unread", "ran" if far == "core" else "core")
    roles = {**dict.fromkeys(ours, end), far: PEERS[end]}
    pieces = {("RAN" if name == "ran" else name, roles.get(name, "")): ms for name, ms in of.items()}
    for name, ms in (there or {}).items():
        pieces[name, PEERS[end]] = ms
        of[name] += ms
    of["sctp"] = sum(of[name] for name in ("held", "blocked", "lost", "order"))
    of["total"] = sum(pieces.values())

    def spread(ms: float) -> tuple[float, ...]:
        return tuple(ms * SPREAD[place % 4] for place in range(n))

    none = Ended(end, kind)
    return replace(
        none,
        times={**none.times, **{name: spread(ms) for name, ms in of.items()}},
        pieces={name: spread(ms) for name, ms in pieces.items()},
        ended={**none.ended, COMPLETED: n, REJECTED: failed, UNKNOWN: unknown},
        causes=causes or {},
        whole=there is not None,
        at_once=1,
    )


def beats(ms: float, n: int = 20) -> Distribution:
    """So many heartbeats of that RTT."""
    return Distribution().merged([(round(ms * NANOSECONDS), n)])


def end(role: str, settings: Mapping[str, Sequence[Any]] | None = None, **facts: Any) -> End:
    """One role with the settings of KNOWN, or others."""
    told = {**KNOWN, **(settings or {})}
    return End(role, associations=1, settings={name: tuple(values) for name, values in told.items()}, **facts)


def summary(
    name: str, gnb: Ended | None = None, *ends: End, more: Sequence[Ended] = (), **facts: Any
) -> Summary:
    """Of a gNB, and of both ends if nothing is said; ``more`` registrations, of another end or kind."""
    roles = ends or (end("gNB"), end("AMF"))
    return Summary(
        name=name,
        path=f"{name}.sctp",
        kernel="6.1",
        hz=250,
        machine="x86_64",
        began=datetime(2026, 11, 23, tzinfo=timezone.utc),
        span_s=60.0,
        samples=60,
        probed=60,
        ngap=True,
        ends={one.role: one for one in roles},
        registrations={(one.end, one.kind): one for one in (gnb or ended(), *more)},
        **{"host": "amf-1", "heartbeats": beats(1.0), **facts},
    )


def judged(*summaries: Summary) -> Verdict:
    """The second against the first."""
    comparison = compare(summaries)
    return verdict(comparison, comparison.pairs[0])
