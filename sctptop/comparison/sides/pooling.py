"""Several runs of one set-up as one side: counts and times put together, each run kept beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean, median_low

from sctptop.comparison.sides.alike import alike
from sctptop.comparison.summaries.ended import Ended, Stalls, When
from sctptop.comparison.summaries.summary import End, Fired, Summary
from sctptop.model.associations.distribution import Distribution, total
from sctptop.quantity import Value

SEVERITIES = ("problem", "warning", "note")


def pooled(name: str, runs: Sequence[Summary]) -> Summary:
    """One side of these runs, one or more; what differs among them is listed. Raises ValueError for none."""
    if not runs:
        raise ValueError("no run")
    first = runs[0]
    if len(runs) == 1:
        return replace(first, name=name)
    roles = dict.fromkeys(role for one in runs for role in one.ends)
    return Summary(
        name=name,
        path=", ".join(one.path for one in runs),
        host=_listed(one.host for one in runs),
        kernel=_listed(one.kernel for one in runs),
        hz=first.hz if len({one.hz for one in runs}) == 1 else None,
        machine=_listed(one.machine for one in runs),
        began=min(one.began for one in runs),
        span_s=sum(one.span_s for one in runs),
        samples=sum(one.samples for one in runs),
        probed=sum(one.probed for one in runs),
        ngap=any(one.ngap for one in runs),
        sysctls={
            name: _listed(one.sysctls.get(name, "") for one in runs)
            for name in dict.fromkeys(name for one in runs for name in one.sysctls)
        },
        ends={role: _end(role, [one.ends[role] for one in runs if role in one.ends]) for role in roles},
        registrations={
            both: _ended([one.of(*both) for one in runs])
            for both in dict.fromkeys(both for one in runs for both in one.registrations)
        },
        procedures=_procedures(runs),
        heartbeats=total(one.heartbeats for one in runs),
        counters={
            counter: _known_sum(one.counters.get(counter) for one in runs)
            for counter in dict.fromkeys(counter for one in runs for counter in one.counters)
        },
        advice=_advice(runs),
        running=sum(one.running for one in runs),
        unfollowed=sum(one.unfollowed for one in runs),
        lost=sum(one.lost for one in runs),
        missed=sum(one.missed for one in runs),
        unseen=sum(one.unseen for one in runs),
        damaged=sum(one.damaged for one in runs),
        own_netns=any(one.own_netns for one in runs),
        facts=first.facts,
        runs=tuple(runs),
    )


def _listed(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(value for value in values if value))


def _known_sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _end(role: str, ends: Sequence[End]) -> End:
    settings: dict[str, Counter[Value]] = {}
    for one in ends:
        for name, values in one.settings.items():
            # The most frequent value of a run comes first, and weighs most.
            for place, value in enumerate(values):
                settings.setdefault(name, Counter())[value] += len(values) - place
    windows = [one.peer_window for one in ends if one.peer_window is not None]
    return End(
        role=role,
        associations=max(one.associations for one in ends),
        processes=tuple(dict.fromkeys(name for one in ends for name in one.processes)),
        settings={
            name: tuple(value for value, _ in seen.most_common()) for name, seen in settings.items() if seen
        },
        held=total(one.held for one in ends),
        read_wait=total(one.read_wait for one in ends),
        send_queue=total(one.send_queue for one in ends),
        recv_queue=total(one.recv_queue for one in ends),
        rtx_chunks=_known_sum(one.rtx_chunks for one in ends),
        out_data_chunks=_known_sum(one.out_data_chunks for one in ends),
        peer_window=median_low(windows) if windows else None,
        cwnd=max((one.cwnd for one in ends if one.cwnd), default=None),
    )


def _ended(runs: Sequence[Ended]) -> Ended:
    """The registrations of a kind that one end saw, run after run."""
    cut = alike(runs)
    first = cut[0]
    rates = [one.rate for one in cut if one.rate is not None]
    offered = [one.offered for one in cut if one.offered is not None]
    stages: dict[tuple[str, str], Stalls] = {}
    for one in cut:
        for name, stalls in one.stages.items():
            stages[name] = _stalls((stages.get(name, Stalls()), stalls))
    having = [one for one in cut if one.n]
    names = dict.fromkeys(name for one in having for name in one.pieces)
    return replace(
        first,
        started=sum(one.started for one in cut),
        ended={outcome: sum(one.ended[outcome] for one in cut) for outcome in first.ended},
        causes=_counted(one.causes for one in cut),
        offered=fmean(offered) if offered else None,
        peak=max(one.peak for one in cut),
        inferred=sum(one.inferred for one in cut),
        accepted=_stalls(one.accepted for one in cut),
        times={part: tuple(value for one in cut for value in one.times[part]) for part in first.times},
        pieces={
            name: tuple(value for one in having for value in one.pieces.get(name, (0.0,) * one.n))
            for name in names
        },
        whole=bool(having) and all(one.whole for one in having),
        stages=stages,
        rate=fmean(rates) if rates else None,
        at_once=max(one.at_once for one in cut),
        when=When(),
        runs=cut,
    )


def _stalls(of: Iterable[Stalls]) -> Stalls:
    found = [*of]
    return Stalls(sum(one.n for one in found), sum(one.sum_ms for one in found))


def _counted(counts: Iterable[Mapping[tuple[str, str], int]]) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for one in counts:
        found.update(one)
    return dict(found)


def _procedures(runs: Sequence[Summary]) -> dict[tuple[str, bool], tuple[Distribution, int, int]]:
    names = dict.fromkeys(name for one in runs for name in one.procedures)
    of = {name: [one.procedures[name] for one in runs if name in one.procedures] for name in names}
    return {
        name: (
            total(latency for latency, _, _ in entries),
            sum(failures for _, failures, _ in entries),
            sum(unanswered for _, _, unanswered in entries),
        )
        for name, entries in of.items()
    }


def _advice(runs: Sequence[Summary]) -> tuple[Fired, ...]:
    """Each rule once, with in how many of the runs it was given; the worst first."""
    together: dict[tuple[str, str], list[Fired]] = {}
    for one in runs:
        for fired in one.advice:
            together.setdefault((fired.rule, fired.role), []).append(fired)
    found = [
        replace(
            max(given, key=lambda one: one.lasted_s),
            severity=min((one.severity for one in given), key=SEVERITIES.index),
            associations=max(one.associations for one in given),
            lasted_s=sum(one.lasted_s for one in given),
            runs=len(given),
            of_runs=len(runs),
        )
        for given in together.values()
    ]
    return tuple(
        sorted(found, key=lambda one: (SEVERITIES.index(one.severity), -one.lasted_s, one.rule, one.role))
    )
