"""Runs the dashboard in the terminal, and gives the terminal back as it was."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sctptop.errors import FAILED, SctptopError
from sctptop.options import Options
from sctptop.quantity import counted
from sctptop.recording.reader import Recording
from sctptop.recording.recorder import Recorder
from sctptop.source import Source
from sctptop.tui.app import SctptopApp
from sctptop.tui.live_app import LiveApp
from sctptop.tui.replay_app import ReplayApp


def run_dashboard(
    source: Source, options: Options, recorder: Recorder, give_up: Callable[[], object] = lambda: None
) -> int:
    """Show the live dashboard until the user leaves. Returns the exit code; raises SctptopError when it broke.

    ``give_up`` takes the rights of every thread but the one that reads.
    """
    try:
        app = LiveApp(source, options, recorder)
        give_up()
        code = _run(app)
    finally:
        source.close()
        kept = recorder.last
        if kept.samples:
            told = counted(kept.samples, "sample")
            print(f"sctptop: {told} in {kept.path}; sctptop replay {kept.path} shows what was seen")
    return code


def replay_dashboard(recording: Recording, options: Options, start: int) -> int:
    """The same on a recording, from a position on."""
    return _run(ReplayApp(recording, options, start))


def _run(app: SctptopApp) -> int:
    try:
        with descriptor_of_its_own():
            result = app.run()
    except Exception as error:
        app.failure = app.failure or error
        result = None
    if app.failure is not None:
        raise SctptopError(f"the dashboard stopped: {type(app.failure).__name__}: {app.failure}", FAILED)
    return result if result is not None else 0


@contextmanager
def descriptor_of_its_own() -> Iterator[None]:
    """Textual draws on stderr; so does clang complain, and libbpf. Only Textual gets the terminal."""
    before = sys.__stderr__
    terminal = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    with os.fdopen(os.dup(terminal), "w", encoding="utf-8", errors="replace") as drawn_on:
        sys.__stderr__ = drawn_on  # type: ignore[misc]
        os.dup2(silence, 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            sys.__stderr__ = before  # type: ignore[misc]
            os.close(terminal)
            os.close(silence)
