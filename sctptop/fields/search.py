"""What bare words of a filter are looked for in: made again only where something in it changed."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from sctptop.fields.catalogue import SEARCHED
from sctptop.model.association import Association
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.quantity import show

FACTS = (
    *("assoc_id", "state", "local_port", "remote_port"),
    *("local_addresses", "remote_addresses", "primary", "process", "own_name", "peer_name"),
)
FACTS_OF_PATH = ("address", "primary", "scope", "way")
"""All that the fields searched are made of."""

_facts, _facts_of_path = attrgetter(*FACTS), attrgetter(*FACTS_OF_PATH)


def search_text(row: Row) -> str:
    """The values searched, folded, a line each: no word of a filter spans two."""
    return "\n".join([show(one.get(row)) for one in SEARCHED]).casefold()


class SearchTexts:
    """Remembers the text of each row, and what it was made of."""

    def __init__(self) -> None:
        self._made: dict[Key, tuple[Association, Association | None, list[Any], str]] = {}

    def __call__(self, row: Row) -> str:
        """The same as search_text."""
        entry, end = row.association, row.other_end
        other = end.association if end is not None else None
        made = self._made.get(row.key)
        if made is not None and made[0] is entry and made[1] is other:
            return made[3]
        facts = _made_of(entry) if other is None else [*_made_of(entry), *_made_of(other)]
        text = made[3] if made is not None and made[2] == facts else search_text(row)
        self._made[row.key] = (entry, other, facts, text)
        return text

    def keep(self, rows: int) -> None:
        """Forget what is gone, once it is more than the ``rows`` that there are."""
        if len(self._made) > 2 * rows:
            self._made.clear()


def _made_of(entry: Association) -> list[Any]:
    return [_facts(entry), *map(_facts_of_path, entry.paths)]
