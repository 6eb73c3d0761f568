"""Files that others made: read without waiting, followed nowhere.

Whoever runs a container chooses what stands in its files. A reader with root's rights must neither wait at a pipe
laid there, nor be led elsewhere by a link.
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
