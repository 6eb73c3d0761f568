"""Every view is declared once: the command line, the dashboard and the help have the same ones."""

from __future__ import annotations

import re
from importlib import import_module
from itertools import product
from pathlib import Path

import pytest

import sctptop
from sctptop.arguments.parsers import parse
from sctptop.errors import SctptopError
from sctptop.manual.topics import text_of
from sctptop.tui.keys import LIVE_KEYS, REPLAY_KEYS
from sctptop.tui.views.drawing import DRAWS
from sctptop.tui.words.headline import tabs
from sctptop.tui.words.line import plain
from sctptop.views import VIEWS, view

PACKAGE = Path(sctptop.__file__).parent
IDS = [entry.id for entry in VIEWS]


def test_each_view_has_one_draw_and_each_draw_one_view() -> None:
    folder = PACKAGE / "tui" / "views"
    drawing = {
        file.stem
        for file in folder.glob("*.py")
        if hasattr(import_module(f"sctptop.tui.views.{file.stem}"), "draw")
    }
    assert drawing == set(IDS) == set(DRAWS)
    assert len(set(DRAWS.values())) == len(IDS) == len(set(IDS))


def test_the_command_line_knows_each_view_and_no_other() -> None:
    assert [parse(["--view", name]).view for name in IDS] == IDS
    assert parse([]).view == "" and view("gone").id == view("").id == IDS[0]
    with pytest.raises(SctptopError, match="gone"):
        parse(["--view", "gone"])


def test_each_view_has_its_digit() -> None:
    for keys in (LIVE_KEYS, REPLAY_KEYS):
        digits = {key.key: key for key in keys if key.key.isdigit()}
        assert list(digits) == [str(digit) for digit in range(1, len(VIEWS) + 1)]
        for key, entry in zip(digits.values(), VIEWS, strict=True):
            assert key.action == f"view('{entry.id}')"
            assert key.description == f"{entry.title}: {entry.summary}"


def test_help_has_a_row_for_each_view() -> None:
    rows = re.findall(r"^\| `(\d)` \| (\w+) \|", text_of("views"), re.MULTILINE)
    assert rows == [(str(digit), entry.title) for digit, entry in enumerate(VIEWS, 1)]


def test_no_name_among_the_tabs_is_cut() -> None:
    """Names stand in full, or those short ones that were chosen, or their digits alone."""
    for width, chosen in product(range(40, 121), VIEWS):
        told = plain(tabs(chosen.id, width)[0])
        assert len(told) < width
        names = dict(re.findall(r"(\d)(?: ([A-Za-z]+))?", told))
        assert list(names) == [str(digit) for digit in range(1, len(VIEWS) + 1)]
        for entry, name in zip(VIEWS, names.values(), strict=True):
            assert name in (entry.title, entry.tab, ""), told
        here = told[told.index("[") + 1 : told.index("]")].split()[1]
        assert here in ((chosen.title,) if width >= 80 else (chosen.title, chosen.tab))
        if width >= 80:
            assert all(names.values()), told
        if width >= 88:
            assert list(names.values()) == [entry.title for entry in VIEWS]
