"""argparse as all commands use it: errors and help in our form."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from sctptop.errors import USAGE, SctptopError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class CommandParser(argparse.ArgumentParser):
    """argparse with our one-line form of an error."""

    def error(self, message: str) -> NoReturn:
        raise SctptopError(f"{message} (try: {self.prog} --help)", USAGE)

    def parse_all(self, words: Sequence[str], elsewhere: Mapping[str, Iterable[str]]) -> argparse.Namespace:
        """All of the words; ``elsewhere``: flags of other commands by those. Raises SctptopError."""
        found, unknown = self.parse_known_args(words)
        if unknown:
            near = self._near(unknown[0].partition("=")[0], words[0], elsewhere)
            self.error(f"unrecognized arguments: {' '.join(unknown)}{'; ' if near else ''}{near}")
        return found

    def _near(self, word: str, first: str, elsewhere: Mapping[str, Iterable[str]]) -> str:
        from sctptop.fields.near import did_you_mean

        if word in elsewhere and first.startswith("-"):
            return f"the command goes first: sctptop {word} {first} ..."
        if not word.startswith("-"):
            return did_you_mean(word, filter(None, elsewhere)) if word == first else ""
        having = [command for command, flags in elsewhere.items() if word in flags]
        if having:
            return f"{word} is of {' and '.join(f'sctptop {command}'.strip() for command in having)}"
        return did_you_mean(word, (flag for flag in self._option_string_actions if len(flag) > 2))

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        # argparse ignores that its help could not be written.
        (file or sys.stdout).write(message)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            from sctptop.fields.near import did_you_mean

            among = ", ".join(map(str, action.choices))
            near = did_you_mean(str(value), map(str, action.choices))
            told = near or f"choose from {among}"
            raise argparse.ArgumentError(action, f"invalid choice: {value!r}; {told}")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        # argparse takes "--" away where it is the value of a flag too, and makes a list of nothing of it.
        if action.option_strings and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "expected one argument")
        return super()._get_values(action, arg_strings)


def command_parser(command: str, description: str, epilog: str) -> CommandParser:
    """Of one command, "" for the dashboard; ``epilog`` is shown as it is."""
    return CommandParser(
        prog=f"sctptop {command}".strip(),
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
