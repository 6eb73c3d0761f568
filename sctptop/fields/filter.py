"""Which rows are shown: ``--filter EXPR`` and the line that ``/`` opens.

Terms side by side must all hold, as with ``and`` between them; ``or`` separates alternatives, ``not`` turns a term
round, brackets group; ``&&`` ``||`` ``!`` say the same, and words may be in upper case. A term is ``FIELD OP VALUE``
(``=`` ``!=`` ``<`` ``<=`` ``>`` ``>=`` ``~`` contains), or a bare word that is looked for in the ends, the addresses,
the state, the processes and their containers. In quotes everything is text. Values take units that fit the field:
k, M, G (1000s), kB, us, ms, s. What could never match is an error that says where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sctptop.fields.expression.error import FieldNameError, FilterError
from sctptop.fields.search import search_text
from sctptop.model.associations.row import Row

if TYPE_CHECKING:
    from sctptop.fields.expression.terms import Test, TextOf

__all__ = ["EVERYTHING", "FieldNameError", "Filter", "FilterError", "parse_filter"]


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed expression: its text, and the test of it; none accepts everything. Those of one text are equal."""

    text: str
    test: Test | None = field(default=None, compare=False)

    def accepts(self, row: Row, text_of: TextOf | None = None) -> bool:
        """Whether the row is shown. An empty filter shows all. ``text_of``: SearchTexts, where it is asked again."""
        return self.test is None or self.test(row, text_of or search_text)


EVERYTHING = Filter("")


def parse_filter(text: str) -> Filter:
    """Read an expression. Raises FilterError with one clear line, and the place of what is wrong."""
    stripped = text.strip()
    if not stripped:
        return EVERYTHING
    from sctptop.fields.expression.tree import tested

    return Filter(stripped, tested(stripped))
