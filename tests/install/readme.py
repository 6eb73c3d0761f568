"""The commands that the README has people type, read out of it: what is proven is what is written there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lab.machine.boot import REPOSITORY

README = REPOSITORY / "README.md"
FIRST = "README"
"""The name of the way that the first lines tell."""


@dataclass(frozen=True)
class Way:
    """How sctptop is installed, called as root, and removed. ``packages``: a shell's line that must go before it."""

    name: str
    packages: str
    install: str
    start: str
    remove: str

    @property
    def as_user(self) -> str:
        """How its owner calls it without root."""
        return self.start.rpartition(" ")[2]


def ways(readme: Path = README) -> list[Way]:
    """That of the first lines, then a row of the table each. Raises ValueError when the README has no such thing."""
    text = readme.read_text()
    found = [_first(text), *_table(text)]
    if len(found) < 2:
        raise ValueError(f"{readme} has no table of ways to install")
    return found


def _first(text: str) -> Way:
    block = re.search(r"^On Debian .*:\n\n```\n(.+)\n(.+)\n```$", text, re.MULTILINE)
    remove = re.search(r"`(sudo rm [^`]+)` removes it", text)
    if block is None or remove is None:
        raise ValueError("the README does not begin with how to install, start and remove")
    install = block[1]
    apt = [part for part in install.split(" && ") if part.startswith("sudo apt-get ")]
    return Way(FIRST, " && ".join(apt), install, block[2], remove[1])


def _table(text: str) -> Iterator[Way]:
    bcc = re.search(r"^Each needs BCC \(`(.+?)`\)", text, re.MULTILINE)
    if bcc is None:
        return
    for line in text[bcc.end() :].splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 5 and cells[0] not in ("with", "---"):
            name, package, *commands = cells
            packages = f"sudo apt-get update && {bcc[1]}"
            yield Way(name, packages if " " in package else f"{packages} {package}", *commands)
        elif line.startswith("#"):
            return
