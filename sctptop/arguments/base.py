"""argparse as all commands use it: errors and help in our form."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from sctptop.errors import USAGE, SctptopError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class _Parser(argparse.ArgumentParser):
    """argparse with our one-line form of an error."""

    def error(self, message: str) -> NoReturn:
        raise SctptopError(f"{message} (try: {self.prog} --help)", USAGE)

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


def command_parser(command: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Of one command, "" for the dashboard; ``epilog`` is shown as it is."""
    return _Parser(
        prog=f"sctptop {command}".strip(),
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
