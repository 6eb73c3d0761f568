"""The figures of a comparison as tables of words, for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sctptop.comparison.load_curves.curves import LoadCurve
from sctptop.comparison.remarks import Setting
from sctptop.comparison.result import Comparison
from sctptop.comparison.roles import PEERS
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.causes import setting_text, setting_title
from sctptop.comparison.wording.transport import rtx_share
from sctptop.model.associations.distribution import Distribution
from sctptop.model.ngap.dialect import NGAP
from sctptop.model.registrations.standard import NAMES, TIME
from sctptop.output.compare.cells import (
    DIFFERS,
    Line,
    Table,
    count_cell,
    line_of,
    ms_cell,
    ratio_cell,
    sizes_cell,
    times_cell,
    with_ratio,
)
from sctptop.output.compare.load_tables import load_tables
from sctptop.output.compare.registrations import registration_tables
from sctptop.output.recording_info import labels_of
from sctptop.quantity import UNKNOWN, milliseconds, short

MOST_PROCEDURES = 8
ALWAYS_SHOWN = ("nodelay", "sack_delay_ms", "rto_ms", "hb_interval_ms", "in_streams", "out_streams")
"""Settings shown where they are the same, too."""
SYSCTLS_SHOWN = tuple(
    f"net.sctp.{name}" for name in ("rto_initial", "rto_min", "rto_max", "sack_timeout", "hb_interval")
)


def tables(comparison: Comparison, curves: Sequence[LoadCurve]) -> Iterable[Table]:
    """All of them, in the order of the report; those without a line are left out."""
    for table in (
        _recordings(comparison),
        _settings(comparison),
        *registration_tables(comparison),
        _standard(comparison),
        *load_tables(curves),
        _procedures(comparison),
        _transport(comparison),
    ):
        if table.lines:
            yield table


def _recordings(comparison: Comparison) -> Table:
    summaries = comparison.summaries
    lines = [
        *(
            [line_of("runs", summaries, lambda one: str(len(one.each)))]
            if any(one.runs for one in summaries)
            else []
        ),
        line_of("host", summaries, lambda one: one.host or UNKNOWN),
        line_of("kernel", summaries, lambda one: one.kernel or UNKNOWN),
        line_of("from", summaries, lambda one: f"{one.began.astimezone():%m-%d %H:%M:%S}"),
        line_of("length", summaries, lambda one: milliseconds(one.span_s * 1000)),
        line_of("samples", summaries, lambda one: str(one.samples)),
        line_of(
            "associations",
            summaries,
            lambda one: ", ".join(f"{end.role} {end.associations}" for end in one.ends.values()) or "none",
        ),
    ]
    lines += _labels(summaries)
    for role in PEERS:
        if any(one.end(role).processes for one in summaries):
            cells = (", ".join(one.end(role).processes[:2]) or UNKNOWN for one in summaries)
            lines.append(Line(f"{role} process", tuple(cells)))
    return Table("Recordings", tuple(lines))


def _labels(summaries: Sequence[Summary]) -> Iterable[Line]:
    """What each side was labelled when it was recorded."""
    given = [[labels_of(run.facts) for run in one.each] for one in summaries]
    for name in dict.fromkeys(name for side in given for run in side for name in run):
        cells = (", ".join(dict.fromkeys(run[name] for run in side if name in run)) for side in given)
        yield Line(name, tuple(cell or UNKNOWN for cell in cells))


def _settings(comparison: Comparison) -> Table:
    lines = []
    same = 0
    for setting in sorted(comparison.settings, key=lambda one: not one.differs):
        shown = ALWAYS_SHOWN if setting.role else SYSCTLS_SHOWN
        if setting.differs or setting.name in shown:
            lines.append(_setting(setting))
        else:
            same += 1
    note = f"{DIFFERS} differs from the baseline. {same} more are the same." if same else ""
    return Table("Settings", tuple(lines), note)


def _setting(setting: Setting) -> Line:
    return Line(
        setting_title(setting.role, setting.name),
        tuple(setting_text(setting.name, values) for values in setting.values),
        tuple(DIFFERS if setting.between(0, place) else "" for place in range(1, len(setting.values))),
    )


def _standard(comparison: Comparison) -> Table:
    """The counters of an AMF, with the mean time and the rate of success, under the names of 3GPP; none at a gNB."""
    summaries = comparison.summaries
    names = dict.fromkeys(name for one in summaries for name in one.standard)
    lines = [
        line_of(name, summaries, lambda one, name=name: _counter(one, name))  # type: ignore[misc]
        for name in sorted(names, key=_in_order)
    ]
    if lines:
        lines += [
            line_of(
                f"{TIME} mean, {kind}",
                summaries,
                lambda one, kind=kind: _mean_time(one.of(NGAP.core, kind)),  # type: ignore[misc]
            )
            for kind in NAMES
            if any(one.of(NGAP.core, kind).accepted.n for one in summaries)
        ]
        lines.append(line_of("RSR (TS 28.554 6.2.3)", summaries, _success_rate))
    note = (
        "Of all S-NSSAI and runs. Success counts, and time ends, where the accept is sent; in the tables above where "
        "the UE completes."
    )
    return Table("As an AMF counts them, TS 28.552 5.2.2", tuple(lines), note)


def _in_order(name: str) -> tuple[int, ...]:
    """By kind, requests before successes and failures, and each cause behind its failures."""
    kind = next(place for place, start in enumerate(NAMES.values()) if name.startswith(f"RM.{start}"))
    what, _, cause = name.removeprefix(f"RM.{[*NAMES.values()][kind]}").partition(".")
    return kind, ("Req", "Succ", "Fail").index(what), int(cause or 0)


def _counter(one: Summary, name: str) -> str:
    """A cause that was not given was given never, where there is an AMF."""
    return count_cell(one.standard.get(name, 0) if one.standard else None)


def _mean_time(one: Ended) -> str:
    return ms_cell(one.accepted.sum_ms / one.accepted.n if one.accepted.n else None)


def _success_rate(one: Summary) -> str:
    """Registrations accepted of those requested, of all kinds."""
    asked, accepted = (
        sum(count for name, count in one.standard.items() if name.endswith(end)) for end in ("Req", "Succ")
    )
    return f"{accepted / asked:.1%}" if asked else UNKNOWN


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
        remarks = tuple(ratio_cell(pair.procedures.get(name)) for pair in comparison.pairs)
        lines.append(Line(f"{name[0]}{'' if name[1] else ' (answered)'}", cells, remarks))
    return Table("Procedures, p50 / p99 (n)", tuple(lines))


def _procedure(one: Summary, name: tuple[str, bool]) -> str:
    latency, failures, unanswered = one.procedures.get(name, (Distribution(), 0, 0))
    bad = f" !{failures + unanswered}" if failures + unanswered else ""
    return times_cell(latency) + bad


def _transport(comparison: Comparison) -> Table:
    summaries = comparison.summaries
    lines = [
        with_ratio(
            line_of("heartbeat RTT, p50 / p99 (n)", summaries, lambda one: times_cell(one.heartbeats)),
            comparison,
            "heartbeat",
        )
    ]
    roles = [role for role in PEERS if any(role in one.ends for one in summaries)]
    for role in roles:
        ends = [one.end(role) for one in summaries]
        lines += [
            line_of(f"{role} held, p50 / p99 (n)", ends, lambda end: times_cell(end.held)),
            line_of(f"{role} read wait, p50 / p99 (n)", ends, lambda end: times_cell(end.read_wait)),
            line_of(f"{role} Send-Q, p95 / max", ends, lambda end: sizes_cell(end.send_queue)),
            line_of(f"{role} Recv-Q, p95 / max", ends, lambda end: sizes_cell(end.recv_queue)),
            line_of(f"{role} cwnd, max", ends, lambda end: _bytes(end.cwnd)),
            line_of(f"{PEERS[role]} window at the {role}, max", ends, lambda end: _bytes(end.peer_window)),
        ]
    lines += [
        line_of("chunks retransmitted", summaries, _retransmitted),
        line_of("T3 expiries", summaries, lambda one: count_cell(one.counters.get("SctpT3RtxExpireds"))),
        line_of(
            "fast retransmissions", summaries, lambda one: count_cell(one.counters.get("SctpFastRetransmits"))
        ),
        line_of(
            "delayed-SACK expiries",
            summaries,
            lambda one: count_cell(one.counters.get("SctpDelaySackExpireds")),
        ),
    ]
    completed = [one.completed(end) for one, end in zip(summaries, comparison.ends, strict=True)]
    if any(completed):
        cells = tuple(
            UNKNOWN
            if (expired := one.counters.get("SctpDelaySackExpireds")) is None or not n
            else f"{expired / n:.2f}"
            for one, n in zip(summaries, completed, strict=True)
        )
        lines.append(Line("  for each registration", cells))
    note = "Queues as read once a sample; expiries are of the network namespaces of these associations."
    return Table("Transport", tuple(line for line in lines if set(line.cells) != {UNKNOWN}), note)


def _bytes(value: int | None) -> str:
    return UNKNOWN if value is None else f"{short(value)}B"


def _retransmitted(one: Summary) -> str:
    again = [end.rtx_chunks for end in one.ends.values() if end.rtx_chunks is not None]
    share = rtx_share(one)
    return (short(sum(again)) + (f" ({share:.2%})" if share is not None else "")) if again else UNKNOWN
