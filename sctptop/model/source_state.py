"""How a source of facts is: read, or not, with why and what helps.

Inside, the parts are passed around. JSON, recordings and messages hold one line of text, ``off: WHY (try: FIX)``,
which only ``SourceState.parse`` reads back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

_TRY = " (try: "
_OPTION = "--"


class Kind(Enum):
    """Its value is the first word of the text, but for UNWANTED, which is written as OFF, and OTHER, which has none."""

    OK = "ok"
    OFF = "off"
    UNWANTED = "unwanted"
    """The user switched it off; the reason is the option."""
    COMPILING = "compiling"
    WAITING = "waiting"
    ERROR = "error"
    """Some of it could not be read this time."""
    OTHER = ""
    """Only in the recording of another version, or of nobody's."""


class Trouble(NamedTuple):
    """Why something cannot be had, and what helps: a line for a shell where there is one, None when nothing is known.

    The reason never holds `` (try:``: reading it back would cut it there.
    """

    reason: str
    remedy: str | None = None

    def __str__(self) -> str:
        """``WHY (try: FIX)``."""
        return self.reason if self.remedy is None else f"{self.reason}{_TRY}{self.remedy})"


class TroubleError(Exception):
    """Carries a trouble; its text is ``WHY (try: FIX)``."""

    def __init__(self, reason: str, remedy: str | None = None) -> None:
        super().__init__(reason, remedy)
        self.trouble = Trouble(reason, remedy)

    def __str__(self) -> str:
        return str(self.trouble)


@dataclass(frozen=True, slots=True)
class SourceState:
    """``reason`` and ``remedy`` as of a Trouble; the reason is empty where the kind says it all."""

    kind: Kind
    reason: str = ""
    remedy: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it is read."""
        return self.kind is Kind.OK

    @property
    def off(self) -> bool:
        """Whether it is not read at all, whoever wants it so."""
        return self.kind in (Kind.OFF, Kind.UNWANTED)

    @property
    def coming(self) -> bool:
        """Whether it will be read without anybody's help."""
        return self.kind in (Kind.COMPILING, Kind.WAITING)

    @property
    def why(self) -> str:
        """Reason and remedy, ``WHY (try: FIX)``."""
        return str(Trouble(self.reason, self.remedy))

    def __str__(self) -> str:
        """The text of JSON and recordings: "ok", "compiling", "waiting: …", "error: …", "off: … (try: …)"."""
        if self.kind is Kind.OTHER:
            return self.why
        word = Kind.OFF.value if self.kind is Kind.UNWANTED else self.kind.value
        return f"{word}: {self.why}" if self.why and not self.ok else word

    @classmethod
    def parse(cls, text: str) -> SourceState:
        """The state of that text, which may be anything: ``str`` of it is the text again."""
        word, _, why = text.partition(": ")
        kind = _BY_WORD.get(word)
        if kind is None:
            return cls(Kind.OTHER, *_trouble(text))
        reason, remedy = _trouble(why)
        if kind is Kind.OFF and remedy is None and reason.startswith(_OPTION):
            kind = Kind.UNWANTED
        state = cls(kind, reason, remedy)
        return state if str(state) == text else cls(Kind.OTHER, text)


OK = SourceState(Kind.OK)
COMPILING = SourceState(Kind.COMPILING)
OFF = SourceState(Kind.OFF)
"""Where nothing is known of it."""
UNREAD = SourceState(Kind.OTHER, "no source was read")


def not_ok(states: Iterable[SourceState], default: SourceState = OK) -> SourceState:
    """The first that is not OK."""
    return next((state for state in states if not state.ok), default)


_BY_WORD: dict[str, Kind] = {kind.value: kind for kind in Kind if kind not in (Kind.UNWANTED, Kind.OTHER)}


def _trouble(text: str) -> Trouble:
    reason, lead, remedy = text.partition(_TRY)
    return Trouble(reason, remedy.removesuffix(")")) if lead and remedy.endswith(")") else Trouble(text)
