"""The folder through which guests share out the tests of the lab, and tell what became of each.

A guest claims one room (a folder of guest/) after the other, so that none is idle while there is work.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIABLE = "SCTPTOP_LAB_BOARD"
GUEST = "SCTPTOP_LAB_GUEST"
"""Both are set in a guest: the folder, and the name by which the guest goes there."""

Name = tuple[str, str]
"""File of a test, relative to guest/, and its function; variants have the name of their function."""


def room(name: Name) -> str:
    """The folder whose tests one guest runs together, as they share what is expensive."""
    return name[0].partition("/")[0]


@dataclass(frozen=True)
class Board:
    """In it: `wanted`, a file for each claimed room, and a file of lines for each guest."""

    folder: Path

    def want(self, names: list[Name]) -> None:
        """Which tests are to be run at all."""
        for part in ("claims", "said"):
            (self.folder / part).mkdir()
        (self.folder / "wanted").write_text(json.dumps(names))

    def wanted(self) -> set[Name]:
        """See `want`."""
        return {(file, function) for file, function in json.loads((self.folder / "wanted").read_text())}

    def claim(self, name: str, guest: str) -> bool:
        """Whether that room is this guest's; it is from now on if it was nobody's."""
        try:
            with (self.folder / "claims" / name).open("x") as file:
                file.write(guest)
            return True
        except FileExistsError:
            return self.owner(name) == guest

    def owner(self, name: str) -> str | None:
        """The guest that has claimed a room."""
        try:
            return (self.folder / "claims" / name).read_text()
        except FileNotFoundError:
            return None

    def hand_over(self, name: str, guest: str) -> None:
        """Gives the room of a dead guest to another one."""
        (self.folder / "claims" / name).write_text(guest)

    def say(self, guest: str, **facts: Any) -> None:
        """One more line of a guest, there for all when this returns."""
        with (self.folder / "said" / guest).open("a") as file:
            file.write(json.dumps(facts) + "\n")

    def said(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What guests said, by guest; a line that a dying one did not finish is left out."""
        for file in sorted((self.folder / "said").iterdir()):
            for line in file.read_text().splitlines(keepends=True):
                if line.endswith("\n"):
                    yield file.name, json.loads(line)


def shorten(text: str, limit: int = 4000) -> str:
    """A failure in at most twice so many characters: tests write whole collections into their assertions."""
    return text if len(text) <= 2 * limit else f"{text[:limit]}\n…\n{text[-limit:]}"
