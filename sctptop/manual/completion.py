"""What completes our command line in a shell: made by shtab from the parsers when a package is built."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from sctptop.arguments.parsers import PARSERS
from sctptop.errors import SctptopError
from sctptop.manual.topics import TOPICS

SHELLS = ("bash", "zsh", "fish")
FOLDER = "completions"
"""Of this package, where a script for each shell is once the package is built."""

_SAVED_NETNS = "ls /run/netns 2>/dev/null"
_TAKES_FILES = ("file", "sides", "output", "config", "save_in", "svg")
_BASH = """\
_sctptop_several() {
  local before="${1%"${1##*,}"}"
  compgen -P "$before" -W "$2" -- "${1##*,}"
}
_sctptop_columns() { _sctptop_several "$1" "@columns@"; }
_sctptop_events() { _sctptop_several "$1" "@events@"; }
_sctptop_netns() { compgen -W "all self $(@netns@)" -- "$1"; }
"""


def completion(shell: str) -> str:
    """The script for a shell. Raises SctptopError where none was built in and none can be made."""
    built = files("sctptop.manual") / FOLDER / shell
    return built.read_text(encoding="utf-8") if built.is_file() else made_anew(shell)


def made_anew(shell: str) -> str:
    """The same, from the parsers. Raises SctptopError without shtab."""
    try:
        import shtab
    except ModuleNotFoundError:
        raise SctptopError(
            "this is not an installed sctptop, and has no completion yet (try: pip install shtab)"
        ) from None
    text: str = shtab.complete(
        whole_parser(shtab.FILE), shell, preamble={"bash": _bash(), "zsh": "", "fish": ""}
    )
    # zsh sources a file as well as it evaluates a text: shtab registers what it wrote only in the second case.
    return text.replace("$zsh_eval_context[-1] == eval ", "$zsh_eval_context[-1] == (eval|file) ")


def whole_parser(files: Mapping[str, str]) -> argparse.ArgumentParser:
    """All commands in one; ``files`` says by shell what completes the name of a file."""
    whole = PARSERS[""]()
    commands = whole.add_subparsers(dest="command", parser_class=argparse.ArgumentParser)
    for name in filter(None, PARSERS):
        parser = PARSERS[name]()
        _complete(commands.add_parser(name, parents=[parser], add_help=False, help=parser.description), files)
    _complete(whole, files)
    return whole


def _lists() -> dict[str, Iterable[str]]:
    """What may be given of options that take several."""
    from sctptop.fields.catalogue import BY_ID
    from sctptop.model.event import EVENT_KINDS

    return {"columns": BY_ID, "events": EVENT_KINDS}


def _complete(parser: argparse.ArgumentParser, files: Mapping[str, str]) -> None:
    lists = _lists()
    for action in parser._actions:
        # shtab looks for an attribute that argparse does not know.
        completed: Any = action
        if action.dest in _TAKES_FILES:
            completed.complete = files
        elif action.dest == "topic":
            action.choices = [*TOPICS, *(name for name in PARSERS if name and name not in TOPICS)]
        elif action.dest == "sort":
            action.choices = list(lists["columns"])
        elif action.dest in lists:
            names = " ".join(lists[action.dest])
            completed.complete = {
                "bash": f"_sctptop_{action.dest}",
                "zsh": f"_values -s , {action.dest} {names}",
                "fish": f"(__fish_append , {names})",
            }
        elif action.dest == "netns":
            completed.complete = {
                "bash": "_sctptop_netns",
                "zsh": f"(all self $({_SAVED_NETNS}))",
                "fish": f"all self ({_SAVED_NETNS})",
            }


def _bash() -> str:
    text = _BASH.replace("@netns@", _SAVED_NETNS)
    for name, words in _lists().items():
        text = text.replace(f"@{name}@", " ".join(words))
    return text
