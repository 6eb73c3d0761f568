"""Two hosts for this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.scenes.hosts import Host, two_hosts


@pytest.fixture(scope="package")
def hosts() -> Iterator[tuple[Host, Host]]:
    with two_hosts(prefix="attach-") as hosts:
        yield hosts
