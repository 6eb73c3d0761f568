"""How many registrations, and of what length, each rule on them wants before it speaks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sctptop.model.advice.ngap_signs import NgapWatch
from tests.unit.model.advice.advised import ngap
from tests.unit.model.advice.checks.test_rule_bounds import fires, heard


@dataclass(frozen=True)
class Ended:
    """A registration that ended; times in ms."""

    outcome: str = "completed"
    cause: str | None = None
    total: int | None = 1000
    core: int | None = 500
    ran: int | None = 100
    association: tuple[str, ...] = ("a",)

    @property
    def total_ns(self) -> int | None:
        return self.total and self.total * 1_000_000

    @property
    def core_ns(self) -> int | None:
        return self.core and self.core * 1_000_000

    @property
    def ran_ns(self) -> int | None:
        return self.ran and self.ran * 1_000_000


def registered(*ended: Ended) -> NgapWatch:
    watch = NgapWatch(0.0)
    for one in ended:
        watch.register(one)
    return watch


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        ([Ended()] * 10, {"slow_core"}),
        ([Ended()] * 9, set()),
        ([Ended(core=499)] * 10, set()),
        ([Ended(total=1001)] * 10, set()),
        ([Ended(core=None)] * 10, set()),
        ([Ended(total=100, core=90)] * 10, set()),
        ([Ended(total=3000, ran=1500)] * 10, {"slow_ran"}),
        ([Ended(total=3000, ran=1499)] * 10, set()),
        ([Ended("timed out")] * 2 + [Ended(total=5000)] * 18, set()),
        ([Ended("timed out")] * 3 + [Ended(total=5000)] * 27, {"failed_registrations"}),
        ([Ended("timed out")] * 3 + [Ended(total=5000)] * 28, set()),
        ([Ended("superseded")] * 9 + [Ended("unknown")] * 9, set()),
    ],
)
def test_registrations_that_are_slow_or_fail(ended: list[Ended], told: set[str]) -> None:
    watch = registered(*ended)
    assert {
        rule for rule in ("slow_core", "slow_ran", "failed_registrations") if fires(rule, ngap=watch)
    } == told
    assert not fires("slow_core") and not fires("failed_registrations") and not fires("no_ppid")


@pytest.mark.parametrize("direction", ["in", "out"])
def test_ngap_without_a_ppid(direction: str) -> None:
    assert fires("no_ppid", ngap=heard([ngap(1, 1, direction, ppid_unset=True)]))
    assert not fires("no_ppid", ngap=heard([ngap(1, 1, direction, ppid_unset=False)]))
