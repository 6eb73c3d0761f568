"""Files of /proc/net/sctp read again: only lines that changed are parsed, the others are the same objects as before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import compress, count
from operator import ne
from typing import Generic, TypeVar

from sctptop.kernel.reading.diag.diag_records import SCTP_SS_LISTENING
from sctptop.kernel.reading.procfs import (
    AssocLine,
    EpLine,
    RemaddrLine,
    parse_assocs,
    parse_eps,
    parse_remaddr,
)

Line = TypeVar("Line")

WALKED_FOR = (
    "SctpActiveEstabs",
    "SctpPassiveEstabs",
    # What only assocs tells and what moves: chunks marked at a T3 expiry, attempts to set up and to shut down.
    "SctpT3Retransmits",
    "SctpT1InitExpireds",
    "SctpT1CookieExpireds",
    "SctpT2ShutdownExpireds",
)
"""Counters that move with what only /proc/net/sctp/assocs tells: it is walked when one of them did."""


class _Lines(Generic[Line]):
    """Lines under one heading, each on its own: one that is known is parsed no more."""

    def __init__(self, parse: Callable[[str], Iterable[Line]]) -> None:
        self._parse = parse
        self._text = ""
        self._parsed: list[Line | None] = []
        """Of its lines behind the heading. Each line on its own would take more than the text."""

    def update(self, text: str) -> list[Line]:
        """What ``parse`` says of the text."""
        old, *before = self._text.splitlines() or [""]
        heading, *lines = text.splitlines() or [""]
        known = dict(zip(before, self._parsed, strict=True)) if heading == old else {}
        self._text = text
        self._parsed = [
            known[line] if line in known else _parsed(self._parse, heading, line) for line in lines
        ]
        return [entry for entry in self._parsed if entry is not None]


class AssocLines:
    """The lines of ``assocs``."""

    def __init__(self) -> None:
        self._lines = _Lines(parse_assocs)

    def update(self, text: str) -> list[AssocLine]:
        """What ``parse_assocs`` says of the text."""
        return self._lines.update(text)


class EpLines:
    """The lines of ``eps``: ``found`` is the same list while its text is."""

    def __init__(self) -> None:
        self.found: list[EpLine] = []
        self._text = ""
        self._lines = _Lines(parse_eps)
        self._listens = True

    @property
    def may_listen(self) -> bool:
        """Whether one of the sockets listens, or the file does not tell."""
        return self._listens

    def update(self, text: str) -> list[EpLine]:
        """What ``parse_eps`` says of the text."""
        if text == self._text:
            return self.found
        heading, *lines = text.splitlines() or [""]
        self._text, self.found = text, self._lines.update(text)
        told = "SST" in heading.split() and len(self.found) == len(lines)
        self._listens = not told or any(entry.state == SCTP_SS_LISTENING for entry in self.found)
        return self.found


class Transports:
    """The lines of ``remaddr`` by association: ``of`` is the same tuple while its lines are."""

    def __init__(self) -> None:
        self._text = ""
        self._parsed: list[RemaddrLine | None] = []
        """Of its lines behind the heading. Each line on its own would take more than the text."""
        self._places: dict[int, list[int]] = {}
        self._of: dict[int, tuple[RemaddrLine, ...]] = {}

    @property
    def of(self) -> Mapping[int, tuple[RemaddrLine, ...]]:
        """Transports by association id, each in the order of the file."""
        return self._of

    def update(self, text: str) -> set[int] | None:
        """Take the next text: the ids whose lines are others now, None where it is of other associations or paths."""
        if text == self._text:
            return set()
        heading, *lines = text.splitlines() or [""]
        old_heading, *before = self._text.splitlines() or [""]
        self._text = text
        if heading != old_heading or len(lines) != len(before):
            known = dict(zip(before, self._parsed, strict=True)) if heading == old_heading else {}
            self._group(heading, lines, known)
            return None
        moved: dict[int, RemaddrLine] = {}
        for at in compress(count(), map(ne, lines, before)):
            old, new = self._parsed[at], _parsed(parse_remaddr, heading, lines[at])
            if old is None or new is None or (old.assoc_id, old.address) != (new.assoc_id, new.address):
                self._group(heading, lines, dict(zip(before, self._parsed, strict=True)))
                return None
            moved[at] = new
        for at, entry in moved.items():
            self._parsed[at] = entry
        changed = {entry.assoc_id for entry in moved.values()}
        return {ident for ident in changed if self._gather(ident, self._of.get(ident))}

    def _group(self, heading: str, lines: Iterable[str], known: Mapping[str, RemaddrLine | None]) -> None:
        self._parsed = [
            known[line] if line in known else _parsed(parse_remaddr, heading, line) for line in lines
        ]
        self._places = {}
        for at, entry in enumerate(self._parsed):
            if entry is not None:
                self._places.setdefault(entry.assoc_id, []).append(at)
        before, self._of = self._of, {}
        for ident in self._places:
            self._gather(ident, before.get(ident))

    def _gather(self, ident: int, before: tuple[RemaddrLine, ...] | None) -> bool:
        """Whether the transports of an association are others than before."""
        parsed = (self._parsed[at] for at in self._places[ident])
        found = tuple(entry for entry in parsed if entry is not None)
        same = found == before
        self._of[ident] = before if same and before is not None else found
        return not same


def _parsed(parse: Callable[[str], Iterable[Line]], heading: str, line: str) -> Line | None:
    return next(iter(parse(f"{heading}\n{line}\n")), None)
