"""The program itself on a terminal of its own: whatever ends it, the terminal is as it was, and nobody waits for it."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.ui.terminal.pseudo_terminal import DEMO, screen

pytestmark = pytest.mark.slow

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
        # What is typed before the shell asks is thrown away with what the dashboard had not read.
        shown.until(lambda: b"$ " in shown.written.partition(b"\x1b[?1049l")[2])
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
