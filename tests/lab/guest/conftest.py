"""What every guest test has at hand: two hosts, and patience."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.lab.scenes.hosts import Host, two_hosts

if TYPE_CHECKING:
    from tests.lab.witness.registering import Bench

_numbers = itertools.count()


@pytest.fixture
def pair() -> Iterator[tuple[Host, Host]]:
    """gnb and amf, joined by two links, gone after the test."""
    with two_hosts(links=2, prefix=f"t{next(_numbers)}-") as hosts:
        yield hosts


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Probes over all hosts, loaded once for a file."""
    # Only here: most tests need none of the simulators.
    from tests.lab.witness.registering import Bench

    made = Bench()
    yield made
    made.close()
