"""sctptop's processes as they are watched: the dashboard in a terminal of its own, and a recording."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCTPTOP = [sys.executable, "-X", "faulthandler", "-m", "sctptop"]
"""So that one that hangs tells where, asked by SIGABRT."""
COUNTERS = "4"
OTHERS = "123567"
SHOWN = b"SctpCurrEstab"
"""What only the Counters view draws, when it is opened."""
ANSWER_S = 120.0
ENDS_S = 300.0
"""Within which both end: an emulated machine that does much else detaches their probes slowly."""
FILLED = ("paths", "associations", "waits", "handed_over", "unread")
"""Tables whose entries are told."""
ROWS, COLUMNS = 40, 160


def memory_kib(pid: int) -> int:
    """What the process holds of memory: proc_pid_status(5), VmRSS."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS:")))


def descriptors(pid: int) -> int:
    """How many are open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


class OnTerminal:
    """A program draws into a pseudo terminal that is read as fast as it comes."""

    def __init__(self, command: Sequence[str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self.drawn = bytearray()
        self._fresh = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 1 << 16):
                with self._fresh:
                    self.drawn += data
                    self._fresh.notify_all()


class Dashboard(OnTerminal):
    """sctptop in one."""

    def __init__(self, *words: str) -> None:
        super().__init__([*SCTPTOP, *words])
        self._others = itertools.cycle(OTHERS)
        self.broken = False
        """Whether a traceback was drawn."""

    def answers_in(self, key: str, shown: bytes, seconds: float = ANSWER_S) -> float:
        """Seconds from a key to what it has drawn. Raises TimeoutError."""
        with self._fresh:
            self.broken = self.broken or b"Traceback" in self.drawn
            self.drawn.clear()
            begun = time.monotonic()
            os.write(self._master, key.encode())
            if not self._fresh.wait_for(lambda: shown in self.drawn, seconds):
                raise TimeoutError(f"{key} drew no {shown!r} in {seconds:g} s: {bytes(self.drawn[-800:])!r}")
            return time.monotonic() - begun

    def key_s(self) -> float:
        """What a key takes, from one view to another; behind it each of the others is shown in turn."""
        found = self.answers_in(COUNTERS, SHOWN)
        os.write(self._master, next(self._others).encode())
        return found

    def quit(self) -> int:
        """Its exit code; where it does not end, that of SIGABRT, and the stacks of its threads are drawn."""
        with self._fresh:
            self.broken = self.broken or b"Traceback" in self.drawn
            self.drawn.clear()
        os.write(self._master, b"q")
        try:
            return self.process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            return self.process.wait(ANSWER_S)
        finally:
            self.process.kill()


class Recorder:
    """``record --json``: what it tells of its readings; all it says besides is kept."""

    def __init__(self, file: Path, *words: str) -> None:
        self._said = Path(f"{file}.said").open("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [*SCTPTOP, "record", "-o", str(file), "--json", *words],
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        self.readings = 0
        self.last: dict[str, Any] = {}
        self.lost = 0
        self.ended = 0
        self._met: set[tuple[int, int]] = set()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.last = json.loads(line)
            self.readings += 1
            self.lost += self.last["events_lost"]
            self.ended += len(self.last.get("registrations", {}).get("ended", ()))
            self._met |= {(one["netns"], one["own_tag"]) for one in self.last["associations"]}

    @property
    def met(self) -> int:
        """How many associations it saw so far."""
        return len(self._met)

    @property
    def read_s(self) -> float:
        """What the last reading took."""
        return float(self.last.get("read_s", 0.0))

    def stop(self) -> tuple[int, str]:
        """Exit code, and what it said on standard error."""
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(ENDS_S)
        finally:
            self.process.kill()
        self._reader.join(ANSWER_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        with self._said:
            self._said.seek(0)
            return code, self._said.read()


def _tables() -> list[dict[str, Any]]:
    listed = subprocess.run(["bpftool", "-j", "map", "list"], capture_output=True, check=True)
    found: list[dict[str, Any]] = json.loads(listed.stdout)
    return found


def tables(name: str) -> int:
    """How many tables of BPF have that name: one for each set of probes that is loaded."""
    return sum(one.get("name") == name for one in _tables())


def map_fill() -> dict[str, int]:
    """Entries in the tables of BPF that are loaded now, by name, all of a name together."""
    found: dict[str, int] = {}
    for one in _tables():
        if one.get("name") in FILLED:
            words = ["bpftool", "-j", "map", "dump", "id", str(one["id"])]
            dump = subprocess.run(words, capture_output=True, check=False)
            with contextlib.suppress(ValueError):
                found[one["name"]] = found.get(one["name"], 0) + len(json.loads(dump.stdout))
    return found
