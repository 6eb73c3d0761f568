"""What a sample may hold, whatever its text takes: parsed, text can be twenty times as large."""

from __future__ import annotations

from sctptop.model.sample import Sample


def check_line(line: bytes) -> None:
    """x"""


def check_numbers(sample: Sample) -> None:
    """x"""
