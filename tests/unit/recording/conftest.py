"""A recording to damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.recording.damaging import SAMPLES
from tests.unit.recording.recordings import written


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two blocks, and a tail that was never packed."""
    return written(tmp_path_factory.mktemp("recordings") / "good.sctp", SAMPLES, close=False)
