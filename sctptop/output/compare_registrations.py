"""The registrations of a comparison in tables: counts, times with their split, the other end, and stages."""

from __future__ import annotations

from sctptop.comparison.compare import Comparison
from sctptop.comparison.differences import PEERS, RADIO
from sctptop.comparison.summary import Ended
from sctptop.model.registration_flow import COMPLETED
from sctptop.output.compare_cells import Line, Table, line_of, ms_cell, part_cell, with_ratio
from sctptop.quantity import UNKNOWN, milliseconds, short

MOST_STAGES = 8


def registrations_table(comparison: Comparison) -> Table:
    """How many, how fast, and how the mean splits up; without a line where there is none."""
    seen = [comparison.seen(place) for place in range(len(comparison.summaries))]
    if not any(one.n or one.failed for one in seen):
        return Table("Registrations", ())
    lines = [
        line_of("completed", seen, lambda one: str(one.n)),
        line_of("failed", seen, lambda one: one.failures or "0"),
        line_of("success", seen, _success),
        line_of("per second", seen, lambda one: UNKNOWN if one.rate is None else short(one.rate)),
        line_of("at once, at most", seen, lambda one: str(one.at_once)),
    ]
    for label, share, name in (
        ("p50", 0.5, "p50"),
        ("p95", 0.95, "p95"),
        ("p99", 0.99, ""),
        ("max", 1.0, ""),
    ):
        cells = Line(f"time, {label}", tuple(ms_cell(one.percentile("total", share)) for one in seen))
        lines.append(with_ratio(cells, comparison, name))
    lines.append(
        with_ratio(line_of("time, mean", seen, lambda one: part_cell(one, "total")), comparison, "mean")
    )
    for part, label, name in (
        ("sctp", "  SCTP", "sctp"),
        ("held", "    held before sent", ""),
        ("unread", "    waiting to be read", ""),
        ("core", "  core", "core"),
        ("ran", "  RAN", "ran"),
    ):
        lines.append(with_ratio(Line(label, tuple(part_cell(one, part) for one in seen)), comparison, name))
    ends = {end for end in comparison.ends if end}
    where = f"at the {ends.pop()}" if len(ends) == 1 else "each as recorded"
    far = "core" if set(comparison.ends) & set(RADIO) else "RAN"
    note = (
        f"SCTP + core + RAN = mean. Time of the {far} contains the network. Ratios with their 95 % interval."
    )
    return Table(f"Registrations, {where}", tuple(lines), note)


def peer_table(comparison: Comparison) -> Table:
    """The same registrations at the other end, where it was recorded too."""
    peers = [PEERS.get(end, "") for end in comparison.ends]
    seen = [one.of(peer) for one, peer in zip(comparison.summaries, peers, strict=True)]
    if not all(one.n for one in seen) or len(set(peers)) > 1:
        return Table("", ())
    own = "ran" if peers[0] in RADIO else "core"
    lines = [
        line_of("held before sent", seen, lambda one: part_cell(one, "held")),
        line_of("waiting to be read", seen, lambda one: part_cell(one, "unread")),
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
            f"{whose} {name}" if whose in ("held", "unread") else f"{whose} until {name}",
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
