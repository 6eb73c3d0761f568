"""The commands that the README and `help install` have people type, read out of them: what is written is proven."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lab.machine.boot import REPOSITORY

README = REPOSITORY / "README.md"
TOPIC = REPOSITORY / "sctptop" / "manual" / "topics" / "install.md"
FIRST, DEB = "README", "deb"
"""The names of the way that the first lines tell, and of the package."""


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


def ways(readme: Path = README, topic: Path = TOPIC) -> list[Way]:
    """That of the README's first lines, then those of `help install`. Raises ValueError without any."""
    found = [_first(readme.read_text()), *_others(topic.read_text())]
    if len(found) < 2:
        raise ValueError(f"{topic} has no other ways to install")
    return found


def _first(text: str) -> Way:
    block = re.search(r"^On Debian .*:\n\n```\n(.+)\n(.+)\n```$", text, re.MULTILINE)
    remove = re.search(r"`(sudo rm [^`]+)` removes it", text)
    if block is None or remove is None:
        raise ValueError("the README does not begin with how to install, start and remove")
    install = block[1]
    apt = [part for part in install.split(" && ") if part.startswith("sudo apt-get ")]
    return Way(FIRST, " && ".join(apt), install, block[2], remove[1])


def _others(text: str) -> Iterator[Way]:
    bcc = re.search(r"^Each needs BCC \(`(.+?)`\)", text, re.MULTILINE)
    if bcc is None:
        return
    for found in re.finditer(r"^With (\w+) \((.+?)\).*?:\n\n```\n(.+?)```$", text, re.MULTILINE | re.DOTALL):
        name, package = found[1], re.fullmatch(r"package `(.+)`", found[2])
        commands = {line.split(" # ")[1]: line.split(" # ")[0].rstrip() for line in found[3].splitlines()}
        # A package brings BCC by itself.
        packages = "sudo apt-get update" + ("" if "build" in found[2] else f" && {bcc[1]}")
        yield Way(
            name,
            f"{packages} {package[1]}" if package else packages,
            commands["install, update"],
            commands["start"],
            commands["remove"],
        )
