"""The filter line: what is wrong is said beside it and underlined in it."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.ui.conftest import Stage, Staging
from tests.ui.scripted import amf


def underlined(s: Stage) -> str:
    strip = s.app.screen.query_one(Input).render_line(0)
    return "".join(part.text for part in strip if part.style and part.style.underline)


@pytest.mark.parametrize(
    ("typed", "wrong", "says"),
    [
        ("59059 or cwn<10k", "cwn", "no field 'cwn'; did you mean cwnd"),
        ("  state=BOGU ", "BOGU", "no value of state"),
        ("(59059 or 59060", "(", "is not closed"),
        ("59059 srtt_ms<5kB", "5kB", "is of bytes"),
    ],
)
async def test_what_is_wrong_is_underlined_and_told(
    stage: Staging, typed: str, wrong: str, says: str
) -> None:
    async with stage(list(amf(2))) as s:
        await s.press("/", *typed)
        assert underlined(s) == wrong
        assert says in s.line("filter-error")
        shown = len(s.ports())
        await s.press("enter")
        assert len(s.ports()) == shown


async def test_nothing_stays_underlined_in_what_is_right(stage: Staging) -> None:
    async with stage(list(amf(2))) as s:
        await s.press("/", *"59059 or or")
        assert underlined(s) == "or"
        await s.press("backspace", "backspace", *"59060")
        assert underlined(s) == "" and s.line("filter-error").strip() == "" and s.ports() == [59059, 59060]
        await s.press("escape", "/", *"cwn<")
        assert underlined(s)
        await s.press("escape", "/")
        assert underlined(s) == ""
