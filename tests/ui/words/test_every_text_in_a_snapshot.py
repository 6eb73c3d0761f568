"""No notice, error or empty state of the dashboard is without a snapshot: what the source may tell is searched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sctptop.tui
from tests.ui.words.told_texts import Module, notices, shown_in

SOURCE = Path(sctptop.tui.__file__).parent
SNAPSHOTS = Path(__file__).parents[1]
HELP = ("keys.py", "key_groups.py", "screens/help.py")
"""What keys and signs mean: a snapshot would be the whole of it again."""
NOT_ON_SCREEN = ("keymap.py", "run.py")
"""Told before the dashboard is drawn, or after it has gone."""


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    paths = {str(path.relative_to(SOURCE)): path for path in sorted(SOURCE.rglob("*.py"))}
    assert paths.keys() >= {*HELP, *NOT_ON_SCREEN}
    return [
        Module(name, path.read_text()) for name, path in paths.items() if name not in HELP + NOT_ON_SCREEN
    ]


@pytest.fixture(scope="module")
def shown() -> str:
    return shown_in(SNAPSHOTS)


def test_every_notice(modules: list[Module], shown: str) -> None:
    told = set(notices(modules))
    assert len(told) > 45, "those that are there are found"
    assert [f"{name}: {text}" for name, text in sorted(told) if not re.search(text, shown)] == []


def test_every_text_that_says_that_something_is_not_there(modules: list[Module], shown: str) -> None:
    told = [(module.name, text) for module in modules for text in module.denials()]
    assert len(told) > 70, "those that are there are found"
    assert [f"{name}: {text}" for name, text in told if not re.search(text, shown)] == []


MADE_UP = '''
FULL = "the moon is full"

class App:
    """No docstring is told."""

    def go(self, moon: str) -> None:
        self._say(f"{moon} rose over {moon} hills")
        self._say(FULL)
        self._say(self.waning(moon) if moon else str(moon))

    def waning(self, moon: str) -> str:
        return f"{moon} is waning"

def draw() -> str:
    return "no moon {which} was seen yet"
'''


def test_one_without_a_snapshot_is_found(shown: str) -> None:
    module = Module("made_up.py", MADE_UP)
    patterns = [text for _, text in notices([module])]
    assert len(patterns) == 3 and not any(re.search(text, shown) for text in patterns)
    for text, told in zip(
        patterns, ("Luna rose over seven hills", "the moon is full", "it is waning"), strict=True
    ):
        assert re.search(text, told)
    (denied,) = module.denials()
    assert re.search(denied, "no moon of Mars was seen yet") and not re.search(denied, shown)
