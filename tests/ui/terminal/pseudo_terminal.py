"""A terminal on which the program itself runs, as a child: all that it writes, and the state it leaves."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
DEMO = (sys.executable, "-m", "sctptop", "replay", "demo")
PATIENCE_S = 60.0
AT_REST = {b"25": b"h", b"7": b"h"}
"""The modes that are on in a terminal at rest: cursor and line wrap."""


class Screen:
    """A program on a pseudo-terminal, and all that it wrote."""

    def __init__(self, command: Sequence[str], size: tuple[int, int], environment: dict[str, str]) -> None:
        self.near, self.far = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(self.far)
        self.written = b""
        self.process = subprocess.Popen(
            ["setsid", "-c", "-w", *command] if command[0] != "setsid" else command,
            stdin=self.far,
            stdout=self.far,
            stderr=self.far,
            cwd=REPOSITORY,
            env={**os.environ, "TERM": "xterm-256color", **environment},
        )

    def resize(self, columns: int, lines: int) -> None:
        """Make the window another size."""
        fcntl.ioctl(self.far, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, most: int = 65536, wait_s: float = 0.05) -> bool:
        """Take what there is. Returns whether there was something."""
        if not select.select([self.near], [], [], wait_s)[0]:
            return False
        self.written += os.read(self.near, most)
        return True

    def until(self, condition: Callable[[], object]) -> None:
        """Read until it is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, self.written[-2000:]
            self.read()

    def shown(self) -> None:
        """Wait for the first picture."""
        self.until(lambda: b"Quit" in self.written and b"\xe2\x94\x82" in self.written)

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self.near, keys)

    def pid(self) -> int:
        """The program's, not that of setsid."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else self.process.pid

    def end(self) -> int:
        """Its exit code, once it ended and all was read."""
        self.until(lambda: self.process.poll() is not None)
        while self.read():
            pass
        return self.process.returncode

    def left_on(self) -> dict[bytes, bytes]:
        """The private modes that are not as before it; the keyboard protocol of kitty as b"kitty"."""
        last = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", self.written))
        pushed, popped = re.findall(rb"\x1b\[>\d+u", self.written), re.findall(rb"\x1b\[<u", self.written)
        unequal = {b"kitty": b"on"} if len(pushed) != len(popped) else {}
        return {mode: set_to for mode, set_to in last.items() if set_to != AT_REST.get(mode, b"l")} | unequal

    def as_before(self) -> bool:
        """Whether the terminal is as it was."""
        return termios.tcgetattr(self.far) == self.before and not self.left_on()


@contextmanager
def screen(
    command: Sequence[str] = DEMO, size: tuple[int, int] = (100, 30), **environment: str
) -> Iterator[Screen]:
    """The program, started; it ends with the block."""
    found = Screen(command, size, environment)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.process.kill()
        found.process.wait()
        for descriptor in (found.near, found.far):
            try:
                os.close(descriptor)
            except OSError:
                # A test that hangs up closed it.
                pass
