"""Probes over two hosts, loaded once for all files of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.scenes.hosts import sysctl, two_hosts
from tests.lab.witness.watching import Watch

FIRST_MS, SECOND_MS = 7.0, 20.0
"""Delays that the first and the second link add to each round trip."""


@pytest.fixture(scope="package")
def watch() -> Iterator[Watch]:
    with two_hosts(links=2, prefix="bpf-") as (gnb, amf):
        for host in (gnb, amf):
            sysctl(host, "net.sctp.hb_interval", 1000)
        with Watch(gnb, amf) as watch:
            yield watch
