"""The README is short, and what it names exists: commands, pictures, files."""

from __future__ import annotations

import re
from pathlib import Path

import sctptop
from sctptop.manual.topics import TOPICS
from tests.unit.manual.typed import check, commands, flags

REPOSITORY = Path(sctptop.__file__).parents[1]
TEXT = (REPOSITORY / "README.md").read_text()
MOST_WORDS = 1800


def test_it_is_short() -> None:
    assert len(TEXT.split()) <= MOST_WORDS


def test_every_command_is_one_that_can_be_given() -> None:
    given = list(commands(TEXT))
    assert len(given) > 20
    for words in given:
        check(words)
    named = re.findall(r"`(?:sctptop )?(--[a-z-]+)", TEXT)
    assert named and set(named) - flags() == set()


def test_every_topic_named_is_one() -> None:
    named = set(re.findall(r"sctptop help ([a-z]+)", TEXT))
    assert len(named) > 6 and named <= set(TOPICS)


def test_every_picture_and_every_file_named_is_there() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", TEXT)
    assert len(pictures) >= 5
    for name in pictures:
        assert (REPOSITORY / name).is_file(), name
    contributing = TEXT.partition("## Contributing")[2]
    for span in re.findall(r"`([^`\s]+/[^`\s]*)`", contributing):
        if "NAME" in span or "ID" in span:
            span = span.rpartition("/")[0]
        name, braces, rest = span.partition("{")
        for one in rest.partition("}")[0].split(",") if braces else [""]:
            places = [REPOSITORY / f"{name}{one}{rest.partition('}')[2]}"]
            places.append(REPOSITORY / "sctptop" / places[0].relative_to(REPOSITORY))
            assert any(list(place.parent.glob(place.name)) for place in places), span


def test_what_the_checks_are_called_with_exists() -> None:
    # `python` alone lacks what they import: it is that of the checks' environment.
    assert not re.search(r"^python -m tests", TEXT, re.MULTILINE)
    for line in re.findall(r"^(?:tests/tool python -m )?(tests[./]\S+)", TEXT, re.MULTILINE):
        path = REPOSITORY / line.replace(".", "/")
        assert path.exists() or path.with_suffix(".py").exists(), line
