"""Registrations of UEs, one record an attempt, from the messages that carried them; seen from either end.

A registration takes from the hand-over of its InitialUEMessage to the first transmission of its last message at the
radio node, and from the arrival of the first to the reading of the last at the core: each end counts all that its own
SCTP did to both of them, so no stall at the beginning or at the end is lost. What differs between the two is one way
through the network and the waiting at the other end.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sctptop.model.associations.identity import Key
from sctptop.model.ngap.message import Message
from sctptop.model.registrations.outcome import GRACE_NS, RUNNING, TIMEOUT_NS, Ending, judge
from sctptop.model.registrations.stages import CORE, HELD, RAN, READ_WAIT, Stage, stages, sums

WHOSE = ((HELD, READ_WAIT), (CORE,), (RAN,))
"""``Stage.whose`` in SCTP, the core and the RAN."""
MOST_MESSAGES = 64
"""Kept of one registration: a whole one has about ten. Beyond, those in the middle give way."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One attempt. ``held_ns`` + ``read_wait_ns`` + ``core_ns`` + ``ran_ns`` = ``total_ns``, to the nanosecond.

    ``end`` is which of the two we are: "gNB" or "AMF", in S1AP "eNB" or "MME". Times are None while it is running.
    ``began_ns`` and the instants of the messages are on CLOCK_MONOTONIC. ``left_out``: messages beyond MOST_MESSAGES.
    """

    association: Key
    protocol: str
    end: str
    ran_ue_id: int | None
    amf_ue_id: int | None
    began: datetime
    began_ns: int
    outcome: str
    stages: tuple[Stage, ...]
    messages: tuple[Message, ...]
    total_ns: int | None
    held_ns: int | None
    read_wait_ns: int | None
    core_ns: int | None
    ran_ns: int | None
    left_out: int

    @property
    def sctp_ns(self) -> int | None:
        """Time in SCTP on this host: held before transmission, and waiting to be read."""
        return None if self.held_ns is None or self.read_wait_ns is None else self.held_ns + self.read_wait_ns

    @property
    def from_ran(self) -> bool:
        """Whether we are the radio node."""
        return self.messages[0].out

    @property
    def costliest_part(self) -> tuple[Stage, ...]:
        """The stages of SCTP, of the core or of the radio side: whichever took most in all."""
        parts = [[stage for stage in self.stages if stage.whose in part] for part in WHOSE]
        return tuple(max(parts, key=lambda part: sum(stage.length_ns for stage in part)))

    @property
    def costliest(self) -> Stage | None:
        """The longest stage of the part that took most, so that it never contradicts the split."""
        return max(self.costliest_part, key=lambda stage: stage.length_ns, default=None)


class Attempt:
    """A registration under way: its messages so far, in the order of their instants.

    ``due_ns``: when it is to be judged again though nothing came. ``before``: the one that had its id before.
    """

    def __init__(self, first: Message, association: Key, began: datetime) -> None:
        self.first = first
        self.association = association
        self.began = began
        self.before: Attempt | None = None
        self.closed_ns: int | None = None
        self.amf_ue_id = first.amf_ue_id
        self.ending = Ending(RUNNING)
        self.due_ns = first.at_ns
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

    def add(self, message: Message) -> None:
        """A further message, whenever it was."""
        insort(self._later, message, key=lambda one: (one.at_ns, one.done_ns))
        if len(self._later) >= MOST_MESSAGES:
            del self._later[MOST_MESSAGES // 2]
            self._left_out += 1

    def judge(self, now_ns: int) -> Ending:
        """How it stands now."""
        self.ending = judge(self._messages, now_ns, self.closed_ns)
        end_ns = self.ending.end_ns
        self.due_ns = self.first.at_ns + TIMEOUT_NS if end_ns is None else end_ns + GRACE_NS
        return self.ending

    def record(self, now_ns: int) -> Registration:
        """As it was judged last; while it is running its stages reach to ``now_ns``."""
        ending, first = self.ending, self.first
        ended_ns = None if ending.outcome == RUNNING else ending.end_ns
        running = ended_ns is None
        until_ns = max(now_ns if ended_ns is None else ended_ns, first.at_ns)
        messages = tuple(message for message in self._messages if message.at_ns <= until_ns)
        pieces = stages(messages, first.out, first.at_ns, until_ns, not self._left_out)
        spent = sums(pieces)
        return Registration(
            association=self.association,
            protocol=first.dialect.name,
            end=self.end,
            ran_ue_id=first.ran_ue_id,
            amf_ue_id=self.amf_ue_id,
            began=self.began,
            began_ns=first.at_ns,
            outcome=ending.outcome,
            stages=pieces,
            messages=messages,
            total_ns=None if running else sum(spent.values()),
            held_ns=None if running else spent[HELD],
            read_wait_ns=None if running else spent[READ_WAIT],
            core_ns=None if running else spent[CORE],
            ran_ns=None if running else spent[RAN],
            left_out=self._left_out,
        )

    @property
    def _messages(self) -> Sequence[Message]:
        return (self.first, *self._later)
