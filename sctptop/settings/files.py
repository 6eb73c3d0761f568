"""Where the file is, and its text. We may be root, and the file somebody's: it is bounded, and no device is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from sctptop.settings.errors import SettingsError

NAME = "config.toml"
NONE = "none"
"""For ``--config``: no file is read."""
MOST_BYTES = 64 << 10
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_NO_FILE = "--config none reads no file"


def usual_file(environment: Mapping[str, str] = os.environ, becoming: bool = False) -> Path:
    """The file of who we are, who with sudo is the user who called it: sudo sets HOME to root's (sudoers(5)).

    ``becoming``: we are root, and going to be that user. Who stays root has root's.
    """
    import pwd

    import platformdirs

    caller = environment.get("SUDO_UID", "")
    by_sudo = caller.isascii() and caller.isdigit() and (becoming or os.getuid() == int(caller))
    if by_sudo and not environment.get("XDG_CONFIG_HOME"):
        try:
            return Path(pwd.getpwuid(int(caller)).pw_dir, ".config", "sctptop", NAME)
        except (KeyError, OverflowError):
            pass
    return platformdirs.user_config_path("sctptop", appauthor=False) / NAME


def folder_to_keep_in(asked: str | None) -> Path | None:
    """Where settings will be kept, of who is going to be the user; None where none are."""
    if asked == NONE:
        return None
    return (usual_file(becoming=True) if asked is None else Path(asked).expanduser()).parent


def text_of(file: Path, asked: bool) -> str | None:
    """What is in it; None where it is not there, and was not ``asked`` for. Raises SettingsError."""
    try:
        about = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        if not asked:
            return None
        raise SettingsError(
            file, 0, "there is no such file", "sctptop --print-config > FILE makes one"
        ) from None
    except (OSError, ValueError) as error:
        # In a home of others, as of a service, is none of ours.
        if isinstance(error, PermissionError) and not asked:
            return None
        raise SettingsError(file, 0, f"cannot be read: {_why(error)}", _NO_FILE) from None
    _check(file, about)
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            # It may be another one by now.
            _check(file, os.fstat(descriptor))
            content = os.read(descriptor, MOST_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise SettingsError(file, 0, f"cannot be read: {_why(error)}", _NO_FILE) from None
    if len(content) > MOST_BYTES:
        raise _too_large(file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(file, line, "not UTF-8", f"iconv -t UTF-8 {file}") from None


def _check(file: Path, about: os.stat_result) -> None:
    kind = next((name for test, name in _KINDS if test(about.st_mode)), None)
    if kind is not None or not stat.S_ISREG(about.st_mode):
        raise SettingsError(file, 0, f"it is {kind or 'no file'}, and not read", _NO_FILE)
    if about.st_size > MOST_BYTES:
        raise _too_large(file)


def _too_large(file: Path) -> SettingsError:
    return SettingsError(file, 0, f"larger than {MOST_BYTES >> 10} kB: no configuration", _NO_FILE)


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
