"""What each counter of /proc/net/sctp/snmp counts, in plain words.

The names are those of sctp_snmp_list, net/sctp/proc.c.
"""

from __future__ import annotations

from collections.abc import Mapping

COUNTER_HELP: Mapping[str, str] = {
    "SctpCurrEstab": "associations that came up and have not ended yet, those shutting down included; "
    "goes up and down.",
    "SctpActiveEstabs": "associations that came up because this side sent the INIT.",
    "SctpPassiveEstabs": "associations that came up because the peer sent the INIT.",
    "SctpAborteds": "associations that ended by an ABORT, sent or received, or because the peer no "
    "longer answered.",
    "SctpShutdowns": "associations that ended by an orderly SHUTDOWN.",
    "SctpOutOfBlues": "packets received for which there was no association (out of the blue, RFC 9260 "
    "section 8.4).",
    "SctpChecksumErrors": "packets received with a wrong CRC32c checksum and thrown away.",
    "SctpOutCtrlChunks": "control chunks sent: SACK, HEARTBEAT, INIT, SHUTDOWN and the like.",
    "SctpOutOrderChunks": "ordered DATA chunks queued for sending; retransmissions are not counted again.",
    "SctpOutUnorderChunks": "unordered DATA chunks (U bit set) queued for sending; retransmissions are not "
    "counted again.",
    "SctpInCtrlChunks": "control chunks received.",
    "SctpInOrderChunks": "ordered DATA chunks received.",
    "SctpInUnorderChunks": "unordered DATA chunks received (U bit set).",
    "SctpFragUsrMsgs": "messages of the application too long for one packet, split into several DATA chunks.",
    "SctpReasmUsrMsgs": "messages put together again from several DATA chunks.",
    "SctpOutSCTPPacks": "SCTP packets sent, retransmissions included.",
    "SctpInSCTPPacks": "SCTP packets received, those with errors included.",
    "SctpT1InitExpireds": "T1-init timer expired: no INIT ACK came in time and the INIT is sent again.",
    "SctpT1CookieExpireds": "T1-cookie timer expired: no COOKIE ACK came in time and the COOKIE ECHO is sent "
    "again.",
    "SctpT2ShutdownExpireds": "T2-shutdown timer expired: a SHUTDOWN or SHUTDOWN ACK was not answered in "
    "time.",
    "SctpT3RtxExpireds": "T3-rtx timer expired: DATA was not acknowledged within the RTO; "
    "cwnd falls to one packet and the RTO doubles.",
    "SctpT4RtoExpireds": "T4-rto timer expired: an ASCONF (change of addresses, RFC 5061) was not "
    "acknowledged in time.",
    "SctpT5ShutdownGuardExpireds": "T5-shutdown-guard timer expired: the shutdown took too long and the association "
    "is aborted.",
    "SctpDelaySackExpireds": "delayed-SACK timer expired: no second packet came to be acknowledged along, "
    "so the peer waited the whole SACK delay.",
    "SctpAutocloseExpireds": "autoclose timer expired: an idle association was shut down (SCTP_AUTOCLOSE).",
    "SctpT3Retransmits": "times DATA was marked for retransmission because the T3-rtx timer expired.",
    "SctpPmtudRetransmits": "times DATA was marked for retransmission because the path MTU turned out "
    "smaller.",
    "SctpFastRetransmits": "fast retransmits: DATA reported missing three times and sent again without "
    "waiting for T3-rtx.",
    "SctpInPktSoftirq": "packets processed at once in softirq context, the socket being free.",
    "SctpInPktBacklog": "packets put on the socket's backlog because the application held its lock.",
    "SctpInPktDiscards": "packets received and discarded, for a wrong verification tag or a chunk out of "
    "place, say.",
    "SctpInDataChunkDiscards": "DATA chunks received and discarded: duplicates, no room in the receive window, "
    "or a wrong stream number.",
}
