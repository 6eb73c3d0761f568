"""The program itself on a terminal of its own: whatever ends it, the terminal is as it was, and nobody waits for it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
DEMO = (sys.executable, "-m", "sctptop", "replay", "demo")
BROKEN = """
import sys
import sctptop.tui.dashboard, sctptop.tui.feeds.player
def broken(*_):
    raise ValueError("[red]\\x1b[2Jx")
{where} = broken
sys.argv = ["sctptop", "replay", "demo"]
from sctptop.cli import main
sys.exit(main())
"""
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


@pytest.mark.parametrize("size", [(100, 30), (20, 5), (5, 2), (1, 1), (0, 0)], ids=str)
def test_q_leaves_a_terminal_of_any_size_as_it_was(size: tuple[int, int]) -> None:
    with screen(size=size) as shown:
        shown.until(lambda: b"\x1b[?2004h" in shown.written)
        time.sleep(1)
        shown.press(b"q")
        assert shown.end() == 0 and shown.as_before()
        assert b"\x1b[?1049h" in shown.written and b"Traceback" not in shown.written


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT"])
@pytest.mark.parametrize("early", [True, False], ids=["early", "late"])
def test_a_signal_leaves_it_as_it_was(name: str, early: bool) -> None:
    with screen() as shown:
        if early:
            # The first that it writes; much is still to come.
            shown.until(lambda: b"\x1b[?1049h" in shown.written)
        else:
            shown.shown()
        os.kill(shown.pid(), getattr(signal, name))
        code = shown.end()
        assert code == (0 if name == "SIGINT" else 128 + getattr(signal, name)) and shown.as_before()
        assert b"Traceback" not in shown.written


@pytest.mark.parametrize(
    "where",
    ["sctptop.tui.dashboard.Dashboard.paint", "sctptop.tui.feeds.player.Player._work"],
    ids=["picture", "feed"],
)
def test_what_breaks_ends_it_in_one_harmless_line(where: str) -> None:
    with screen([sys.executable, "-c", BROKEN.format(where=where)]) as shown:
        assert shown.end() == 1 and shown.as_before()
        last = shown.written.rpartition(b"\x1b[?1006l")[2]
        assert last == b"sctptop: error: the dashboard stopped: ValueError: [red]?[2Jx\r\n"


def test_stopped_and_let_go_on() -> None:
    with screen(["setsid", "-c", "-w", "bash", "--norc", "-i"], PS1="$ ") as shown:
        shown.press(b" ".join(word.encode() for word in DEMO) + b"; echo code=$((40+$?))\n")
        shown.shown()
        shown.press(b"\x1a")
        shown.until(lambda: b"Stopped" in shown.written)
        assert not {mode for mode in shown.left_on() if mode != b"2004"}

        shown.written = b""
        shown.press(b"fg\n")
        shown.shown()
        shown.press(b"q")
        shown.until(lambda: b"\x1b[?1049l" in shown.written)
        shown.press(b"exit\n")
        shown.end()


def test_it_does_not_stop_where_nobody_lets_it_go_on() -> None:
    with screen() as shown:
        shown.shown()
        shown.press(b"\x1a")
        shown.until(lambda: b"job control" in shown.written)
        shown.press(b"q")
        assert shown.end() == 0 and shown.as_before()


@pytest.mark.parametrize("leave", ["key", "signal"])
def test_nobody_waits_for_a_slow_terminal(leave: str) -> None:
    with screen(size=(160, 50)) as shown:
        end = time.monotonic() + 6
        while time.monotonic() < end:
            shown.read(100)
            time.sleep(0.1)
        shown.press(b"q") if leave == "key" else os.kill(shown.pid(), signal.SIGTERM)
        begun = time.monotonic()
        while shown.process.poll() is None and time.monotonic() < begun + 20:
            shown.read(100)
            time.sleep(0.1)
        assert time.monotonic() - begun < 10
        assert shown.end() == (0 if leave == "key" else 143) and shown.as_before()


@pytest.mark.parametrize("own", [True, False], ids=["own", "foreign"])
def test_a_terminal_that_hung_up_ends_it(own: bool) -> None:
    # Without -c the terminal is not the session's: then no signal tells of it.
    with screen(["setsid", *(["-c"] if own else []), "-w", *DEMO]) as shown:
        shown.shown()
        os.close(shown.far)
        os.close(shown.near)
        assert shown.process.wait(10) == 129


def test_a_window_that_changes_a_hundred_times_a_second() -> None:
    with screen() as shown:
        shown.shown()
        end, turn = time.monotonic() + 3, 0
        while time.monotonic() < end:
            turn += 1
            shown.resize(20 + turn * 7 % 120, 10 + turn % 30)
            shown.read(wait_s=0)
            time.sleep(0.01)
        shown.press(b"q")
        assert shown.end() == 0 and shown.as_before() and turn > 100


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("dumb", b"TERM=dumb cannot draw (try: export TERM=xterm-256color"),
        ("", b"TERM=(not set) cannot draw"),
        ("unknown", b"TERM=unknown cannot draw"),
    ],
)
def test_a_terminal_that_cannot_draw_is_not_drawn_on(kind: str, words: bytes) -> None:
    with screen(TERM=kind) as shown:
        assert shown.end() == 2
        assert words in shown.written and shown.written.count(b"\n") == 1 and b"\x1b" not in shown.written
        assert b"sctptop replay FILE -b, --json or --csv)" in shown.written


@pytest.mark.parametrize("kind", ["vt100", "linux", "xterm", "screen", "nosuch"])
def test_others_have_the_colours_they_know(kind: str) -> None:
    with screen(TERM=kind, COLORTERM="") as shown:
        shown.shown()
        shown.press(b"q")
        assert shown.end() == 0 and shown.as_before()
        assert not re.search(rb"\x1b\[[0-9;]*[34]8;[25];", shown.written)


def test_the_terminals_own_encoding_is_drawn_in() -> None:
    with screen(PYTHONIOENCODING="latin-1") as shown:
        shown.until(lambda: b"Quit" in shown.written and b"|" in shown.written)
        shown.press(b"q")
        assert shown.end() == 0 and shown.as_before()
        assert b"\xc2" not in shown.written and b"\xe2" not in shown.written


@pytest.mark.parametrize(
    ("redirection", "code", "words"),
    [
        ("2> {file}", 0, b""),
        ("> {file}", 2, b"a terminal: standard output is none (try: sctptop replay FILE -b"),
        ("< /dev/null", 2, b"a terminal: standard input is none (try: sctptop replay FILE -b"),
    ],
)
def test_streams_that_are_no_terminal(redirection: str, code: int, words: bytes, tmp_path: Path) -> None:
    command = f"{' '.join(DEMO)} {redirection.format(file=tmp_path / 'file')}"
    with screen(["bash", "-c", command]) as shown:
        if not code:
            shown.shown()
            shown.press(b"q")
        assert shown.end() == code and shown.as_before()
        assert words in shown.written
        assert not (tmp_path / "file").exists() or not (tmp_path / "file").read_bytes()
