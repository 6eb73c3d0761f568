"""The registry: everything sctptop knows about a field, once.

The table, the details, ``--sort``, ``--filter``, ``--columns``, JSON, CSV and the help all read it.
A new field is one entry here (and the attribute that the source fills).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from sctptop.model.associations.rows import Row
from sctptop.quantity import Value


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an association.

    ``unit``: B bytes, ms, n a count, /s a rate, hex, or empty. ``width`` is that of its column.
    ``published`` fields are attributes of Association under the same name, and JSON keys.
    ``mirrors`` is the id of the field that this one shows of the other end, "" for a field of this end.
    """

    id: str
    title: str
    unit: str
    width: int
    help: str
    get: Callable[[Row], Value]
    published: bool = True
    mirrors: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it aligns right and sorts largest first."""
        return self.unit in ("B", "ms", "n", "/s", "hex", "#")


class UnknownFieldError(KeyError):
    """A field name that the registry does not have; the text names near ones."""

    def __str__(self) -> str:
        return str(self.args[0])


def _read(name: str, title: str, unit: str, help: str, width: int = 7) -> Field:
    getter = attrgetter(f"association.{name}")
    return Field(name, title, unit, width, help, getter)


def _rate(name: str, title: str, help: str) -> Field:
    return Field(f"{name}_rate", title, "/s", 6, help, lambda row: row.rate(name), published=False)


def _since(name: str, title: str, help: str) -> Field:
    return Field(f"{name}_delta", title, "n", 6, help, lambda row: row.since_reset.get(name), published=False)


def local_end(row: Row) -> str:
    """Address and port of our end, the first address with a + for further ones."""
    entry = row.association
    return _end(entry.local_addresses, None, entry.local_port)


def remote_end(row: Row) -> str:
    """The same for the peer, its primary address first."""
    entry = row.association
    return _end(entry.remote_addresses, entry.primary, entry.remote_port)


def _end(addresses: tuple[str, ...], primary: str | None, port: int) -> str:
    if not addresses:
        return f"*:{port}"
    address = primary if primary in addresses and primary else addresses[0]
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{port}" + (f"+{len(addresses) - 1}" if len(addresses) > 1 else "")


def _heartbeat(name: str, title: str, help: str, unit: str = "ms") -> Field:
    def get(row: Row) -> Value:
        rtt = row.primary_rtt
        summary = rtt.summary() if rtt else None
        return getattr(summary, name) if summary else None

    return Field(f"hb_rtt_{name}", title, unit, 7, help, get, published=False)


def _last_heartbeat(row: Row) -> Value:
    return row.primary_rtt.last_ms if row.primary_rtt else None


def _wait(attribute: str, name: str, title: str, help: str) -> Field:
    def get(row: Row) -> Value:
        summary = getattr(row, attribute).summary()
        return getattr(summary, name) if summary else None

    return Field(f"{attribute}_{name}", title, "ms", 8, help, get, published=False)


def owner(row: Row) -> Value:
    """Command and pid of the process that holds the socket, a + for further ones; ``kernel`` where none does."""
    process = row.association.process
    if process is None:
        return None
    others = (process.shared_by or 1) - 1
    return process.comm + (f"[{process.pid}]" if process.pid else "") + (f"+{others}" if others > 0 else "")


def _of_process(name: str, title: str, help: str, width: int, unit: str = "") -> Field:
    return Field(
        name,
        title,
        unit,
        width,
        help,
        lambda row: getattr(row.association.process, name, None),
        published=False,
    )


def _path_errors(row: Row) -> Value:
    down = [path for path in row.association.paths if path.state not in ("ACTIVE", None)]
    return len(down) if row.association.paths else None


_OF_THIS_END: tuple[Field, ...] = (
    Field("local", "LOCAL", "", 21, "our end: address:port, +n for n more addresses", local_end, False),
    Field("remote", "REMOTE", "", 21, "the peer's primary address:port, +n for more", remote_end, False),
    _read("netns", "NETNS-ID", "#", "inode of the network namespace", 10),
    _read("netns_name", "NETNS", "", "network namespace: name, container, or a process in it", 10),
    _read("assoc_id", "ID", "#", "association id (sctp_assoc_t), unique on the host", 6),
    _read("state", "STATE", "", "state of the association, RFC 9260 section 4", 11),
    _read("local_port", "LPORT", "#", "local port", 5),
    _read("remote_port", "RPORT", "#", "remote port", 5),
    _read("local_addresses", "LADDRS", "", "local addresses the association is bound to", 24),
    _read("remote_addresses", "RADDRS", "", "all addresses of the peer", 24),
    _read("primary", "PRIMARY", "", "the peer's address of the primary path", 15),
    _read("send_queue", "SEND-Q", "B", "bytes held for sending or acknowledgement; true size, not payload"),
    _read("recv_queue", "RECV-Q", "B", "bytes waiting to be read by the application; true size"),
    _read("unacked", "UNACK", "n", "DATA chunks sent and not yet acknowledged", 6),
    _read("pending", "PEND", "n", "DATA chunks still missing below the highest TSN received (penddata)", 6),
    _read("flight", "FLIGHT", "B", "bytes in flight on the primary path"),
    _read("cwnd", "CWND", "B", "congestion window of the primary path"),
    _read("ssthresh", "SSTHRESH", "B", "slow-start threshold of the primary path", 8),
    _read(
        "peer_rwnd", "PEER-RWND", "B", "what the peer can still take: its window less what is in flight", 9
    ),
    _read("local_rwnd", "LOCAL-RWND", "B", "the receive window we last advertised (a_rwnd)", 10),
    _read("pathmtu", "PMTU", "B", "path MTU of the primary path; only probes tell it", 5),
    _read("srtt_ms", "SRTT", "ms", "smoothed RTT of the primary path; whole jiffies, so steps of 1000/HZ ms"),
    _read("rto_ms", "RTO", "ms", "retransmission timeout of the primary path", 6),
    _read("sack_delay_ms", "SACK-DLY", "ms", "how long we delay a SACK on the primary path", 8),
    _read("hb_interval_ms", "HB-INT", "ms", "heartbeat interval of the primary path, added to the RTO"),
    _read("nodelay", "NODELAY", "", "SCTP_NODELAY of the socket; off lets Nagle hold small messages", 7),
    _read("in_streams", "INS", "n", "inbound streams", 5),
    _read("out_streams", "OUTS", "n", "outbound streams", 5),
    _read("rtx_chunks", "RTX", "n", "chunks sent again since the start (sctpi_rtxchunks)", 5),
    _read("in_packets", "IN-PKT", "n", "SCTP packets received"),
    _read("out_packets", "OUT-PKT", "n", "SCTP packets sent"),
    _read("in_sacks", "IN-SACK", "n", "SACKs received"),
    _read("out_sacks", "OUT-SACK", "n", "SACKs sent", 8),
    _read("in_data_chunks", "IN-DATA", "n", "DATA chunks received, ordered and unordered"),
    _read("out_data_chunks", "OUT-DATA", "n", "DATA chunks sent, ordered and unordered", 8),
    _read(
        "in_dup_chunks", "DUP", "n", "duplicate DATA chunks received: the peer retransmitted for nothing", 5
    ),
    _read("gap_acks", "GAPACK", "n", "gap ack blocks received: holes the peer sees in what we sent", 6),
    _read("inode", "INODE", "#", "inode of the socket", 8),
    _read("uid", "UID", "#", "user id of the socket's owner", 6),
    Field(
        "process",
        "PROCESS",
        "",
        20,
        "command[pid] that owns the socket, +n for n more that share it; kernel: none does",
        owner,
        False,
    ),
    _of_process(
        "container", "CONTAINER", "name of its container or pod, or the id where no name is told", 14
    ),
    _of_process("runtime", "RUNTIME", "what runs the container: docker, podman, cri-o, lxc and so on", 10),
    _of_process("container_id", "CONT-ID", "id of the container, 12 characters", 12),
    _of_process("unit", "UNIT", "systemd unit of the process, in a container that of the container", 22),
    _of_process("user", "USER", "effective user of the process, by the host's names", 10),
    _of_process("comm", "COMM", "command of the process, 15 characters", 15),
    _of_process("pid", "PID", "process id; 0 is the kernel", 7, "#"),
    _of_process("shared_by", "SHARED", "processes that hold the socket; more than one after a fork", 6, "n"),
    _read("own_tag", "OWN-TAG", "hex", "our verification tag", 10),
    _read("peer_tag", "PEER-TAG", "hex", "the peer's verification tag", 10),
    _read("socket_type", "TYPE", "", "one-to-one or one-to-many socket", 11),
    _read("cookie", "COOKIE", "hex", "socket cookie; shared by all associations of a one-to-many socket", 10),
    _read("in_unordered_chunks", "IN-UNORD", "n", "of the DATA chunks received, those unordered", 8),
    _read("out_unordered_chunks", "OUT-UNORD", "n", "of the DATA chunks sent, those unordered", 9),
    _read("in_ctrl_chunks", "IN-CTRL", "n", "control chunks received"),
    _read("out_ctrl_chunks", "OUT-CTRL", "n", "control chunks sent", 8),
    _read("out_of_seq_tsns", "OOS", "n", "DATA chunks received out of sequence", 5),
    _read(
        "rtx_marked_chunks",
        "RTXC",
        "n",
        "chunks unacknowledged at T3 expiries, summed (RTXC of /proc, retrans of ss)",
        6,
    ),
    _read("in_queue_packets", "IN-Q", "n", "packets received and not yet processed", 5),
    _read("out_queue_chunks", "OUT-Q", "n", "chunks in the send queue, not yet transmitted", 6),
    _read("overall_errors", "ERR", "n", "retransmissions in a row without an answer, all paths", 5),
    _read("max_burst", "BURST", "n", "Max.Burst: packets sent at once at most", 5),
    _read("max_seg", "MAXSEG", "B", "messages longer than this are fragmented (frag_point; maxseg of ss)"),
    _read("peer_capable", "PEER-CAP", "hex", "what the peer supports, as the kernel's bit mask", 10),
    _read(
        "peer_sack",
        "PEER-SACK",
        "hex",
        "SACK state as the kernel's bits: needed, generation, zero window said",
        10,
    ),
    _read("primary_state", "P-STATE", "", "state of the primary path", 11),
    _read("primary_errors", "P-ERR", "n", "errors in a row on the primary path", 5),
    _read(
        "partial_bytes_acked", "PBA", "B", "partial_bytes_acked of the primary path, RFC 9260 section 7.2.2"
    ),
    _read("path_max_retrans", "PMR", "n", "Path.Max.Retrans of the primary path", 5),
    _read(
        "sack_frequency",
        "SACK-FRQ",
        "n",
        "a SACK is sent at the latest after so many packets; 0: the default, 2",
        8,
    ),
    _read(
        "t3_rtx_expires_ms", "T3-RTX", "ms", "when the T3-rtx timer of the primary path fires; –: not running"
    ),
    _read("assoc_max_retrans", "MAXRT", "n", "Association.Max.Retrans", 5),
    _read("init_retries", "T1X", "n", "INIT or COOKIE ECHO retransmissions of the last start", 5),
    _read("shutdown_retries", "T2X", "n", "SHUTDOWN retransmissions", 5),
    _read("autoclose_s", "AUTOCL", "n", "SCTP_AUTOCLOSE in seconds; 0: off", 6),
    _read("adaptation_indication", "ADAPT", "hex", "adaptation layer indication sent to the peer", 10),
    _read("partial_delivery_point", "PD-POINT", "B", "partial delivery point of the socket", 8),
    _read("disable_fragments", "NOFRAG", "", "SCTP_DISABLE_FRAGMENTS of the socket", 6),
    _read("v4_mapped", "V4MAP", "", "SCTP_I_WANT_MAPPED_V4_ADDR of the socket", 5),
    _read("fragment_interleave", "INTERL", "n", "SCTP_FRAGMENT_INTERLEAVE level of the socket", 6),
    _read("sndbuf", "SNDBUF", "B", "send buffer of the socket"),
    _read("rcvbuf", "RCVBUF", "B", "receive buffer of the socket"),
    _read("wmem_queued", "WMEMQ", "B", "bytes queued for writing on the socket, all associations"),
    _read("fwd_alloc", "FWDALLOC", "B", "memory reserved ahead by the socket", 8),
    _read("optmem", "OPTMEM", "B", "option memory of the socket"),
    _read("backlog", "BACKLOG", "B", "bytes received while the application held the socket's lock"),
    _read("drops", "DROPS", "n", "packets dropped at the socket", 5),
    _read("mark", "MARK", "hex", "firewall mark of the socket; needs CAP_NET_ADMIN", 10),
    _read("cgroup_id", "CGROUP", "#", "id of the socket's cgroup (v2)", 8),
    _read("rwnd", "RWND", "B", "our receive window as it is now (asoc->rwnd, from probes)"),
    _read("rwnd_min", "RWND-MIN", "B", "its least value in the last interval, from probes", 8),
    _read("rwnd_max", "RWND-MAX", "B", "its greatest value in the last interval, from probes", 8),
    _read("peer_rwnd_min", "PRWND-MIN", "B", "least peer_rwnd in the last interval, from probes", 9),
    _read("peer_rwnd_max", "PRWND-MAX", "B", "greatest peer_rwnd in the last interval, from probes", 9),
    Field(
        "hb_rtt",
        "HB RTT",
        "ms",
        7,
        "round trip of the last heartbeat on the primary path, in ns from probes",
        _last_heartbeat,
        False,
    ),
    _heartbeat("p50", "HB P50", "median heartbeat RTT of the primary path since the reset"),
    _heartbeat("p99", "HB P99", "99th percentile of the heartbeat RTT of the primary path since the reset"),
    _heartbeat("max", "HB MAX", "longest heartbeat RTT of the primary path since the reset"),
    _heartbeat("n", "HB N", "heartbeats timed on the primary path since the reset", "n"),
    _wait("held", "p50", "HELD P50", "median time messages were held before the first transmission"),
    _wait("held", "p99", "HELD P99", "99th percentile of the time before the first transmission"),
    _wait("held", "max", "HELD MAX", "longest time before the first transmission since the reset"),
    _wait("read_wait", "p50", "READ P50", "median time messages received waited to be read"),
    _wait("read_wait", "p99", "READ P99", "99th percentile of the time until a message was read"),
    _wait("read_wait", "max", "READ MAX", "longest time until a message was read since the reset"),
    _rate("in_packets", "IN/s", "SCTP packets received per second"),
    _rate("out_packets", "OUT/s", "SCTP packets sent per second"),
    _rate("in_data_chunks", "INDATA/s", "DATA chunks received per second"),
    _rate("out_data_chunks", "OUTDATA/s", "DATA chunks sent per second"),
    _rate("rtx_chunks", "RTX/s", "DATA chunks retransmitted per second"),
    _since("rtx_chunks", "RTX+", "DATA chunks retransmitted since the reset"),
    Field("paths_down", "DOWN", "n", 4, "paths that are not ACTIVE", _path_errors, False),
    Field("age_s", "AGE", "n", 5, "seconds since it came up under our eyes", lambda row: row.age_s, False),
    Field("ended", "ENDED", "", 14, "why it is gone; kept for five seconds", lambda row: row.ended, False),
)

OF_OTHER_END: tuple[tuple[str, str, int], ...] = (
    ("state", "PEER-STATE", 11),
    ("process", "PEER-PROCESS", 20),
    ("container", "PEER-CONTAINER", 14),
    ("netns_name", "PEER-NETNS", 10),
    ("netns", "PEER-NSID", 10),
    ("assoc_id", "PEER-ID", 7),
    ("send_queue", "PEER-SNDQ", 9),
    ("recv_queue", "PEER-RCVQ", 9),
    ("unacked", "PEER-UNACK", 10),
    ("flight", "PEER-FLIGHT", 11),
    ("cwnd", "PEER-CWND", 9),
    ("local_rwnd", "PEER-LRWND", 10),
    ("rtx_chunks", "PEER-RTX", 8),
    ("srtt_ms", "PEER-SRTT", 9),
    ("nodelay", "PEER-NODLY", 10),
    ("sack_delay_ms", "PEER-SACKD", 10),
    ("sack_frequency", "PEER-SACKF", 10),
    ("rto_ms", "PEER-RTO", 8),
    ("hb_interval_ms", "PEER-HBINT", 10),
    ("path_max_retrans", "PEER-PMR", 8),
    ("assoc_max_retrans", "PEER-MAXRT", 10),
    ("max_burst", "PEER-BURST", 10),
    ("in_streams", "PEER-INS", 8),
    ("out_streams", "PEER-OUTS", 9),
    ("sndbuf", "PEER-SNDBUF", 11),
    ("rcvbuf", "PEER-RCVBUF", 11),
)
"""What is told of the other end as ``peer_ID``, from its own record: ID, title, width. The details compare them."""


def _of_other_end(name: str, title: str, width: int) -> Field:
    own = next(field for field in _OF_THIS_END if field.id == name)

    def get(row: Row) -> Value:
        end = row.other_end
        return own.get(Row((), end.association, rates={}, since_reset={})) if end else None

    help = f"{own.title} of the other end, where that is on this host too"
    return Field(f"peer_{name}", title, own.unit, width, help, get, published=False, mirrors=name)


FIELDS: tuple[Field, ...] = (*_OF_THIS_END, *(_of_other_end(*entry) for entry in OF_OTHER_END))
BY_ID = {field.id: field for field in FIELDS}

STATE_SHORT = {
    "CLOSED": "CLOSE",
    "COOKIE_WAIT": "CWAIT",
    "COOKIE_ECHOED": "CECHO",
    "ESTABLISHED": "ESTAB",
    "SHUTDOWN_PENDING": "SPEND",
    "SHUTDOWN_SENT": "SSENT",
    "SHUTDOWN_RECEIVED": "SRECV",
    "SHUTDOWN_ACK_SENT": "SACKS",
}
"""States in five characters, for a narrow table; ESTAB as ss prints it."""


def field(name: str) -> Field:
    """The field of that id. Raises UnknownFieldError naming near ones."""
    found = BY_ID.get(name.strip().lower().replace("-", "_"))
    if found is not None:
        return found
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), BY_ID, n=3, cutoff=0.4)
    raise UnknownFieldError(f"no field {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
