"""Which recordings make which side, as the command line says it: FILE, A,B or NAME=A,B, with * in a name."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from sctptop.errors import USAGE, SctptopError
from sctptop.quantity import counted
from sctptop.terminal_text import REPLACEMENT, printable

MOST_SIDES, MOST_RUNS = 10, 100
DEMO = "demo"
_NAMED = re.compile(r"([^/=,*?]{1,40})=(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Given:
    """A side: what it is called, and the recordings of its runs, one or more."""

    name: str
    paths: tuple[Path, ...]


def sides_of(words: Sequence[str], demo: Path) -> list[Given]:
    """Of each word a side, the baseline first. Raises SctptopError."""
    found = [_side(word, demo) for word in words]
    _check([side.paths for _, side in found])
    names = [name or "" for name, _ in found]
    single = iter(names_of([side.paths[0] for name, side in found if not name and len(side.paths) == 1]))
    sides = []
    for place, (name, side) in enumerate(zip(names, (side for _, side in found), strict=True)):
        if not name:
            name = next(single) if len(side.paths) == 1 else _common_name(side.paths) or f"side {place + 1}"
        sides.append(Given(printable(name, REPLACEMENT), side.paths))
    return _apart(sides)


def names_of(paths: Sequence[Path]) -> list[str]:
    """What recordings are called: the name of the file without its end, the whole path where that is not enough."""
    short = [path.name.removesuffix(".sctp") or path.name for path in paths]
    found = short if len(set(short)) == len(short) else [str(path) for path in paths]
    return [printable(name, REPLACEMENT) for name in found]


def _side(word: str, demo: Path) -> tuple[str, Given]:
    if word == DEMO:
        return "", Given("", (demo,))
    if _exists(word) and not Path(word).is_dir():
        # Whatever letters are in its name.
        return "", Given("", (Path(word),))
    named = _NAMED.fullmatch(word)
    name, files = (named[1], named[2]) if named else ("", word)
    if files.strip(",") and files[0] + files[-1] != (files[0] + files[-1]).replace(",", ""):
        raise SctptopError(
            f"{printable(word)} begins or ends with a comma (try: A,B without a blank between)", USAGE
        )
    paths = [path for text in files.split(",") if text for path in _expanded(text, demo)]
    if not paths:
        raise SctptopError(f"{word!r} names no recording (try: NAME=a.sctp,b.sctp)", USAGE)
    if len(paths) > MOST_RUNS:
        raise SctptopError(
            f"{printable(word)}: compare takes at most {MOST_RUNS} runs a side (try: fewer of them)", USAGE
        )
    return name, Given(name, tuple(paths))


def _expanded(text: str, demo: Path) -> list[Path]:
    if text == DEMO:
        return [demo]
    if _exists(text):
        if Path(text).is_dir():
            pattern = printable(f"{text.rstrip('/')}/*.sctp", REPLACEMENT)
            raise SctptopError(f"{printable(text, REPLACEMENT)} is no file but a folder (try: '{pattern}')")
        return [Path(text)]
    if not {*text} & {*"*?["}:
        if more := glob.glob(glob.escape(text) + "*.sctp"):  # noqa: PTH207
            pattern = printable(f"{text}*.sctp", REPLACEMENT)
            raise SctptopError(
                f"there is no file {printable(text, REPLACEMENT)}, but {counted(len(more), 'recording')} that "
                f"{'begins' if len(more) == 1 else 'begin'} so (try: '{pattern}')",
                USAGE,
            )
        return [Path(text)]
    # Path.glob takes no absolute pattern before Python 3.13. A bracket may be one of the name, or of the pattern.
    found = sorted(glob.glob(text.replace("[", "[[]")) or glob.glob(text))  # noqa: PTH207
    if not found and {*text} & {*"*?"}:
        raise SctptopError(f"{printable(text)} matches no file (try: ls {printable(text)})", USAGE)
    # Without a match a bracket is one of the name.
    return [Path(one) for one in found or [text]]


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        # Many names in a row are too long for one.
        return False


def _check(sides: Sequence[Sequence[Path]]) -> None:
    """Raises SctptopError where they cannot be compared for their number, or one is there twice."""
    if len(sides) < 2:
        raise SctptopError(
            "compare takes two recordings or sides or more, the baseline first (try: sctptop compare --help)",
            USAGE,
        )
    if len(sides) > MOST_SIDES:
        raise SctptopError(
            f"compare takes at most {MOST_SIDES} sides (try: 'NAME-*.sctp', in quotes, puts runs into one side)",
            USAGE,
        )
    seen: dict[object, Path] = {}
    for path in (path for side in sides for path in side):
        identity = _identity(path)
        if identity in seen:
            raise SctptopError(
                f"{printable(str(seen[identity]))} and {printable(str(path))} are one file (try: a narrower pattern, "
                "or another recording: two of the same set-up show what chance does)",
                USAGE,
            )
        seen[identity] = path


def _identity(path: Path) -> object:
    try:
        told = path.stat()
    except OSError:
        return path
    return told.st_dev, told.st_ino


def _common_name(paths: Sequence[Path]) -> str:
    """What the names of the files begin with, or of their folder: "sack20" of sack20-1.sctp and sack20-2.sctp."""
    names = [path.name.removesuffix(".sctp") for path in paths]
    common = "".join(one[0] for one in takewhile(lambda one: len(set(one)) == 1, zip(*names, strict=False)))
    if all(name[len(common) :][:1].isdigit() for name in names):
        # 10 and 11, or 01 and 02, begin alike too.
        common = common.rstrip("0123456789")
    common = common.rstrip("-_. ")
    folders = {path.parent for path in paths}
    if not common and len(folders) == 1:
        common = folders.pop().name
    return common


def _apart(sides: Sequence[Given]) -> list[Given]:
    """Each by another name."""
    names = [side.name for side in sides]
    return [
        side if names.count(side.name) == 1 else Given(f"{side.name} #{place}", side.paths)
        for place, side in enumerate(sides, 1)
    ]
