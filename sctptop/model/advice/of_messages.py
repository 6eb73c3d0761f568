"""Advice on what arrives: SACKs that come late, an application that reads late, and how NGAP is sent."""

from __future__ import annotations

from collections.abc import Iterator

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.evidence import QUEUE_READINGS
from sctptop.model.advice.of_sending import LEAST_STALLED
from sctptop.model.advice.signs import slow_limit_ms
from sctptop.model.association import Association
from sctptop.model.ngap.dialect import CORE_PORTS
from sctptop.quantity import counted, milliseconds, short

LEAST_SLOW_READINGS, LEAST_SLOW_READS = 3, 20
LEAST_UES, LEAST_OF_UES = 3, 10
GROWN, GROWN_BYTES = 1.2, 8192
"""All of the last third of the readings of Recv-Q lies this much above all of the first: it grows, not only varies."""
NEXT = {"in": "received", "out": "sent"}


def delayed_sack(case: Case) -> Iterator[Finding]:
    """The peer waits for SACKs that we delay.

    Seen at the other end where it is here; else by NGAP: the next message of a UE came one SACK delay after the one
    before, and SctpDelaySackExpireds rose meanwhile. A delayed SACK that nobody waits for is no trouble.
    """
    delay = case.row.association.sack_delay_ms
    if not delay:
        return
    remedy = "lower SCTP_DELAYED_SACK on this end, or set SCTP_NODELAY on the peer's"
    there = case.other_watch
    if there is not None and case.other is not None and case.other.association.nodelay is False:
        stalled = there.sum("stalled")
        if stalled >= LEAST_STALLED:
            longest = milliseconds(there.most("stalled_max_ms"))
            yield Finding(
                "warning",
                f"this end delays its SACKs by {milliseconds(delay)}; {counted(stalled, 'message')} of the peer waited "
                f"up to {longest} for one",
                remedy,
            )
        return
    if case.ngap is None:
        return
    late, pairs, expired = case.ngap.pairs
    if late < LEAST_STALLED or 2 * late < pairs or expired < LEAST_STALLED:
        return
    yield Finding(
        "warning",
        f"{late} of {pairs} second messages of a UE came about {milliseconds(delay)} after the first, the delay of our "
        f"SACK; meanwhile SctpDelaySackExpireds of the network namespace rose by {expired}",
        remedy,
    )


def saturated(case: Case) -> Iterator[Finding]:
    """Messages wait to be read ten times as long as usual, or ever more of them wait.

    Not while the peer holds more than waits here: then this is the flow control of a bulk transfer.
    """
    other = case.other.association if case.other is not None else None
    queue = case.watch.queue
    peer_queue = other.send_queue if other is not None else None
    if peer_queue is not None and peer_queue > max(queue[-1] if queue else 0, 16_384):
        return
    seen = _slow_reads(case) or _growing_queue(case)
    if not seen:
        return
    if peer_queue is not None:
        seen += f"; the peer's Send-Q is small ({short(peer_queue)}B)"
    yield Finding("problem", seen, _bottleneck(case.row.association))


def _bottleneck(entry: Association) -> str:
    if entry.local_port in CORE_PORTS:
        return "the core is the bottleneck: more CPU, fewer UEs, a faster core"
    process = entry.process
    who = f"{process.comm}[{process.pid}]" if process and process.pid else "this application"
    return f"{who} is the bottleneck, not the network: more CPU for it, or less to do"


def _slow_reads(case: Case) -> str:
    watch = case.watch
    slow, reads = watch.sum("slow_readings"), watch.sum("slow_reads")
    if slow < LEAST_SLOW_READINGS or reads < LEAST_SLOW_READS or 2 * slow < watch.sum("read_readings"):
        return ""
    usual = watch.least("usual_read_ms")
    before = f"usually {milliseconds(usual)}" if usual is not None else "what was usual is not known"
    longest = milliseconds(watch.most("slow_max_ms"))
    limit = milliseconds(slow_limit_ms(usual))
    return (
        f"{counted(reads, 'message')} waited long to be read, in the worst interval {longest} in the median ({before}, "
        f"slow from {limit})"
    )


def _growing_queue(case: Case) -> str:
    queue = list(case.watch.queue)
    if len(queue) < QUEUE_READINGS:
        return ""
    first, last = max(queue[: len(queue) // 3]), min(queue[-(len(queue) // 3) :])
    grows = last >= GROWN * first and last - first >= GROWN_BYTES
    buffer = case.row.association.rcvbuf
    full = bool(buffer) and min(queue) >= (buffer or 0) / 2
    if not grows and not full:
        return ""
    how = "grew from" if grows else "stays between"
    low, high = (queue[0], queue[-1]) if grows else (min(queue), max(queue))
    return f"Recv-Q {how} {short(low)}B {'to' if grows else 'and'} {short(high)}B in {len(queue)} readings"


def wrong_ppid(case: Case) -> Iterator[Finding]:
    """NGAP with the payload protocol identifier in the byte order of a little-endian machine."""
    if case.ngap is None:
        return
    for direction, whose in (("out", "this end's application"), ("in", "the peer's application")):
        old, new = case.ngap.both(direction)
        swapped = old.swapped + new.swapped
        if swapped:
            messages = old.messages + new.messages
            yield Finding(
                "warning",
                f"{swapped} of {counted(messages, 'message')} {NEXT[direction]} had PPID 0x3c000000 for NGAP (60), or "
                "another in that byte order",
                f"{whose} forgot htonl: RFC 9260 leaves the PPID to it, in network byte order",
                part=direction,
            )


def one_stream(case: Case) -> Iterator[Finding]:
    """Messages of several UEs all on one stream: on a loss, all of them wait for that of one."""
    if case.ngap is None:
        return
    entry = case.row.association
    for direction, streams in (("out", entry.out_streams), ("in", entry.in_streams)):
        old, new = case.ngap.both(direction)
        if len(old.streams) > 1 or len(new.streams) > 1:
            continue
        ues, used, messages = old.ues | new.ues, old.streams | new.streams, old.of_ues + new.of_ues
        if len(ues) < LEAST_UES or messages < LEAST_OF_UES or len(used) != 1:
            continue
        whose = "this end" if direction == "out" else "the peer"
        several = f"of {streams}" if streams is not None else ""
        lossy = case.watch.sum("rtx") > 0 if direction == "out" else bool(entry.pending)
        remedy = f"let {whose} spread UEs over streams"
        if streams == 1:
            remedy = "ask for more streams with SCTP_INITMSG on both ends, and spread UEs over them"
        yield Finding(
            "warning" if lossy else "note",
            f"{messages} messages of {len(ues)} UEs {NEXT[direction]}, all on stream {used.pop()} {several}".rstrip(),
            f"{remedy}: else the loss of one message delays all UEs",
            part=direction,
        )
