"""``sctptop info``: what is in a recording."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sctptop.output.damage import report_damage
from sctptop.output.progress import ProgressLine
from sctptop.quantity import UNKNOWN, counted, milliseconds, short
from sctptop.recording.reader import Recording
from sctptop.recording.store import LEFT_OUT, LOST
from sctptop.terminal_text import REPLACEMENT, printable

WIDTH = 14
MOST_LABELS = 32
WORTH_KNOWING = (
    "hb_interval",
    "rto_initial",
    "rto_min",
    "rto_max",
    "sack_timeout",
    "max_burst",
    "path_max_retrans",
)
"""Of the sysctls, those that a measurement depends on most; --json has all."""


@dataclass(frozen=True, slots=True)
class Info:
    """What a recording is, in the form of ``--json``."""

    file: str
    bytes: int
    samples: int
    first: str
    last: str
    associations_at_most: int
    events: Mapping[str, int]
    events_lost: int
    events_left_out: Mapping[str, int]
    hz: int | None
    sources: Mapping[str, str]
    damaged: int
    facts: Mapping[str, Any]


def report_info(recording: Recording, as_json: bool) -> int:
    """Print it. Returns the exit code; raises RecordingError where nothing of it can be played."""
    try:
        info = _info(recording)
        report_damage(recording)
    finally:
        recording.close()
    if as_json:
        print(json.dumps(asdict(info)))
    else:
        sys.stdout.write("".join(f"{title:<{WIDTH}}{printable(text)}\n" for title, text in _lines(info)))
    return 0


def _info(recording: Recording) -> Info:
    first = recording.first()
    blocks = len(recording.blocks)
    with ProgressLine("reading", 2 * blocks) as progress:
        recording.check(progress.at)
        most, happened = recording.contents(lambda number: progress.at(blocks + number))
    lost = happened.pop(LOST, 0)
    left_out = {
        kind.removeprefix(LEFT_OUT): happened.pop(kind)
        for kind in sorted(happened)
        if kind.startswith(LEFT_OUT)
    }
    return Info(
        file=str(recording.path),
        bytes=recording.size,
        samples=len(recording),
        first=_local(recording.first_s).isoformat(timespec="microseconds"),
        last=_local(recording.last_s).isoformat(timespec="microseconds"),
        associations_at_most=most,
        events=dict(happened),
        events_lost=lost,
        events_left_out=left_out,
        hz=first.hz,
        sources={name: str(state) for name, state in first.sources.items()},
        damaged=recording.damaged,
        facts=recording.facts,
    )


def _lines(info: Info) -> list[tuple[str, str]]:
    facts = info.facts
    first, last = datetime.fromisoformat(info.first), datetime.fromisoformat(info.last)
    sysctls = _mapping(facts.get("sysctls"))
    known = [f"{name} {value}" for name in WORTH_KNOWING if (value := sysctls.get(f"net.sctp.{name}"))]
    asked = _mapping(facts.get("options")).get("interval_s")
    host = "  ".join(str(facts.get(name, UNKNOWN)) for name in ("host", "kernel", "machine"))
    lines = [
        ("file", f"{info.file}  {short(info.bytes)}B"),
        ("written by", str(facts.get("written_by", UNKNOWN))),
        ("host", f"{host}  HZ {info.hz or UNKNOWN}"),
        ("from", f"{first:%Y-%m-%d %H:%M:%S %Z}"),
        ("to", f"{last:%Y-%m-%d %H:%M:%S %Z}  ({milliseconds((last - first).total_seconds() * 1000)})"),
        ("samples", f"{info.samples}" + (f", one every {asked} s" if asked else "")),
        ("associations", f"at most {info.associations_at_most} at a time"),
        ("events", _by_kind(info.events) or "none"),
        ("sources", ", ".join(f"{name} {state}" for name, state in info.sources.items()) or UNKNOWN),
        ("net.sctp", ", ".join(known) or UNKNOWN),
    ]
    if labels := labels_of(facts):
        lines.insert(1, ("labels", ", ".join(f"{name}={value}" for name, value in labels.items())))
    if info.events_lost or info.events_left_out:
        left_out = (
            f"; left out for want of time: {_by_kind(info.events_left_out)}" if info.events_left_out else ""
        )
        lines.append(("not in it", f"{counted(info.events_lost, 'event')} lost{left_out}"))
    if info.damaged:
        lines.append(("damaged", f"{counted(info.damaged, 'part')} found that cannot be read"))
    return lines


def _by_kind(events: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {times}" for kind, times in sorted(events.items()))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _local(time_s: float) -> datetime:
    return datetime.fromtimestamp(time_s).astimezone()


def labels_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """The labels that a recording was given, by name; as far as they are some: a file may come from anybody."""
    found = facts.get("labels")
    if not isinstance(found, dict):
        return {}
    return {
        printable(str(name), REPLACEMENT): printable(str(value), REPLACEMENT)
        for name, value in list(found.items())[:MOST_LABELS]
    }
