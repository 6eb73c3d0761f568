"""From events to what registrations are made of: messages, associations that went, and what is known of their ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sctptop.model.associations.identity import Key
from sctptop.model.event import Event
from sctptop.model.ngap.message import LATEST_NS, Message, Wire, message_of, wire_of
from sctptop.model.passages.known_passages import Passages
from sctptop.model.passages.tnl_associations import TnlAssociations

Named = tuple[Key | None, Event]
"""An event with the key of its association, None where it was never read."""


@dataclass(slots=True)
class Came:
    """A message that came, and what has become of it: ``paired`` with its request, ``placed`` in an attempt."""

    message: Message
    association: Key
    time: datetime
    paired: bool = False
    placed: bool = False
    waited: bool = False


class EventReader:
    """Takes the events of each sample, and tells `passages` and `associations` what is theirs."""

    def __init__(self, associations: TnlAssociations, passages: Passages) -> None:
        self._associations = associations
        self._passages = passages
        self._epoch: tuple[datetime, int] | None = None

    def read(
        self, events: Iterable[Named]
    ) -> tuple[list[tuple[Key, Event]], list[Came], list[tuple[int, Wire]]]:
        """All of NGAP, the messages among them, and when which associations went, on the clock of the messages."""
        told: list[tuple[Key, Event]] = []
        fresh: list[Came] = []
        freed: list[tuple[Event, Wire]] = []
        for key, event in events:
            if event.kind == "ngap":
                named = key if key is not None else wire_of(event)
                told.append((named, event))
                message = message_of(event)
                if message is not None:
                    fresh.append(Came(message, named, event.time))
                    self._epoch = event.time, message.at_ns
            elif event.kind == "ngap_rtx":
                tsn, at_ns = event.details.get("tsn"), event.details.get("at_ns")
                if type(tsn) is int and type(at_ns) is int:
                    self._passages.sent_again(wire_of(event), tsn, at_ns)
            elif event.kind == "hb_rtt":
                rtt_ms = event.number("rtt_ms")
                if rtt_ms is not None and 0 <= rtt_ms < LATEST_NS / 1e6:
                    self._associations.heartbeat(wire_of(event), round(rtt_ms * 1e6))
            elif event.kind == "association" and event.text("change") == "FREED":
                freed.append((event, wire_of(event)))
        return told, fresh, [(self._instant(event), wire) for event, wire in freed]

    def _instant(self, event: Event) -> int:
        """On the clock of the messages. Older recordings have the wall clock's alone, which may have been set since."""
        at_ns = event.details.get("at_ns")
        if type(at_ns) is int:
            return at_ns
        if self._epoch is None:
            return 0
        time, since_ns = self._epoch
        return ((event.time - time) // timedelta(microseconds=1) + since_ns // 1000) * 1000
