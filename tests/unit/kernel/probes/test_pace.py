"""All messages are followed below a rate; above it a while now and then, and the share is what it was."""

from __future__ import annotations

import pytest

from sctptop.kernel.probes.pace import (
    ABOVE,
    LONG_LOOK_S,
    LONG_REST_S,
    LOOK_S,
    MOST_REST_S,
    WANTED,
    Count,
    FollowingPace,
)


class Host:
    """Messages at a rate; what the hooks see of them while they are there."""

    def __init__(self, rate: float, *, stays: bool = False, every_message: bool = False) -> None:
        self.rate, self.stays = rate, stays
        self.now_s = 100.0
        self.pace = FollowingPace(self.now_s, every_message=every_message)
        self.seen = self.taken = self.all = 0.0

    def run(self, seconds: float, each_s: float = 0.02) -> None:
        for _ in range(round(seconds / each_s)):
            self.now_s += each_s
            came = self.rate * each_s
            self.all += came
            if self.stays or not self.pace.resting:
                self.seen += came
            if not self.pace.resting:
                self.taken += came
            self.pace.step(self.now_s, self.count, stays=self.stays)

    @property
    def count(self) -> Count:
        return Count(int(self.seen), int(self.taken))

    @property
    def share(self) -> float:
        return self.pace.share(self.now_s, self.count)


@pytest.mark.parametrize("rate", [0, 1, ABOVE * 0.99])
def test_all_are_followed_below_the_rate(rate: float) -> None:
    host = Host(rate)
    host.run(5)
    assert host.share == 1 and host.taken == host.all


def test_all_are_followed_if_so_wished() -> None:
    host = Host(50 * ABOVE, every_message=True)
    host.run(5)
    assert host.share == 1 and host.taken == host.all


@pytest.mark.parametrize("stays", [False, True])
@pytest.mark.parametrize("times", [1.2, 4, 50])
def test_some_are_followed_above_it_and_the_share_is_true(times: float, stays: bool) -> None:
    host = Host(times * ABOVE, stays=stays)
    host.run(60)
    share = host.share
    assert share == pytest.approx(host.taken / host.all, rel=0.05)
    look_s, rest_s = (LOOK_S, MOST_REST_S) if stays else (LONG_LOOK_S, LONG_REST_S)
    least = look_s / (look_s + rest_s)
    assert host.taken / 60 < max(2 * WANTED, 1.3 * least * host.rate)


def test_a_share_is_of_the_time_since_the_last_one() -> None:
    host = Host(4 * ABOVE)
    host.run(10)
    assert host.share < 1
    host.rate = 10
    host.run(4)
    assert host.share < 1
    host.run(4)
    assert host.share == 1
    assert not host.pace.resting


def test_a_reading_in_the_midst_of_a_rest_has_its_share_too() -> None:
    host = Host(10 * ABOVE)
    while not host.pace.resting:
        host.run(0.02)
    assert host.share > 0.5
    host.run(0.1)
    assert host.pace.resting and host.share == 0
