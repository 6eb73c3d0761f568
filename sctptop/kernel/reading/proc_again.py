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


class _Lines(Generic[Line]):
    """Lines under one heading, each on its own: one that is known is parsed no more."""

    def __init__(self, parse: Callable[[str], Iterable[Line]]) -> None:
        self._parse = parse
        self._heading = ""
        self._known: dict[str, Line] = {}

    def update(self, heading: str, lines: Iterable[str]) -> list[Line]:
        """What ``parse`` says of all of them."""
        known = self._known if heading == self._heading else {}
        found: list[Line] = []
        self._heading, self._known = heading, {}
        for line in lines:
            entry = known.get(line)
            if entry is None:
                entry = next(iter(self._parse(f"{heading}\n{line}\n")), None)
                if entry is None:
                    continue
            self._known[line] = entry
            found.append(entry)
        return found


class AssocLines:
    """The lines of ``assocs``."""

    def __init__(self) -> None:
        self._lines = _Lines(parse_assocs)

    def update(self, text: str) -> list[AssocLine]:
        """What ``parse_assocs`` says of the text."""
        heading, *lines = text.splitlines() or [""]
        return self._lines.update(heading, lines)


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
        self._text, self.found = text, self._lines.update(heading, lines)
        told = "SST" in heading.split() and len(self.found) == len(lines)
        self._listens = not told or any(entry.state == SCTP_SS_LISTENING for entry in self.found)
        return self.found


class Transports:
    """The lines of ``remaddr`` by association: ``of`` is the same tuple while its lines are."""

    def __init__(self) -> None:
        self._text = ""
        self._heading = ""
        self._lines: list[str] = []
        self._parsed: list[RemaddrLine | None] = []
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
        same_heading = heading == self._heading
        self._text, self._heading = text, heading
        before, self._lines = self._lines, lines
        if not same_heading or len(lines) != len(before):
            self._group(dict(zip(before, self._parsed, strict=True)) if same_heading else {})
            return None
        moved: dict[int, RemaddrLine] = {}
        for at in compress(count(), map(ne, lines, before)):
            old, new = self._parsed[at], self._one(lines[at])
            if old is None or new is None or (old.assoc_id, old.address) != (new.assoc_id, new.address):
                self._group(dict(zip(before, self._parsed, strict=True)))
                return None
            moved[at] = new
        for at, entry in moved.items():
            self._parsed[at] = entry
        changed = {entry.assoc_id for entry in moved.values()}
        return {ident for ident in changed if self._gather(ident, self._of.get(ident))}

    def _one(self, line: str) -> RemaddrLine | None:
        return next(iter(parse_remaddr(f"{self._heading}\n{line}\n")), None)

    def _group(self, known: Mapping[str, RemaddrLine | None]) -> None:
        self._parsed = [known[line] if line in known else self._one(line) for line in self._lines]
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
