"""Numbers by name, of which there are thousands with the same names: a tuple each, and where each name is for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any


class Numbers(Mapping[str, int]):
    """Numbers by name. ``places``: where each name is in ``numbers``; those of the same names have the same object."""

    __slots__ = ("numbers", "places")

    def __init__(self, places: Mapping[str, int], numbers: tuple[int, ...]) -> None:
        self.places, self.numbers = places, numbers

    def __getitem__(self, name: str) -> int:
        return self.numbers[self.places[name]]

    def get(self, name: str, default: Any = None) -> Any:
        """As of a dictionary."""
        place = self.places.get(name)
        return default if place is None else self.numbers[place]

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Numbers) and other.places is self.places:
            return self.numbers == other.numbers
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(self.numbers)

    def __repr__(self) -> str:
        return repr(dict(self))


_new = object.__new__


def numbers_of(places: Mapping[str, int], numbers: tuple[int, ...]) -> Numbers:
    """The same as ``Numbers`` of both, for half of the work."""
    made = _new(Numbers)
    made.places, made.numbers = places, numbers
    return made


@cache
def places_of(names: tuple[str, ...]) -> Mapping[str, int]:
    """For ``Numbers`` of these names."""
    return {name: place for place, name in enumerate(names)}
