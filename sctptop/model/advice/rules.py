"""The rules of advice, each declared once; their checks are in of_*.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from operator import attrgetter

from sctptop.model.advice.case import Case, Finding
from sctptop.model.advice.checks.of_ngap import (
    failed_registrations,
    no_ppid,
    one_stream,
    slow_core,
    slow_ran,
    wrong_ppid,
)
from sctptop.model.advice.checks.of_paths import (
    dead_path,
    flapping_path,
    no_heartbeat,
    no_route,
    slow_primary,
    untried_path,
    waiting,
)
from sctptop.model.advice.checks.of_peers import (
    PeerCase,
    aborting_peer,
    failing_peer,
    flapping_peer,
    full_backlog,
    refused_setup,
    storm,
)
from sctptop.model.advice.checks.of_reading import saturated, small_buffer, stopped, unanswered, unread
from sctptop.model.advice.checks.of_retransmissions import (
    filtered,
    late,
    lossy_path,
    path_mtu,
    reordered,
    spurious_retransmission,
)
from sctptop.model.advice.checks.of_sending import (
    abandoned,
    closed_window,
    delayed_sack,
    full_send_buffer,
    nagle_stall,
    shutting_down,
)
from sctptop.model.advice.signs import beat_timed
from sctptop.model.associations.row import Row

CAUSE, LASTS, LOST, NGAP, ENDED, NOTHING = "cause", "lasts", "lost", "ngap", "ended", "nothing"
_OF_ENTRY = attrgetter("sack_delay_ms", "hb_interval_ms", "out_streams", "in_streams", "pending")


def looked_at(row: Row) -> tuple[object, ...]:
    """What rules that need NGAP or NOTHING look at of a row, where there is neither a watch nor an other end."""
    return (*_OF_ENTRY(row.association), beat_timed(row))


@dataclass(frozen=True, slots=True)
class Rule:
    """``id`` is its name in ``--json``, ``title`` the one on the screen.

    ``needs`` says of which associations it is asked: CAUSE, those that gave cause for trouble; LASTS, of these those in
    which something lasts; LOST, in which something was sent again; NGAP, those on which NGAP was seen; ENDED, those on
    which registrations ended; NOTHING, any that is looked at.
    """

    id: str
    title: str
    needs: str
    check: Callable[[Case], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class PeerRule:
    """The same, asked of peers."""

    id: str
    title: str
    check: Callable[[PeerCase], Iterator[Finding]]


_DECLARED: tuple[Rule | PeerRule, ...] = (
    PeerRule("refused_setup", "Refused set-up", refused_setup),
    PeerRule("failing_peer", "Failing connects", failing_peer),
    PeerRule("aborting_peer", "Aborting peer", aborting_peer),
    Rule("stopped_process", "Stopped process", CAUSE, stopped),
    Rule("no_route", "No route", CAUSE, no_route),
    Rule("dead_path", "Dead path", LASTS, dead_path),
    Rule("after_outage", "Waiting after an outage", LASTS, waiting),
    Rule("unread_data", "Unread data", LASTS, unread),
    Rule("silent_application", "Silent peer application", LASTS, unanswered),
    Rule("closed_window", "Closed window", LASTS, closed_window),
    Rule("path_mtu", "Path MTU", LOST, path_mtu),
    Rule("filtered_chunks", "Filtered chunks", LOST, filtered),
    Rule("saturated", "Saturated application", CAUSE, saturated),
    Rule("nagle", "Nagle stall", CAUSE, nagle_stall),
    Rule("small_rcvbuf", "Small receive buffer", CAUSE, small_buffer),
    Rule("lossy_path", "Lossy path", LOST, lossy_path),
    Rule("reordered_packets", "Reordered packets", LOST, reordered),
    Rule("late_sacks", "Late or lost SACKs", LOST, late),
    Rule("spurious_rtx", "Spurious retransmission", LOST, spurious_retransmission),
    Rule("delayed_sack", "Delayed SACK", NOTHING, delayed_sack),
    Rule("slow_core", "Slow core", ENDED, slow_core),
    Rule("slow_ran", "Slow RAN", ENDED, slow_ran),
    Rule("failed_registrations", "Failed registrations", ENDED, failed_registrations),
    PeerRule("flapping_peer", "Flapping peer", flapping_peer),
    PeerRule("full_backlog", "Full backlog", full_backlog),
    PeerRule("storm", "Connect storm", storm),
    Rule("flapping_path", "Flapping path", LASTS, flapping_path),
    Rule("untried_path", "Untried path", LASTS, untried_path),
    Rule("slow_primary", "Slow primary path", CAUSE, slow_primary),
    Rule("small_sndbuf", "Full send buffer", LASTS, full_send_buffer),
    Rule("abandoned", "Abandoned messages", CAUSE, abandoned),
    Rule("slow_shutdown", "Slow shutdown", LASTS, shutting_down),
    Rule("ppid_order", "Wrong PPID byte order", NGAP, wrong_ppid),
    Rule("no_ppid", "No PPID", NGAP, no_ppid),
    Rule("one_stream", "One stream", NGAP, one_stream),
    Rule("no_heartbeat", "No heartbeat data", NGAP, no_heartbeat),
)

RULES: Mapping[str, Rule | PeerRule] = {rule.id: rule for rule in _DECLARED}
"""Every rule by its id, the worst first among those of one severity."""
OF_ASSOCIATIONS = tuple(rule for rule in _DECLARED if isinstance(rule, Rule))
OF_PEERS = tuple(rule for rule in _DECLARED if isinstance(rule, PeerRule))
ASKED: Mapping[tuple[bool, ...], tuple[Rule, ...]] = {
    met: tuple(
        rule
        for rule in OF_ASSOCIATIONS
        if {**dict(zip((CAUSE, LASTS, LOST, NGAP, ENDED), met, strict=True)), NOTHING: True}[rule.needs]
    )
    for met in product((False, True), repeat=5)
}
"""Those asked of an association by whether it has what CAUSE, LASTS, LOST, NGAP and ENDED stand for."""
