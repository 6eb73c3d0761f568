"""The registrations of a comparison in tables: counts, times with their split, failures, stages, and further kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sctptop.comparison.kinds import UNTOLD, words
from sctptop.comparison.result import Comparison, Pair
from sctptop.comparison.roles import PEERS
from sctptop.comparison.sides.ratios import usable
from sctptop.comparison.statistics.percentiles import FIGURES
from sctptop.comparison.statistics.ratio import LEAST_N
from sctptop.comparison.summaries.ended import Ended
from sctptop.model.associations.distribution import PERCENTILES
from sctptop.model.passages.passage import BLOCKED, HELD, LOST, NETWORK, ORDER, UNREAD
from sctptop.model.passages.stages import SCTP
from sctptop.output.compare.cells import (
    Line,
    Table,
    figure_cell,
    line_of,
    ms_cell,
    p_cell,
    part_cell,
    piece_cell,
    ratio_cell,
    with_ratio,
)
from sctptop.quantity import UNKNOWN, milliseconds, short

MOST_STAGES = 8
MOST_FAILURES = 12
MOST_FURTHER = 8
FAILURE_LABEL = 62
"""A name of NGAP takes 46 columns."""
SCTP_WORDS = {
    HELD: "held before sent",
    BLOCKED: "blocked for buffer",
    LOST: "lost and sent again",
    ORDER: "waiting in order",
}
TRIPS, SEEN = "round trips × heartbeat RTT", "seen from both ends"
"""How the network was separated from the far end."""


def registration_tables(comparison: Comparison) -> Iterable[Table]:
    """All of them, those of the kind that is compared first."""
    yield _registrations(comparison)
    yield _failures(comparison.kind, comparison.seen, comparison.pairs)
    yield _stages(comparison)
    for kind in comparison.further[:MOST_FURTHER]:
        seen = [one.of(end, kind) for one, end in zip(comparison.summaries, comparison.ends, strict=True)]
        yield _further(comparison, kind, seen)
        yield _failures(kind, seen)


def title(kind: str) -> str:
    """Registrations of a kind as a title: "Initial registrations"."""
    full = words(kind or UNTOLD).full
    return f"{full[0].upper()}{full[1:]}"


def _registrations(comparison: Comparison) -> Table:
    """How many, how fast, and how the mean splits up; without a line where there is none."""
    seen = comparison.seen
    if not any(sum(one.ended.values()) for one in seen):
        return Table("", ())
    lines = [*_runs(seen), *_counts(comparison)]
    lines += [
        line_of("per second", seen, lambda one: UNKNOWN if one.rate is None else short(one.rate)),
        line_of("at once, at most", seen, lambda one: str(one.at_once)),
    ]
    for label, share in {**PERCENTILES, "max": 1.0}.items():
        lines.append(_with_time(comparison, label, share))
    mean = line_of(
        "time, mean", seen, lambda one: figure_cell(one, "mean", one.mean("total") if one.n else None)
    )
    lines += [with_ratio(mean, comparison, "mean"), *_split(comparison)]
    ends = {end for end in comparison.ends if end}
    where = f"at the {ends.pop()}" if len(ends) == 1 else "each as recorded"
    return Table(f"{title(comparison.kind)}, {where}", tuple(lines), _note(comparison))


def _runs(seen: Sequence[Ended]) -> Iterable[Line]:
    """What differs from run to run."""
    if any(one.runs for one in seen):
        yield line_of("runs with ten or more", seen, lambda one: str(len(usable(one))))
        yield line_of("p50 from run to run", seen, _spread)


def _spread(side: Ended) -> str:
    medians = [one.percentile("total", 0.5) or 0.0 for one in usable(side)]
    if not medians:
        return UNKNOWN
    return f"{milliseconds(min(medians))}…{milliseconds(max(medians))}"


def _counts(comparison: Comparison) -> Iterable[Line]:
    seen = comparison.seen
    yield line_of("completed", seen, lambda one: str(one.n))
    yield line_of("failed", seen, lambda one: str(one.failed))
    if any(one.unknown for one in seen):
        yield line_of("outcome unknown", seen, lambda one: str(one.unknown))
    if any(one.inferred for one in seen):
        yield line_of("outcome inferred", seen, lambda one: str(one.inferred))
    success = line_of("success", seen, lambda one: UNKNOWN if one.success is None else f"{one.success:.1%}")
    yield Line(success.label, success.cells, tuple(map(_chance, comparison.pairs)))


def _chance(pair: Pair) -> str:
    """How likely chance alone lets success differ as much; empty where none failed, or few were tried."""
    if not any(one.failed for one in pair.seen) or min(one.decided for one in pair.seen) < LEAST_N:
        return ""
    return p_cell(pair.success.p, pair.success.differs)


def _with_time(comparison: Comparison, label: str, share: float) -> Line:
    def cell(one: Ended) -> str:
        value = one.percentile("total", share)
        return figure_cell(one, label, value) if label in FIGURES else ms_cell(value)

    cells = line_of(f"time, {label}", comparison.seen, cell)
    return with_ratio(cells, comparison, label)


def _split(comparison: Comparison) -> Iterable[Line]:
    """The parts of the mean; where both ends are seen, by the end, as far as there is anything."""
    seen = comparison.seen
    ends = [role for role in PEERS if role in comparison.ends]
    roles = [role for role in PEERS if role in ends or PEERS[role] in ends]
    by_end = any(one.whole for one in seen) or len(ends) > 1

    def part(label: str, name: str) -> Line:
        return with_ratio(line_of(label, seen, lambda one: part_cell(one, name)), comparison, name)

    def piece(label: str, whose: str, role: str) -> Iterable[Line]:
        if any(one.mean_piece(whose, role) for one in seen):
            yield line_of(label, seen, lambda one: piece_cell(one, whose, role))

    yield part("  SCTP", "sctp")
    for whose, told in SCTP_WORDS.items():
        for role in roles if whose in (HELD, BLOCKED) else ("",):
            yield from piece(f"    {told}{f', {role}' if role and by_end else ''}", whose, role)
    yield part("  unread" if by_end else f"  unread by the {ends[0]}", "unread")
    for role in roles if by_end else ():
        yield from piece(f"    by the {role}", UNREAD, role)
    for label, name in (("  network", "network"), ("  core", "core"), ("  RAN", "ran")):
        if name != "network" or any(one.apart for one in seen):
            yield part(label, name)


def _note(comparison: Comparison) -> str:
    seen = [one for one in comparison.seen if one.n]
    if not seen:
        return ""
    if all(one.apart for one in seen):
        parts = "SCTP + unread + network + core + RAN"
        told = zip(comparison.summaries, comparison.seen, strict=True)
        ways = sorted({SEEN if one.of(end.end, end.kind).whole else TRIPS for one, end in told if end.n})
        network = f"Network: {' or '.join(ways)}."
    else:
        parts = "SCTP + unread + core + RAN"
        far = " and ".join(sorted({"core" if one.far == "core" else "RAN" for one in seen}))
        network = f"Time of the {far} contains the network."
    return (
        f"{parts} = mean. Unread is the time of who reads, not of SCTP. {network} Times and ratios with their 95 % "
        "interval, where there are registrations enough for one."
    )


def _failures(kind: str, seen: Sequence[Ended], pairs: Sequence[Pair] = ()) -> Table:
    """How often for each outcome and cause, the most frequent first; with p of those that differ beyond chance."""
    total: Counter[tuple[str, str]] = Counter()
    for one in seen:
        total.update(one.reasons)
    lines = [
        line_of(
            f"{outcome}{f': {cause}' if cause else ''}",
            seen,
            lambda one, why=(outcome, cause): str(one.reasons.get(why, 0)),  # type: ignore[misc]
        )
        for (outcome, cause), _ in total.most_common(MOST_FAILURES)
    ]
    lines = [
        Line(
            line.label,
            line.cells,
            tuple(
                p_cell(p, True) if (p := one.success.reasons.get(why)) is not None else "" for one in pairs
            ),
        )
        for line, (why, _) in zip(lines, total.most_common(), strict=False)
    ]
    rest = [why for why, _ in total.most_common()[MOST_FAILURES:]]
    if rest:
        lines.append(line_of("others", seen, lambda one: str(sum(one.reasons.get(why, 0) for why in rest))))
    return Table(f"{title(kind)} that failed", tuple(lines), label=FAILURE_LABEL)


def _further(comparison: Comparison, kind: str, seen: Sequence[Ended]) -> Table:
    """Another kind of registration, which is never mixed with the one that is compared: shortly."""
    lines = [
        line_of("ended", seen, lambda one: str(sum(one.ended.values()))),
        line_of("completed", seen, lambda one: str(one.n)),
    ]
    for label in ("p50", "p95"):
        cells = tuple(figure_cell(one, label, one.percentile("total", PERCENTILES[label])) for one in seen)
        remarks = tuple(ratio_cell(pair.others.get(kind, {}).get(label)) for pair in comparison.pairs)
        lines.append(Line(f"time, {label}", cells, remarks))
    return Table(title(kind) if kind != UNTOLD else "Registrations of unknown kind", tuple(lines))


def _stages(comparison: Comparison) -> Table:
    """The stages whose means lie farthest apart."""
    names: dict[tuple[str, str], None] = {}
    for pair in comparison.pairs:
        if comparison.comparable(pair):
            names.update(dict.fromkeys((one.whose, one.name) for one in pair.stages))

    def cell(one: Ended, name: tuple[str, str]) -> str:
        stalls = one.stages.get(name)
        return f"{milliseconds(stalls.sum_ms / one.n)}, in {stalls.n}" if stalls and one.n else UNKNOWN

    lines = [
        Line(
            f"{whose} {name}" if whose in (*SCTP, UNREAD, NETWORK) else f"{whose} until {name}",
            tuple(cell(one, (whose, name)) for one in comparison.seen),
        )
        for whose, name in names
    ]
    note = "Mean over all registrations, and in how many."
    if not all(one.whole for one in comparison.seen if one.n):
        note += " Stages of the far end contain the network."
    return Table("Stages that differ most", tuple(lines[:MOST_STAGES]), note)
