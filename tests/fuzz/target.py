"""What is fuzzed: one parser, called as the program calls it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Value = TypeVar("Value")
NUMBERS = (
    0,
    1,
    -1,
    2,
    7,
    127,
    128,
    255,
    65535,
    1 << 31,
    (1 << 32) - 1,
    1 << 40,
    (1 << 63) - 1,
    (1 << 64) - 1,
)
"""Where counting goes wrong."""


@dataclass(frozen=True)
class Target:
    """``run`` takes any bytes and lets only what is no promise pass: whatever it raises is a finding.

    ``seeds`` are real inputs to begin with; ``most`` is the length of an input in bytes.
    """

    run: Callable[[bytes], Any]
    seeds: Callable[[], Sequence[bytes]]
    most: int = 4096


class Choices:
    """Bytes as decisions; when they are used up all are 0."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes are not used yet."""
        return max(len(self._data) - self._at, 0)

    def bytes(self, count: int) -> bytes:
        """The next bytes, fewer at the end."""
        self._at += count
        return self._data[self._at - count : self._at]

    def byte(self) -> int:
        """The next byte."""
        return (self.bytes(1) or b"\0")[0]

    def of(self, values: Sequence[Value]) -> Value:
        """One of at most 256 values."""
        return values[self.byte() % len(values)]

    def number(self) -> int:
        """Small as a rule, sometimes one of NUMBERS, sometimes any of 64 bits."""
        kind = self.byte()
        if kind < 160:
            return kind
        if kind < 224:
            return NUMBERS[kind % len(NUMBERS)] + kind % 3 - 1
        return int.from_bytes(self.bytes(8), "little")


def text(data: bytes) -> str:
    """As the files of the kernel are read; anything may stand in them."""
    return data.decode("utf-8", "replace")
