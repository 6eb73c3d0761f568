"""Advice on how NGAP and S1AP are sent, and on the registrations they carry: who is slow, and what fails."""

from __future__ import annotations

from collections.abc import Iterator

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.ngap_signs import COMPLETED
from sctptop.quantity import counted, milliseconds

LEAST_UES, LEAST_OF_UES = 3, 10
SLOW_SHARE = 0.5
LEAST_FAILED = 3
NO_FAILURES = (COMPLETED, "superseded", "unknown")
"""Outcomes that accuse nobody."""
NEXT = {"in": "received", "out": "sent"}
WHOSE = {"in": "the peer's application", "out": "this end's application"}


def wrong_ppid(case: Case) -> Iterator[Finding]:
    """NGAP with the payload protocol identifier in the byte order of a little-endian machine."""
    if case.ngap is None:
        return
    for direction, way in case.ngap.ways:
        if way.swapped:
            yield Finding(
                "warning",
                f"{way.swapped} of {counted(way.messages, 'message')} {NEXT[direction]} had PPID 0x3c000000 for NGAP "
                "(60), or another in that byte order",
                f"{WHOSE[direction]} forgot htonl: RFC 9260 leaves the PPID to it, in network byte order",
                part=direction,
            )


def one_stream(case: Case) -> Iterator[Finding]:
    """Messages of several UEs all on one stream: on a loss, all of them wait for that of one."""
    if case.ngap is None:
        return
    entry = case.row.association
    for direction, way in case.ngap.ways:
        if len(way.ues) < LEAST_UES or way.of_ues < LEAST_OF_UES or len(way.streams) != 1:
            continue
        whose = "this end" if direction == "out" else "the peer"
        streams = entry.out_streams if direction == "out" else entry.in_streams
        several = f"of {streams}" if streams is not None else ""
        lossy = case.watch.sum("rtx") > 0 if direction == "out" else bool(entry.pending)
        remedy = f"let {whose} spread UEs over streams"
        if streams == 1:
            remedy = "ask for more streams with SCTP_INITMSG on both ends, and spread UEs over them"
        yield Finding(
            "warning" if lossy else "note",
            f"{way.of_ues} messages of {len(way.ues)} UEs {NEXT[direction]}, all on stream {min(way.streams)} "
            f"{several}".rstrip(),
            f"{remedy}: else the loss of one message delays all UEs",
            part=direction,
        )


def no_ppid(case: Case) -> Iterator[Finding]:
    """NGAP on its port without a payload protocol identifier."""
    if case.ngap is None:
        return
    for direction, way in case.ngap.ways:
        if way.unset:
            yield Finding(
                "warning",
                f"{way.unset} of {counted(way.messages, 'message')} {NEXT[direction]} had PPID 0",
                f"{WHOSE[direction]} sets no PPID: 60 is NGAP's (TS 38.412), 18 S1AP's (TS 36.412); peers may drop "
                "others",
                part=direction,
            )


def slow_core(case: Case) -> Iterator[Finding]:
    """Most of the time of registrations is the core's."""
    yield from _slow(
        case,
        "core",
        case.limits.slow_core_ms,
        "look at the core: CPU, its data base, AUSF, UDM and PCF behind the AMF",
    )


def slow_ran(case: Case) -> Iterator[Finding]:
    """Most of the time of registrations is the radio side's: gNB, radio link and UE."""
    yield from _slow(
        case, "ran", case.limits.slow_ran_ms, "look at the radio side: the UE, its radio link, CPU of the gNB"
    )


def _slow(case: Case, part: str, least_ms: float, remedy: str) -> list[Finding]:
    if case.ngap is None:
        return []
    done = case.ngap.completed
    n, total, own = done["n"], done["total"], done[part]
    if n < case.limits.registrations or not total or own < SLOW_SHARE * total or own < 1e6 * least_ms * n:
        return []
    found = Finding(
        "warning",
        f"of the {milliseconds(total / n / 1e6)} that {n} registrations took in the mean, {own / total:.0%} "
        f"({milliseconds(own / n / 1e6)}) were {'the core' if part == 'core' else 'the RAN'}'s",
        remedy,
        cost=n,
    )
    return [found]


def failed_registrations(case: Case) -> Iterator[Finding]:
    """Registrations that did not complete, with their causes."""
    if case.ngap is None:
        return
    ended = case.ngap.ended
    failed = {why: count for why, count in ended.items() if why[0] not in NO_FAILURES}
    count, total = sum(failed.values()), sum(ended.values())
    if count < LEAST_FAILED or count < case.limits.failed_share * total:
        return
    most = sorted(failed.items(), key=lambda entry: -entry[1])
    told = [f"{times} {outcome}{f' ({cause})' if cause else ''}" for (outcome, cause), times in most[:3]]
    yield Finding(
        "warning",
        f"{count} of {counted(total, 'registration')} failed: {', '.join(told)}{', …' if len(most) > 3 else ''}",
        "the Registration view (7) lists them with their messages; the causes say whom to ask",
        cost=count,
    )
