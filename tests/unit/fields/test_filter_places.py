"""Where a filter is wrong, and filters of every shape against what they plainly mean."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.fields.filter import FilterError, parse_filter
from sctptop.fields.search import search_text
from sctptop.model.association import Process
from sctptop.model.associations.row import Row
from tests.unit.associations import row

ROWS = (
    row(1, cwnd=4380, srtt_ms=8.0, nodelay=False),
    row(2, cwnd=10_000, srtt_ms=None, nodelay=True, process=Process(812, "amf")),
    row(3, cwnd=None, srtt_ms=0.2, nodelay=None, state="CLOSED"),
    row(4, cwnd=0, srtt_ms=30_000.0, state=None, primary="fd00::1", remote_addresses=("fd00::1",)),
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("cwn<10k and amf", "cwn"),
        ("amf or srtt_ms < 5kB", "5kB"),
        ("amf state = 'BOGUS' or x", "'BOGUS'"),
        ("(amf or (x)", "("),
        ("amf or x ) y", ")"),
        ("a b or or c", "or"),
        ("state < 5", "<"),
        ("cwnd =< 5", "=<"),
        ("x comm='amf", "'amf"),
        ("a || b | c", "|"),
        ("state:x", "state:x"),
    ],
)
def test_an_error_points_at_what_is_wrong(text: str, wrong: str) -> None:
    error = refused(f"  {text} ")
    assert error.text == text and error.text[error.at : error.at + error.length] == wrong
    expression, carets = error.drawn(80)
    assert expression == text and carets == " " * error.at + "^" * len(wrong)


@pytest.mark.parametrize("text", ["cwnd<", "a or", "not", "(a and"])
def test_what_is_missing_at_the_end_is_pointed_at_behind_it(text: str) -> None:
    error = refused(text)
    assert error.at == len(text) and error.drawn(80)[1] == " " * len(text) + "^"


def test_of_two_equal_words_the_wrong_one_is_pointed_at() -> None:
    assert refused("a or b or or c").at == 10 and refused("(a) or (b").at == 7


def test_nothing_is_drawn_without_room_or_where_characters_are_wide() -> None:
    error = refused("cwn<10k")
    assert error.drawn(8) and not error.drawn(7)
    assert not refused("cwn=基站").drawn(80)
    assert refused("cwn=\x1b[2J").drawn(80)[0] == "cwn=?[2J"


def refused(text: str) -> FilterError:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    return caught.value


Meaning = Callable[[Row], bool]
OPERATORS = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
BLANKS = st.sampled_from(["", " ", "  "])


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, Meaning]:
    name = draw(st.sampled_from(["cwnd", "srtt_ms"]))
    text, number = draw(
        st.sampled_from(
            [
                ("0", 0),
                ("4380", 4380),
                ("10k", 10_000),
                ("0x111c", 4380),
                ("8", 8),
                ("0.2", 0.2),
                ("30k", 30_000),
            ]
        )
    )
    sign = draw(st.sampled_from(list(OPERATORS)))

    def meaning(one: Row) -> bool:
        value = getattr(one.association, name)
        return sign == "!=" if value is None else bool(OPERATORS[sign](value, number))

    return f"{name}{draw(BLANKS)}{sign}{draw(BLANKS)}{text}", meaning


@st.composite
def words(draw: st.DrawFn) -> tuple[str, Meaning]:
    text = draw(st.sampled_from(["amf", "10.9", "FD00::", "amf[812]", "nosuch", "estab"]))
    quote = draw(st.sampled_from(["", "'", '"']))
    return f"{quote}{text}{quote}", lambda one: text.casefold() in search_text(one)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, Meaning]:
    value, full = draw(
        st.sampled_from(
            [("ESTABLISHED", "ESTABLISHED"), ("estab", "ESTABLISHED"), ("CLOSE", "CLOSED"), ("-", None)]
        )
    )
    if draw(st.booleans()):
        return f"state={value}", lambda one: one.association.state == full
    return f"state != {value}", lambda one: one.association.state != full


@st.composite
def switches(draw: st.DrawFn) -> tuple[str, Meaning]:
    word, wanted = draw(st.sampled_from([("on", True), ("YES", True), ("0", False), ("null", None)]))
    return f"nodelay={word}", lambda one: one.association.nodelay is wanted


def joined(parts: st.SearchStrategy[tuple[str, Meaning]]) -> st.SearchStrategy[tuple[str, Meaning]]:
    return st.one_of(both(parts), either(parts), turned(parts))


@st.composite
def both(draw: st.DrawFn, parts: st.SearchStrategy[tuple[str, Meaning]]) -> tuple[str, Meaning]:
    (left, first), (right, second) = draw(parts), draw(parts)
    sign = draw(st.sampled_from([" ", " and ", " AND ", "&&", " && "]))
    return f"({left}){sign}({right})", lambda one: first(one) and second(one)


@st.composite
def either(draw: st.DrawFn, parts: st.SearchStrategy[tuple[str, Meaning]]) -> tuple[str, Meaning]:
    (left, first), (right, second) = draw(parts), draw(parts)
    sign = draw(st.sampled_from([" or ", " Or ", "||", " || "]))
    return f"({left}{sign}{right})", lambda one: first(one) or second(one)


@st.composite
def turned(draw: st.DrawFn, parts: st.SearchStrategy[tuple[str, Meaning]]) -> tuple[str, Meaning]:
    text, meaning = draw(parts)
    return f"{draw(st.sampled_from(['not ', 'NOT', '!', '! ']))}({text})", lambda one: not meaning(one)


EXPRESSIONS = st.recursive(st.one_of(numbers(), words(), texts(), switches()), joined, max_leaves=8)


def _turned(meaning: Meaning) -> Meaning:
    return lambda one: not meaning(one)


@given(EXPRESSIONS)
def test_an_expression_accepts_what_it_plainly_means(expression: tuple[str, Meaning]) -> None:
    text, meaning = expression
    chosen = parse_filter(text)
    assert [chosen.accepts(one) for one in ROWS] == [meaning(one) for one in ROWS], text


@given(st.lists(st.tuples(st.sampled_from(["", "not ", "!"]), texts()), min_size=1, max_size=6), st.data())
def test_without_brackets_or_binds_less_than_and_and_not_binds_most(
    parts: list[tuple[str, tuple[str, Meaning]]], data: st.DataObject
) -> None:
    signs = data.draw(st.lists(st.sampled_from([" ", " and ", " or "]), min_size=5, max_size=5))
    text = ""
    alternatives: list[list[Meaning]] = [[]]
    for place, (turn, (term, meaning)) in enumerate(parts):
        if place:
            text += signs[place - 1]
            if signs[place - 1] == " or ":
                alternatives.append([])
        text += turn + term
        alternatives[-1].append(_turned(meaning) if turn else meaning)
    chosen = parse_filter(text)
    for one in ROWS:
        assert chosen.accepts(one) == any(all(held(one) for held in held_all) for held_all in alternatives), (
            text
        )


PIECES = [
    *(
        "and",
        "or",
        "NOT",
        "(",
        ")",
        "&&",
        "||",
        "!",
        "&",
        "|",
        "=",
        "!=",
        "<",
        "~",
        "=~",
        "'",
        '"',
        " ",
        "  ",
    ),
    *("cwnd", "state", "nodelay", "srtt_ms", "cookie", "own_tag", "remote", "process"),
    *(
        "5",
        "5k",
        "5ms",
        "0x",
        "0x1f",
        "9" * 50,
        "-",
        "null",
        "on",
        "ESTAB",
        "amf[812]",
        "fd00::1%2",
        "\n",
        "µs",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=60))
def test_any_words_are_a_filter_or_one_line_with_a_place(text: str) -> None:
    try:
        chosen = parse_filter(text)
    except FilterError as error:
        assert len(str(error).splitlines()) == 1 and str(error).isprintable(), str(error)
        assert error.text == text.strip() and 0 <= error.at <= len(error.text) and error.length >= 1
        assert error.at + error.length <= max(len(error.text), error.at + 1)
        return
    assert parse_filter(chosen.text) == chosen
    again = parse_filter(f"not ({text})") if text.strip() else None
    for one in ROWS:
        accepted = chosen.accepts(one)
        assert again is None or again.accepts(one) is not accepted
