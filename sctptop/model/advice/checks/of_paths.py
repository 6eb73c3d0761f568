"""Advice on the network: paths that are dead, come and go or are slow, no route, and no heartbeat timed."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from statistics import median

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.checks.of_reading import peer_buffer_is_small
from sctptop.model.advice.checks.of_retransmissions import stuck_chunk
from sctptop.model.advice.signs import MANY_ERRORS, beat_timed, slower_primary, window_bound
from sctptop.model.association import Path
from sctptop.model.way import Way
from sctptop.quantity import counted, milliseconds, show

LASTING = {"INACTIVE": (0.0, 1), "PF": (5.0, 3), "UNCONFIRMED": (10.0, 3), "ACTIVE": (3.0, 3)}
"""For how long (s) and in how many readings a path fails before it is called dead.

The kernel says INACTIVE after Path.Max.Retrans attempts; a new address is UNCONFIRMED until its first HEARTBEAT-ACK.
"""
OPENING_S = 9.0
"""RTO.Initial is 3 s, the second INIT after it has 6 s: two without an answer."""
LINKLESS_S = 2.0
"""The kernel tells of a carrier up to a second late (linkwatch), on a link that has just come up as well."""
LEAST_DOWNS, RECENT_S = 3, 600.0
NO_WAY = ("none", "unreachable", "prohibit", "blackhole", "throw")
"""Words of ip-route(8) for what is not sent."""
LEAST_BEATS, LAST_BEATS, BEATS_READ = 3, 5, 60
LONG_RTO_MS = 8000
OWN_QUEUE = 16
"""Chunks that came in as long as a HEARTBEAT is late by: so many may be the queue that it waited in."""
"""RTO.Initial is 3 s, and doubled once more than a single loss does."""
SLOW_HEARTBEAT_MS = 30_000
LEAST_NGAP = 5


def dead_path(case: Case) -> Iterator[Finding]:
    """A path that is INACTIVE, long UNCONFIRMED, or answers nothing several times; a peer that answers no INIT."""
    row, lasting, now_s = case.row, case.watch.lasting, case.moment.now_s
    entry, opening = row.association, case.watch.lasting.opening
    if opening is not None and opening.for_s(now_s) >= OPENING_S and not _no_way(entry.primary_way):
        yield Finding(
            "problem",
            f"{entry.state} for {milliseconds(1000 * round(opening.for_s(now_s)))}: no answer to "
            f"{'INIT' if entry.state == 'COOKIE_WAIT' else 'COOKIE ECHO'} from {entry.primary or 'the peer'}",
            "check address and port, whether the peer listens, and firewalls for IP protocol 132",
            entry.primary,
            opening.since_s,
            cost=inf,
        )
    for path in _failed(case):
        if _untried(case, path):
            continue
        # HEARTBEATs are answered: another rule says what is not.
        explained = path.state != "INACTIVE" and (stuck_chunk(case) or peer_buffer_is_small(case))
        if explained:
            continue
        active = _others_work(case, path)
        use = "the association lives on another path" if active else "no other path is free of errors"
        confirmed = path.state != "UNCONFIRMED"
        remedy = f"check the way to {path.address}: link, route, firewall; or the peer no longer has it"
        if not confirmed:
            remedy = (
                f"the peer announces {path.address}, and nobody answers there: bind it to what reaches us"
            )
        again = "" if active else _next_try(case, path)
        if again and (path.rto_ms or entry.rto_ms or 0) >= LONG_RTO_MS:
            remedy += "; if it works again, only that timer shows it: lower RTO.Max (SCTP_RTOINFO, net.sctp.rto_max)"
        yield Finding(
            "problem" if path.primary or not active else "warning",
            f"{'primary path' if path.primary else 'path'} {path.address} is {path.state or 'not answering'}, "
            f"{_errors(path)}{_last_heartbeat(case, path)}; {use}{again}",
            remedy,
            path.address,
            lasting.bad[path.address].since_s,
            cost=0.0 if active else inf,
        )


def _failed(case: Case) -> list[Path]:
    """The paths that fail for long enough to be called dead.

    Not those on which the peer is heard again, nor while it closes, nor those without a way: other rules say that.
    """
    lasting, now_s, found = case.watch.lasting, case.moment.now_s, list[Path]()
    if not lasting.bad or lasting.closing is not None or works_again(case):
        return found
    for path in case.row.association.paths:
        least_s, least_readings = LASTING.get(path.state or "ACTIVE", LASTING["ACTIVE"])
        span = lasting.bad.get(path.address)
        lasted = span is not None and span.readings >= least_readings and span.for_s(now_s) >= least_s
        if lasted and not _no_way(path.way):
            found.append(path)
    return found


def _untried(case: Case, path: Path) -> bool:
    """Whether it was never confirmed, or failed once or twice, and nothing will show that it works.

    While another is ACTIVE no data goes to such a path, and without SPP_HB_ENABLE no HEARTBEAT either
    (sctp_sf_sendbeat_8_3, Linux 6.1).
    """
    few = path.state in ("PF", "UNCONFIRMED") and (path.errors or 0) < MANY_ERRORS
    return few and path.heartbeats is False and _others_work(case, path)


def untried_path(case: Case) -> Iterator[Finding]:
    """A path that nothing tries: it was never confirmed, or failed once, and heartbeats are off."""
    for path in _failed(case):
        if not _untried(case, path):
            continue
        which = "primary path" if path.primary else "path"
        yield Finding(
            "warning",
            f"{which} {path.address} is {path.state}, {_errors(path)}; heartbeats are off, so nothing tries it: "
            "whether it works is not known; the association lives on another path",
            "switch heartbeats on (SPP_HB_ENABLE of SCTP_PEER_ADDR_PARAMS): one that is answered shows that it works",
            path.address,
            case.watch.lasting.bad[path.address].since_s,
        )


def works_again(case: Case) -> bool:
    """Whether the peer's packets come though every path fails, and RTO has grown: only our timer is late."""
    row = case.row
    grown = (row.association.rto_ms or 0) >= LONG_RTO_MS
    heard = case.watch.lasting.works_again
    return heard and grown and bool(row.association.t3_rtx_expires_ms) and not stuck_chunk(case)


def waiting(case: Case) -> Iterator[Finding]:
    """After an outage: the way works, and nothing is sent until the timer expires."""
    if not works_again(case):
        return
    entry = case.row.association
    yield Finding(
        "problem",
        f"the peer is heard again, and this end waits for its timer: next try in "
        f"{milliseconds(entry.t3_rtx_expires_ms or 0)}, RTO {milliseconds(entry.rto_ms or 0)} after "
        f"{counted(entry.primary_errors or 0, 'error')} in a row",
        "lower RTO.Max on this end (SCTP_RTOINFO, net.sctp.rto_max): the pause after an outage is as long as that",
        entry.primary,
        cost=inf,
    )


def no_route(case: Case) -> Iterator[Finding]:
    """This host has no way to an address of the peer."""
    lasting = case.watch.lasting
    for path in case.row.association.paths:
        way = path.way
        if way is None or not _no_way(way):
            continue
        linkless = lasting.linkless.get(path.address)
        troubled = (
            path.address in lasting.bad
            or lasting.opening is not None
            or way.link_up is None
            or (linkless is not None and linkless.for_s(case.moment.now_s) >= LINKLESS_S)
        )
        if not troubled:
            continue
        spared = _others_work(case, path)
        what = f"interface {way.interface} is down or has no carrier"
        if way.route in NO_WAY:
            what = f"no route from here to {path.address} ({way.route})"
        yield Finding(
            "problem" if path.primary or not spared else "warning",
            f"{what}; {'the association lives on another path' if spared else 'no other path works'}",
            f"on this host: ip route get {path.address}, ip link show {way.interface or ''}".rstrip(),
            path.address,
            cost=0.0 if spared else inf,
        )


def _works(path: Path) -> bool:
    return path.state == "ACTIVE" and not path.errors and not _no_way(path.way)


def _others_work(case: Case, path: Path) -> bool:
    return any(_works(one) for one in case.row.association.paths if one is not path)


def _no_way(way: Way | None) -> bool:
    return way is not None and (way.route in NO_WAY or way.link_up is False)


def flapping_path(case: Case) -> Iterator[Finding]:
    """A link or a path that fails and comes back, again and again within the hour."""
    for interface, (since_s, _, changes) in case.watch.lasting.carrier.items():
        if changes >= 2 * LEAST_DOWNS:
            lasted = milliseconds(1000 * round(case.moment.now_s - since_s))
            yield Finding(
                "warning",
                f"interface {interface} lost its carrier {changes // 2} times in the last {lasted}",
                f"look at the link of {interface}: cable, port of the switch, driver (ip -s link, dmesg)",
                since_s=since_s,
                part=interface,
            )
            return
    for address, times in case.watch.lasting.downs.items():
        if len(times) < LEAST_DOWNS or case.moment.now_s - times[-1] > RECENT_S:
            continue
        first = milliseconds(1000 * round(case.moment.now_s - times[0]))
        yield Finding(
            "warning",
            f"path {address} went INACTIVE {len(times)} times in the last {first}",
            f"look for a link or route to {address} that comes and goes",
            address,
            times[0],
        )


def slow_primary(case: Case) -> Iterator[Finding]:
    """The primary path takes much longer than another that works."""
    if len(case.row.rtts) < 2:
        return
    recent = {path.address: _recent_beat(case, path.address) for path in case.row.association.paths}
    found = slower_primary(case.row, recent)
    if found is None:
        return
    primary, slow_ms, best, quick_ms = found
    if _fills_its_path(case, slow_ms - quick_ms):
        return
    yield Finding(
        "warning",
        f"HEARTBEATs take {milliseconds(slow_ms)} on the primary path {primary} and {milliseconds(quick_ms)} on {best} "
        "(medians of the last ones)",
        f"make {best} the primary (SCTP_PRIMARY_ADDR), or look why {primary} is slow",
        primary,
    )


def _fills_its_path(case: Case, longer_ms: float) -> bool:
    """Whether data of the association itself may queue before its HEARTBEATs: any path would be slow with it."""
    ends = [one.association for one in (case.row, case.other) if one is not None]
    if any(one.out_queue_chunks or window_bound(one) for one in ends):
        return True
    chunks_s = sum(case.row.rate(name) or 0.0 for name in ("in_data_chunks", "out_data_chunks"))
    return chunks_s * longer_ms / 1000 >= OWN_QUEUE


def _recent_beat(case: Case, address: str) -> float | None:
    """The median of the last heartbeats, one an interval, where there are enough; ms."""
    beats = case.moment.past.read((case.row.key, address), "hb_rtt_ms", case.moment.tick, BEATS_READ)
    known = [value for value in beats if value is not None][-LAST_BEATS:]
    return median(known) if len(known) >= LEAST_BEATS else None


def _errors(path: Path) -> str:
    allowed = f" ({path.max_retrans} allowed)" if path.max_retrans is not None else ""
    return f"{counted(path.errors or 0, 'error')} in a row{allowed}"


def _last_heartbeat(case: Case, path: Path) -> str:
    rtt = case.row.rtts.get(path.address)
    if rtt is None or rtt.last_at_s is None:
        return ""
    return f", last HEARTBEAT-ACK {milliseconds(1000 * round(case.moment.now_s - rtt.last_at_s))} ago"


def _next_try(case: Case, path: Path) -> str:
    entry = case.row.association
    due = entry.t3_rtx_expires_ms if path.primary else path.hb_due_ms(case.moment.monotonic_ns)
    if not due or due < 0:
        return ""
    return f"; next try in {milliseconds(round(due))} (RTO {milliseconds(path.rto_ms or entry.rto_ms or 0)})"


def no_heartbeat(case: Case) -> Iterator[Finding]:
    """NGAP is measured, and nothing separates the network's round trip from the core's time. A note: it is no fault."""
    interval = case.row.association.hb_interval_ms
    if not case.moment.probed or interval is None or 0 < interval < SLOW_HEARTBEAT_MS:
        return
    if beat_timed(case.row):
        return
    if case.ngap is None or case.ngap.messages < LEAST_NGAP:
        return
    how = f"heartbeats every {show(interval, 'ms')} and none timed yet" if interval else "heartbeats are off"
    yield Finding(
        "note",
        f"{how}: network and core cannot be told apart",
        "lower it while measuring: SCTP_PEER_ADDR_PARAMS, or net.sctp.hb_interval=5000 for new associations"
        if interval
        else "switch them on while measuring: SPP_HB_ENABLE of SCTP_PEER_ADDR_PARAMS",
    )
