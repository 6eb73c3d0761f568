"""Recordings to compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.comparison.comparing import SLOW
from tests.unit.output.compare.running import QUICK


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("compared")
    runs = {"slow": replace(SLOW, ues=15), "fast": QUICK, "again": replace(QUICK, seed=3)}
    return {name: run.written(folder / f"{name}.sctp") for name, run in runs.items()}
