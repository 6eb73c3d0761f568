"""The line that tells how far reading has come: on a terminal alone, beyond a second alone, and gone in the end."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from sctptop.output import progress as module
from sctptop.output.progress import CLEARED, ProgressLine, in_place, progress_line


class Terminal(io.StringIO):
    """A stream that says that it is one."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Stands until it is moved."""

    now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(module, "time", found)
    return found


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    found = Terminal()
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=found))
    return found


def test_what_takes_a_second_is_told_with_the_time_left_and_cleared(clock: Clock, terminal: Terminal) -> None:
    with ProgressLine("reading a", 100) as progress:
        clock.now_s += 0.9
        progress.at(10)
        assert not terminal.getvalue()
        clock.now_s += 1.1
        progress.at(25)
        assert terminal.getvalue() == CLEARED + "reading a ██████░░░░░░░░░░░░░░░░░░ 25%, 7s left"
        clock.now_s += 0.05
        progress.at(26)
        assert terminal.getvalue().count(CLEARED) == 1
    assert terminal.getvalue().endswith("left" + CLEARED)


def test_what_was_done_before_the_beginning_does_not_count(clock: Clock, terminal: Terminal) -> None:
    with ProgressLine("reading", 100, begin=60) as progress:
        clock.now_s += 2
        progress.at(80)
    assert " 50%, 3s left" in terminal.getvalue()


def test_what_is_done_at_once_leaves_nothing(clock: Clock, terminal: Terminal) -> None:
    with ProgressLine("reading", 100) as progress:
        progress.at(100)
    assert terminal.getvalue() == ""


def test_nothing_goes_to_a_pipe(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=pipe))
    with ProgressLine("reading", 100) as progress:
        clock.now_s += 60
        progress.at(50)
    assert pipe.getvalue() == ""


def test_it_is_cleared_where_reading_fails(clock: Clock, terminal: Terminal) -> None:
    with pytest.raises(ValueError), ProgressLine("reading", 100) as progress:
        clock.now_s += 2
        progress.at(50)
        raise ValueError
    assert terminal.getvalue().endswith(CLEARED)


def test_the_line_never_wraps() -> None:
    line = in_place(progress_line("reading " + "a" * 100, 0.3, 5), 40)
    assert len(line) == len(CLEARED) + 39


def test_nothing_to_do_and_no_speed_yet_are_told_too() -> None:
    assert progress_line("reading", 0, None).endswith(" 0%")
    assert progress_line("reading", 1, 0).endswith(" 100%, 1s left")
