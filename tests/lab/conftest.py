"""Tests in `guest/` need a kernel with SCTP, those in `absent/` one without: `test_lab.py` carries them there.

Those in `many/` want a guest of many processors or much time, and are run by hand (README)."""

from __future__ import annotations

import os

import pytest

collect_ignore_glob = [] if os.environ.get("SCTPTOP_IN_LAB") == "1" else ["guest/*", "absent/*", "many/*"]
REPORT = pytest.StashKey[list[str]]()
"""What guests have to report when all is over."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where the guests spent their time, and which of them died."""
    if lines := terminalreporter.config.stash.get(REPORT, None):
        terminalreporter.section("guests")
        terminalreporter.write_line("\n".join(lines))
