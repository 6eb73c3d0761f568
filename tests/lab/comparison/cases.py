"""What ``sctptop compare`` must say of which set-ups, and whether it does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sctptop.comparison.breakdown import FAR, FAR_AND_NETWORK, OWN
from sctptop.comparison.statistics.ratio import FASTER, SAME, SLOWER, UNSURE
from sctptop.model.passages.passage import HELD, LOST, NETWORK, ORDER, UNREAD
from tests.lab.comparison.independent import disagreements

GNB, AMF = "gNB", "AMF"
NO_CLAIM = (SAME, UNSURE)
SEEN_FROM_AFAR = ("rcvbuf",)
"""What shows at the peer too: a receive buffer by the window that is offered."""
Part = tuple[str, str | None]
"""The kind of a piece, and the end."""


@dataclass(frozen=True)
class Case:
    """``other`` against ``base``: whether it is slower or faster (None: no claim), ``parts`` of which the first that is
    named must be one, and the ``settings`` that are named, each with its end: these and no others."""

    base: str
    other: str
    result: str | None
    parts: tuple[Part, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Both set-ups."""
        return f"{self.other} against {self.base}"

    def seen_from(self, end: str) -> Case:
        """The same where that end alone is seen: all of the other's is one part, hardly a setting of it is known.

        In a burst of a second or two a run may end before a heartbeat tells the network's part from it.
        """
        parts = [
            part
            for kind, role in self.parts
            for part in ([(kind, role)] if role in (None, end) else [(FAR, role), (FAR_AND_NETWORK, role)])
        ]
        settings = [(name, role) for name, role in self.settings if role == end or name in SEEN_FROM_AFAR]
        return replace(self, parts=tuple(dict.fromkeys(parts)), settings=tuple(settings))


CASES = (
    Case("plain", "again", None),
    Case("plain", "sack20", None),
    Case("plain", "nagle", SLOWER, ((HELD, GNB),), (("nodelay", GNB),)),
    Case("nagle", "nagle-sack20", FASTER, ((HELD, GNB),), (("sack_delay_ms", AMF),)),
    Case("plain", "loss", SLOWER, ((LOST, None), (ORDER, None))),
    Case("loss", "loss-rto3", SLOWER, ((LOST, None), (ORDER, None)), (("rto_ms", GNB), ("rto_ms", AMF))),
    Case("plain", "cpu", SLOWER, ((OWN, AMF), (UNREAD, AMF))),
    Case("plain", "ran", SLOWER, ((OWN, GNB),)),
    Case("plain", "far", SLOWER, ((NETWORK, None),)),
    # What a small buffer has no room for is held, or thrown away and sent again.
    Case("burst", "burst-rwnd", SLOWER, ((HELD, GNB), (LOST, None), (ORDER, None)), (("rcvbuf", AMF),)),
    # With twice as much few are late: not the median, and the mean by less than matters.
    Case("burst", "burst-rwnd4k", None),
    Case("burst", "burst-cpu", SLOWER, ((UNREAD, AMF),)),
    # A setting differs the way that costs time, and is not the reason.
    Case("sack20", "cpu", SLOWER, ((OWN, AMF), (UNREAD, AMF))),
    Case("sack20", "ran", SLOWER, ((OWN, GNB),)),
    Case("sack20", "loss", SLOWER, ((LOST, None), (ORDER, None))),
    Case("sack20", "far", SLOWER, ((NETWORK, None),)),
)


@dataclass(frozen=True)
class Told:
    """What was said of a case: ``parts`` with their shares, ``ratio`` the one that shows it (JSON), the whole verdict,
    what scipy says otherwise (``unlike``), and the problems: none where it is right."""

    case: Case
    result: str
    parts: tuple[tuple[Part, float], ...]
    settings: tuple[str, ...]
    rules: tuple[str, ...]
    unlike: tuple[str, ...]
    by: str
    ratio: dict[str, Any]
    text: str

    @property
    def problems(self) -> Iterator[str]:
        """What is not as it must be."""
        case = self.case
        if case.result is None:
            if self.result not in NO_CLAIM:
                yield f"claims {self.result}"
        elif self.result != case.result:
            yield f"says {self.result}, not {case.result}"
        elif not self.parts or self.parts[0][0] not in case.parts:
            yield f"names {self.parts[0][0] if self.parts else 'no part'}, not {case.parts}"
        if (expected := {name for name, _ in case.settings}) != set(self.settings):
            yield f"blames {self.settings or 'no setting'}, not {expected or 'any'}"
        yield from self.unlike


def told(case: Case, base: Sequence[Path], other: Sequence[Path]) -> Told:
    """What sctptop says of these recordings."""
    sides = (
        f"{name}={','.join(map(str, files))}" for name, files in ((case.base, base), (case.other, other))
    )
    whole = compared(sides)
    (pair,) = whole["comparisons"]
    shares = [((one["kind"], one["end"]), one["share"]) for one in pair["pieces"] if one["share"] is not None]
    shares.sort(key=lambda one: -one[1])
    named = [(one["setting"], one["rule"]) for one in pair["causes"]]
    by = pair["by"] or "p50"
    return Told(
        case,
        pair["result"],
        tuple(shares),
        tuple(dict.fromkeys(setting for setting, _ in named if setting)),
        tuple(dict.fromkeys(rule for _, rule in named if rule)),
        tuple(disagreements(whole)),
        by,
        pair["ratios"][by],
        pair["verdict"],
    )


def compared(sides: Iterable[str]) -> dict[str, Any]:
    """What ``sctptop compare --json`` says of these words."""
    # In a process of its own: it may not write afterwards.
    command = [sys.executable, "-m", "sctptop", "compare", "--json", *sides]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def row(found: Told) -> str:
    """In a line of a table."""
    ratio = found.ratio
    parts = ", ".join(f"{kind} {end or ''}".strip() + f" {share:.0%}" for (kind, end), share in found.parts)
    interval = f"{ratio['ratio']:.2f}× ({ratio['low']:.2f}–{ratio['high']:.2f}), p {ratio['p_adjusted']:.1g}"
    interval += f", {ratio['runs'][0]} and {ratio['runs'][1]} runs"
    named = ", ".join(found.settings) or "–"
    rules = ", ".join(found.rules) or "–"
    verdict = "; ".join(found.problems) or "right"
    return (
        f"| {found.case.name} | {found.result} | {found.by} {interval} | {parts or '–'} | {named} | {rules} "
        f"| {verdict} |"
    )
