"""What every test has in common."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest


def pytest_collection_finish() -> None:
    """What was imported stays to the end: no garbage collection looks through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def rights_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line, called in this very process, would give up the rights of the tests for good."""
    monkeypatch.setattr("sctptop.cli.give_up", lambda _, but=(): None)
    monkeypatch.setattr("sctptop.cli.give_up_here", lambda: None)


@pytest.fixture(autouse=True)
def no_settings_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever runs the tests may have settings."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-settings"))
