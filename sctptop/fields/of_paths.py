"""What is known of one path, once: the Paths view, the help and JSON (``paths[]``) name it alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PathField:
    """An attribute of Path; ``unit`` as of a field, ``width`` that of its column in the Paths view, 0: it has none."""

    id: str
    title: str
    unit: str
    help: str
    width: int = 0


PATH_FIELDS: tuple[PathField, ...] = (
    PathField("address", "ADDRESS", "", "address of the peer"),
    PathField("state", "STATE", "", "ACTIVE, PF (potentially failed), INACTIVE, UNCONFIRMED", 11),
    PathField("primary", "*", "switch", "whether it is the primary path"),
    PathField("rto_ms", "RTO", "ms", "retransmission timeout", 5),
    PathField("srtt_ms", "SRTT", "ms", "smoothed RTT; whole jiffies, so steps of 1000/HZ ms", 5),
    PathField("cwnd", "CWND", "B", "congestion window", 5),
    PathField("flight", "FLIGHT", "B", "bytes in flight", 6),
    PathField("ssthresh", "SSTHR", "B", "slow-start threshold", 5),
    PathField("errors", "ERR", "n", "errors in a row, of Path.Max.Retrans", 5),
    PathField("max_retrans", "PMR", "n", "Path.Max.Retrans"),
    PathField("hb_timer", "HB-TMR", "switch", "whether the heartbeat timer runs"),
    PathField("heartbeats", "HB", "switch", "whether the application lets heartbeats be sent, from probes"),
    PathField("hb_due_ms", "HB-DUE", "ms", "when the next heartbeat is due, from probes"),
    PathField("scope", "SCOPE", "", "interface of a link-local address: fe80::2%eth0"),
    PathField(
        "encap_port", "ENCAP", "#", "UDP port of the peer, where SCTP goes in UDP (RFC 6951); from probes"
    ),
    PathField("pathmtu", "PMTU", "B", "path MTU, from probes"),
    PathField("partial_bytes_acked", "PBA", "B", "partial_bytes_acked, RFC 9260 section 7.2.2"),
    PathField("cwnd_min", "CWND-MIN", "B", "least cwnd in the last interval, from probes"),
    PathField("cwnd_max", "CWND-MAX", "B", "greatest cwnd in the last interval, from probes"),
    PathField("ssthresh_min", "SSTHR-MIN", "B", "least ssthresh in the last interval, from probes"),
    PathField("ssthresh_max", "SSTHR-MAX", "B", "greatest ssthresh in the last interval, from probes"),
    PathField("flight_min", "FLT-MIN", "B", "least flight in the last interval, from probes"),
    PathField("flight_max", "FLT-MAX", "B", "greatest flight in the last interval, from probes"),
)
OF_PATH = {field.id: field for field in PATH_FIELDS}
