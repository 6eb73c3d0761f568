"""What every guest test has at hand: two hosts, and patience."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.lab.hosts import Host, two_hosts

_numbers = itertools.count()


@pytest.fixture
def pair() -> Iterator[tuple[Host, Host]]:
    """gnb and amf, joined by two links, gone after the test."""
    with two_hosts(links=2, prefix=f"t{next(_numbers)}-") as hosts:
        yield hosts
