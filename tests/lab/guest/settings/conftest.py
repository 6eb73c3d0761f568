"""Probes over all hosts, loaded once for all files of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.witness.registering import Bench


@pytest.fixture(scope="package")
def bench() -> Iterator[Bench]:
    """Each scene has a model of its own."""
    made = Bench()
    yield made
    made.close()
