"""Advice on who should read: an application that hangs, is stopped, reads late, or has too small a buffer."""

from __future__ import annotations

from collections.abc import Iterator

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.lasting import QUEUE_READINGS
from sctptop.model.advice.signs import LEAST_BUFFER, is_stopped, slow_limit_ms
from sctptop.model.association import Association
from sctptop.model.associations.history import WINDOW as TICKS_KEPT
from sctptop.model.ngap.dialect import CORE_PORTS
from sctptop.quantity import counted, milliseconds, short

UNREAD_READINGS = 3
SILENT_READINGS, LEAST_UNANSWERED = 4, 5.0
"""So many answers are missing, as many came to what was sent before."""
LEAST_SLOW_READINGS, LEAST_SLOW_READS = 3, 20
SLOW_AT_ANY_RATE_MS = 1000.0
GROWN, GROWN_BYTES = 1.2, 8192
"""All of the last third of the readings of Recv-Q lies this much above all of the first: it grows, not only varies."""
LEAST_FLOW = 10
SMALL_WINDOW = 3000
"""Two full packets: RFC 9260 wants 1,500 bytes at least (section 5.1), and Linux counts half a kilobyte more for each
message, however short."""


def who(entry: Association, unknown: str = "the application") -> str:
    """The process behind it, as advice names it."""
    process = entry.process
    return f"{process.comm}[{process.pid}]" if process and process.pid else unknown


def stopped(case: Case) -> Iterator[Finding]:
    """The process that owns the socket is stopped: it can neither read nor answer."""
    entry = case.row.association
    if entry.process is None or not entry.process.stopped:
        return
    waiting = f", {short(entry.recv_queue)}B wait to be read" if entry.recv_queue else ""
    yield Finding(
        "problem",
        f"{who(entry)} of this end is stopped by a signal or a debugger (state T){waiting}",
        f"let it go on: kill -CONT {entry.process.pid}; or see who traces it (TracerPid in its status)",
        since_s=case.watch.lasting.unread.since_s if case.watch.lasting.unread else None,
    )


def unread(case: Case) -> Iterator[Finding]:
    """Data lies in the receive queue, and nothing was read for seconds."""
    span, entry = case.watch.lasting.unread, case.row.association
    if span is None or span.readings < UNREAD_READINGS or is_stopped(entry):
        return
    lasted = span.for_s(case.moment.now_s)
    if lasted < case.limits.unread_s:
        return
    how = "reads nothing" if case.moment.probed else "reads nothing, or less than comes"
    yield Finding(
        "problem",
        f"the oldest message has waited unread for {milliseconds(1000 * round(lasted))} or longer, Recv-Q "
        f"{short(entry.recv_queue or 0)}B; {who(entry)} {how}: SCTP and the network did their part",
        f"{who(entry)} of this end hangs, or is too slow: look at what it waits for (/proc/PID/stack, its log)",
        since_s=span.since_s,
    )


def unanswered(case: Case) -> Iterator[Finding]:
    """What we send is acknowledged by the peer's SCTP, and its application, which used to answer, does not."""
    span, entry = case.watch.lasting.unanswered, case.row.association
    if span is None or span.readings < SILENT_READINGS or entry.state != "ESTABLISHED":
        return
    lasted, lasting = span.for_s(case.moment.now_s), case.watch.lasting
    before = max((entry.out_data_chunks or 0) - span.count, 1)
    usual = (entry.in_data_chunks or 0) / before
    if lasted < case.limits.silent_s or usual * span.count < LEAST_UNANSWERED:
        return
    lost = case.watch.sum("rtx") >= span.count or (entry.unacked or 0) >= span.count
    if lasting.bad or lasting.closed or lost:
        # No SACK comes either, or the window says it better.
        return
    seen = (
        f"{counted(span.count, 'DATA chunk')} sent in {milliseconds(1000 * round(lasted))} and acknowledged, none came "
        f"back; before, the peer sent {usual:.1f} for each of ours"
    )
    peer = case.other.association if case.other is not None else None
    whose = (
        f"{who(peer)} of the peer's end" if peer is not None and peer.process else "the peer's application"
    )
    if peer is not None and peer.recv_queue:
        seen += f"; the peer's Recv-Q {short(peer.recv_queue)}B"
    yield Finding(
        "problem", seen, f"{whose} hangs: its SCTP answers and it does not; look there", since_s=span.since_s
    )


def small_buffer(case: Case) -> Iterator[Finding]:
    """The whole receive buffer of this end, or of the peer, holds next to no message."""
    entry = case.row.association
    if entry.rcvbuf and entry.rcvbuf < LEAST_BUFFER and entry.in_data_chunks and _loses_arrivals(case):
        yield Finding(
            "warning",
            f"the receive buffer of this end has {entry.rcvbuf} B: a full packet takes more; what does not fit is "
            "dropped and sent again",
            f"let {who(entry)} set a larger SO_RCVBUF, or none (net.core.rmem_default)",
            part="own",
        )
    if case.watch.sum("rtx") and peer_buffer_is_small(case):
        yield Finding(
            "warning",
            f"{_whole_window(case)}: it drops what does not fit, and "
            f"{counted(case.watch.sum('rtx'), 'chunk')} had to be sent again",
            "the peer's receive buffer is smaller than the messages: raise SO_RCVBUF there",
            part="peer",
        )


def _whole_window(case: Case) -> str:
    buffer = case.other.association.rcvbuf if case.other is not None else None
    if buffer is not None:
        return f"the peer's receive buffer has {buffer} B, a full packet takes more"
    return f"the peer's whole window is {case.watch.lasting.most_window} B, less than two packets"


def _loses_arrivals(case: Case) -> bool:
    row = case.row
    there = case.other_watch
    return bool(row.association.pending or row.rate("in_dup_chunks") or row.rate("drops")) or (
        there is not None and there.sum("rtx") > 0
    )


def peer_buffer_is_small(case: Case) -> bool:
    """Whether the peer never offered more than two packets, and data flows all the same: no closed window.

    Known of a peer that is here, and of an association that began while we looked: its first window was all of it.
    """
    if case.other is not None and case.other.association.rcvbuf is not None:
        return case.other.association.rcvbuf < LEAST_BUFFER
    seen = case.watch.lasting.most_window
    if case.row.age_s is None or case.watch.sum("out_data") < LEAST_FLOW or seen >= SMALL_WINDOW:
        return False
    before = case.moment.past.read(case.row.key, "peer_rwnd", case.moment.tick, TICKS_KEPT)
    most = max((value for value in before if value is not None), default=0)
    return 0 < max(most, seen) < SMALL_WINDOW


def saturated(case: Case) -> Iterator[Finding]:
    """Messages wait to be read ten times as long as usual, or ever more of them wait.

    Not while the peer holds more than waits here: then this is the flow control of a bulk transfer; nor while nothing
    is read at all, which ``unread`` says.
    """
    seen = _slow_reads(case) or _growing_queue(case)
    if not seen or is_stopped(case.row.association) or any(unread(case)):
        return
    other = case.other.association if case.other is not None else None
    queue = case.watch.lasting.queue
    peer_queue = other.send_queue if other is not None else None
    if peer_queue is not None and peer_queue > max(queue[-1] if queue else 0, 16_384):
        return
    if peer_queue is not None:
        seen += f"; the peer's Send-Q is small ({short(peer_queue)}B)"
    yield Finding("problem", seen, _bottleneck(case.row.association), cost=case.watch.sum("slow_reads"))


def _bottleneck(entry: Association) -> str:
    if entry.local_port in CORE_PORTS:
        return "the core is the bottleneck: more CPU, fewer UEs, a faster core"
    return (
        f"{who(entry, 'this application')} is the bottleneck, not the network: more CPU for it, or less to do"
    )


def _slow_reads(case: Case) -> str:
    watch = case.watch
    slow = watch.sum("slow_readings")
    if slow < LEAST_SLOW_READINGS or 2 * slow < watch.sum("read_readings"):
        return ""
    reads, longest_ms = watch.sum("slow_reads"), watch.most("slow_max_ms")
    if reads < LEAST_SLOW_READS and longest_ms < SLOW_AT_ANY_RATE_MS:
        return ""
    usual = watch.least("usual_read_ms")
    before = f"usually {milliseconds(usual)}" if usual is not None else "what was usual is not known"
    limit = milliseconds(slow_limit_ms(usual))
    return (
        f"{counted(reads, 'message')} waited long to be read, in the worst interval {milliseconds(longest_ms)} in the "
        f"median ({before}, slow from {limit})"
    )


def _growing_queue(case: Case) -> str:
    if len(case.watch.lasting.queue) < QUEUE_READINGS:
        return ""
    queue = list(case.watch.lasting.queue)
    first, last = max(queue[: len(queue) // 3]), min(queue[-(len(queue) // 3) :])
    grows = last >= GROWN * first and last - first >= GROWN_BYTES
    buffer = case.row.association.rcvbuf
    full = bool(buffer) and min(queue) >= (buffer or 0) / 2
    if not grows and not full:
        return ""
    how = "grew from" if grows else "stays between"
    low, high = (queue[0], queue[-1]) if grows else (min(queue), max(queue))
    return f"Recv-Q {how} {short(low)}B {'to' if grows else 'and'} {short(high)}B in {len(queue)} readings"
