"""Numbers as a filter writes them, in units that fit the field: ``10k``, ``200ms``, ``1.5MB``, ``0x1f``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sctptop.fields.expression.tokens import quoted
from sctptop.fields.field import Field

PLAIN: Mapping[str, float] = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
BYTES: Mapping[str, float] = {
    "B": 1,
    "kB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "TB": 1e12,
    "KiB": 1 << 10,
    "MiB": 1 << 20,
    "GiB": 1 << 30,
}
MILLISECONDS: Mapping[str, float] = {
    "ns": 1e-6,
    "us": 1e-3,
    "µs": 1e-3,
    "μs": 1e-3,
    "ms": 1.0,
    "s": 1e3,
    "min": 6e4,
    "h": 3.6e6,
}
SECONDS: Mapping[str, float] = {name: scale / 1e3 for name, scale in MILLISECONDS.items()}
RATES: Mapping[str, float] = {f"{name}/s": scale for name, scale in PLAIN.items()}

_NUMBER = re.compile(r"(-?[0-9]{1,40}(?:\.[0-9]{1,40})?) ?([A-Za-zµμ/]*)", re.ASCII)
_HEX = re.compile(r"0[xX]([0-9a-fA-F]{1,40})")
KINDS: tuple[tuple[Mapping[str, float], str, str], ...] = (
    (BYTES, "bytes", "8, 1.5k, 4kB, 2M"),
    (MILLISECONDS, "ms", "8, 200us, 8ms, 1.5s"),
    (SECONDS, "seconds", "8, 200ms, 1.5s, 5min"),
    (RATES, "a second", "8, 1.5k, 2k/s"),
)


class AmountError(ValueError):
    """No number, or one in a unit of something else; ``remedy`` shows what the field takes."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy


def amount(text: str, chosen: Field) -> float:
    """The number in the unit of a numeric field; an int where it is written as one. Raises AmountError.

    Thousands are 1000s. Units may be in upper and lower case where that leaves one meaning.
    """
    hexadecimal = _HEX.fullmatch(text)
    if hexadecimal:
        return int(hexadecimal[1], 16)
    units, name, examples = _units_of(chosen)
    remedy = f"{chosen.id} takes {examples}"
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise AmountError(f"{quoted(text)} is no number", remedy)
    scale = _scale(found[2], {**PLAIN, **units})
    if scale is None:
        for others, other, _ in KINDS:
            if others is not units and _scale(found[2], others) is not None:
                measured = f"in {name}" if name else "without a unit"
                what = {"bytes": "bytes", "a second": "a rate"}.get(other, "time")
                raise AmountError(f"{quoted(text)} is of {what}, and {chosen.id} is {measured}", remedy)
        raise AmountError(f"{quoted(text)} is no number", remedy)
    number = float(found[1]) if "." in found[1] else int(found[1])
    # An int stays one: a cookie of 64 bits is no float.
    return number if scale == 1 else number * scale


def _units_of(chosen: Field) -> tuple[Mapping[str, float], str, str]:
    """The units beside the plain ones, what they measure, and examples."""
    in_bytes, in_ms, in_seconds, rates = KINDS
    if chosen.unit == "n" and chosen.id.endswith("_s"):
        return in_seconds
    kind = {"B": in_bytes, "ms": in_ms, "/s": rates}.get(chosen.unit)
    return kind or (
        {},
        "",
        "8, 0x1f" if chosen.unit == "hex" else "8" if chosen.unit == "#" else "8, 1.5k, 2M",
    )


def _scale(unit: str, units: Mapping[str, float]) -> float | None:
    if unit in units:
        return units[unit]
    meanings = {scale for name, scale in units.items() if name.casefold() == unit.casefold()}
    return meanings.pop() if len(meanings) == 1 else None
