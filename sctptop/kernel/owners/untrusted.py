"""Files and names that others made: read without waiting, followed nowhere, shown without harm.

Whoever runs a container chooses what stands in its files, and a process its own name. A reader with root's rights
must neither wait at a pipe laid there, nor be led elsewhere by a link, nor print an escape sequence.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

_OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_ENTER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC


def read_inside(root: Path, names: Iterable[str], limit: int) -> bytes | None:
    """The file that ``names`` lead to from the folder ``root``, no link followed below it.

    None where there is none, where it may not be read, is no regular file, or is longer than ``limit`` bytes.
    """
    *folders, last = names
    opened: list[int] = []
    try:
        opened.append(os.open(root, _ENTER))
        for name in folders:
            opened.append(os.open(name, _ENTER | os.O_NOFOLLOW, dir_fd=opened[-1]))
        opened.append(os.open(last, _OPEN, dir_fd=opened[-1]))
        about = os.fstat(opened[-1])
        if not stat.S_ISREG(about.st_mode) or about.st_size > limit:
            return None
        return os.read(opened[-1], limit)
    except (OSError, ValueError):
        return None
    finally:
        for descriptor in reversed(opened):
            os.close(descriptor)


def printable(name: str | bytes) -> str:
    """A name for people: what is no character that prints becomes a question mark.

    >>> printable(b"nr-gnb\\x1b[2J"), printable("a b")
    ('nr-gnb?[2J', 'a b')
    """
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
    return "".join(letter if letter.isprintable() else "?" for letter in text)
