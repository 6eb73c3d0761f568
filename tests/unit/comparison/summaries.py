"""Summaries made by hand: what a comparison says of them, no recording needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from sctptop.comparison.compare import compare
from sctptop.comparison.summary import End, Ended, Summary
from sctptop.comparison.verdict import Verdict, verdict
from sctptop.model.associations.distribution import NANOSECONDS, Distribution
from sctptop.model.registrations.words import COMPLETED, REJECTED

SPREAD = (0.98, 1.0, 1.02, 1.0)
KNOWN = {"nodelay": (True,), "sack_delay_ms": (200,), "sack_frequency": (2,)}


def ended(n: int = 40, *, failed: int = 0, turns: float = 4.0, **parts: float) -> Ended:
    """Registrations that take that many ms in each part (20 in all, 10 of them the core's, if nothing is said)."""
    of = {"held": 0.0, "read_wait": 0.0, "core": 10.0, "ran": 10.0, **parts}
    of = {"total": sum(of.values()), "sctp": of["held"] + of["read_wait"], **of}
    times = {name: tuple(ms * SPREAD[place % 4] for place in range(n)) for name, ms in of.items()}
    none = Ended("gNB")
    return replace(
        none, times=times, ended={**none.ended, COMPLETED: n, REJECTED: failed}, at_once=1, turns=turns
    )


def beats(ms: float, n: int = 20) -> Distribution:
    """So many heartbeats of that RTT."""
    return Distribution().merged([(round(ms * NANOSECONDS), n)])


def end(role: str, settings: Mapping[str, Sequence[Any]] | None = None, **facts: Any) -> End:
    """One role with the settings of KNOWN, or others."""
    told = {**KNOWN, **(settings or {})}
    return End(role, associations=1, settings={name: tuple(values) for name, values in told.items()}, **facts)


def summary(name: str, gnb: Ended | None = None, *ends: End, **facts: Any) -> Summary:
    """Of a gNB, and of both ends if nothing is said."""
    roles = ends or (end("gNB"), end("AMF"))
    return Summary(
        name=name,
        path=f"{name}.sctp",
        host="amf-1",
        kernel="6.1",
        hz=250,
        machine="x86_64",
        began=datetime(2026, 11, 23, tzinfo=timezone.utc),
        span_s=60.0,
        samples=60,
        probed=60,
        ngap=True,
        ends={one.role: one for one in roles},
        registrations={"gNB": gnb or ended()},
        **{"heartbeats": beats(1.0), **facts},
    )


def judged(*summaries: Summary) -> Verdict:
    """The second against the first."""
    comparison = compare(summaries)
    return verdict(comparison, comparison.pairs[0])
