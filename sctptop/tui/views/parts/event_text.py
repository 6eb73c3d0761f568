"""Events in plain words, at several lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.associations.events.event_log import Logged
from sctptop.model.associations.events.why_ended import end_of
from sctptop.model.event import CWND_CAUSES, EVENT_KINDS, Event
from sctptop.model.ngap.message import Message, message_of
from sctptop.model.ngap.ppid import PPID_NAMES
from sctptop.model.registrations.words import cause_of, nas_cause_of
from sctptop.quantity import UNKNOWN, milliseconds, short
from sctptop.tui.words.line import Line, Span, cells, clipped

CUT_LETTERS = {"T3_RTX": "T", "FAST_RTX": "F", "ECNE": "E", "RESET": "R", "INACTIVE": "I"}
"""How a graph marks each cause of CUTS; of several in one reading the first here is drawn."""

Bytes = Callable[[float | None], str]


def clock_text(event: Event) -> str:
    """Local time to the millisecond."""
    at = event.time.astimezone()
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"


def sentence(event: Event, room: int) -> Line:
    """The longest wording that fits."""
    choices = _WORDINGS.get(event.kind, _unknown)(event)
    return next((choice for choice in choices if cells(choice) <= room), clipped(choices[-1], room))


def changes(events: Sequence[Logged], room: int) -> list[Line]:
    """Events of one association as a short list: time, path, words."""
    wide = max((len(entry.event.address or "") for entry in events), default=0)
    lines: list[Line] = []
    for entry in events:
        begin = (
            Span(f"{clock_text(entry.event)}  ", "dim"),
            Span(f"{entry.event.address or UNKNOWN:<{wide}}  "),
        )
        lines.append((*begin, *sentence(entry.event, room - cells(begin))))
    return lines


def _heartbeat(event: Event) -> list[Line]:
    kernel = event.number("kernel_rtt_ms")
    told = f" (kernel {kernel:g} ms)" if kernel is not None else ""
    rtt = event.number("rtt_ms")
    return _both("heartbeat", "name", f"{UNKNOWN if rtt is None else f'{rtt:.3f}'} ms", told)


def _cwnd(event: Event) -> list[Line]:
    cause = event.text("cause")
    style = "warn" if event.is_cut else "graph"
    why = CWND_CAUSES.get(cause, "").removeprefix("cut: ")
    begin = _moved(event, "before", "after", _exact)
    brief = _moved(event, "before", "after", _short)
    times = event.number("times") or 1
    said = f"  {cause}" + (f", {times:.0f} times" if times > 1 else "")
    long = f"  {cause}" + (f" ({why})" if why else "") + (f", {times:.0f} times" if times > 1 else "")
    return [
        _line("cwnd", style, f"{begin} B{long}{_threshold(event, _exact)}"),
        _line("cwnd", style, f"{begin} B{said}{_threshold(event, _exact)}"),
        _line("cwnd", style, f"{brief}{said}{_threshold(event, _short)}"),
        _line("cwnd", style, f"{begin} B{said}"),
        _line("cwnd", style, f"{brief}{said}"),
    ]


def _threshold(event: Event, bytes_text: Bytes) -> str:
    before, after = event.number("ssthresh_before"), event.number("ssthresh_after")
    if before == after:
        return ""
    return f"  ssthresh {_moved(event, 'ssthresh_before', 'ssthresh_after', bytes_text)}"


def _rwnd(event: Event) -> list[Line]:
    return [_line("rwnd", "graph", f"{_moved(event, 'before', 'after', _exact)} B  {event.text('cause')}")]


def _window(event: Event) -> list[Line]:
    names = (("cwnd", "cwnd"), ("ssthresh", "ssthresh"), ("flight", "flight"), ("peer_rwnd", "peer rwnd"))
    return [
        _line(
            "SACK", "graph", "  ".join(f"{label} {write(event.number(name))}" for name, label in names) + unit
        )
        for write, unit in ((_exact, " B"), (_short, ""))
    ]


def _t3_rtx(event: Event) -> list[Line]:
    rto, errors = event.number("rto_ms"), event.number("errors")
    text = f", RTO {UNKNOWN if rto is None else f'{rto:.0f}'} ms"
    before = "" if not errors else f", {errors:.0f} error{'s' if errors > 1 else ''} in a row"
    return _both("T3 expired", "warn", text, before, gap="")


def _retransmit(event: Event) -> list[Line]:
    return [_line("retransmit", "warn", event.text("reason") or UNKNOWN)]


def _path(event: Event) -> list[Line]:
    after = event.text("after")
    style = "good" if after == "ACTIVE" else "bad"
    return [_line("path", style, f"{event.text('before') or UNKNOWN} → {after or UNKNOWN}")]


def _association(event: Event) -> list[Line]:
    change = event.text("change")
    if change == "UP":
        took = event.number("handshake_ms")
        return [_line("association", "good", "up" if took is None else f"up, handshake {milliseconds(took)}")]
    if change != "FREED":
        return [_line("association", "good", change.lower() or UNKNOWN)]
    end, state = end_of(event), event.text("state")
    if end is None:
        return [_line("association", "warn", "freed" + (f" in {state}" if state else ""))]
    before = f", in {end.state}" if end.state else ""
    return [
        _line("association", "warn", f"ended: {end.text}{before}"),
        _line("association", "warn", f"ended: {end.text}"),
        _line("ended", "warn", end.text),
        _line("ended", "warn", end.what),
        _line("ended", "warn", end.short),
    ]


def _ngap(event: Event) -> list[Line]:
    message = message_of(event)
    if message is None:
        times = event.number("times") or 1
        said = f", {times:.0f} times" if times > 1 else ""
        way = {"out": "sent", "in": "received"}.get(event.text("direction"), "seen")
        ppid, odd = event.number("ppid"), event.text("odd") or UNKNOWN
        of = "" if ppid is None else f" with PPID {ppid:.0f}"
        return [
            _line("message", "warn", f"{way}{of}: {odd}{said}"),
            _line("message", "warn", f"{way}: {odd}{said}"),
            _line(odd, "warn", said, gap=""),
        ]
    verb = f"{message.dialect.name} {'sent' if message.out else 'received'}"
    waited = _waited(message)
    ue = "" if message.ran_ue_id is None else f"UE {message.ran_ue_id} "
    inside = f" [{message.nas_name}]" if message.nas_name else ""
    cause = nas_cause_of(message) or cause_of(message)
    why = "" if cause is None else f": {cause}"
    return [
        _line(verb, "name", f"{ue}{message.name}{inside}{why}{waited}"),
        _line(verb, "name", f"{ue}{message.title}{why}{waited}"),
        _line(verb, "name", f"{ue}{message.title}{waited}"),
        _line(verb, "name", f"{message.title}{waited}"),
        _line(message.title, "name", waited, gap=""),
        _line(message.title, "name", "", gap=""),
    ]


def _waited(message: Message) -> str:
    """How long it was kept at this end: `` blocked 3ms held 204ms``, `` order 6ms unread 2ms``."""
    told = (("blocked", message.blocked_ns), ("held", message.wait_ns))
    if not message.out:
        told = (("order", message.order_ns), ("unread", message.wait_ns - message.order_ns))
    last = told[-1][0]
    return "".join(
        f" {name} {milliseconds(length_ns / NANOSECONDS)}"
        for name, length_ns in told
        if length_ns or name == last
    )


def _sent_again(event: Event) -> list[Line]:
    tsn, ppid = event.number("tsn"), event.number("ppid")
    name = PPID_NAMES.get(int(ppid), "NGAP") if ppid is not None else "NGAP"
    stream = event.number("stream")
    more = "" if stream is None else f", stream {stream:.0f}"
    return _both(f"{name} sent again", "warn", "" if tsn is None else f"TSN {tsn:.0f}", more)


_ADDRESS = {
    "ADDED": "added by the peer",
    "REMOVED": "removed by the peer",
    "OWN_ADDED": "added here",
    "OWN_REMOVED": "removed here",
    "PRIMARY": "is the primary now",
}


def _address(event: Event) -> list[Line]:
    change = event.text("change")
    return [_line("address", "warn", f"{event.address or UNKNOWN} {_ADDRESS.get(change, change.lower())}")]


def _unknown(event: Event) -> list[Line]:
    told = "  ".join(f"{name} {value}" for name, value in event.details.items())
    return [_line(event.kind, "title", told)]


_WORDINGS: dict[str, Callable[[Event], list[Line]]] = {
    "hb_rtt": _heartbeat,
    "cwnd": _cwnd,
    "rwnd": _rwnd,
    "window": _window,
    "t3_rtx": _t3_rtx,
    "retransmit": _retransmit,
    "path": _path,
    "association": _association,
    "address": _address,
    "ngap": _ngap,
    "ngap_rtx": _sent_again,
}
assert _WORDINGS.keys() == EVENT_KINDS.keys()


def _moved(event: Event, before: str, after: str, bytes_text: Bytes) -> str:
    return f"{bytes_text(event.number(before))} → {bytes_text(event.number(after))}"


def _exact(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.0f}"


def _short(value: float | None) -> str:
    return UNKNOWN if value is None else short(value)


def _line(verb: str, style: str, text: str, gap: str = " ") -> Line:
    return (Span(verb, style), Span(f"{gap}{text}"))


def _both(verb: str, style: str, text: str, more: str, gap: str = " ") -> list[Line]:
    """With and without what may be left out."""
    return [_line(verb, style, text + more, gap), _line(verb, style, text, gap)]
