from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from sctptop.kernel.host.jiffies import JiffyClock, configured_hz


@pytest.mark.parametrize(
    ("jiffies", "milliseconds", "hz"),
    [(750, 3000, 250), (3000, 3000, 1000), (900, 3000, 300), (100, 1000, 100)],
)
def test_hz_is_found_from_one_rto_in_both_units(jiffies: int, milliseconds: int, hz: int) -> None:
    clock = JiffyClock()
    clock.learn(jiffies, milliseconds)
    assert clock.hz == hz


def test_a_pair_read_at_different_moments_is_outvoted_or_ignored() -> None:
    clock = JiffyClock()
    clock.learn(750, 2500)  # looks like 300
    clock.learn(250, 1000)
    clock.learn(251, 1004)
    clock.learn(777, 1000)  # looks like nothing
    assert clock.hz == 250


def test_nothing_known_is_none_and_facts_win_over_the_configuration() -> None:
    assert JiffyClock().milliseconds(5) is None
    clock = JiffyClock(configured=1000)
    assert clock.milliseconds(5) == 5.0
    clock.learn(250, 1000)
    assert clock.hz == 1000
    for _ in range(3):
        clock.learn(250, 1000)
    assert clock.milliseconds(2) == 8.0


@pytest.mark.parametrize("pair", [(None, 5), (5, None), (0, 5), (5, 0), (-5, 5)])
def test_values_that_say_nothing_are_ignored(pair: tuple[int | None, int | None]) -> None:
    clock = JiffyClock()
    clock.learn(*pair)
    assert clock.hz is None


def test_the_configuration_is_read_where_distributions_leave_it(tmp_path: Path) -> None:
    assert configured_hz("6.1", tmp_path, tmp_path) is None
    (tmp_path / "config-6.1").write_text("CONFIG_HZ_250=y\nCONFIG_HZ=250\n")
    assert configured_hz("6.1", tmp_path, tmp_path) == 250
    (tmp_path / "config.gz").write_bytes(gzip.compress(b"CONFIG_HZ=1000\n"))
    assert configured_hz("6.1", tmp_path, tmp_path) == 1000
    (tmp_path / "config.gz").write_bytes(b"not gzip")
    assert configured_hz("6.1", tmp_path, tmp_path) == 250
