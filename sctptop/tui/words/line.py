"""Lines of styled text as plain data: what views produce and widgets put on the screen.

Equal lines compare equal, so a widget sees which of them changed and redraws only those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar, overload

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from sctptop.options import THEMES
from sctptop.terminal_text import printable
from sctptop.tui.words.colours import TIMED, styles


class Span(NamedTuple):
    """A piece of a line. ``style`` is a name of STYLES, or several with spaces between."""

    text: str
    style: str = ""


Line = tuple[Span, ...]
Item = TypeVar("Item")

BLANK: Line = ()

STYLES: dict[str, Style] = {}
"""Few colours; each is paired with a word, a mark or a place, so that none carries a meaning alone."""


def paint_as(theme: str) -> None:
    """All styles in the colours of that theme, from now on."""
    STYLES.update(styles(theme))
    style_of.cache_clear()


def line(*parts: Span | str | tuple[str, str]) -> Line:
    """A line from pieces; a bare string has no style."""
    return tuple(Span(part) if isinstance(part, str) else Span(*part) for part in parts)


def plain(text: Line) -> str:
    """The characters of a line."""
    return "".join(span.text for span in text)


def timed_from(text: Line) -> int | None:
    """The column in which the time axis begins; None where the line has none."""
    at = 0
    for span in text:
        if TIMED in span.style.split():
            return at
        at += cell_len(span.text)
    return None


def cells(text: Line) -> int:
    """How many columns a line takes."""
    return sum(cell_len(span.text) for span in text)


def spread(left: Line, right: Line, width: int) -> Line:
    """Both lines in one of ``width``, the right one at its right edge; the left one gives way."""
    room = width - cells(right)
    return (*fit(left, max(room, 0)), *right)


def fit(text: Line, width: int) -> Line:
    """The line cropped or filled with blanks to exactly ``width`` columns."""
    done: list[Span] = []
    left = width
    for span in text:
        size = cell_len(span.text)
        if size > left:
            done.append(Span(set_cell_size(span.text, left), span.style))
            return tuple(done)
        done.append(span)
        left -= size
    if left > 0:
        done.append(Span(" " * left))
    return tuple(done)


def fitting(pieces: Iterable[Line], width: int) -> Line:
    """The pieces one after the other, without those that no longer fit: whole words or nothing."""
    done: list[Span] = []
    left = width
    for piece in pieces:
        size = cells(piece)
        if size <= left:
            done.extend(piece)
            left -= size
    return tuple(done)


def clipped(text: Line, width: int) -> Line:
    """The line, its end replaced by an ellipsis where it is longer than ``width``."""
    return text if cells(text) <= width else (*fit(text, max(width - 1, 0)), Span("…"))


class Lines(Sequence[Line]):
    """Lines that are made when they are looked at: of thousands only those on the screen."""

    def __init__(self, items: Sequence[Item], make: Callable[[Item], Line]) -> None:
        def made(index: int) -> Line:
            return make(items[index])

        self._made = made
        self._length = len(items)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self._made(place) for place in range(self._length)[index]]
        return self._made(range(self._length)[index])


def highlighted(text: Line, style: str) -> Line:
    """The line with a style added to each piece."""
    return tuple(Span(span.text, f"{span.style} {style}".strip()) for span in text)


def wrapped(words: str, width: int, style: str = "", indent: int = 0) -> list[Line]:
    """Running text as lines no wider than ``width``."""
    from textwrap import wrap

    pad = " " * indent
    return [
        line((part, style)) for part in wrap(words, max(width, 20), initial_indent=pad, subsequent_indent=pad)
    ]


def differing(old: Line | None, new: Line, width: int) -> list[tuple[int, int]]:
    """Where a line changed, as start and length in columns: what has to be sent to the terminal."""
    if old == new:
        return []
    if old is None or [len(span.text) for span in old] != [len(span.text) for span in new]:
        return [(0, width)]
    parts: list[tuple[int, int]] = []
    x = 0
    for before, after in zip(old, new, strict=True):
        size = cell_len(after.text)
        if cell_len(before.text) != size:
            return [(0, width)]
        if before != after and size:
            joined = parts and sum(parts[-1]) >= x - 1
            start = parts.pop()[0] if joined else x
            parts.append((start, x + size - start))
        x += size
    return parts


def to_strip(text: Line, width: int, backdrop: Style) -> Strip:
    """The line as Textual wants it, over the widget's own colours."""
    return Strip(_segments(fit(tuple(map(_harmless, text)), width), backdrop), width).simplify()


def _harmless(span: Span) -> Span:
    """Nothing that a terminal would act on gets past here, wherever the text is from."""
    return span if span.text.isprintable() else span._replace(text=printable(span.text))


def _segments(text: Iterable[Span], backdrop: Style) -> list[Segment]:
    return [Segment(span.text, backdrop + style_of(span.style)) for span in text if span.text]


@lru_cache(maxsize=256)
def style_of(names: str) -> Style:
    """The style of one name, or of several put together."""
    return sum((STYLES[name] for name in names.split()), Style())


paint_as(THEMES[0])
