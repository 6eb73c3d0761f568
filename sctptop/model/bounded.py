"""Dictionaries that are kept from growing: what comes from outside must not fill the memory."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TypeVar

Name = TypeVar("Name")
Value = TypeVar("Value")


def keep(known: dict[Name, Value], name: Name, value: Value, most: int) -> None:
    """Under that name; in place of the oldest where there is no room for another."""
    if len(known) >= most and name not in known:
        del known[next(iter(known))]
    known[name] = value


def count_in(known: MutableMapping[Name, int], name: Name, times: int, most: int) -> None:
    """So many times more; names for which there is no room are not counted."""
    if name in known or len(known) < most:
        known[name] = known.get(name, 0) + times
