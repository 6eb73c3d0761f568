"""The file that keeps instructions from one start to the next: root's alone, in a folder of root's.

It is opened before rights are given up, and written through the same descriptor later. An entry stands by what
identity.py makes of all that it hangs on. What cannot be read, or does not fit, is as if it were not there: the program
is compiled.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = Path("/var/cache/sctptop"), "probes"
_MOST_BYTES, _MOST = 4 << 20, 12
_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

_opened: list[Keeper] = []


class Keeper:
    """Lines of a file: the first is the digest of all others, which are the key and the content of a program."""

    def __init__(self, descriptor: int) -> None:
        """Of the file, open for reading and writing."""
        self._descriptor = descriptor

    def find(self, key: str) -> bytes | None:
        """What is kept by that key, None where nothing is."""
        return self._entries().get(key.encode())

    def keep(self, key: str, content: bytes) -> None:
        """A line, for the next start; the oldest go where there is no room."""
        self._put(key.encode(), content)

    def forget(self, key: str) -> None:
        """The kernel did not take it."""
        self._put(key.encode(), None)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)

    def _entries(self) -> dict[bytes, bytes]:
        """What there is, the oldest first."""
        content = b""
        with suppress(OSError):
            content = os.pread(self._descriptor, _MOST_BYTES, 0)
        digest, _, body = content.partition(b"\n")
        if digest != _digest(body):
            return {}
        lines = (line.partition(b" ") for line in body.splitlines())
        return {key: content for key, _, content in lines}

    def _put(self, key: bytes, content: bytes | None) -> None:
        # Another sctptop that writes now keeps its own.
        with suppress(OSError):
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                kept = self._entries()
                kept.pop(key, None)
                if content is not None:
                    kept[key] = content
                self._write([b"%s %s\n" % entry for entry in kept.items()][-_MOST:])
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _write(self, lines: list[bytes]) -> None:
        while sum(map(len, lines)) > _MOST_BYTES // 2:
            del lines[0]
        body = b"".join(lines)
        content = _digest(body) + b"\n" + body
        os.pwrite(self._descriptor, content, 0)
        os.ftruncate(self._descriptor, len(content))


def open_store(folder: Path = FOLDER) -> Keeper | None:
    """This host's, which ``store`` has from then on; None where it is not root's alone, or we are not root."""
    if os.geteuid() != 0:
        return None
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _roots_alone(folder.lstat(), stat.S_IFDIR):
            return None
        descriptor = os.open(folder / FILE, _OPEN, 0o600)
        if not _roots_alone(os.fstat(descriptor), stat.S_IFREG):
            os.close(descriptor)
            return None
        _opened[:] = [Keeper(descriptor)]
        return _opened[0]
    return None


def store() -> Keeper | None:
    """What was opened before rights were given up."""
    return _opened[0] if _opened else None


def _roots_alone(about: os.stat_result, kind: int) -> bool:
    others_write = about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_IFMT(about.st_mode) == kind and about.st_uid == 0 and not others_write


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
