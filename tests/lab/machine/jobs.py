"""A job: the folder through which caller and lab exchange a command, its output and its exit code.

Files carry everything: a guest's serial ports lose output when it is killed, and need udev to be found.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.machine.cache import cache_folder

KEPT_S = 86_400.0
REPOSITORY = Path(__file__).resolve().parents[3]
READ_OFTEN = (*(REPOSITORY / name for name in ("sctptop", "tests", "bpf")), Path(sys.prefix))


@dataclass(frozen=True)
class Result:
    """What a command in the lab did.

    `returncode` is the command's own; 124 = time-out (what it had written is kept), 125 = the lab died.
    `where` is "here", "vm (kvm)" or "vm (tcg)"; `seconds` includes the boot.
    """

    returncode: int
    stdout: str
    stderr: str
    where: str
    seconds: float


@dataclass(frozen=True)
class Job:
    """The folder of one command; see `new_job`."""

    folder: Path
    shared: Path | None = None

    def read(self, name: str) -> str:
        """The text of one of its files, "" when it does not exist (yet)."""
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def written(self) -> int:
        """Bytes of output so far."""
        return sum((self.folder / name).stat().st_size for name in ("stdout", "stderr"))

    def returncode(self) -> int | None:
        """The command's exit code, None while it runs or when it never finished."""
        text = self.read("rc").strip()
        return int(text) if text.isdigit() else None


@contextmanager
def new_job(
    command: Sequence[str] | str,
    *,
    where: str,
    cwd: Path,
    env: Mapping[str, str],
    sctp: bool = True,
    tty: bool = False,
    shared: Path | None = None,
) -> Iterator[Job]:
    """Makes the folder of a job (`where`: "vm" or "here") and removes it in the end.

    `shared`: another folder that a guest may write to.
    """
    base = cache_folder() / "jobs"
    base.mkdir(exist_ok=True)
    for left in base.glob("job-*"):
        # By somebody who was killed.
        if left.stat().st_mtime < time.time() - KEPT_S:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="job-", dir=base))
    try:
        text = command if isinstance(command, str) else "exec " + shlex.join(command)
        (folder / "command.sh").write_text(text + "\n")
        settings = {"WHERE": where, "SCTP": yes(sctp), "TTY": yes(tty), "WORK": str(cwd)}
        settings["SHARED"] = str(shared or "")
        # Read all the time, and so by the way that is cached, though they may be in the shared folder.
        settings["CACHED"] = " ".join(shlex.quote(str(place)) for place in READ_OFTEN) if tty else ""
        (folder / "settings").write_text(_assignments(settings))
        exports = {"SCTPTOP_IN_LAB": "1", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        exports |= {"HOME": "/root", "LANG": "C.UTF-8", "TERM": os.environ.get("TERM") or "xterm-256color"}
        exports |= {"SCTPTOP_LAB_JOB": str(folder), "SCTPTOP_LAB_CACHE": str(cache_folder()), **env}
        (folder / "environment").write_text(_assignments(exports, "export "))
        for name in ("stdout", "stderr"):
            (folder / name).touch()
        yield Job(folder, shared)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def yes(value: bool) -> str:
    """The word the guest's script understands."""
    return "yes" if value else "no"


def _assignments(values: Mapping[str, str], prefix: str = "") -> str:
    return "".join(f"{prefix}{name}={shlex.quote(value)}\n" for name, value in values.items())
