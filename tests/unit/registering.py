"""A radio node and a core that register UEs, as the probes at either end would tell it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from sctptop.model.event import Detail, Event
from sctptop.model.registrations.tracker import Registrations

MS = 1_000_000
SECOND = 1000 * MS
BOOT = datetime(2026, 11, 23, 11, 0, tzinfo=timezone.utc)
NETNS = 4026531840
INITIATING, SUCCESSFUL, UNSUCCESSFUL = "initiatingMessage", "successfulOutcome", "unsuccessfulOutcome"


@dataclass(frozen=True)
class Step:
    """One message. Times in ms: how long its sender thought, it was held, travelled, and waited to be read."""

    up: bool
    procedure: int
    nas: int | None = None
    pdu: str = INITIATING
    think: float = 1.0
    held: float = 0.0
    read_wait: float = 0.0
    network: float = 0.5
    ids: str = "both"


INITIAL = Step(True, 15, 0x41, think=0, ids="ran")
AUTHENTICATION = (Step(False, 4, 0x56, think=2), Step(True, 46, 0x57, think=3))
SECURITY = (Step(False, 4, 0x5D, think=2), Step(True, 46, 0x5E, think=1))
CONTEXT = (Step(False, 14, 0x42, think=4), Step(True, 14, pdu=SUCCESSFUL, think=5))
COMPLETE = Step(True, 46, 0x43, think=1)
RELEASE = Step(False, 41, ids="amf")
PLAIN = (INITIAL, *AUTHENTICATION, *SECURITY, *CONTEXT, COMPLETE)
"""A registration that completes, without a byte held or unread."""


def ciphered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The same where no NAS message after the SecurityModeCommand can be read."""
    found: list[Step] = []
    secured = False
    for step in steps:
        found.append(replace(step, nas=None) if secured else step)
        secured = secured or step.nas == 0x5D
    return tuple(found)


def exchange(
    steps: Sequence[Step], ue: int = 1, at_ns: int = SECOND, tag: int = 1
) -> tuple[list[Event], list[Event]]:
    """The events at the radio node and at the core, in the order in which each came."""
    ran: list[Event] = []
    core: list[Event] = []
    spoke_ns, heard_ns = {True: at_ns, False: at_ns}, {True: at_ns, False: at_ns}
    for place, step in enumerate(steps):
        same = place > 0 and steps[place - 1].up == step.up
        ready_ns = spoke_ns[step.up] if same else heard_ns[step.up]
        handed_ns = ready_ns + round(step.think * MS)
        sent_ns = handed_ns + round(step.held * MS)
        arrived_ns = sent_ns + round(step.network * MS)
        read_ns = arrived_ns + round(step.read_wait * MS)
        spoke_ns[step.up], heard_ns[not step.up] = handed_ns, read_ns
        sender, receiver = (ran, core) if step.up else (core, ran)
        sender.append(told(step, "out", handed_ns, sent_ns, ue, tag, ran_node=step.up))
        receiver.append(told(step, "in", arrived_ns, read_ns, ue, tag, ran_node=not step.up))
    return sorted(ran, key=came_ns), sorted(core, key=came_ns)


def told(
    step: Step, direction: str, at_ns: int, done_ns: int, ue: int = 1, tag: int = 1, ran_node: bool = True
) -> Event:
    """The event of one message at one end."""
    details: dict[str, Detail] = {
        "direction": direction,
        "at_ns": at_ns,
        "wait_ns": done_ns - at_ns,
        "ppid": 60,
        "stream": ue % 10,
        "length": 60,
        "pdu": step.pdu,
        "procedure": step.procedure,
        "ran_ue_id": ue if step.ids in ("both", "ran") else None,
        "amf_ue_id": 1000 + ue if step.ids in ("both", "amf") else None,
        "nas": step.nas,
    }
    own, peer, local, remote = (
        (tag, tag + 1000, 59058, 38412) if ran_node else (tag + 1000, tag, 38412, 59058)
    )
    return Event(
        time=BOOT + timedelta(microseconds=at_ns // 1000),
        kind="ngap",
        netns=NETNS,
        own_tag=own,
        peer_tag=peer,
        local_port=local,
        remote_port=remote,
        address="10.9.0.2" if ran_node else "10.9.0.1",
        details=details,
    )


def came_ns(event: Event) -> int:
    """When the probe told it: at the first transmission, or when it was read."""
    return int(event.number("at_ns") or 0) + int(event.number("wait_ns") or 0)


def follow(events: Iterable[Event], until_s: float = 40.0, every_s: float = 1.0) -> Registrations:
    """Registrations after all of these, in samples ``every_s`` apart."""
    followed = Registrations()
    waiting = sorted(events, key=came_ns)
    for turn in range(1, round(until_s / every_s) + 1):
        now_ns = round(turn * every_s * SECOND)
        here = [event for event in waiting if came_ns(event) <= now_ns]
        del waiting[: len(here)]
        followed.advance([(None, event) for event in here], every_s if turn > 1 else None)
    return followed


def kept(part: object) -> dict[str, int]:
    """How many entries each container of a model holds, by its path; those that are empty are left out."""
    found: dict[str, int] = {}
    parts, met = [("", part)], {id(part)}
    for path, one in parts:
        for attribute, value in vars(one).items():
            name = f"{path}{attribute.strip('_')}"
            if isinstance(value, (dict, list, set, deque)):
                found |= {name: len(value)} if value else {}
            ours = type(value).__module__.startswith("sctptop.") and hasattr(value, "__dict__")
            if ours and id(value) not in met:
                met.add(id(value))
                parts.append((f"{name}.", value))
    return found
