"""Runs the process that carries a job: shows its output meanwhile, and ends all of its children in time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.lab.machine.jobs import Job

# After the command's exit code is there, a guest gets this long to power off by itself.
POWER_OFF_SECONDS = 5.0
LEASH = Path(__file__).with_name("leash.py")


@dataclass
class Progress:
    """What to do with output as it comes: `show` copies it to this process's own stdout and stderr."""

    show: bool = False
    console: list[str] = field(default_factory=list)
    _offsets: dict[str, int] = field(default_factory=dict)

    def copy(self, job: Job) -> None:
        """Copies what the job wrote since the last call."""
        if not self.show:
            return
        for name, stream in (("stdout", sys.stdout), ("stderr", sys.stderr)):
            self._offsets[name] = _copy_from(job.folder / name, self._offsets.get(name, 0), stream)

    def last_lines(self, count: int = 120) -> str:
        """The end of the guest's console, for error messages: a whole oops with its backtrace."""
        return "\n".join(line for line in "".join(self.console).splitlines()[-count:] if line.strip())


def _copy_from(file: Path, offset: int, stream: IO[str]) -> int:
    with file.open("rb") as source:
        source.seek(offset)
        data = source.read()
    if data:
        stream.write(data.decode(errors="replace"))
        stream.flush()
    return offset + len(data)


def leashed(command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Starts `command` as a process group that outlives neither `end_group` nor this process."""
    return subprocess.Popen(
        [sys.executable, "-S", str(LEASH), *command],
        env=env,
        stdin=subprocess.PIPE,
        # A pipe, never a file: QEMU opens what is behind /proc/self/fd/1 again and truncates it.
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def let_go(process: subprocess.Popen[bytes]) -> None:
    """Closes the pipe whose end a leashed process waits for."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()


def watch(
    command: Sequence[str],
    job: Job,
    *,
    timeout: float,
    env: Mapping[str, str],
    progress: Progress,
    silence: float | None = None,
) -> None:
    """Runs `command` until it ends, the job has an exit code, or `timeout` seconds are over.

    `silence`: also when the job wrote nothing for so many seconds. Raises subprocess.TimeoutExpired in these two cases.
    In every case nothing of it runs afterwards.
    """
    process = leashed(command, env)
    assert process.stdout is not None
    reader = threading.Thread(target=_collect, args=(process.stdout, progress.console), daemon=True)
    reader.start()
    try:
        _wait(process, job, timeout, silence, progress)
    finally:
        end_group(process)
        let_go(process)
        reader.join(timeout=2)
        progress.copy(job)


def _wait(
    process: subprocess.Popen[bytes], job: Job, timeout: float, silence: float | None, progress: Progress
) -> None:
    heard = time.monotonic()
    deadline = heard + timeout
    power_off = None
    written = 0
    while process.poll() is None:
        now = time.monotonic()
        progress.copy(job)
        if (size := job.written()) != written:
            heard, written = now, size
        late = now > deadline or (silence is not None and now > heard + silence)
        if power_off is None and job.returncode() is not None:
            power_off = now + POWER_OFF_SECONDS
        if power_off is not None and now > power_off:
            return
        if power_off is None and late:
            raise subprocess.TimeoutExpired(process.args, timeout)
        time.sleep(0.1)


def _collect(stream: IO[bytes], lines: list[str]) -> None:
    with contextlib.suppress(ValueError), stream:
        for line in stream:
            lines.append(line.decode(errors="replace"))


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and all of its group, at first politely."""
    for number, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)
            break
    # vng may be gone while QEMU, of the same group, is not.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
