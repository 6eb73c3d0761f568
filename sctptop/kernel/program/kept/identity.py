"""What a kept program hangs on: the kernel and its module, byte for byte, BCC, what is asked for, and our own files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sctptop.kernel.program.points import ProbeChoice
from sctptop.kernel.program.program_source import folder

_FORMAT = 2
_KERNEL_NOTES, _MODULE = Path("sys/kernel/notes"), Path("sys/module/sctp")
_MODULE_NOTES = _MODULE / "notes/.note.gnu.build-id"
_POSSIBLE = Path("sys/devices/system/cpu/possible")
_OURS = Path(__file__).resolve().parents[2]


def identity(
    bcc: str, choice: ProbeChoice, room: int, btf: Path, root: Path = Path("/"), module: str = "sctp"
) -> str | None:
    """A name for the program that this host is to have; None where it cannot be told from another kernel's."""
    try:
        parts = [*_kernel(root, btf, module), *_ours()]
    except OSError:
        return None
    host = os.uname()
    parts += [
        text.encode()
        for text in (str(_FORMAT), bcc, host.machine, host.release, host.version, repr(choice), str(room))
    ]
    whole = hashlib.sha256()
    for part in parts:
        whole.update(b"%d:" % len(part) + part)
    return whole.hexdigest()


def _kernel(root: Path, btf: Path, module: str) -> Iterator[bytes]:
    """Build ids, types, and how many processors there may be. Raises OSError where one that is needed is not told."""
    notes = (root / _KERNEL_NOTES).read_bytes()
    if not notes:
        raise OSError(2, "no build id of the kernel")
    yield notes
    # The build id covers the types that the kernel is linked with; those of a module are added to it later.
    yield str(_size(btf / "vmlinux")).encode()
    split = btf / module
    types = split.read_bytes() if split.exists() else b""
    yield types
    built_in = not (root / _MODULE / "initstate").exists()
    with suppress(OSError):
        yield (root / _MODULE_NOTES).read_bytes()
        built_in = True
    if not built_in and not types:
        raise OSError(2, "no build id of the module")
    yield (root / _POSSIBLE).read_bytes()


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _ours() -> Iterator[bytes]:
    """The C, and the Python that writes and describes it."""
    here = [path for path in (*folder().glob("**/*"), *(_OURS / "program").glob("**/*.py")) if path.is_file()]
    for path in (*sorted(here), _OURS / "layout.py"):
        yield path.name.encode()
        yield path.read_bytes()
