"""What a view shows as a table of numbers: for a file that other programs read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone

from sctptop.fields.ends import local_end, remote_end
from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.tui.views.registration import known_registrations
from sctptop.tui.views.scene import Scene

Cell = str | int | float | None
OF_ASSOCIATION = {
    "cwnd": ("cwnd", "ssthresh", "flight", "peer_rwnd", "local_rwnd"),
    "queue": ("send_queue", "recv_queue", "flight", "unacked", "pending", "held_ms", "read_wait_ms"),
}
OF_PATH = {
    "rtt": ("hb_rtt_ms", "data_rtt_ms", "srtt_ms", "rto_ms"),
    "cwnd": ("cwnd", "ssthresh", "flight"),
    "paths": ("hb_rtt_ms", "srtt_ms", "rto_ms", "cwnd", "flight"),
}


def csv_of(view: str, scene: Scene) -> str:
    """The readings that the graphs show, or the lines of a table; "" where a view has no numbers."""
    make = TABLES.get(view, _over_time)
    rows = list(make(scene, view))
    if len(rows) < 2:
        return ""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: Cell) -> Cell:
    """Names come from other hosts: a spreadsheet takes no formula from them."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell[:1] else cell


def _over_time(scene: Scene, view: str) -> Iterator[list[Cell]]:
    row, window = scene.row, scene.window
    if row is None or view not in {*OF_ASSOCIATION, *OF_PATH}:
        return
    columns = {name: scene.series(row.key, name) for name in OF_ASSOCIATION.get(view, ())}
    for path in row.association.paths:
        for name in OF_PATH.get(view, ()):
            columns[f"{name} {path.address}"] = scene.path_series(row.key, path.address, name)
    yield ["time", *columns]
    for place, time_s in enumerate(window.times):
        if time_s is not None:
            yield [_time(time_s), *(values[place] for values in columns.values())]


def _events(scene: Scene, _: str) -> Iterator[list[Cell]]:
    yield ["time", "kind", "local_port", "remote_port", "address", "details"]
    for entry in scene.snapshot.events:
        event = entry.event
        at = event.time.isoformat(timespec="microseconds")
        details = json.dumps(dict(event.details))
        yield [at, event.kind, event.local_port, event.remote_port, event.address, details]


def _counters(scene: Scene, _: str) -> Iterator[list[Cell]]:
    yield ["netns", "counter", "absolute", "since_reset", "per_second"]
    for netns, counters in scene.snapshot.counters.items():
        for counter in counters:
            yield [netns, counter.name, counter.absolute, counter.since_reset, counter.rate]


def _registrations(scene: Scene, _: str) -> Iterator[list[Cell]]:
    yield ["began", "end", "kind", "ran_ue_id", "outcome", "cause", "total_ms"]
    for one in known_registrations(scene.snapshot.registrations):
        total_ms = None if one.total_ns is None else one.total_ns / NANOSECONDS
        began = one.began.isoformat(timespec="microseconds")
        yield [began, one.end, one.kind, one.ran_ue_id, one.outcome, one.cause, total_ms]


def _lives(scene: Scene, _: str) -> Iterator[list[Cell]]:
    yield ["netns", "local", "remote", "from", "seen_to_begin", "until", "why", "dead_paths"]
    for one in scene.reading.lives:
        ends = [local_end(one.row), remote_end(one.row), _time(one.from_s), "true" if one.born else "false"]
        until = "" if one.until_s is None else _time(one.until_s)
        dead = " ".join(
            f"{down.address}/{_time(down.from_s)}/{'' if down.until_s is None else _time(down.until_s)}"
            for down in one.downs
        )
        yield [one.row.association.netns, *ends, until, one.why, dead]


def _time(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, timezone.utc).isoformat(timespec="milliseconds")


TABLES: Mapping[str, Callable[[Scene, str], Iterator[list[Cell]]]] = {
    "events": _events,
    "counters": _counters,
    "registration": _registrations,
    "timeline": _lives,
}
