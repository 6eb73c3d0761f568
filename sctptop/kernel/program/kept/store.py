"""The file that keeps instructions from one start to the next: root's alone, and never trusted further than its digest.

Kept by the C text, BCC and the kernel that they were compiled by, from and for. What cannot be read, or does not fit,
is as if it were not there: the program is compiled.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from sctptop.kernel.owners.untrusted import read_inside
from sctptop.kernel.program.kept.instructions import SIZE, Code

FOLDER = Path("/var/cache/sctptop")
_MOST_BYTES, _MOST_FILES = 4 << 20, 16
_SUFFIX, _NEW = ".bpf", ".new"
_FORMAT = 1


class Store:
    """Instructions by the text they were compiled from, in a folder of root's."""

    def __init__(self, bcc: str, folder: Path = FOLDER) -> None:
        """``bcc``: its version."""
        self._bcc, self._folder = bcc, folder

    def find(self, text: str) -> dict[str, Code] | None:
        """The functions that were compiled from that text, by name; None where none are kept."""
        if not self._safe():
            return None
        content = read_inside(self._folder, [self._name(text)], _MOST_BYTES)
        return _decoded(content) if content is not None else None

    def keep(self, text: str, functions: Mapping[str, Code]) -> None:
        """For the next start; where the folder cannot be had nothing is kept."""
        if os.geteuid() != 0:
            return
        name, content = self._name(text), _encoded(functions)
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if not self._safe():
                return
            new = self._folder / f"{name}{_NEW}"
            new.unlink(missing_ok=True)
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            new.rename(self._folder / name)
            self._thin()

    def forget(self, text: str) -> None:
        """The kernel did not take it."""
        if os.geteuid() == 0:
            with contextlib.suppress(OSError):
                (self._folder / self._name(text)).unlink()

    def _name(self, text: str) -> str:
        host = os.uname()
        made_by = (str(_FORMAT), self._bcc, host.machine, host.release, host.version, text)
        return hashlib.sha256("\0".join(made_by).encode()).hexdigest() + _SUFFIX

    def _safe(self) -> bool:
        """Whether nobody but root can have put anything there, and we are root."""
        if os.geteuid() != 0:
            return False
        try:
            about = self._folder.lstat()
        except OSError:
            return False
        others_write = about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        return stat.S_ISDIR(about.st_mode) and about.st_uid == 0 and not others_write

    def _thin(self) -> None:
        """The oldest go: each kernel, BCC and size of tables has a file of its own."""
        kept = [entry for entry in self._folder.iterdir() if entry.suffix in (_SUFFIX, _NEW)]
        kept.sort(key=lambda entry: entry.lstat().st_mtime_ns, reverse=True)
        for entry in kept[_MOST_FILES:]:
            entry.unlink()


def _encoded(functions: Mapping[str, Code]) -> bytes:
    told = {
        name: {"code": base64.b64encode(code.instructions).decode(), "maps": code.maps}
        for name, code in functions.items()
    }
    body = json.dumps(told).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _decoded(content: bytes) -> dict[str, Code] | None:
    digest, _, body = content.partition(b"\n")
    if digest != hashlib.sha256(body).hexdigest().encode():
        return None
    try:
        told = json.loads(body)
        found = {
            name: Code(
                base64.b64decode(one["code"], validate=True),
                tuple((int(place), str(table)) for place, table in one["maps"]),
            )
            for name, one in told.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        return None
    return found if all(len(code.instructions) % SIZE == 0 for code in found.values()) else None
