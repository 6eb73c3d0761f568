"""What is said of a filter that cannot be understood. Apart: who has none needs no grammar."""

from __future__ import annotations

from sctptop.terminal_text import printable

LISTED = "--filter help lists the fields"


class FilterError(ValueError):
    """An expression that cannot be understood: what is wrong, what helps, and where.

    ``at`` and ``length`` are characters of ``text``, the expression without blanks around it; what is missing at its
    end is wrong at ``len(text)``.
    """

    def __init__(self, problem: str, remedy: str, text: str, at: int, length: int = 1) -> None:
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem, self.remedy = problem, remedy
        self.text, self.at, self.length = text, at, max(length, 1)

    def drawn(self, width: int) -> tuple[str, ...]:
        """The expression and carets below what is wrong in it; nothing where that has no room, or is not aligned."""
        from unicodedata import combining, east_asian_width

        def of_other_width(one: str) -> bool:
            return east_asian_width(one) in "WF" or combining(one) > 0

        if len(self.text) + 1 > width or any(map(of_other_width, self.text)):
            return ()
        return printable(self.text), " " * self.at + "^" * self.length


class FieldNameError(FilterError):
    """A term whose field does not exist. ``told`` is the text of it without where all fields are listed.

    ``near``: the question that names near ones, empty where there are none.
    """

    def __init__(self, problem: str, near: str, text: str, at: int, length: int) -> None:
        super().__init__(problem, near or LISTED, text, at, length)
        self.told = f"{problem}; {near}" if near else problem
