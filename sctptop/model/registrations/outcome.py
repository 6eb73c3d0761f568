"""How a registration ends: its outcome, when, why, and whether that is read or inferred.

The procedures are those of TS 24.501 section 5.5.1 and TS 24.301 sections 5.5.1 and 5.5.3. A registration begins with
the request in an InitialUEMessage or an UplinkNASTransport, and ends

- *completed* with the message that answers the accept. An accept without a new 5G-GUTI is not answered. That no answer
  will come is known when the UE goes on to something else, when the core releases the context, or when it would have
  repeated its accept (T3550); then the end is the InitialContextSetupResponse, or the accept where no context was set
  up.
- *rejected* with a RegistrationReject, or when the context could not be set up.
- *refused by authentication* with an AuthenticationReject, or when the core releases a UE whose authentication failed.
- *not accepted by the UE*: it answered the accept, or the security mode, with a 5GMM STATUS or a reject.
- *released* with a UEContextReleaseCommand before any of these, *superseded* by a further request of the UE or by
  another UE under its id, *association lost* with the last association between the two nodes.
- *timed out* when T3510 of the UE has passed, with a margin for the way there and back.
- *unknown* where a message was not seen that may have decided it, or where one that cannot be read may be two things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sctptop.model.ngap.dialect import INITIATING
from sctptop.model.ngap.message import Message
from sctptop.model.registrations.progress import MARGIN_NS, T3550_NS, Ending, Judged, Progress
from sctptop.model.registrations.words import (
    ASSOCIATION_LOST,
    COMPLETED,
    RELEASED,
    RUNNING,
    SUPERSEDED,
    TIMED_OUT,
    UNKNOWN,
    cause_of,
)

T3510_NS = 15_000_000_000
"""T3510, TS 24.501 table 10.2.1; T3410 and T3430, TS 24.301 table 10.2.1: the UE gives up."""
ACCEPTS = 5
"""The core gives up when T3550 (T3450) has run out so often."""
GAP_DOUBTS = (RELEASED, SUPERSEDED, TIMED_OUT)
"""Outcomes that a message not seen may have turned."""
REROUTE_NS = 5_000_000_000
"""A radio node that is to take another AMF does so at once."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What happened to a registration beside its own messages, on CLOCK_MONOTONIC; None: it did not.

    ``closed_ns``: a further request took its place; ``lost_ns``: its association is gone. ``gap``: messages of its
    association were not seen meanwhile.
    """

    closed_ns: int | None = None
    lost_ns: int | None = None
    gap: bool = False


def begins(message: Message) -> bool:
    """Whether it begins a registration, an attach or an update: its NAS message can be read and is such a request."""
    dialect = message.dialect
    if message.pdu != INITIATING or message.procedure not in (dialect.initial_ue, dialect.uplink_nas):
        return False
    return message.nas in dialect.goals


def first_of_ue(message: Message) -> bool:
    """Whether it is an InitialUEMessage: its RAN id is new from here on."""
    return message.pdu == INITIATING and message.procedure == message.dialect.initial_ue


def matters(message: Message) -> bool:
    """Whether it is worth waiting for the beginning of the registration that it may belong to."""
    dialect = message.dialect
    return message.procedure in (
        dialect.uplink_nas,
        dialect.downlink_nas,
        dialect.context_setup,
        dialect.context_release,
        dialect.release_request,
        dialect.reroute,
        dialect.session_setup,
        dialect.error,
    )


def judge(messages: Sequence[Message], now_ns: int, fate: Fate = Fate()) -> Judged:
    """How the registration stands that the first of these messages began; they are in the order of ``at_ns``."""
    last_ns = messages[0].begin_ns + T3510_NS + MARGIN_NS
    progress = Progress(messages[0])
    for place, message in enumerate(messages[1:], 1):
        if message.at_ns > last_ns and progress.accepted is None:
            break
        ending = progress.take(place, message)
        if ending is not None:
            return _verdict(progress, ending, fate)
    return _verdict(progress, _standing(progress, messages[0].begin_ns, now_ns, fate), fate)


def _standing(progress: Progress, began_ns: int, now_ns: int, fate: Fate) -> Ending:
    """While no message has ended it."""
    gives_up_ns = began_ns + T3510_NS
    if progress.repeated and progress.accepted is not None:
        gives_up_ns = max(gives_up_ns, progress.accepted.at_ns + ACCEPTS * T3550_NS)
    late = now_ns >= gives_up_ns + MARGIN_NS
    over_ns = min((ns for ns in (fate.closed_ns, fate.lost_ns) if ns is not None), default=None)
    if progress.rerouted is not None:
        if over_ns is None and now_ns - progress.rerouted.done_ns < REROUTE_NS:
            return Ending(RUNNING)
        return Ending(UNKNOWN, progress.rerouted.done_ns, "re-routed to another core")
    reset = progress.reset
    if reset is not None and max(now_ns - MARGIN_NS, over_ns or 0) >= reset.done_ns:
        if reset.procedure == reset.dialect.setup:
            # The radio node began anew; the kernel may have kept the association through its restart.
            return Ending(ASSOCIATION_LOST, reset.done_ns)
        return Ending(RELEASED, reset.done_ns, cause_of(reset), inferred=True)
    if over_ns is not None and over_ns < gives_up_ns + MARGIN_NS:
        return _cut_short(progress, over_ns, over_ns == fate.lost_ns)
    if progress.status is not None:
        return progress.not_accepted(gives_up_ns) if late else Ending(RUNNING)
    end_ns = progress.end_ns
    if end_ns is not None and not progress.repeated:
        done = now_ns - end_ns >= T3550_NS + MARGIN_NS
        return Ending(COMPLETED if done else RUNNING, end_ns, inferred=progress.inferred)
    if late:
        return Ending(UNKNOWN if progress.doubtful else TIMED_OUT, gives_up_ns, progress.why)
    return Ending(RUNNING)


def _cut_short(progress: Progress, over_ns: int, lost: bool) -> Ending:
    if progress.status is not None:
        return progress.not_accepted(over_ns)
    # An answer to the accept would have come at once: without one there was none to come.
    accepted = progress.end_ns is not None and not progress.repeated and over_ns - progress.end_ns > MARGIN_NS
    if lost and not accepted:
        return Ending(ASSOCIATION_LOST, over_ns)
    if progress.end_ns is not None and not progress.repeated:
        return Ending(COMPLETED, progress.end_ns, inferred=progress.inferred)
    return Ending(UNKNOWN if progress.doubtful else SUPERSEDED, over_ns, progress.why)


def _verdict(progress: Progress, ending: Ending, fate: Fate) -> Judged:
    accepted = progress.accepted
    outcome = ending.outcome
    if outcome in GAP_DOUBTS and fate.gap:
        outcome = UNKNOWN
    return Judged(
        outcome=outcome,
        end_ns=ending.end_ns,
        cause=ending.cause,
        inferred=ending.inferred,
        accepted_ns=None if accepted is None else accepted.done_ns,
        read_as=progress.read_as,
    )
