"""Files by name, once: made in a folder that is held open, or opened to be read; the rest is done by descriptor."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from sctptop.recording.file_format import RecordingError


class Folder:
    """The folder in which relative names are meant: that of the process when it was made.

    Compiling the probes changes the directory of the process for a while, and so what such a name means.
    """

    def __init__(self) -> None:
        try:
            self._descriptor: int | None = _opened(".", None)
        except OSError:
            # It is gone, or closed to us: a name in it is told to be.
            self._descriptor = None

    def __del__(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def open(self, path: Path) -> int:
        """A descriptor of the folder of a path. Raises OSError."""
        if self._descriptor is None and not path.is_absolute():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return _opened(path.parent, self._descriptor)


class NewFile:
    """A file that was not there before, and the name it has in its folder."""

    def __init__(self, path: Path, folder: Folder) -> None:
        """Makes it, mode 0600. Raises RecordingError; never overwrites."""
        try:
            self._folder = folder.open(path)
        except OSError as error:
            raise _unwritable(path, error) from None
        self._name = path.name
        flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_RDWR | os.O_CLOEXEC
        try:
            self.descriptor = os.open(path.name, flags, 0o600, dir_fd=self._folder)
        except OSError as error:
            os.close(self._folder)
            raise _unwritable(path, error) from None
        with suppress(OSError):
            # The name itself has to be on disk too. A folder may be open to writing alone.
            os.fsync(self._folder)

    def remove(self) -> None:
        """Take its name away, unless another file has it by now. Raises OSError."""
        named, own = (
            os.stat(self._name, dir_fd=self._folder, follow_symlinks=False),
            os.fstat(self.descriptor),
        )
        if (named.st_dev, named.st_ino) == (own.st_dev, own.st_ino):
            os.unlink(self._name, dir_fd=self._folder)

    def close(self) -> None:
        """Let go of it. Safe to call twice."""
        for descriptor in (self.descriptor, self._folder):
            if descriptor >= 0:
                os.close(descriptor)
        self.descriptor = self._folder = -1


def opened(path: Path) -> int:
    """A descriptor to read a file. Raises RecordingError, also for what is no file: it is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise RecordingError(f"cannot read {path}: {error.strerror} (try: sctptop replay demo)") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RecordingError(f"{path} is no file (try: sctptop replay demo)")
    return descriptor


def _opened(path: Path | str, folder: int | None) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    except PermissionError:
        # One that may be written but not listed.
        return os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)


def _unwritable(path: Path, error: OSError) -> RecordingError:
    if isinstance(error, FileExistsError):
        return RecordingError(f"{path} is there already (try: another name; nothing is overwritten)")
    return RecordingError(f"cannot write {path}: {error.strerror} (try: another folder)")
