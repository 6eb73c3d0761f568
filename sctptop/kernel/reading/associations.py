"""Two views of one association made one: its sock_diag record and its lines in /proc/net/sctp.

Either may be missing. What only one of them says is taken from it; what both say is taken from sock_diag,
whose record was filled under the socket's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.observed import NOTHING, Observed
from sctptop.kernel.program.records import AssociationName
from sctptop.kernel.reading.diag_records import SKMEMINFO_NAMES, T3_RTX_TIMER, DiagRecord
from sctptop.kernel.reading.paths import name_of, no_way, paths_of, way_of
from sctptop.kernel.reading.probe_facts import association_facts, switched_off
from sctptop.kernel.reading.procfs import SOCKET_TYPES, AssocLine, RemaddrLine
from sctptop.kernel.ways.ways import Ways
from sctptop.model.association import ASSOCIATION_STATES, PATH_STATES, Association, Process
from sctptop.model.attributes import names_of

Ends = tuple[int, int, frozenset[str]]

# Association attribute: member of sctp_info that holds it in the same unit.
_FROM_INFO: Mapping[str, str] = {
    "unacked": "unackdata",
    "pending": "penddata",
    "peer_rwnd": "peer_rwnd",
    "local_rwnd": "rwnd",
    "in_streams": "instrms",
    "out_streams": "outstrms",
    "rtx_chunks": "rtxchunks",
    "in_packets": "ipackets",
    "out_packets": "opackets",
    "in_sacks": "isacks",
    "out_sacks": "osacks",
    "in_dup_chunks": "idupchunks",
    "gap_acks": "gapcnt",
    "own_tag": "tag",
    "peer_tag": "peer_tag",
    "in_unordered_chunks": "iuodchunks",
    "out_unordered_chunks": "ouodchunks",
    "in_ctrl_chunks": "ictrlchunks",
    "out_ctrl_chunks": "octrlchunks",
    "out_of_seq_tsns": "outofseqtsns",
    "in_queue_packets": "inqueue",
    "out_queue_chunks": "outqueue",
    "overall_errors": "overall_error",
    "max_burst": "max_burst",
    "max_seg": "maxseg",
    "peer_capable": "peer_capable",
    "peer_sack": "peer_sack",
}
# The same of its socket, whose endpoint record alone holds it (sctp_get_sctp_info fills s_* only without an asoc).
_FROM_SOCKET: Mapping[str, str] = {
    "autoclose_s": "s_autoclose",
    "adaptation_indication": "s_adaptation_ind",
    "partial_delivery_point": "s_pd_point",
    "fragment_interleave": "s_frag_interleave",
}
_SOCKET_FLAGS: Mapping[str, str] = {
    "nodelay": "s_nodelay",
    "disable_fragments": "s_disable_fragments",
    "v4_mapped": "s_v4mapped",
}
# The same for the primary path; void while there is none.
_FROM_PRIMARY: Mapping[str, str] = {
    "flight": "p_flight_size",
    "cwnd": "p_cwnd",
    "ssthresh": "p_ssthresh",
    "rto_ms": "p_rto",
    "sack_delay_ms": "p_sackdelay",
    "primary_errors": "p_error",
    "partial_bytes_acked": "p_partial_bytes_acked",
    "path_max_retrans": "p_pathmaxrxt",
}
_IN_NUMBERS = ("state", "socket_type")
"""Where a line has a number, and an association its name."""
_FROM_LINE = tuple(
    name for name in names_of(Association) if name in names_of(AssocLine) and name not in _IN_NUMBERS
)
_FROM_MEMORY = tuple(name for name in names_of(Association) if name in SKMEMINFO_NAMES)


def ends_of(entry: AssocLine | DiagRecord) -> Ends:
    """What the two sources of one association have in common."""
    return entry.local_port, entry.remote_port, frozenset(entry.remote_addresses)


def merge_associations(
    netns: int,
    records: Sequence[DiagRecord],
    lines: Sequence[AssocLine],
    remaddrs: Iterable[RemaddrLine],
    clock: JiffyClock,
    observed: Observed = NOTHING,
    owners: Mapping[int, Process] | None = None,
    netns_name: str | None = None,
    ways: Ways | None = None,
) -> tuple[Association, ...]:
    """Every association that either source named, once; ``records`` are of associations and of their sockets.

    ``observed`` is what probes saw as sock_diag was asked. What sock_diag reports of the primary path goes before it:
    it was read under the socket's lock, as the probe's look was. ``owners`` are by the inode of the socket.
    ``ways`` know the way of each path; None: they stay unknown.
    """
    sockets = {record.cookie: record for record in records if not record.is_association}
    transports: dict[int, list[RemaddrLine]] = {}
    for remaddr in remaddrs:
        transports.setdefault(remaddr.assoc_id, []).append(remaddr)
    pairs = _pairs([record for record in records if record.is_association], lines)
    for record, line in pairs:
        if record is not None and line is not None and line.assoc_id is not None:
            rto = {remaddr.address: remaddr.rto for remaddr in transports.get(line.assoc_id, ())}
            clock.learn(rto.get(record.primary or ""), record.info.get("p_rto"))
    return tuple(
        _association(
            netns,
            record,
            sockets.get(record.cookie) if record else None,
            line,
            transports.get((line and line.assoc_id) or 0, []),
            clock,
            observed,
            owners,
            netns_name,
            ways,
        )
        for record, line in pairs
    )


def _pairs(
    records: Sequence[DiagRecord], lines: Sequence[AssocLine]
) -> list[tuple[DiagRecord | None, AssocLine | None]]:
    """Records with their lines: same ports and peers, and where that is not unique same local ends too."""
    waiting: dict[Ends, list[AssocLine]] = {}
    for line in lines:
        waiting.setdefault(ends_of(line), []).append(line)
    pairs: list[tuple[DiagRecord | None, AssocLine | None]] = []
    for record in records:
        candidates = waiting.get(ends_of(record), [])
        best = max(candidates, key=lambda line: _likeness(record, line), default=None)
        if best is not None:
            candidates.remove(best)
        pairs.append((record, best))
    pairs.extend((None, line) for candidates in waiting.values() for line in candidates)
    return pairs


def _likeness(record: DiagRecord, line: AssocLine) -> tuple[bool, bool]:
    return set(record.local_addresses) == set(line.local_addresses), record.inode == line.inode


def _association(
    netns: int,
    record: DiagRecord | None,
    socket: DiagRecord | None,
    line: AssocLine | None,
    transports: Sequence[RemaddrLine],
    clock: JiffyClock,
    observed: Observed,
    owners: Mapping[int, Process] | None,
    netns_name: str | None,
    ways: Ways | None,
) -> Association:
    name: AssociationName | None = None
    facts: dict[str, object] = {}
    if record is not None:
        name = (netns, record.info.get("tag", 0), record.local_port, record.remote_port)
        facts.update(association_facts(name, observed))
    if line is not None:
        facts.update(_facts_of_line(line, clock))
    if record is not None:
        facts.update(_facts_of_record(record, socket, clock))
        facts.update(switched_off(name, record.primary, observed))
    if line is not None and record is not None and set(line.local_addresses) == set(record.local_addresses):
        facts["local_addresses"] = line.local_addresses
    local_addresses: Any = facts.get("local_addresses", ())
    look_up = way_of(netns, record, socket, local_addresses, ways) if ways else no_way
    paths = paths_of(record, line, transports, clock, name, observed, look_up)
    facts["pathmtu"] = next((path.pathmtu for path in paths if path.primary), None)
    facts["process"] = (owners or {}).get(facts["inode"])  # type: ignore[call-overload]
    return Association(netns=netns, netns_name=netns_name, paths=paths, **facts)  # type: ignore[arg-type]


def _facts_of_line(line: AssocLine, clock: JiffyClock) -> dict[str, object]:
    return {
        **{name: getattr(line, name) for name in _FROM_LINE},
        "state": name_of(ASSOCIATION_STATES, line.state),
        "socket_type": SOCKET_TYPES.get(-1 if line.socket_type is None else line.socket_type),
        "hb_interval_ms": clock.milliseconds(line.hb_interval),
    }


def _facts_of_record(record: DiagRecord, socket: DiagRecord | None, clock: JiffyClock) -> dict[str, object]:
    info = record.info
    facts: dict[str, object] = {
        "state": name_of(ASSOCIATION_STATES, record.state),
        "local_port": record.local_port,
        "remote_port": record.remote_port,
        "local_addresses": tuple(
            sorted(record.local_addresses, key=lambda address: address != record.source)
        ),
        "remote_addresses": record.remote_addresses,
        "send_queue": record.send_queue,
        "recv_queue": record.recv_queue,
        "uid": record.uid,
        "inode": record.inode,
        "cookie": record.cookie,
        "mark": record.mark,
        "cgroup_id": record.cgroup_id,
        "t3_rtx_expires_ms": _t3_expires(record),
        "in_data_chunks": _sum(info, "iodchunks", "iuodchunks"),
        "out_data_chunks": _sum(info, "oodchunks", "ouodchunks"),
        **{name: info.get(member) for name, member in _FROM_INFO.items()},
        **{name: record.memory.get(name) for name in _FROM_MEMORY},
    }
    if socket is not None:
        facts.update({name: socket.info.get(member) for name, member in _FROM_SOCKET.items()})
        facts.update({name: _flag(socket.info, member) for name, member in _SOCKET_FLAGS.items()})
    if record.primary is not None:
        facts.update({name: info.get(member) for name, member in _FROM_PRIMARY.items()})
        facts["primary"] = record.primary
        facts["primary_state"] = name_of(PATH_STATES, info.get("p_state"))
        facts["srtt_ms"] = clock.milliseconds(info.get("p_srtt"))
        facts["hb_interval_ms"] = clock.milliseconds(info.get("p_hbinterval"))
    return facts


def _t3_expires(record: DiagRecord) -> int | None:
    # Kernels that do not ask timer_pending() report the past as a number that wrapped.
    running = record.timer == T3_RTX_TIMER and record.expires < 1 << 31
    return record.expires if running else None


def _sum(info: Mapping[str, int], *members: str) -> int | None:
    return sum(info[member] for member in members) if all(member in info for member in members) else None


def _flag(info: Mapping[str, int], member: str) -> bool | None:
    return bool(info[member]) if member in info else None
