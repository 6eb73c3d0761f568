"""Recordings to damage: two blocks, and a tail that was never packed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.recording.damaging import SAMPLES
from tests.unit.recording.old_format import written_as_database
from tests.unit.recording.recordings import written


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As it is written today."""
    return written(tmp_path_factory.mktemp("recordings") / "good.sctp", SAMPLES, close=False)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As it was written in format 1."""
    return written_as_database(tmp_path_factory.mktemp("databases") / "good.sctp", SAMPLES)


@pytest.fixture(scope="session", params=["good", "database"])
def either(request: pytest.FixtureRequest) -> Path:
    """Of each format."""
    path: Path = request.getfixturevalue(request.param)
    return path
