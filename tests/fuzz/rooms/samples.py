"""Samples as JSON: what comes back from it goes through the whole model, and out again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from functools import cache
from typing import Any

from sctptop.fields.catalogue import FIELDS
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.output.json_lines import json_line
from sctptop.quantity import show
from sctptop.recording.chain import Chain
from sctptop.recording.packing import DamagedError
from sctptop.schema import from_json, to_json
from sctptop.schema_checks import SchemaError
from tests.fuzz.target import NUMBERS, Choices, Target
from tests.unit.associations import association, sample
from tests.unit.registering import PLAIN, exchange

VALUES: tuple[Any, ...] = (
    *(None, True, False, "", "\x1b[2J", "10.9.0.1", "fe80::1", "ESTABLISHED", "ok", [], {}, [[1, 2]], [None]),
    *(0.5, -0.5, 1e308, 5e-324, *NUMBERS, 1 << 70, "9999-01-01T00:00:00+00:00", "2026-11-23T12:00:01+23:59"),
)


@cache
def documents() -> Sequence[str]:
    """Samples of two associations with events, and of a registration."""
    ends = (
        association(1, assoc_id=1, cwnd=4380, held_bins=((1000, 2),)),
        association(2, assoc_id=2, srtt_ms=3.0),
    )
    events = tuple(exchange(PLAIN)[0])
    made = (
        sample(*ends, counters={"SctpOutCtrlChunks": 7}),
        sample(*ends, at_s=1, counters={"SctpOutCtrlChunks": 9}, events=events, events_lost=1),
        sample(*ends[:1], at_s=2, interval_s=1.0),
    )
    return [json.dumps(to_json(one)) for one in made]


def lines(data: bytes) -> None:
    """JSON, a sample a line."""
    _model(_parsed(data.split(b"\n")))


def changed(data: bytes) -> None:
    """The samples above, their values exchanged for others."""
    choices = Choices(data)
    found = [json.loads(one) for one in documents()]
    while choices.left:
        document = choices.of(found)
        places = list(_places(document))
        holder, name = places[int.from_bytes(choices.bytes(2), "little") % len(places)]
        holder[name] = deepcopy(choices.of(VALUES))
    _model(_decoded(found))


def patches(data: bytes) -> None:
    """The lines of a block of a recording: a sample, then what changed in it."""
    chain, found = Chain(), []
    with suppress(DamagedError):
        for line in data.split(b"\n"):
            chain.follow(line)
            found.append(chain.sample())
    _model(found)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in entries:
        yield node, name
        yield from _places(value)


def _parsed(parts: Sequence[bytes]) -> Iterator[Sample]:
    for part in parts:
        with suppress(ValueError, RecursionError):
            yield from _decoded([json.loads(part)])


def _decoded(found: Sequence[Any]) -> Iterator[Sample]:
    for document in found:
        with suppress(SchemaError):
            yield from_json(document)


def _model(samples: Sequence[Sample] | Iterator[Sample]) -> None:
    model = Model()
    for one in samples:
        snapshot = model.advance(one)
        json_line(snapshot, list(snapshot.rows))
        for row in snapshot.rows:
            for field in FIELDS:
                show(field.get(row), field.unit)
    model.rest()


def patched_lines() -> Sequence[bytes]:
    """A block as the recorder writes it."""
    from sctptop.recording.delta import patch_between
    from tests.unit.recording.old_format import keyed

    found = [keyed(json.loads(one)) for one in documents()]
    changes = (patch_between(before, after) for before, after in itertools.pairwise(found))
    return [b"\n".join(json.dumps(one).encode() for one in (found[0], *changes))]


TARGETS = {
    "json": Target(
        lines, lambda: ["\n".join(documents()).encode(), *(one.encode() for one in documents())], 16384
    ),
    "sample": Target(changed, lambda: [b"", bytes(range(40)), bytes(range(100, 256))], 128),
    "patches": Target(patches, patched_lines, 16384),
}
