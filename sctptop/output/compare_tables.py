"""The figures of a comparison as tables of words, for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sctptop.comparison.causes import setting_text, setting_title
from sctptop.comparison.compare import Comparison
from sctptop.comparison.differences import PEERS, RADIO, Setting
from sctptop.comparison.significance import Ratio
from sctptop.comparison.summary import Ended, Summary
from sctptop.comparison.transport import rtx_share
from sctptop.comparison.verdict import times_text
from sctptop.model.histogram import NANOSECONDS, Distribution
from sctptop.model.registration_flow import COMPLETED
from sctptop.quantity import UNKNOWN, milliseconds, short

MOST_PROCEDURES = 8
ALWAYS_SHOWN = ("nodelay", "sack_delay_ms", "rto_ms", "hb_interval_ms", "in_streams", "out_streams")
"""Settings shown where they are the same, too."""
SYSCTLS_SHOWN = tuple(
    f"net.sctp.{name}" for name in ("rto_initial", "rto_min", "rto_max", "sack_timeout", "hb_interval")
)
DIFFERS = "≠"
Of = TypeVar("Of")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: a cell for each recording, and for each but the first a remark, its ratio or DIFFERS."""

    label: str
    cells: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under a title; ``note`` says what one must know to read them."""

    title: str
    lines: tuple[Line, ...]
    note: str = ""


def tables(comparison: Comparison) -> Iterable[Table]:
    """All of them, in the order of the report; those without a line are left out."""
    for table in (
        _recordings(comparison),
        _settings(comparison),
        _registrations(comparison),
        _peer(comparison),
        _stages(comparison),
        _procedures(comparison),
        _transport(comparison),
    ):
        if table.lines:
            yield table


def _recordings(comparison: Comparison) -> Table:
    summaries = comparison.summaries
    lines = [
        _line("host", summaries, lambda one: one.host or UNKNOWN),
        _line("kernel", summaries, lambda one: one.kernel or UNKNOWN),
        _line("from", summaries, lambda one: f"{one.began.astimezone():%m-%d %H:%M:%S}"),
        _line("length", summaries, lambda one: milliseconds(one.span_s * 1000)),
        _line("samples", summaries, lambda one: str(one.samples)),
        _line(
            "associations",
            summaries,
            lambda one: ", ".join(f"{end.role} {end.associations}" for end in one.ends.values()) or "none",
        ),
    ]
    for role in PEERS:
        if any(one.end(role).processes for one in summaries):
            lines.append(
                _line(
                    f"{role} process",
                    summaries,
                    lambda one: ", ".join(one.end(role).processes[:2]) or UNKNOWN,
                )
            )  # noqa: B023, E501
    return Table("Recordings", tuple(lines))


def _settings(comparison: Comparison) -> Table:
    lines = []
    same = 0
    for setting in comparison.settings:
        shown = ALWAYS_SHOWN if setting.role else SYSCTLS_SHOWN
        if setting.differs or setting.name in shown:
            lines.append(_setting(setting))
        else:
            same += 1
    note = f"{same} more are the same; {DIFFERS} marks what differs from the baseline." if same else ""
    return Table("Settings", tuple(lines), note)


def _setting(setting: Setting) -> Line:
    return Line(
        setting_title(setting.role, setting.name),
        tuple(setting_text(setting.name, values) for values in setting.values),
        tuple(DIFFERS if setting.between(0, place) else "" for place in range(1, len(setting.values))),
    )


def _registrations(comparison: Comparison) -> Table:
    seen = [comparison.seen(place) for place in range(len(comparison.summaries))]
    if not any(one.n or one.failed for one in seen):
        return Table("Registrations", ())
    lines = [
        _line("completed", seen, lambda one: str(one.n)),
        _line("failed", seen, _failures),
        _line("success", seen, _success),
        _line("per second", seen, lambda one: UNKNOWN if one.rate is None else short(one.rate)),
        _line("at once, at most", seen, lambda one: str(one.at_once)),
    ]
    for label, share, name in (
        ("p50", 0.5, "p50"),
        ("p95", 0.95, "p95"),
        ("p99", 0.99, ""),
        ("max", 1.0, ""),
    ):
        cells = _line(f"time, {label}", seen, lambda one: _ms(one.percentile("total", share)))  # noqa: B023
        lines.append(_with_ratio(cells, comparison, name))
    lines.append(_with_ratio(_line("time, mean", seen, lambda one: _part(one, "total")), comparison, "mean"))
    for part, label, name in (
        ("sctp", "  SCTP", "sctp"),
        ("held", "    held before sent", ""),
        ("unread", "    waiting to be read", ""),
        ("core", "  core", "core"),
        ("ran", "  RAN", "ran"),
    ):
        lines.append(_with_ratio(_line(label, seen, lambda one: _part(one, part)), comparison, name))  # noqa: B023
    ends = {end for end in comparison.ends if end}
    where = f"at the {ends.pop()}" if len(ends) == 1 else "each as recorded"
    far = "core" if set(comparison.ends) & set(RADIO) else "RAN"
    note = (
        f"SCTP + core + RAN = mean. Time of the {far} contains the network. Ratios with their 95 % interval."
    )
    return Table(f"Registrations, {where}", tuple(lines), note)


def _peer(comparison: Comparison) -> Table:
    """The same registrations at the other end, where it was recorded too."""
    peers = [PEERS.get(end, "") for end in comparison.ends]
    seen = [one.of(peer) for one, peer in zip(comparison.summaries, peers, strict=True)]
    if not all(one.n for one in seen) or len(set(peers)) > 1:
        return Table("", ())
    own = "ran" if peers[0] in RADIO else "core"
    lines = [
        _line("held before sent", seen, lambda one: _part(one, "held")),
        _line("waiting to be read", seen, lambda one: _part(one, "unread")),
        _line(f"{peers[0]} itself", seen, lambda one: _part(one, own)),
    ]
    return Table(f"The same registrations at the {peers[0]}, mean", tuple(lines))


def _stages(comparison: Comparison) -> Table:
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
        )  # noqa: E501
        for whose, name in names
    ]
    return Table(
        "Stages that differ most",
        tuple(lines[:MOST_PROCEDURES]),
        "Mean over all registrations, and in how many.",
    )


def _procedures(comparison: Comparison) -> Table:
    summaries = comparison.summaries
    counts: dict[tuple[str, bool], int] = {}
    for one in summaries:
        for name, (latency, _, _) in one.procedures.items():
            counts[name] = counts.get(name, 0) + latency.n
    chosen = sorted((name for name, n in counts.items() if n), key=lambda name: (-counts[name], name))
    lines = []
    for name in chosen[:MOST_PROCEDURES]:
        cells = tuple(_procedure(one, name) for one in summaries)
        remarks = tuple(_ratio(pair.procedures.get(name)) for pair in comparison.pairs)
        lines.append(Line(f"{name[0]}{'' if name[1] else ' (answered)'}", cells, remarks))
    return Table("Procedures, p50 / p99 (n)", tuple(lines))


def _procedure(one: Summary, name: tuple[str, bool]) -> str:
    latency, failures, unanswered = one.procedures.get(name, (Distribution(), 0, 0))
    bad = f" !{failures + unanswered}" if failures + unanswered else ""
    return _two(latency) + bad


def _transport(comparison: Comparison) -> Table:
    summaries = comparison.summaries
    lines = [
        _with_ratio(
            _line("heartbeat RTT, p50 / p99 (n)", summaries, lambda one: _two(one.heartbeats)),
            comparison,
            "heartbeat",
        )
    ]
    roles = [role for role in PEERS if any(role in one.ends for one in summaries)]
    for role in roles:
        lines += [
            _line(f"{role} held, p50 / p99 (n)", summaries, lambda one: _two(one.end(role).held)),  # noqa: B023
            _line(f"{role} read wait, p50 / p99 (n)", summaries, lambda one: _two(one.end(role).read_wait)),  # noqa: B023
            _line(f"{role} Send-Q, p95 / max", summaries, lambda one: _bytes(one.end(role).send_queue)),  # noqa: B023
            _line(f"{role} Recv-Q, p95 / max", summaries, lambda one: _bytes(one.end(role).recv_queue)),  # noqa: B023
        ]
    lines += [
        _line("chunks retransmitted", summaries, _retransmitted),
        _line("T3 expiries", summaries, lambda one: _count(one.counters.get("SctpT3RtxExpireds"))),
        _line("fast retransmissions", summaries, lambda one: _count(one.counters.get("SctpFastRetransmits"))),
        _line(
            "delayed-SACK expiries", summaries, lambda one: _count(one.counters.get("SctpDelaySackExpireds"))
        ),
    ]
    seen = [comparison.seen(place) for place in range(len(summaries))]
    if any(one.n for one in seen):
        cells = tuple(
            UNKNOWN
            if (n := one.counters.get("SctpDelaySackExpireds")) is None or not ended.n
            else f"{n / ended.n:.2f}"
            for one, ended in zip(summaries, seen, strict=True)
        )
        lines.append(Line("  for each registration", cells))
    note = "Queues as read once a sample; expiries are of the network namespaces of these associations."
    return Table("Transport", tuple(line for line in lines if set(line.cells) != {UNKNOWN}), note)


def _with_ratio(line: Line, comparison: Comparison, name: str) -> Line:
    if not name:
        return line
    remarks = tuple(
        _ratio(pair.ratios.get(name)) if name == "heartbeat" or pair.comparable else ""
        for pair in comparison.pairs
    )
    return Line(line.label, line.cells, remarks)


def _line(label: str, of: Sequence[Of], cell: Callable[[Of], str]) -> Line:
    return Line(label, tuple(cell(one) for one in of))


def _ratio(ratio: Ratio | None) -> str:
    if ratio is None or ratio.value is None:
        return ""
    return times_text(ratio) + (" *" if ratio.differs else "")


def _failures(one: Ended) -> str:
    told = [f"{count} {name}" for name, count in one.ended.items() if count and name != COMPLETED]
    return ", ".join(told) or "0"


def _success(one: Ended) -> str:
    ended = sum(one.ended.values())
    return f"{one.ended[COMPLETED] / ended:.1%}" if ended else UNKNOWN


def _part(one: Ended, name: str) -> str:
    if not one.n:
        return UNKNOWN
    total = one.mean("total")
    share = f" {one.mean(name) / total:.0%}" if name != "total" and total else ""
    return milliseconds(one.mean(name)) + share


def _two(values: Distribution) -> str:
    return (
        f"{_ms(values.percentile(0.5))} / {_ms(values.percentile(0.99))} ({short(values.n)})"
        if values.n
        else UNKNOWN
    )


def _bytes(values: Distribution) -> str:
    if not values.n or values.max_ns is None:
        return UNKNOWN
    return f"{short(round((values.percentile(0.95) or 0) * NANOSECONDS))}B / {short(values.max_ns)}B"


def _retransmitted(one: Summary) -> str:
    again = [end.rtx_chunks for end in one.ends.values() if end.rtx_chunks is not None]
    share = rtx_share(one)
    return (short(sum(again)) + (f" ({share:.2%})" if share is not None else "")) if again else UNKNOWN


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else short(value)


def _ms(value: float | None) -> str:
    return UNKNOWN if value is None else milliseconds(value)
