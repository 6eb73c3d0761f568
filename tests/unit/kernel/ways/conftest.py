"""A host whose routing a test decides."""

from __future__ import annotations

import pytest

from tests.unit.kernel.ways.routing import Host


@pytest.fixture
def host() -> Host:
    return Host()
