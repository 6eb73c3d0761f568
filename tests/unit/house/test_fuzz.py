"""The targets of tests/fuzz under hypothesis: each one's seeds, and seeds changed here and there."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.found import FOUND
from tests.fuzz.targets import TARGETS

MANY, SLOW = 800, 100
"""Changed inputs of a target; ``python -m tests.fuzz --runs 1000000`` goes by what they cover, and takes more."""
SLOW_ONES = (
    "sample",
    "json",
    "patches",
    "recording",
    "damaged-recording",
    "frames",
    "columns",
    "registrations",
)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_what_is_promised_is_raised(name: str) -> None:
    target = TARGETS[name]
    seeds = target.seeds()
    for seed in seeds:
        target.run(seed)

    @settings(
        max_examples=SLOW if name in SLOW_ONES else MANY,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.one_of(st.binary(max_size=64), st.builds(changed, st.sampled_from(seeds), st.integers(0, 1 << 64)))
    )
    def silent(data: bytes) -> None:
        target.run(data)

    silent()


def changed(seed: bytes, how: int) -> bytes:
    """A few bytes of it exchanged, and maybe its end cut off."""
    noise, found = random.Random(how), bytearray(seed)
    for _ in range(noise.randrange(1, 8)):
        if found:
            found[noise.randrange(len(found))] = noise.choice((0, 1, 127, 128, 255, noise.randrange(256)))
    return bytes(found[: noise.randrange(len(found) + 1)] if noise.random() < 0.2 else found)


@pytest.mark.parametrize(("name", "data"), [(name, data) for name in FOUND for data in FOUND[name]])
def test_what_was_found_once_is_mended(name: str, data: str) -> None:
    with within_s(5):
        TARGETS[name].run(bytes.fromhex(data))


@contextmanager
def within_s(seconds: int) -> Iterator[None]:
    """Breaks off what takes longer in the block, and fails; what was broken off may swallow all exceptions."""
    late: list[int] = []

    def end(number: int, _: object) -> None:
        late.append(number)
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert not late
