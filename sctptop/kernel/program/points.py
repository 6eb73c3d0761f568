"""Where the probes attach: each kernel function or tracepoint, our C function, and what it is good for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """``at`` is the entry or the return of a function, or a tracepoint; ``concern`` the C file with ``function``.

    ``each_packet``: hit by each packet, chunk or SACK, so attached only for who asks for what it gives.
    """

    target: str
    at: str
    function: str
    concern: str
    gives: str
    each_packet: bool = False


@dataclass(frozen=True, slots=True)
class ProbeChoice:
    """What of the probes the user wants: an event for ``every_change`` of a window, those of ``ngap`` messages, and
    ``every_message`` followed, however many there are, and what ``each_packet`` tells."""

    every_change: bool = False
    ngap: bool = True
    every_message: bool = False
    each_packet: bool = True


def _each_state(what: str) -> tuple[str, ...]:
    """The functions of the state table for an event, in each state in which an association can be ended by it."""
    states = (
        "do_9_1",
        "cookie_wait",
        "cookie_echoed",
        "shutdown_pending",
        "shutdown_sent",
        "shutdown_ack_sent",
    )
    return tuple(f"sctp_sf_{state}_{what}" for state in states)


def _of_end(function: str, gives: str, *targets: str) -> tuple[Point, ...]:
    return tuple(Point(target, "entry", function, "ends.c", gives) for target in targets)


POINTS: tuple[Point, ...] = (
    Point("sctp_make_heartbeat", "return", "heartbeat_made", "rtt.c", "a heartbeat leaves"),
    Point("sctp_sf_backbeat_8_3", "return", "backbeat", "rtt.c", "a HEARTBEAT-ACK arrives, and counts"),
    Point("sctp_transport_update_rto", "entry", "at_update_rto", "rtt.c", "the kernel takes an RTT", True),
    Point("sctp_transport_lower_cwnd", "entry", "at_lower_timing", "rtt.c", "a timed chunk is sent again"),
    Point("sctp_transport_free", "entry", "at_transport_free_beats", "rtt.c", "a path is gone"),
    Point("sctp_probe", "tracepoint", "at_sack", "windows.c", "windows of every path at a SACK", True),
    Point("sctp_get_sctp_info", "entry", "at_sock_diag", "windows.c", "windows of every path at a reading"),
    Point("sctp_transport_free", "entry", "at_transport_free", "windows.c", "a path is gone"),
    Point("sctp_make_fwdtsn", "entry", "at_forward_tsn", "windows.c", "sent messages are abandoned"),
    Point("sctp_make_ifwdtsn", "entry", "at_forward_tsn", "windows.c", "the same with I-DATA"),
    Point("sctp_transport_lower_cwnd", "entry", "lower_enter", "cwnd.c", "cwnd before"),
    Point("sctp_transport_lower_cwnd", "return", "lower_return", "cwnd.c", "cwnd lowered, and why"),
    Point("sctp_transport_reset", "entry", "reset_enter", "cwnd.c", "cwnd before"),
    Point("sctp_transport_reset", "return", "reset_return", "cwnd.c", "cwnd begun anew"),
    Point("sctp_sf_do_6_3_3_rtx", "entry", "at_t3_expiry", "retransmission.c", "T3-rtx expired"),
    Point("sctp_transport_lower_cwnd", "entry", "at_lower", "retransmission.c", "T3 or fast retransmission"),
    Point(
        "sctp_retransmit", "entry", "at_retransmit", "retransmission.c", "retransmission for another reason"
    ),
    Point("sctp_assoc_control_transport", "entry", "path_enter", "lifecycle.c", "path state before"),
    Point("sctp_assoc_control_transport", "return", "path_return", "lifecycle.c", "path up, down or PF"),
    Point("sctp_endpoint_add_asoc", "entry", "at_association_new", "lifecycle.c", "an association is born"),
    Point("sctp_association_free", "entry", "at_association_free", "lifecycle.c", "an association dies"),
    Point("sctp_sf_do_5_1E_ca", "entry", "at_cookie_ack", "ends.c", "an association of ours comes up"),
    *_of_end("end_abort_received", "the peer sends ABORT", *_each_state("abort")),
    *_of_end("end_by_application", "the application aborts", *_each_state("prm_abort")),
    *_of_end(
        "end_given_up",
        "the application gives up while connecting",
        "sctp_sf_cookie_wait_prm_shutdown",
        "sctp_sf_cookie_echoed_prm_shutdown",
    ),
    *_of_end("end_shutdown_here", "the application shuts down", "sctp_sf_do_9_2_prm_shutdown"),
    *_of_end("end_shutdown_by_peer", "the peer shuts down", "sctp_sf_do_9_2_shutdown"),
    *_of_end("end_autoclose", "autoclose shuts down", "sctp_sf_autoclose_timer_expire"),
    *_of_end("end_retransmissions", "too many retransmissions", "sctp_sf_do_6_3_3_rtx"),
    *_of_end("end_heartbeats", "too many heartbeats without an answer", "sctp_sf_sendbeat_8_3"),
    *_of_end("end_no_init_ack", "no answer to INIT", "sctp_sf_t1_init_timer_expire"),
    *_of_end("end_no_cookie_ack", "no answer to COOKIE ECHO", "sctp_sf_t1_cookie_timer_expire"),
    *_of_end("end_no_shutdown_ack", "no answer to SHUTDOWN", "sctp_sf_t2_timer_expire"),
    *_of_end("end_no_asconf_ack", "no answer to ASCONF", "sctp_sf_t4_timer_expire"),
    *_of_end("end_shutdown_guard", "shutting down takes too long", "sctp_sf_t5_timer_expire"),
    *_of_end("end_icmp", "ICMP: no SCTP at the peer", "sctp_sf_cookie_wait_icmp_abort"),
    *_of_end("end_stale_cookie", "the peer refuses stale cookies", "sctp_sf_cookie_echoed_err"),
    *_of_end("end_violation", "the peer violates the protocol", "sctp_make_abort_violation"),
    *_of_end("end_no_user_data", "the peer sends DATA without data", "sctp_make_abort_no_data"),
    *_of_end("end_abort_sent", "an ABORT is sent", "sctp_make_abort"),
    Point("sctp_prsctp_prune", "entry", "at_no_room", "blocked.c", "sendmsg waits for send buffer"),
    Point("sctp_outq_tail", "entry", "at_hand_over", "waits.c", "a message is handed over", True),
    Point(
        "sctp_chunk_assign_tsn",
        "entry",
        "at_transmission",
        "waits.c",
        "first sent: how long it was held, data RTT, cwnd held down; or sent again",
        True,
    ),
    Point(
        "sctp_ulpevent_make_rcvmsg", "return", "at_arrival", "waits.c", "a message arrives; our window", True
    ),
    Point(
        "sctp_make_reassembled_event",
        "return",
        "at_reassembly",
        "fragments.c",
        "a message of several chunks is whole",
        True,
    ),
    Point("sctp_ulpevent_free", "entry", "at_read", "waits.c", "the application has read it", True),
)

_EVERY_CHANGE: tuple[Point, ...] = (
    Point("sctp_transport_raise_cwnd", "entry", "raise_enter", "cwnd.c", "cwnd before"),
    Point("sctp_transport_raise_cwnd", "return", "raise_return", "cwnd.c", "cwnd raised"),
    Point("sctp_transport_burst_limited", "entry", "burst_limited_enter", "cwnd.c", "cwnd before"),
    Point("sctp_transport_burst_limited", "return", "burst_limited_return", "cwnd.c", "cwnd held down"),
    Point("sctp_transport_burst_reset", "entry", "burst_reset_enter", "cwnd.c", "cwnd before"),
    Point("sctp_transport_burst_reset", "return", "burst_reset_return", "cwnd.c", "cwnd given back"),
    Point("sctp_assoc_rwnd_increase", "entry", "rwnd_enter", "rwnd.c", "our window before"),
    Point("sctp_assoc_rwnd_increase", "return", "rwnd_increase_return", "rwnd.c", "our window, data read"),
    Point("sctp_assoc_rwnd_decrease", "entry", "rwnd_enter", "rwnd.c", "our window before"),
    Point("sctp_assoc_rwnd_decrease", "return", "rwnd_decrease_return", "rwnd.c", "our window, data in"),
)


def points(choice: ProbeChoice) -> Iterator[Point]:
    """All attach points that are asked for."""
    for point in (*POINTS, *(_EVERY_CHANGE if choice.every_change else ())):
        if choice.each_packet or choice.every_change or not point.each_packet:
            yield point
