"""The commands of ours that a text has people type, and whether each is one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from sctptop.arguments.compare_words import wanted_of
from sctptop.arguments.meaning import options_of
from sctptop.arguments.parsers import PARSERS, parse
from sctptop.cli import TAKE_FIELDS
from sctptop.manual.command import about

_CODE = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`((?:sudo )?sctptop [^`]+)`")
_COMMAND = re.compile(r"^(?:sudo |for .*; do )*(?:~/\S+/)?(sctptop(?: .*)?)$")


def commands(text: str) -> Iterator[list[str]]:
    """Each as words, without what a shell does behind it: in code, and between backticks."""
    lines = [line for code in _CODE.findall(text) for line in code.splitlines()]
    for line in [*lines, *_SPAN.findall(" ".join(_CODE.sub("", text).split()))]:
        found = _COMMAND.match(re.split(r" +#|; done", line)[0].strip())
        if found:
            words = shlex.split(found[1].replace("…", ""))
            if line.startswith("sctptop ") and words[1:] == [words[-1]] and words[-1] in PARSERS:
                # In a sentence it is the name of a command.
                continue
            yield words[1 : next((at for at, word in enumerate(words) if word in ("|", ">", "&&")), None)]


def check(words: list[str]) -> None:
    """Raises where the words mean nothing to sctptop."""
    arguments = parse(words)
    if arguments.command == "help":
        if arguments.topic and not arguments.topic.isupper():
            about(arguments.topic)
    elif "help" in map(vars(arguments).get, TAKE_FIELDS):
        pass
    elif arguments.command == "compare":
        wanted_of(arguments)
    elif arguments.command in ("", "record", "replay"):
        options_of(arguments)


def flags() -> set[str]:
    """All that any of our commands takes."""
    return {
        flag for parser in PARSERS.values() for action in parser()._actions for flag in action.option_strings
    }
