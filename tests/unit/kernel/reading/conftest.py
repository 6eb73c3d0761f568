"""One host of many associations for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.kernel.reading.rereading import COUNT, Reading, of_many


@pytest.fixture(params=["dump", "exact"])
def reading(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reading:
    if request.param == "exact":
        return of_many(tmp_path, monkeypatch)
    return Reading(tmp_path, COUNT, monkeypatch)


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reading:
    return of_many(tmp_path, monkeypatch)
