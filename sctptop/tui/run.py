"""Runs the dashboard in the terminal, and gives the terminal back as it was."""

from __future__ import annotations

import os
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from sctptop.errors import FAILED, HUNG_UP, SctptopError
from sctptop.options import Options
from sctptop.quantity import counted
from sctptop.terminal_text import printable
from sctptop.tui.app import SctptopApp
from sctptop.tui.custom_app import Keep
from sctptop.tui.priority import drawing_first
from sctptop.tui.terminal import Terminal

if TYPE_CHECKING:
    from sctptop.recording.reader import Recording
    from sctptop.recording.recorder import Recorder
    from sctptop.source import Source


def run_dashboard(
    source: Source,
    options: Options,
    recorder: Recorder,
    give_up: Callable[[], object] = lambda: None,
    keep: Keep | None = None,
) -> int:
    """Show the live dashboard until the user leaves. Returns the exit code; raises SctptopError when it broke.

    ``give_up`` takes the rights of every thread but the one that reads.
    """
    try:
        from sctptop.tui.live_app import LiveApp

        app = LiveApp(source, options, recorder)
        app.keep = keep
        give_up()
        code = _run(app)
    finally:
        source.close()
        kept = recorder.last
        if kept.samples:
            told = counted(kept.samples, "sample")
            where = printable(str(kept.path))
            print(f"sctptop: {told} in {where}; sctptop replay {where} shows what was seen")
    return code


def replay_dashboard(recording: Recording, options: Options, start: int, keep: Keep | None = None) -> int:
    """The same on a recording, from a position on."""
    from sctptop.tui.replay_app import ReplayApp

    app = ReplayApp(recording, options, start)
    app.keep = keep
    return _run(app)


def _run(app: SctptopApp) -> int:
    result = None
    with terminal_of_its_own() as terminal, _threads_of(app), drawing_first() as loop:
        app.draw_on(terminal)
        try:
            result = app.run(loop=loop)
        except Exception as error:
            app.failure = app.failure or error
    if terminal.gone:
        return HUNG_UP
    if app.failure is not None:
        raise SctptopError(f"the dashboard stopped: {type(app.failure).__name__}: {app.failure}", FAILED)
    return result if result is not None else 0


@contextmanager
def terminal_of_its_own() -> Iterator[Terminal]:
    """Textual draws on what it takes for stderr: here on the terminal of stdout, which is given back as it was.

    Clang and libbpf complain on stderr: meanwhile nobody hears them.
    """
    before, output = sys.__stderr__, sys.stdout
    complaints, silence = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    state = termios.tcgetattr(1) if os.isatty(1) else None
    terminal = Terminal(os.dup(1), output.encoding or "utf-8")
    sys.__stderr__ = cast(TextIO, terminal)  # type: ignore[misc, assignment]
    os.dup2(silence, 2)
    try:
        yield terminal
    finally:
        terminal.close()
        os.dup2(complaints, 2)
        sys.__stderr__ = before  # type: ignore[misc]
        for descriptor in (complaints, silence):
            os.close(descriptor)
        if state is not None and not terminal.gone:
            termios.tcsetattr(1, termios.TCSANOW, state)


@contextmanager
def _threads_of(app: SctptopApp) -> Iterator[None]:
    """A thread that dies ends the dashboard: Python would write a traceback across it, and the picture stand still."""
    before = threading.excepthook
    threading.excepthook = lambda died: app.fail(died.exc_value)
    try:
        yield
    finally:
        threading.excepthook = before
