"""The registrations of a comparison in tables: counts, times with their split, the other end, and stages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sctptop.comparison.breakdown import FAR, NETWORK, pieces
from sctptop.comparison.compare import Comparison
from sctptop.comparison.remarks import PEERS, RADIO
from sctptop.comparison.summary import Ended
from sctptop.model.associations.distribution import PERCENTILES
from sctptop.model.passages.stages import SCTP
from sctptop.model.registrations.words import COMPLETED
from sctptop.output.compare.cells import Line, Table, line_of, ms_cell, part_cell, time_cell, with_ratio
from sctptop.quantity import UNKNOWN, milliseconds, short

MOST_STAGES = 8
TRIPS, LEFT = "round trips × heartbeat RTT", "what both ends leave"
"""How the network was separated from the far end."""


@dataclass(frozen=True, slots=True)
class _Split:
    """The mean time of the far end, as the verdict has it where it is not of the middle half."""

    network_ms: float
    rest_ms: float
    how: str


def registrations_table(comparison: Comparison) -> Table:
    """How many, how fast, and how the mean splits up; without a line where there is none."""
    seen = [comparison.seen(place) for place in range(len(comparison.summaries))]
    if not any(one.n or one.failed for one in seen):
        return Table("Registrations", ())
    far = "core" if set(comparison.ends) & set(RADIO) else "RAN"
    splits = _splits(comparison)
    lines = [
        line_of("completed", seen, lambda one: str(one.n)),
        line_of("failed", seen, lambda one: one.failures or "0"),
        line_of("success", seen, _success),
        line_of("per second", seen, lambda one: UNKNOWN if one.rate is None else short(one.rate)),
        line_of("at once, at most", seen, lambda one: str(one.at_once)),
    ]
    for label, share in {**PERCENTILES, "max": 1.0}.items():
        cells = Line(f"time, {label}", tuple(ms_cell(one.percentile("total", share)) for one in seen))
        lines.append(with_ratio(cells, comparison, label))
    lines.append(
        with_ratio(line_of("time, mean", seen, lambda one: part_cell(one, "total")), comparison, "mean")
    )
    for part, label, name in (
        ("sctp", "  SCTP", "sctp"),
        ("held", "    held before sent", ""),
        ("read_wait", "    waiting to be read", ""),
        ("core", "  core", "core"),
        ("ran", "  RAN", "ran"),
    ):
        lines.append(with_ratio(Line(label, tuple(part_cell(one, part) for one in seen)), comparison, name))
        if part == far.lower():
            lines += _split_lines(far, seen, splits)
    ends = {end for end in comparison.ends if end}
    where = f"at the {ends.pop()}" if len(ends) == 1 else "each as recorded"
    ways = sorted({split.how for split in splits if split})
    how = f" ({' or '.join(ways)})" if ways else ""
    note = f"SCTP + core + RAN = mean. Time of the {far} contains the network{how}. Ratios with their 95 % interval."
    return Table(f"Registrations, {where}", tuple(lines), note)


def _splits(comparison: Comparison) -> list[_Split | None]:
    """For each recording; None where the network is not separated."""
    found: list[_Split | None] = [None] * len(comparison.summaries)
    if len({end for end in comparison.ends if end}) > 1:
        return found
    for pair in comparison.pairs:
        if not pair.comparable:
            continue
        base, other = (comparison.summaries[one] for one in (pair.base, pair.other))
        away = [one for one in pieces(base, other, pair.ends[0], typical=False) if one.role != pair.ends[0]]
        *rest, network = away
        if network.kind == NETWORK:
            how = TRIPS if rest[0].kind == FAR else LEFT
            before = _Split(network.base_ms, sum(one.base_ms for one in rest), how)
            found[pair.base] = found[pair.base] or before
            found[pair.other] = _Split(network.other_ms, sum(one.other_ms for one in rest), how)
    return found


def _split_lines(far: str, seen: Sequence[Ended], splits: Sequence[_Split | None]) -> Iterable[Line]:
    if any(splits):
        pairs = list(zip(seen, splits, strict=True))
        network = (time_cell(max(split.network_ms, 0.0), one) if split else UNKNOWN for one, split in pairs)
        rest = (time_cell(split.rest_ms, one) if split else UNKNOWN for one, split in pairs)
        yield Line("    network", tuple(network))
        yield Line(f"    {far} without it", tuple(rest))


def peer_table(comparison: Comparison) -> Table:
    """The same registrations at the other end, where it was recorded too."""
    peers = [PEERS.get(end, "") for end in comparison.ends]
    seen = [one.of(peer) for one, peer in zip(comparison.summaries, peers, strict=True)]
    if not all(one.n for one in seen) or len(set(peers)) > 1:
        return Table("", ())
    own = "ran" if peers[0] in RADIO else "core"
    lines = [
        line_of("held before sent", seen, lambda one: part_cell(one, "held")),
        line_of("waiting to be read", seen, lambda one: part_cell(one, "read_wait")),
        line_of(f"{peers[0]} itself", seen, lambda one: part_cell(one, own)),
    ]
    return Table(f"The same registrations at the {peers[0]}, mean", tuple(lines))


def stages_table(comparison: Comparison) -> Table:
    """The stages whose means lie farthest apart."""
    names: dict[tuple[str, str], None] = {}
    for pair in comparison.pairs:
        names.update(dict.fromkeys((one.whose, one.name) for one in pair.stages))
    seen = [comparison.seen(place) for place in range(len(comparison.summaries))]

    def cell(one: Ended, name: tuple[str, str]) -> str:
        stalls = one.stages.get(name)
        return f"{milliseconds(stalls.sum_ms / one.n)}, in {stalls.n}" if stalls and one.n else UNKNOWN

    lines = [
        Line(
            f"{whose} {name}" if whose in SCTP else f"{whose} until {name}",
            tuple(cell(one, (whose, name)) for one in seen),
        )
        for whose, name in names
    ]
    return Table(
        "Stages that differ most",
        tuple(lines[:MOST_STAGES]),
        "Mean over all registrations, and in how many.",
    )


def _success(one: Ended) -> str:
    ended = sum(one.ended.values())
    return f"{one.ended[COMPLETED] / ended:.1%}" if ended else UNKNOWN
