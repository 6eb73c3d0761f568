"""What came of the messages of some samples, read: the way back of results/writing.py, where the text is explained.

A file may come from anybody: what does not fit together is damaged, and messages are read instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from sctptop.model.advice.given import Advice
from sctptop.model.advice.rules import RULES as ADVICE_RULES
from sctptop.model.associations.distribution import Distribution
from sctptop.model.associations.identity import Key
from sctptop.model.ngap.dialect import NGAP, S1AP, Dialect
from sctptop.model.passages.stages import PIECES
from sctptop.model.registrations.finished import Finished, StageKind
from sctptop.model.registrations.procedures import Procedure, ProcedureKind
from sctptop.model.registrations.summary import Ends, Registered
from sctptop.model.registrations.tally import Tally
from sctptop.model.registrations.words import OUTCOMES
from sctptop.recording.bounds import weight
from sctptop.recording.file_format import printable_json
from sctptop.recording.packing import DamagedError
from sctptop.recording.results.names import (
    ACCEPTED,
    ALL,
    AMF,
    ATTEMPT,
    BEGAN_NS,
    BEGAN_US,
    CAUSE,
    END,
    ENDED,
    FLAGS,
    GAPS,
    INFERRED,
    KEY,
    KIND,
    MANY,
    MOST_ENDED,
    NETWORK_APART,
    OUTCOME,
    RAN,
    RULES,
    SAMPLE,
    SINCE,
    WIRE,
)
from sctptop.schema_checks import LATEST_S

MOST_WEIGHT = 128 << 20
"""Bytes that the objects of one text may take."""
_LIMIT = 1 << 63
_DIALECTS: Mapping[str, Dialect] = {one.name: one for one in (NGAP, S1AP)}
_SEVERITIES = ("problem", "warning", "note")
_UNFIT = (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError, RecursionError)

Told = tuple[int, int, int | None]
"""With which sample, which of all that ended, and ns until its PDU session was set up."""


@dataclass(frozen=True, slots=True)
class Results:
    """Of ``count`` samples from number ``first`` on. ``spoke`` and ``roles`` by sample: the associations of which that
    was known then; ``advice`` for each sample; ``rest`` None where it is not the last of a recording. ``registered``:
    counts since the beginning, as of the last sample."""

    first: int
    count: int
    ended: Finished
    told: Sequence[Told]
    rest: Sequence[Told] | None
    spoke: Mapping[int, Sequence[tuple[Key, Dialect]]]
    roles: Mapping[int, Sequence[tuple[Key, str]]]
    advice: Sequence[Sequence[Advice]]
    registered: Registered = field(default_factory=Registered)


def results_of(line: bytes) -> Results:
    """Raises DamagedError, also where other rules made them."""
    if weight(line) > MOST_WEIGHT:
        raise DamagedError("more results than any")
    try:
        text = json.loads(line)
        if text["rules"] != RULES:
            raise DamagedError("made by other rules")
        if not line.isascii() or b"\\" in line or b"\x7f" in line:
            text = printable_json(text)
        return _results(text)
    except _UNFIT as error:
        raise DamagedError(f"{error!s:.200}") from error


def _results(text: Mapping[str, Any]) -> Results:
    first, count = _numbers(text["samples"])
    if not 0 <= first < _LIMIT or not 0 <= count < 1 << 32 or len(text["advice"][1]) != count:
        raise DamagedError("results of samples that are none")
    keys = [tuple(_names(one)) for one in text["keys"]]
    texts = [*map(_text, text["texts"])]
    given = [_advice(one) for one in text["advice"][0]]
    ended = _ended(text, keys, texts, first, count)
    whole = ended.first + len(ended)
    rest = text.get("rest")
    return Results(
        first=first,
        count=count,
        ended=ended,
        told=_told(text["told"], first, count - 1, whole),
        rest=None if rest is None else _told(rest, first, count, whole),
        spoke=_by_sample(text["spoke"], first, count, keys, lambda place: _DIALECTS[texts[place]]),
        roles=_by_sample(text["roles"], first, count, keys, lambda place: texts[place]),
        advice=[tuple(given[place] for place in _places(one, len(given))) for one in text["advice"][1]],
        registered=_registered(text["state"]),
    )


def _ended(
    text: Mapping[str, Any], keys: Sequence[Key], texts: Sequence[str], first: int, count: int
) -> Finished:
    before, many = _numbers(text["before"])
    if not 0 <= before < _LIMIT or not 0 <= many <= MOST_ENDED:
        raise DamagedError("more than end")
    columns = {name: _column(text["ended"][name], many) for name in ENDED}
    samples, stages = columns[SAMPLE], [0, *accumulate(columns[MANY])]
    kinds = [_stage_kind(*one) for one in text["stages"]]
    codes, lengths = _places(text["codes"], len(kinds)), _numbers(text["lengths"])
    if samples and not 0 <= min(samples) <= max(samples) < count:
        raise DamagedError("a sample that is not there")
    if min(columns[MANY], default=0) < 0 or not stages[-1] == len(codes) == len(lengths):
        raise DamagedError("more or fewer stages than there are")
    if lengths and not 0 <= min(lengths) <= max(lengths) < _LIMIT:
        raise DamagedError("a stage that takes no time")
    began_us = columns[BEGAN_US]
    if began_us and not 0 <= min(began_us) <= max(began_us) < LATEST_S * 1e6 - _LIMIT / 1e9:
        raise DamagedError("a time that no clock shows")
    if any(one is not None and one < 0 for one in columns[ACCEPTED]):
        raise DamagedError("an accept before its request")
    wires = [tuple(_numbers(one)) for one in text["wires"]]
    if not all(len(one) == 5 for one in wires):
        raise DamagedError("no association")
    outcomes = [texts[place] for place in _places(columns[OUTCOME], len(texts))]
    if not set(outcomes) <= set(OUTCOMES):
        raise DamagedError("another outcome")
    some = [*texts, None]
    return Finished(
        first=before,
        sample=[first + offset for offset in samples],
        association=[keys[place] for place in _places(columns[KEY], len(keys))],
        wire=[wires[place] for place in _places(columns[WIRE], len(wires))],  # type: ignore[misc]
        end=[texts[place] for place in _places(columns[END], len(texts))],
        kind=[some[place] for place in columns[KIND]],
        outcome=outcomes,
        cause=[some[place] for place in columns[CAUSE]],
        inferred=[bool(flags & INFERRED) for flags in columns[FLAGS]],
        apart=[bool(flags & NETWORK_APART) for flags in columns[FLAGS]],
        ran_ue_id=columns[RAN],
        amf_ue_id=columns[AMF],
        began_us=began_us,
        began_ns=columns[BEGAN_NS],
        attempt=columns[ATTEMPT],
        since_ns=columns[SINCE],
        accepted_ns=columns[ACCEPTED],
        stages=stages,
        codes=codes,
        lengths=lengths,
        kinds=kinds,
    )


def _column(held: Any, many: int) -> list[Any]:
    if isinstance(held, dict) and ALL in held:
        return _some([held[ALL]]) * many
    found = list(accumulate(_numbers(held[GAPS]))) if isinstance(held, dict) else _some(held)
    known = [one for one in found if one is not None] if None in found else found
    if len(found) != many or (known and not -_LIMIT < min(known) <= max(known) < _LIMIT):
        raise DamagedError("a column of another length")
    return found


def _numbers(held: Any) -> list[int]:
    if not isinstance(held, list) or not set(map(type, held)) <= {int}:
        raise DamagedError("no whole numbers")
    return held


def _number(held: Any) -> int:
    return _numbers([held])[0]


def _some(held: Any) -> list[Any]:
    if not isinstance(held, list) or not set(map(type, held)) <= {int, type(None)}:
        raise DamagedError("no whole numbers")
    return held


def _places(held: Any, end: int) -> list[int]:
    found = _numbers(held)
    if found and not 0 <= min(found) <= max(found) < end:
        raise DamagedError("a place that is not there")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise DamagedError("no text")
    return value


def _names(held: Any) -> list[Any]:
    if not isinstance(held, list) or not set(map(type, held)) <= {int, str, bool, type(None)}:
        raise DamagedError("no name")
    return held


def _stage_kind(name: Any, whose: Any, unseen: Any, sent: Any) -> StageKind:
    if whose not in PIECES or sent not in (None, True, False):
        raise DamagedError("nobody's stage")
    return StageKind(_text(name), whose, bool(unseen), sent)


def _told(held: Any, first: int, last: int, whole: int) -> list[Told]:
    if not held:
        return []
    if set(map(len, held)) != {3}:
        raise DamagedError("one that did not end")
    offsets, which, sessions = zip(*held, strict=True)
    some = _some(list(sessions))
    known = [one for one in some if one is not None]
    _places(list(offsets), last + 1)
    _places(list(which), whole)
    _places(known, _LIMIT)
    return list(zip(map(first.__add__, offsets), which, some, strict=True))


def _by_sample(
    held: Any, first: int, count: int, keys: Sequence[Key], made: Callable[[int], Any]
) -> dict[int, list[tuple[Key, Any]]]:
    found: dict[int, list[tuple[Key, Any]]] = {}
    for offset, key, place in held:
        _places([offset], count)
        _places([key, place], 1 << 32)
        found.setdefault(first + offset, []).append((keys[key], made(place)))
    return found


def _advice(held: Any) -> Advice:
    rule, severity, key, peer, cost, seen, remedy = held
    if rule not in ADVICE_RULES or severity not in _SEVERITIES:
        raise DamagedError("no advice")
    return Advice(
        rule=rule,
        severity=severity,
        association=None if key is None else tuple(_names(key)),
        seen=_text(seen),
        remedy=_text(remedy),
        since_s=0.0,
        cost=float("inf") if cost is None else float(cost),
        peer=None if peer is None else _peer(*_names(peer)),
    )


def _peer(netns: Any, address: Any, port: Any, called: Any) -> tuple[int, str, int, bool]:
    return int(netns), _text(address), int(port), bool(called)


def _registered(held: Mapping[str, Any]) -> Registered:
    running, unfollowed, unseen = _numbers([held["running"], held["unfollowed"], held["unseen"]])
    tallies: dict[Ends, Tally] = {}
    for end, kind, started in held["started"]:
        name = None if kind is None else _text(kind)
        tallies[None, _text(end), name] = Tally(end, name, started=_number(started), parts={})
    return Registered(
        tallies=tallies,
        procedures=tuple(_procedure(*one) for one in held["procedures"]),
        running=running,
        unfollowed=unfollowed,
        unseen={None: unseen},
    )


def _procedure(
    protocol: Any,
    name: Any,
    asked: Any,
    bins: Any,
    times: Any,
    low: Any,
    high: Any,
    failures: Any,
    unanswered: Any,
) -> Procedure:
    counts = dict(zip(_places(bins, 1 << 16), _places(times, _LIMIT), strict=True))
    if counts:
        _places([low, high], _LIMIT)
    kind = ProcedureKind(None, _text(protocol), _text(name), bool(asked))
    return Procedure(kind, Distribution.of(counts, low, high), _number(failures), _number(unanswered))
