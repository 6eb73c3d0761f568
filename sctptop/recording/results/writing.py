"""What came of the messages of each sample, written: registrations that ended, and advice. Read by results/reading.py.

A text is one JSON object, of the samples since the one before it:

- ``rules``: RULES. ``samples``: the number of the first, and how many. ``before``: how many had
  ended before them, and how many ended.
- ``texts``, ``keys``, ``wires`` and ``stages``: what columns hold places of; -1 stands for none.
- ``ended``: a column for each name of ENDED: a list, {"all": value}, or {"gaps": [...]}, what each is more than the
  one before it; the stages of all, one after the other, are ``codes`` and ``lengths``.
- ``told``: with which sample, which of all that ended, and ns until its PDU session was set up; ``rest`` the same of
  those that nothing more was told of at the end.
- ``spoke`` and ``roles``: from which sample on an association was known to speak what, and which end of it we are.
- ``advice``: each once, and which of it was given with each sample.
- ``state``: counts since the beginning, as of the last sample.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from math import isfinite
from typing import Any

from sctptop.model.advice.given import Advice
from sctptop.model.associations.identity import Key
from sctptop.model.ngap.message import Message, message_of
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.summary import Registered
from sctptop.model.snapshot import Snapshot
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
    EPOCH,
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
    RISING,
    RULES,
    SAMPLE,
    SINCE,
    WIRE,
)

MOST_ASSOCIATIONS = 100_000
"""Whose role is remembered, so that it is written once."""
NONE = -1
_US = timedelta(microseconds=1)


class UnwritableError(ValueError):
    """What is not worth writing down: messages are to be read instead."""


class Places:
    """Values, each once, and the place of each."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        return NONE if value is None else self._known.setdefault(value, len(self._known))

    def values(self) -> list[Any]:
        """In the order of their places."""
        return list(self._known)


class _Piece:
    """What is collected until it is written."""

    def __init__(self, first: int, ended: int) -> None:
        self.first, self.ended = first, ended
        self.texts, self.keys, self.wires, self.stages, self.given = (Places() for _ in range(5))
        self.columns: dict[str, list[Any]] = {name: [] for name in ENDED}
        self.codes: list[int] = []
        self.lengths: list[int] = []
        self.told: list[tuple[int, int, int | None]] = []
        self.rest: list[tuple[int, int, int | None]] | None = None
        self.spoke: list[tuple[int, int, int]] = []
        self.roles: list[tuple[int, int, int]] = []
        self.advice: list[list[int]] = []


class ResultsBook:
    """Takes the snapshot of each sample that is recorded, from the first on, and makes a text of some at a time."""

    def __init__(self) -> None:
        self._samples = self._ended = 0
        # By their messages, which stay the same object, held so that no other has its id.
        self._waiting: dict[int, tuple[int, tuple[Message, ...]]] = {}
        self._spoke: set[Key] = set()
        self._roles: dict[Key, str] = {}
        self._piece = _Piece(0, 0)
        self._state = Registered()

    @property
    def samples(self) -> int:
        """How many were taken."""
        return self._samples

    def take(self, snapshot: Snapshot) -> None:
        """What came of one more sample. Raises UnwritableError."""
        if not self._samples and snapshot.sample.interval_s is not None:
            raise UnwritableError("whoever reads it has no interval before the first")
        piece, offset = self._piece, self._samples - self._piece.first
        self._samples += 1
        for key, event in snapshot.happened:
            if event.kind == "ngap" and key is not None and key not in self._spoke:
                message = message_of(event)
                if message is not None:
                    self._spoke.add(key)
                    piece.spoke.append((offset, piece.keys(key), piece.texts(message.dialect.name)))
        self._state = snapshot.registrations
        for one in self._state.ended_now:
            self._end(one, offset)
        piece.told += [self._told(one, offset) for one in self._state.told_now]
        piece.advice.append([piece.given(_advice(one)) for one in snapshot.advice])
        if (
            max(len(self._spoke), len(self._roles)) > MOST_ASSOCIATIONS
            or self._ended - piece.ended > MOST_ENDED
        ):
            raise UnwritableError("more than are remembered, or read")

    def rest(self, registrations: Iterable[Registration]) -> None:
        """Those that ended and were not told yet, when there are no more samples. Raises UnwritableError."""
        self._piece.rest = [self._told(one, self._samples - self._piece.first) for one in registrations]

    def text(self) -> tuple[int, int, bytes]:
        """The number of the first sample since the last text, how many, and what came of them."""
        piece = self._piece
        self._piece = _Piece(self._samples, self._ended)
        text = {
            "rules": RULES,
            "samples": [piece.first, self._samples - piece.first],
            "before": [piece.ended, self._ended - piece.ended],
            "texts": piece.texts,
            "keys": piece.keys,
            "wires": piece.wires,
            "stages": piece.stages,
            "ended": {name: _column(name, values) for name, values in piece.columns.items()},
            "codes": piece.codes,
            "lengths": piece.lengths,
            "told": piece.told,
            **({} if piece.rest is None else {"rest": piece.rest}),
            "spoke": piece.spoke,
            "roles": piece.roles,
            "advice": [piece.given, piece.advice],
            "state": _state(self._state),
        }
        line = json.dumps(text, separators=(",", ":"), allow_nan=False, default=Places.values)
        return piece.first, self._samples - piece.first, line.encode()

    def _end(self, one: Registration, offset: int) -> None:
        piece, columns = self._piece, self._piece.columns
        if one.total_ns is None or one.since_first_ns is None:
            raise UnwritableError("one that did not end")
        key = piece.keys(one.association)
        if self._roles.get(one.association) != one.end:
            self._roles[one.association] = one.end
            piece.roles.append((offset, key, piece.texts(one.end)))
        self._waiting[id(one.messages)] = (self._ended, one.messages)
        self._ended += 1
        sent = {message.title: message.out for message in one.messages}
        for stage in one.stages:
            name = stage.name
            code = piece.stages((name, stage.whose, int(stage.unseen), sent.get(name)))
            piece.codes.append(code)
            piece.lengths.append(stage.length_ns)
        for name, value in (
            (SAMPLE, offset),
            (KEY, key),
            (WIRE, piece.wires(one.messages[0].wire)),
            (END, piece.texts(one.end)),
            (KIND, piece.texts(one.kind)),
            (OUTCOME, piece.texts(one.outcome)),
            (CAUSE, piece.texts(one.cause)),
            (FLAGS, INFERRED * one.inferred + NETWORK_APART * (one.network_ns is not None)),
            (RAN, one.ran_ue_id),
            (AMF, one.amf_ue_id),
            (BEGAN_US, (one.began - EPOCH) // _US),
            (BEGAN_NS, one.began_ns),
            (ATTEMPT, one.attempt),
            (SINCE, one.since_first_ns - one.total_ns),
            (ACCEPTED, one.accepted_ns),
            (MANY, len(one.stages)),
        ):
            columns[name].append(value)

    def _told(self, one: Registration, offset: int) -> tuple[int, int, int | None]:
        found = self._waiting.pop(id(one.messages), None)
        if found is None:
            raise UnwritableError("one that did not end before")
        return offset, found[0], one.pdu_session_ns


def _column(name: str, values: Sequence[Any]) -> Any:
    """One value for all; what each is more than the one before it, where that is less to write; else each."""
    if values and values.count(values[0]) == len(values):
        return {ALL: values[0]}
    if name not in RISING or None in values:
        return values
    return {GAPS: [after - before for before, after in pairwise((0, *values))]}


def _advice(one: Advice) -> tuple[Any, ...]:
    cost = one.cost if isfinite(one.cost) else None
    return one.rule, one.severity, one.association, one.peer, cost, one.seen, one.remedy


def _state(registered: Registered) -> dict[str, Any]:
    return {
        "started": [(one.end, one.kind, one.started) for one in registered.of(None)],
        "running": registered.running,
        "unfollowed": registered.unfollowed,
        "unseen": registered.unseen.get(None, 0),
        "procedures": [
            (
                one.kind.protocol,
                one.kind.name,
                one.kind.asked,
                list(one.latency.bins),
                list(one.latency.bins.values()),
                one.latency.min_ns,
                one.latency.max_ns,
                one.failures,
                one.unanswered,
            )
            for one in registered.procedures_of(None)
        ],
    }
