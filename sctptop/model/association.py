"""One association as a source reported it, with its paths and the process behind it: frozen facts.

Attribute names are the published JSON names. A value that could not be read is None, never 0.
Milliseconds are real milliseconds; sizes are bytes unless the name says chunks or packets.
"""

from __future__ import annotations

from dataclasses import dataclass

from sctptop.model.attributes import counter, series
from sctptop.model.quick import quick
from sctptop.model.way import Way

ASSOCIATION_STATES = (
    "CLOSED",
    "COOKIE_WAIT",
    "COOKIE_ECHOED",
    "ESTABLISHED",
    "SHUTDOWN_PENDING",
    "SHUTDOWN_SENT",
    "SHUTDOWN_RECEIVED",
    "SHUTDOWN_ACK_SENT",
)
"""Names by number: enum sctp_state, include/net/sctp/constants.h."""

OPENING = ("COOKIE_WAIT", "COOKIE_ECHOED")
"""States of the end that calls, until the association is up."""

NS_PER_MS = 1_000_000

PATH_STATES = ("INACTIVE", "PF", "ACTIVE", "UNCONFIRMED", "UNKNOWN")
"""Names by number: enum sctp_spinfo_state, include/uapi/linux/sctp.h."""


@quick
@dataclass(frozen=True, slots=True)
class Path:
    """One transport of an association: a remote address and what is known of the way to it.

    Only the primary path is known without probes. ``*_min`` and ``*_max`` are over the interval, as probes saw it
    where each SACK arrived, cwnd moved, or a reading was made.
    ``data_rtt_bins`` is what the interval added: (round trip in ns at the middle of its bin, times).
    ``hb_due_ns`` is on the clock of ``Sample.monotonic_ns``, and so stays as it is until a heartbeat is sent.
    """

    address: str
    state: str | None = None
    primary: bool | None = None
    cwnd: int | None = series()
    ssthresh: int | None = series()
    flight: int | None = series()
    srtt_ms: float | None = series()
    rto_ms: int | None = series()
    errors: int | None = None
    max_retrans: int | None = None
    hb_timer: bool | None = None
    data_rtt_bins: tuple[tuple[int, int], ...] = ()
    cwnd_min: int | None = None
    cwnd_max: int | None = None
    ssthresh_min: int | None = None
    ssthresh_max: int | None = None
    flight_min: int | None = None
    flight_max: int | None = None
    partial_bytes_acked: int | None = None
    pathmtu: int | None = None
    heartbeats: bool | None = None
    hb_due_ns: int | None = None
    encap_port: int | None = None
    way: Way | None = None
    # Of a link-local address, which means nothing without: the interface, by name where routing told it, else by index.
    scope: str | None = None

    def hb_due_ms(self, monotonic_ns: int | None) -> float | None:
        """In how many ms the next heartbeat is due, of a sample at that time; 0 where it is overdue."""
        if self.hb_due_ns is None:
            return None
        # A timer that is due and has not run yet may lie a tick in the past.
        return max(0.0, float(round((self.hb_due_ns - (monotonic_ns or 0)) / NS_PER_MS)))

    @property
    def scoped(self) -> str:
        """``fe80::2%eth0``; the bare address where it has no scope."""
        return f"{self.address}%{self.scope}" if self.scope else self.address


@dataclass(frozen=True, slots=True)
class Process:
    """Who owns a socket: of the processes that hold it, the oldest.

    ``pid`` 0 with ``comm`` "kernel" is a socket that no process holds. ``container`` is its name, or the id where no
    name is known; ``container_id`` has 12 characters. ``user`` is the host's name of the effective user, or its number.
    ``unit`` is the systemd unit, inside of a container that of the container. ``shared_by``: processes that hold the
    socket. ``stopped``: by a signal or a debugger, so that it reads and answers nothing.
    """

    pid: int
    comm: str
    container: str | None = None
    user: str | None = None
    unit: str | None = None
    runtime: str | None = None
    container_id: str | None = None
    shared_by: int | None = None
    stopped: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Association:
    """One association as the kernel reported it (sctp_info, inet_diag, /proc/net/sctp).

    Path quantities without a path (cwnd, srtt_ms, flight, ...) are those of the primary path, which is
    the only one that sock_diag reports.
    """

    netns: int
    assoc_id: int | None = None
    state: str | None = None
    local_port: int = 0
    remote_port: int = 0
    local_addresses: tuple[str, ...] = ()
    remote_addresses: tuple[str, ...] = ()
    primary: str | None = None
    send_queue: int | None = series()
    recv_queue: int | None = series()
    unacked: int | None = series()
    pending: int | None = series()
    flight: int | None = series()
    cwnd: int | None = series()
    ssthresh: int | None = series()
    peer_rwnd: int | None = series()
    local_rwnd: int | None = series()
    pathmtu: int | None = None
    srtt_ms: float | None = None
    rto_ms: int | None = None
    sack_delay_ms: int | None = None
    hb_interval_ms: float | None = None
    nodelay: bool | None = None
    in_streams: int | None = None
    out_streams: int | None = None
    rtx_chunks: int | None = counter()
    in_packets: int | None = counter()
    out_packets: int | None = counter()
    in_sacks: int | None = counter()
    out_sacks: int | None = counter()
    in_data_chunks: int | None = counter()
    out_data_chunks: int | None = counter()
    in_dup_chunks: int | None = counter()
    gap_acks: int | None = counter()
    inode: int | None = None
    uid: int | None = None
    process: Process | None = None
    paths: tuple[Path, ...] = ()
    # Beyond the first contract: every further field the kernel gives.
    netns_name: str | None = None
    own_tag: int | None = None
    peer_tag: int | None = None
    socket_type: str | None = None
    cookie: int | None = None
    in_unordered_chunks: int | None = counter()
    out_unordered_chunks: int | None = counter()
    in_ctrl_chunks: int | None = counter()
    out_ctrl_chunks: int | None = counter()
    out_of_seq_tsns: int | None = counter()
    rtx_marked_chunks: int | None = counter()
    in_queue_packets: int | None = None
    out_queue_chunks: int | None = None
    overall_errors: int | None = None
    max_burst: int | None = None
    max_seg: int | None = None
    peer_capable: int | None = None
    peer_sack: int | None = None
    primary_state: str | None = None
    primary_errors: int | None = None
    partial_bytes_acked: int | None = None
    path_max_retrans: int | None = None
    sack_frequency: int | None = None
    t3_rtx_expires_ms: int | None = None
    assoc_max_retrans: int | None = None
    init_retries: int | None = None
    shutdown_retries: int | None = None
    autoclose_s: int | None = None
    adaptation_indication: int | None = None
    partial_delivery_point: int | None = None
    disable_fragments: bool | None = None
    v4_mapped: bool | None = None
    fragment_interleave: int | None = None
    sndbuf: int | None = None
    rcvbuf: int | None = None
    wmem_queued: int | None = None
    fwd_alloc: int | None = None
    optmem: int | None = None
    backlog: int | None = None
    drops: int | None = counter()
    mark: int | None = None
    cgroup_id: int | None = None
    # Known from probes only: our receive window as it is now, and the extremes of both over the interval.
    rwnd: int | None = None
    rwnd_min: int | None = None
    rwnd_max: int | None = None
    peer_rwnd_min: int | None = None
    peer_rwnd_max: int | None = None
    # Chunks that the peer's SACKs said it had already, since probes look.
    peer_dups: int | None = counter()
    # Messages handed over with MSG_MORE, and those given up by PR-SCTP, known from probes only.
    more_messages: int | None = counter()
    abandoned_unsent: int | None = counter()
    abandoned_sent: int | None = counter()
    # Of all messages: how long held before the first transmission, how long waiting to be read; what the interval
    # added, as Path.data_rtt_bins.
    held_bins: tuple[tuple[int, int], ...] = ()
    read_wait_bins: tuple[tuple[int, int], ...] = ()
    # What gNB and AMF (eNB and MME) called themselves in NGSetup (S1Setup), where probes saw it.
    own_name: str | None = None
    peer_name: str | None = None

    @property
    def primary_way(self) -> Way | None:
        """How packets to the peer's primary address leave this host."""
        return next((path.way for path in self.paths if path.primary), None)
