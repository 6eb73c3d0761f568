"""Runs the dashboard in the terminal, and gives the terminal back as it was."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sctptop.errors import FAILED, SctptopError
from sctptop.options import Options
from sctptop.source import Source
from sctptop.tui.app import SctptopApp


def run_dashboard(source: Source, options: Options) -> int:
    """Show the dashboard until the user leaves. Returns the exit code; raises SctptopError when it broke."""
    app = SctptopApp(source, options)
    try:
        with descriptor_of_its_own():
            result = app.run()
    except Exception as error:
        app.failure = app.failure or error
        result = None
    finally:
        source.close()
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
