"""Frozen records made by the thousand, or made again: of one before and of what is new."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar

from sctptop.model.attributes import maker, names_of

Record = TypeVar("Record")


class Renewal(Generic[Record]):
    """Makes records of one class again, some of their fields new."""

    def __init__(self, record: type[Record], *parts: Mapping[str, str]) -> None:
        """``parts``: by field of the record, the name under which a mapping has its new value."""
        names = names_of(record)
        self._all = attrgetter(*names)
        self._make = maker(record)
        self._places = {name: place for place, name in enumerate(names)}
        self._parts = [
            ([self._places[field] for field in part], itemgetter(*part.values())) for part in parts
        ]

    def again(
        self, before: Record, told: tuple[Mapping[str, Any], ...], others: Mapping[str, object]
    ) -> Record:
        """``others`` are new values by field; ``told``: a mapping for each part. Raises KeyError where it lacks one."""
        values = list(self._all(before))
        for (places, get), mapping in zip(self._parts, told, strict=True):
            for place, value in zip(places, get(mapping), strict=True):
                values[place] = value
        for name, value in others.items():
            values[self._places[name]] = value
        return self._make(*values)
