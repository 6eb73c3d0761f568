"""Every field of this end: one entry each, under its heading in the details and in the order of CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any

from sctptop.fields.ends import local_end, local_order, owner, remote_end, remote_order
from sctptop.fields.field import (
    SWITCH,
    Field,
    derived,
    fact,
    heartbeat,
    of_process,
    of_way,
    rate,
    since_reset,
    wait,
)
from sctptop.model.association import ASSOCIATION_STATES, PATH_STATES
from sctptop.model.associations.row import Row
from sctptop.quantity import UNKNOWN, Value

STATES_IN_FIVE: Mapping[str, str] = {
    "CLOSED": "CLOSE",
    "COOKIE_WAIT": "CWAIT",
    "COOKIE_ECHOED": "CECHO",
    "ESTABLISHED": "ESTAB",
    "SHUTDOWN_PENDING": "SPEND",
    "SHUTDOWN_SENT": "SSENT",
    "SHUTDOWN_RECEIVED": "SRECV",
    "SHUTDOWN_ACK_SENT": "SACKS",
}
"""For a narrow table; ESTAB as ss prints it."""

NOT_YET_DOWN = {"PF": "PF", "UNCONFIRMED": "?"}
"""States in which a path is neither ACTIVE nor INACTIVE, and how counts of them are told apart."""


def _last_heartbeat(row: Row) -> Value:
    return row.primary_rtt.last_ms if row.primary_rtt else None


def _paths_down(row: Row) -> Value:
    down = [path for path in row.association.paths if path.state not in ("ACTIVE", None)]
    return len(down) if row.association.paths else None


def _paths_told(row: Row) -> str:
    """How many are INACTIVE, and with what they are those that only may have failed, or are not confirmed yet."""
    states = [path.state for path in row.association.paths]
    apart = [f"{states.count(state)}{sign}" for state, sign in NOT_YET_DOWN.items() if state in states]
    dead = states.count("INACTIVE")
    return "+".join([*([str(dead)] if dead or not apart else []), *apart]) if states else UNKNOWN


def _trouble(row: Row) -> Value:
    return row.trouble.title if row.trouble else None


def _under(group: str, *fields: Field) -> tuple[Field, ...]:
    return tuple(replace(field, group=group) for field in fields)


_ADDRESS: dict[str, Any] = {"address": True, "searched": True}
_EACH_ITS_OWN: dict[str, Any] = {"of_one_end": True}

THIS_END: tuple[Field, ...] = (
    *_under(
        "Identity",
        derived("local", "LOCAL", "", "our end: address:port, +n for n more addresses", local_end, 21,
            sort_key=local_order, **_ADDRESS),
        derived("remote", "REMOTE", "", "the peer's primary address:port, +n for more", remote_end, 21,
            sort_key=remote_order, **_ADDRESS),
        fact("netns_name", "NETNS", "", "network namespace: name, container, or a process in it", 10,
            **_EACH_ITS_OWN),
        fact("netns", "NETNS-ID", "#", "inode of the network namespace", 10, **_EACH_ITS_OWN),
        fact("assoc_id", "ID", "#", "association id (sctp_assoc_t), unique on the host", 6, searched=True,
            **_EACH_ITS_OWN),
        derived("process", "PROCESS", "",
            "command[pid] that owns the socket, +n for n more that share it; kernel: none does", owner, 20,
            searched=True, **_EACH_ITS_OWN),
        of_process("container", "CONTAINER",
            "name of its container or pod, or the id where no name is told", 14, searched=True, **_EACH_ITS_OWN),
        fact("peer_name", "PEER", "", "what the peer (gNB, AMF) called itself in NGSetup or S1Setup, if seen", 14,
            searched=True, **_EACH_ITS_OWN),
        fact("own_name", "NAME", "", "what this end (gNB, AMF) called itself there", 14, searched=True,
            **_EACH_ITS_OWN),
        fact("state", "STATE", "", "state of the association, RFC 9260 section 4", 11, searched=True,
            values=ASSOCIATION_STATES, abbreviations=STATES_IN_FIVE),
        derived("trouble", "TROUBLE", "",
            "the worst advice on it, by name; sorts the worst first, then what carries most", _trouble, 24,
            sort_key=attrgetter("rank")),
        derived("ended", "ENDED", "", "why it is gone; kept for five seconds", lambda row: row.ended, 14),
        derived("age_s", "AGE", "n", "seconds since it came up under our eyes", lambda row: row.age_s, 5),
        fact("local_port", "LPORT", "#", "local port", 5),
        fact("remote_port", "RPORT", "#", "remote port", 5),
        fact("local_addresses", "LADDRS", "", "local addresses the association is bound to", 24, searched=True),
        fact("remote_addresses", "RADDRS", "", "all addresses of the peer", 24, searched=True),
        fact("own_tag", "OWN-TAG", "hex", "our verification tag", 10),
        fact("peer_tag", "PEER-TAG", "hex", "the peer's verification tag", 10),
        fact("adaptation_indication", "ADAPT", "hex", "adaptation layer indication sent to the peer", 10),
    ),
    *_under(
        "Primary path",
        fact("primary", "PRIMARY", "", "the peer's address of the primary path", 15),
        fact("primary_state", "P-STATE", "", "state of the primary path", 11, values=PATH_STATES),
        fact("primary_errors", "P-ERR", "n", "errors in a row on the primary path", 5),
        derived("paths_down", "DOWN", "n",
            "paths that are not ACTIVE: INACTIVE, PF and UNCONFIRMED; 1PF: one is potentially failed, 1?: unconfirmed",
            _paths_down, 4, text=_paths_told),
        derived("hb_rtt", "HB RTT", "ms",
            "round trip of the last heartbeat on the primary path, in ns from probes", _last_heartbeat),
        heartbeat("p50", "HB P50", "median heartbeat RTT of the primary path since the reset"),
        heartbeat("p99", "HB P99", "99th percentile of the heartbeat RTT of the primary path since the reset"),
        heartbeat("max", "HB MAX", "longest heartbeat RTT of the primary path since the reset"),
        heartbeat("n", "HB N", "heartbeats timed on the primary path since the reset", "n"),
        fact("srtt_ms", "SRTT", "ms", "smoothed RTT of the primary path; whole jiffies, so steps of 1000/HZ ms"),
        fact("rto_ms", "RTO", "ms", "retransmission timeout of the primary path", 6, setting=4, words="RTO"),
        fact("cwnd", "CWND", "B", "congestion window of the primary path"),
        fact("ssthresh", "SSTHRESH", "B", "slow-start threshold of the primary path", 8, short="SSTHR"),
        fact("flight", "FLIGHT", "B", "bytes in flight on the primary path"),
        fact("partial_bytes_acked", "PBA", "B", "partial_bytes_acked of the primary path, RFC 9260 section 7.2.2"),
        fact("pathmtu", "PMTU", "B", "path MTU of the primary path; only probes tell it", 5, setting=11,
            words="path MTU"),
        fact("t3_rtx_expires_ms", "T3-RTX", "ms",
            "when the T3-rtx timer of the primary path fires; –: not running"),
        fact("hb_interval_ms", "HB-INT", "ms", "heartbeat interval of the primary path, added to the RTO; 0: off",
            setting=5, words="heartbeat interval"),
        derived("encap_port", "ENCAP", "#", "UDP port of the peer, where SCTP goes in UDP (RFC 6951); from probes",
            lambda row: next((one.encap_port for one in row.association.paths if one.primary), None), 6),
        fact("path_max_retrans", "PMR", "n", "Path.Max.Retrans of the primary path", 5, setting=6,
            words="Path.Max.Retrans"),
    ),
    *_under(
        "Way of the primary path",
        of_way("route", "route", "ROUTE", "", "kind of the route: unicast, local, unreachable and so on, or none", 8),
        of_way("interface", "interface", "DEV", "", "interface that packets leave by", 10, searched=True),
        of_way("gateway", "gateway", "VIA", "", "gateway; –: the peer is on the link, or not known", 15),
        of_way("source_address", "source", "SRC", "", "our address that packets leave with", 15),
        of_way("route_mtu", "mtu", "RMTU", "B", "MTU of the route, or else of the interface", 5),
        of_way("link_up", "link_up", "LINK", SWITCH, "off: the interface is down or has no carrier", 4),
        of_way("link_drops", "drops", "LDROPS", "n", "packets that the interface dropped since the system started"),
        of_way("link_errors", "errors", "LERRS", "n", "packets in error on the interface since the system started"),
    ),
    *_under(
        "Windows and queues",
        fact("peer_rwnd", "PEER-RWND", "B",
            "what the peer can still take: its window less what is in flight", 9, short="PRWND"),
        fact("peer_rwnd_min", "PRWND-MIN", "B",
            "least peer_rwnd in the last interval, from probes", 9, each_packet=True),
        fact("peer_rwnd_max", "PRWND-MAX", "B",
            "greatest peer_rwnd in the last interval, from probes", 9, each_packet=True),
        fact("rwnd", "RWND", "B", "our receive window as it is now (asoc->rwnd, from probes)"),
        fact("rwnd_min", "RWND-MIN", "B", "its least value in the last interval, from probes", 8, each_packet=True),
        fact("rwnd_max", "RWND-MAX", "B", "its greatest value in the last interval, from probes", 8, each_packet=True),
        fact("local_rwnd", "LOCAL-RWND", "B", "the receive window we last advertised (a_rwnd)", 10, short="LRWND"),
        fact("send_queue", "SEND-Q", "B", "bytes held for sending or acknowledgement; true size, not payload"),
        fact("recv_queue", "RECV-Q", "B", "bytes waiting to be read by the application; true size"),
        fact("unacked", "UNACK", "n", "DATA chunks sent and not yet acknowledged", 6),
        fact("pending", "PEND", "n", "DATA chunks still missing below the highest TSN received (penddata)", 6),
        wait("held", "p50", "HELD P50", "median time messages were held before the first transmission"),
        wait("held", "p99", "HELD P99", "99th percentile of the time before the first transmission"),
        wait("held", "max", "HELD MAX", "longest time before the first transmission since the reset"),
        wait("read_wait", "p50", "READ P50", "median time messages received waited to be read"),
        wait("read_wait", "p99", "READ P99", "99th percentile of the time until a message was read"),
        wait("read_wait", "max", "READ MAX", "longest time until a message was read since the reset"),
        fact("in_queue_packets", "IN-Q", "n", "packets received and not yet processed", 5),
        fact("out_queue_chunks", "OUT-Q", "n", "chunks in the send queue, not yet transmitted", 6),
        fact("backlog", "BACKLOG", "B", "bytes received while the application held the socket's lock"),
    ),
    *_under(
        "Traffic",
        rate("in_packets", "IN/s", "SCTP packets received per second"),
        rate("out_packets", "OUT/s", "SCTP packets sent per second"),
        rate("in_data_chunks", "INDATA/s", "DATA chunks received per second"),
        rate("out_data_chunks", "OUTDATA/s", "DATA chunks sent per second"),
        fact("in_packets", "IN-PKT", "n", "SCTP packets received"),
        fact("out_packets", "OUT-PKT", "n", "SCTP packets sent"),
        fact("in_data_chunks", "IN-DATA", "n", "DATA chunks received, ordered and unordered"),
        fact("out_data_chunks", "OUT-DATA", "n", "DATA chunks sent, ordered and unordered", 8),
        fact("in_unordered_chunks", "IN-UNORD", "n", "of the DATA chunks received, those unordered", 8),
        fact("out_unordered_chunks", "OUT-UNORD", "n", "of the DATA chunks sent, those unordered", 9),
        fact("in_ctrl_chunks", "IN-CTRL", "n", "control chunks received"),
        fact("out_ctrl_chunks", "OUT-CTRL", "n", "control chunks sent", 8),
        fact("in_sacks", "IN-SACK", "n", "SACKs received"),
        fact("out_sacks", "OUT-SACK", "n", "SACKs sent", 8),
        fact("in_streams", "INS", "n", "inbound streams", 5, setting=9, words="inbound streams"),
        fact("out_streams", "OUTS", "n", "outbound streams", 5, setting=10, words="outbound streams"),
    ),
    *_under(
        "Loss",
        fact("rtx_chunks", "RTX", "n", "chunks sent again since the start (sctpi_rtxchunks)", 5),
        fact("rtx_marked_chunks", "RTXC", "n",
            "chunks unacknowledged at T3 expiries, summed (RTXC of /proc, retrans of ss)", 6),
        rate("rtx_chunks", "RTX/s", "DATA chunks retransmitted per second"),
        since_reset("rtx_chunks", "RTX+", "DATA chunks retransmitted since the reset"),
        fact("peer_dups", "PEER-DUP", "n",
            "chunks that the peer's SACKs say it had already: sent for nothing", 8, each_packet=True),
        fact("more_messages", "MORE", "n",
            "messages handed over with MSG_MORE: held by the application's own will", 6, each_packet=True),
        fact("abandoned_unsent", "ABANDON-U", "n", "messages given up by partial reliability before they were sent", 9),
        fact("abandoned_sent", "ABANDON-S", "n", "messages given up by partial reliability after they were sent", 9),
        fact("in_dup_chunks", "DUP", "n", "duplicate DATA chunks received: the peer retransmitted for nothing", 5),
        fact("out_of_seq_tsns", "OOS", "n", "DATA chunks received out of sequence", 5),
        fact("gap_acks", "GAPACK", "n", "gap ack blocks received: holes the peer sees in what we sent", 6),
        fact("overall_errors", "ERR", "n", "retransmissions in a row without an answer, all paths", 5),
        fact("init_retries", "T1X", "n", "INIT or COOKIE ECHO retransmissions of the last start", 5),
        fact("shutdown_retries", "T2X", "n", "SHUTDOWN retransmissions", 5),
        fact("drops", "DROPS", "n", "packets dropped at the socket", 5),
    ),
    *_under(
        "Settings",
        fact("nodelay", "NODELAY", SWITCH, "SCTP_NODELAY of the socket; off lets Nagle hold small messages",
            short="NODLY", setting=1),
        fact("sack_delay_ms", "SACK-DLY", "ms", "how long we delay a SACK on the primary path; 0: not at all", 8,
            short="SACKD", setting=2, words="SACK delay"),
        fact("sack_frequency", "SACK-FRQ", "n",
            "a SACK is sent at the latest after so many packets, from probes", 8,
            setting=3, words="SACK frequency"),
        fact("peer_sack", "PEER-SACK", "hex",
            "SACK state as the kernel's bits: needed, generation, zero window said", 10),
        fact("max_burst", "BURST", "n", "Max.Burst: packets sent at once at most", 5, setting=8, words="Max.Burst"),
        fact("max_seg", "MAXSEG", "B", "messages longer than this are fragmented (frag_point; maxseg of ss)"),
        fact("assoc_max_retrans", "MAXRT", "n", "Association.Max.Retrans", 5, setting=7,
            words="Association.Max.Retrans"),
        fact("autoclose_s", "AUTOCL", "n", "SCTP_AUTOCLOSE in seconds; 0: off", 6),
        fact("disable_fragments", "NOFRAG", SWITCH, "SCTP_DISABLE_FRAGMENTS of the socket", 6),
        fact("fragment_interleave", "INTERL", "n", "SCTP_FRAGMENT_INTERLEAVE level of the socket", 6),
        fact("partial_delivery_point", "PD-POINT", "B", "partial delivery point of the socket", 8),
        fact("v4_mapped", "V4MAP", SWITCH, "SCTP_I_WANT_MAPPED_V4_ADDR of the socket", 5),
        fact("peer_capable", "PEER-CAP", "hex", "what the peer supports, as the kernel's bit mask", 10),
    ),
    *_under(
        "Process",
        of_process("pid", "PID", "process id; 0 is the kernel", 7, "#"),
        of_process("comm", "COMM", "command of the process, 15 characters", 15),
        of_process("user", "USER", "effective user of the process, by the host's names", 10),
        of_process("unit", "UNIT", "systemd unit of the process, in a container that of the container", 22),
        of_process("runtime", "RUNTIME", "what runs the container: docker, podman, cri-o, lxc and so on", 10),
        of_process("container_id", "CONT-ID", "id of the container, 12 characters", 12),
        of_process("shared_by", "SHARED", "processes that hold the socket; more than one after a fork", 6, "n"),
        of_process("stopped", "STOPPED", "the process is stopped by a signal or a debugger", 7, SWITCH),
    ),
    *_under(
        "Socket",
        fact("socket_type", "TYPE", "", "one-to-one or one-to-many socket", 11,
            values=("one-to-one", "one-to-many")),
        fact("inode", "INODE", "#", "inode of the socket", 8),
        fact("uid", "UID", "#", "user id of the socket's owner", 6),
        fact("cookie", "COOKIE", "hex", "socket cookie; shared by all associations of a one-to-many socket", 10),
        fact("sndbuf", "SNDBUF", "B", "send buffer of the socket", setting=12, words="send buffer"),
        fact("rcvbuf", "RCVBUF", "B", "receive buffer of the socket", setting=13, words="receive buffer"),
        fact("wmem_queued", "WMEMQ", "B", "bytes queued for writing on the socket, all associations"),
        fact("fwd_alloc", "FWDALLOC", "B", "memory reserved ahead by the socket", 8),
        fact("optmem", "OPTMEM", "B", "option memory of the socket"),
        fact("mark", "MARK", "hex", "firewall mark of the socket; needs CAP_NET_ADMIN", 10),
        fact("cgroup_id", "CGROUP", "#", "id of the socket's cgroup (v2)", 8),
    ),
)  # fmt: skip
