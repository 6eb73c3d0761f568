"""A terminal that a test types into and reads: tmux, driven from outside like a person would."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

START_S = 60.0
ANSWER_S = 30.0


class Terminal:
    """One pane with a shell; ``text`` is what a person would see."""

    def __init__(self, name: str) -> None:
        self._name = name

    def tmux(self, *arguments: str) -> str:
        """A tmux command on this server of its own; returns what it printed."""
        command = ["tmux", "-L", self._name, "-f", "/dev/null", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    def press(self, *keys: str) -> None:
        """Type keys, by the names tmux has for them."""
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text as it stands."""
        self.tmux("send-keys", "-l", text)

    @property
    def text(self) -> str:
        """The screen, one line a row, without trailing spaces."""
        return self.tmux("capture-pane", "-p")

    @property
    def state(self) -> tuple[str, ...]:
        """Alternate screen, mouse reporting, cursor shown: as flags "0" or "1"."""
        return tuple(self.tmux("display", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}").split())

    def wait(self, condition: Callable[[str], object], seconds: float = ANSWER_S) -> str:
        """The first screen that fulfils the condition. Raises AssertionError with the last one."""
        deadline = time.monotonic() + seconds
        while True:
            text = self.text
            if condition(text):
                return text
            if time.monotonic() > deadline:
                raise AssertionError(f"still not so after {seconds:g} s:\n{text}")
            time.sleep(0.2)

    def line(self, *words: str) -> str:
        """The first row that holds all the words, once there is one."""

        def found(text: str) -> list[str]:
            return [row for row in text.splitlines() if all(word in row for word in words)]

        return found(self.wait(found))[0]


@contextmanager
def terminal(name: str, columns: int, rows: int) -> Iterator[Terminal]:
    """A terminal of that size with a plain shell in it; everything in it ends with the block."""
    screen = Terminal(name)
    shell = ["env", "TERM=screen-256color", "PS1=$ ", "bash", "--norc", "--noprofile"]
    screen.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), shlex.join(shell))
    try:
        screen.wait(lambda text: "$" in text)
        yield screen
    finally:
        subprocess.run(["tmux", "-L", name, "kill-server"], check=False, capture_output=True)


def run_in(screen: Terminal, command: Sequence[str]) -> None:
    """Start a command in the shell; its exit code appears as ``exit=N`` when it ends."""
    screen.type(f"clear; {shlex.join(command)}; echo exit=$?\n")
