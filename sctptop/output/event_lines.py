"""One line an event, as it came: time, association, path, kind, and the details by name."""

from __future__ import annotations

from collections.abc import Iterable

from sctptop.errors import SctptopError
from sctptop.model.associations.row import Row
from sctptop.model.event import EVENT_KINDS, Detail, Event
from sctptop.model.ngap.message import message_of
from sctptop.model.snapshot import Snapshot
from sctptop.model.source_state import OK
from sctptop.terminal_text import printable


def event_kinds(text: str) -> frozenset[str]:
    """The kinds a comma-separated list names; all for "". Raises ValueError for one there is not."""
    wanted = frozenset(name.strip() for name in text.split(",") if name.strip())
    unknown = sorted(wanted - EVENT_KINDS.keys())
    if unknown:
        from sctptop.fields.near import did_you_mean

        told = did_you_mean(unknown[0], EVENT_KINDS) or f"there are {', '.join(EVENT_KINDS)}"
        raise ValueError(f"no kind of event {unknown[0]!r}; {told}")
    return wanted or frozenset(EVENT_KINDS)


class EventWriter:
    """Writes the events of each sample; a line of its own reports lost ones, and probes that are not on yet.

    Raises SctptopError when they are off and it is ``live``.
    """

    def __init__(self, kinds: Iterable[str], live: bool = True) -> None:
        self._live = live
        self._kinds = frozenset(kinds)
        self._said = OK
        self._missed = 0

    def __call__(self, snapshot: Snapshot, rows: list[Row]) -> str:
        """The text of one sample: "" when nothing happened. Those of rows that are not shown are left out."""
        sample = snapshot.sample
        lines = []
        state = sample.probes
        if state.off and self._live:
            raise SctptopError(f"no events: the probes are {state}")
        if state != self._said:
            lines.append(f"# probes {state}")
            self._said = state
        several = len(snapshot.namespaces) > 1
        lines += [
            line(event, snapshot.namespace_label(event.netns) if several else "")
            for event in snapshot.happened_to(rows)
            if event.kind in self._kinds
        ]
        if sample.events_lost:
            lines.append(f"# {sample.events_lost} events lost: the buffer was full")
        for table, times in sample.no_room.items():
            lines.append(f"# no room in the table {table} {times} times")
        if sample.events_left_out:
            kinds = ", ".join(f"{kind} {times}" for kind, times in sample.events_left_out.items())
            lines.append(f"# events left out, more than there was time for: {kinds}")
        if snapshot.events_missed > self._missed:
            lines.append(
                f"# {snapshot.events_missed} retransmissions were counted by the kernel and seen by no probe"
            )
        self._missed = snapshot.events_missed
        return "".join(f"{text}\n" for text in lines)


def line(event: Event, namespace: str = "") -> str:
    """``12:03:44.123456 38412→59058 10.9.0.2 cwnd cause=T3_RTX before=17520 after=1500 … netns=core``"""
    message = message_of(event)
    # Its numbers alone would have to be looked up.
    told = {"message": message.title, **event.details} if message else event.details
    details = " ".join(f"{name}={_text(value)}" for name, value in told.items() if value is not None)
    ports = f"{event.local_port}→{event.remote_port}"
    where = f" netns={namespace}" if namespace else ""
    begin = f"{event.time.astimezone():%H:%M:%S.%f} {ports} {event.address or '-'} {event.kind} {details}".rstrip()
    return begin + where


def _text(value: Detail) -> str:
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    # Among texts is the name of a process, which may hold anything; one with a blank is quoted.
    text = printable(str(value))
    return f'"{text}"' if " " in text else text
