"""Registrations of UEs, one record an attempt, from the messages that carried them; seen from either end.

A registration takes from the instant in which the radio node begins to send the request to the first transmission of
its last message, and at the core from the arrival of the request to the reading of the last: each end counts all that
its own SCTP did to both of them, so no stall at the beginning or at the end is lost. What differs between the two is
one way through the network and the waiting at the other end.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sctptop.model.associations.identity import Key
from sctptop.model.ngap.message import Message, Wire
from sctptop.model.passages.known_passages import Passages
from sctptop.model.passages.passage import BLOCKED, CORE, HELD, LOST, NETWORK, ORDER, RAN, UNREAD
from sctptop.model.passages.stages import SCTP, Stage, stages, sums
from sctptop.model.quick import quick
from sctptop.model.registrations.outcome import T3510_NS, Fate, judge
from sctptop.model.registrations.progress import MARGIN_NS, T3550_NS, Judged
from sctptop.model.registrations.words import RUNNING

WHOSE = (SCTP, (UNREAD,), (NETWORK,), (CORE,), (RAN,))
"""``Stage.whose`` in SCTP, the reader, the network, the core and the RAN."""
MOST_MESSAGES = 64
"""Kept of one registration: a whole one has about ten. Beyond, those in the middle give way."""


@quick
@dataclass(frozen=True, slots=True)
class Registration:
    """One attempt. ``sctp_ns`` + ``unread_ns`` + ``network_ns`` + ``core_ns`` + ``ran_ns`` = ``total_ns``.

    ``end`` is which of the two we are: "gNB" or "AMF", in S1AP "eNB" or "MME". ``kind``: what was requested, None where
    that is not known. ``inferred``: the outcome is read off messages that cannot be read. ``cause``: why, by protocol,
    number and name. Times are None while it is running, and ``network_ns`` where it cannot be told from the core's
    (the radio side's). ``attempt`` counts those of one UE, ``since_first_ns`` is from the beginning of the first.
    ``accepted_ns``: until the accept was through. ``pdu_session_ns``: from the UE's request of a PDU session behind it
    until that was set up. ``began_ns`` and the instants of the messages are on CLOCK_MONOTONIC. ``left_out``: messages
    beyond MOST_MESSAGES; ``after``: those of the PDU session.
    """

    association: Key
    protocol: str
    end: str
    kind: str | None
    ran_ue_id: int | None
    amf_ue_id: int | None
    began: datetime
    began_ns: int
    outcome: str
    inferred: bool
    cause: str | None
    stages: tuple[Stage, ...]
    messages: tuple[Message, ...]
    total_ns: int | None
    held_ns: int | None
    blocked_ns: int | None
    lost_ns: int | None
    order_ns: int | None
    unread_ns: int | None
    network_ns: int | None
    core_ns: int | None
    ran_ns: int | None
    pdu_session_ns: int | None
    attempt: int
    since_first_ns: int | None
    accepted_ns: int | None
    left_out: int
    sent_again: tuple[tuple[int, int], ...] = ()
    after: tuple[Message, ...] = ()

    @property
    def sctp_ns(self) -> int | None:
        """What SCTP did: held, blocked, lost, and waiting in order."""
        parts = [getattr(self, f"{name}_ns") for name in SCTP]
        return None if None in parts else sum(parts)

    @property
    def wire(self) -> Wire:
        """The association that carried its first message."""
        return self.messages[0].wire

    @property
    def from_ran(self) -> bool:
        """Whether we are the radio node."""
        return self.messages[0].out

    @property
    def costliest_part(self) -> tuple[Stage, ...]:
        """The stages of SCTP, the reader, the network, the core or the radio side: whichever took most in all."""
        parts = [[stage for stage in self.stages if stage.whose in part] for part in WHOSE]
        return tuple(max(parts, key=lambda part: sum(stage.length_ns for stage in part)))

    @property
    def costliest(self) -> Stage | None:
        """The longest stage of the part that took most, so that it never contradicts the split."""
        return max(self.costliest_part, key=lambda stage: stage.length_ns, default=None)


class Attempt:
    """A registration under way: its messages so far, in the order of their instants.

    ``due_ns``: when it is to be judged again though nothing came. ``before``: the one that had its id before.
    ``wires``: the associations that carried it, ``left`` those whose core it left, ``names`` those it goes by,
    ``lent``: its id at the core came from another association than its own,
    ``shared`` those it has on all associations of its nodes.
    """

    def __init__(self, first: Message, association: Key, began: datetime) -> None:
        self.first = first
        self.association = association
        self.began = began
        self.before: Attempt | None = None
        self.closed_ns: int | None = None
        self.lost_ns: int | None = None
        self.gap = False
        self.number = 1
        self.first_ns = first.begin_ns
        self.amf_ue_id = first.amf_ue_id
        self.wires = [first.wire]
        self.names: set[Hashable] = set()
        self.shared: set[Hashable] = set()
        self.left: set[Wire] = set()
        self.lent = False
        self.rerouted_from: Wire | None = None
        self.rerouted_ns: int | None = None
        self.rerouted_by: str | None = None
        self.verdict = Judged(RUNNING)
        self.due_ns = first.at_ns
        self.after: list[Message] = []
        self._later: list[Message] = []
        self._left_out = 0

    @property
    def end(self) -> str:
        """What we are in it."""
        dialect = self.first.dialect
        return dialect.ran if self.first.out else dialect.core

    @property
    def from_ran(self) -> bool:
        """Whether we are the radio node."""
        return self.first.out

    @property
    def ended_ns(self) -> int | None:
        """When it ended, None while it is running."""
        return None if self.verdict.outcome == RUNNING else self.verdict.end_ns

    def add(self, message: Message) -> None:
        """A further message, whenever it was."""
        if message.wire not in self.wires:
            self.wires.append(message.wire)
        later = self._later
        if later and (message.at_ns, message.done_ns) < (later[-1].at_ns, later[-1].done_ns):
            insort(later, message, key=lambda one: (one.at_ns, one.done_ns))
        else:
            later.append(message)
        if len(self._later) >= MOST_MESSAGES:
            del self._later[MOST_MESSAGES // 2]
            self._left_out += 1

    def judge(self, now_ns: int) -> Judged:
        """How it stands now."""
        self.verdict = judge(self._messages, now_ns, Fate(self.closed_ns, self.lost_ns, self.gap))
        end_ns = self.verdict.end_ns
        gives_up_ns = self.first.begin_ns + T3510_NS + MARGIN_NS
        self.due_ns = gives_up_ns if end_ns is None else end_ns + T3550_NS + MARGIN_NS
        if self.due_ns <= now_ns or (end_ns is None and self._unsettled):
            self.due_ns = now_ns + MARGIN_NS
        return self.verdict

    def span(self, ended_ns: int) -> tuple[list[Wire], int, int]:
        """The associations that carried it, from when, and until when."""
        return self.wires, self.first.at_ns, ended_ns

    def until(self, ended_ns: int) -> list[Message]:
        """Its messages before that instant."""
        return [message for message in self._messages if message.at_ns < ended_ns]

    def disown(self, wire: Wire) -> None:
        """What an association of another radio node behind the same address lent it is not its own; that one is."""
        self._later = [message for message in self._later if message.wire == wire]
        self.wires, self.amf_ue_id, self.lent = [wire], None, False

    def beyond(self, ended_ns: int) -> list[Message]:
        """Its messages behind that instant."""
        return [message for message in self._later if message.at_ns > ended_ns]

    def record(self, now_ns: int, known: Passages) -> Registration:
        """As it was judged last; while it is running its stages reach to ``now_ns``."""
        verdict, first, ended_ns = self.verdict, self.first, self.ended_ns
        running = ended_ns is None
        began_ns = first.begin_ns
        until_ns = max(now_ns if ended_ns is None else ended_ns, began_ns)
        messages = tuple(self._as_read(until_ns))
        passages = known.passages(messages)
        whole = any(one.whole for one in passages)
        rtt_ns = None if whole else known.rtt_ns(self.wires[-1])
        pieces = stages(passages, first.out, began_ns, until_ns, not self._left_out, rtt_ns)
        spent = sums(pieces)
        apart = whole or rtt_ns is not None
        accepted_ns = verdict.accepted_ns
        return Registration(
            association=self.association,
            protocol=first.dialect.name,
            end=self.end,
            kind=first.type,
            ran_ue_id=first.ran_ue_id,
            amf_ue_id=self.amf_ue_id,
            began=self.began,
            began_ns=began_ns,
            outcome=verdict.outcome,
            inferred=verdict.inferred,
            cause=verdict.cause,
            stages=pieces,
            messages=messages,
            total_ns=None if running else sum(spent.values()),
            held_ns=None if running else spent[HELD],
            blocked_ns=None if running else spent[BLOCKED],
            lost_ns=None if running else spent[LOST],
            order_ns=None if running else spent[ORDER],
            unread_ns=None if running else spent[UNREAD],
            network_ns=None if running or not apart else spent[NETWORK],
            core_ns=None if running else spent[CORE],
            ran_ns=None if running else spent[RAN],
            pdu_session_ns=None,
            attempt=self.number,
            since_first_ns=None if running else until_ns - self.first_ns,
            accepted_ns=None if accepted_ns is None else max(accepted_ns - began_ns, 0),
            left_out=self._left_out,
            sent_again=_sent_again(messages, known),
        )

    @property
    def _unsettled(self) -> bool:
        """Whether its last message left it with nobody: it may end without another."""
        last = self._later[-1] if self._later else self.first
        return last.procedure in (last.dialect.reroute, last.dialect.reset, last.dialect.setup)

    @property
    def _messages(self) -> Sequence[Message]:
        return (self.first, *self._later)

    def _as_read(self, until_ns: int) -> Iterable[Message]:
        """The request and its messages until then; what cannot be read of them as it was inferred."""
        for place, message in enumerate(self._messages):
            # The request began it, though what ended it may have come before that was read.
            if place == 0 or message.at_ns <= until_ns:
                nas = self.verdict.read_as.get(place)
                yield message if nas is None else replace(message, nas=nas, inferred=True)


def _sent_again(messages: Sequence[Message], known: Passages) -> tuple[tuple[int, int], ...]:
    """The places of those of ours of which something was sent again, and when."""
    return tuple(
        (place, again_ns)
        for place, message in enumerate(messages)
        if message.out
        for again_ns in known.again(message)
    )
