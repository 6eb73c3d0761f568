"""What the topics say exists: their commands, flags, fields; and what exists they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sctptop
from sctptop.arguments.examples import COMPARE, DOCTOR, LIVE, RECORD, REPLAY
from sctptop.arguments.parsers import PARSERS
from sctptop.errors import EXIT_CODES
from sctptop.fields.catalogue import BY_ID, FIELDS
from sctptop.fields.of_paths import PATH_FIELDS
from sctptop.manual.blocks import Code, blocks
from sctptop.manual.command import about
from sctptop.manual.made import made
from sctptop.manual.plain import LEAST, MOST, plain
from sctptop.manual.topics import TOPICS, text_of
from sctptop.model.advice.rules import RULES
from sctptop.model.event import EVENT_KINDS
from tests.unit.manual.typed import check, commands, flags

FOLDER = Path(sctptop.__file__).parent / "manual" / "topics"


def said_of(topic: str, width: int = 100) -> str:
    return plain(about(topic), width)


def test_each_topic_has_a_text_and_each_text_a_topic() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(TOPICS)
    assert set(TOPICS) & set(PARSERS) == {"compare", "doctor"}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_command_is_one_that_can_be_given(topic: str) -> None:
    for words in commands(text_of(topic)):
        check(words)


@pytest.mark.parametrize("text", [LIVE, RECORD, REPLAY, DOCTOR, COMPARE])
def test_every_example_of_the_help_is_a_command(text: str) -> None:
    examples = re.findall(r"^  (?:\d\. )?((?:sudo )?sctptop.*?)(?:  +.*)?$", text, re.MULTILINE)
    assert len(examples) > 1
    for example in examples:
        for words in commands(f"```\n{example}\n```"):
            check([word for word in words if word != "..."])


@pytest.mark.parametrize("topic", TOPICS)
def test_every_flag_is_one_of_ours(topic: str) -> None:
    of_others = {
        "--compile-bytecode",
        "--rm",
        "--pid",
        "--privileged",
        "--network",
        "--profile",
        "--image",
        "--user",
        "--break-system-packages",
        "--force",
        "--no-install-recommends",
    }
    spans = " ".join(re.findall(r"`([^`\n]+)`", text_of(topic)))
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", spans))
    assert named - flags() <= of_others


@pytest.mark.parametrize("width", [LEAST, 60, 80, 200])
@pytest.mark.parametrize("topic", TOPICS)
def test_no_line_is_wider_than_the_terminal(topic: str, width: int) -> None:
    told = [block for block in about(topic) if not isinstance(block, Code)]
    for line in plain(told, width).splitlines():
        assert len(line) <= min(width, MOST) or len(max(line.split(), key=len)) > width // 2, line


def test_fields_are_all_there_with_what_they_mean() -> None:
    text = " ".join(said_of("fields").split())
    for name, title in [(one.id, one.title) for one in FIELDS] + [(one.id, one.title) for one in PATH_FIELDS]:
        assert re.search(rf"(?:^| ){name} {re.escape(title)} ", text), name
    rows = [row for block in about("fields") for row in getattr(block, "rows", ())]
    assert {row[0]: row[-1] for row in rows if len(row) == 4}.items() >= {
        (one.id, one.help)
        for one in FIELDS
        if not one.mirrors and one.id not in {path.id for path in PATH_FIELDS}
    }


def test_rules_events_and_exit_codes_are_all_there() -> None:
    for topic, names in (("advice", RULES), ("output", EVENT_KINDS), ("output", EXIT_CODES)):
        text = said_of(topic)
        assert all(re.search(rf"\b{re.escape(name)}\b", text) for name in names)
    assert all(rule.title in said_of("advice") for rule in RULES.values())


def test_options_of_a_topic_are_those_of_its_command() -> None:
    text = said_of("compare")
    for action in PARSERS["compare"]()._actions:
        assert all(flag in text for flag in action.option_strings)


def test_the_filters_named_are_filters() -> None:
    examples = [row[0] for row in made("filter examples")[0].rows]  # type: ignore[union-attr]
    for text in (*examples, *re.findall(r"`([a-z]\w+[=~<>][^`]*)`", text_of("filter"))):
        check(["-b", "--filter", text])
    assert "ESTABLISHED (ESTAB)" in said_of("filter")


def test_a_block_that_nobody_makes_is_noticed() -> None:
    with pytest.raises(KeyError):
        blocks("{{nothing}}", made)
    assert "cwnd" in BY_ID
