"""What --probes lists are probes that ran to the end."""

from __future__ import annotations

import pytest

from sctptop.errors import SctptopError
from sctptop.kernel import probe_costs
from sctptop.kernel.probe_costs import measured
from sctptop.kernel.probes.session import Probes
from sctptop.kernel.program.points import POINTS
from tests.unit.kernel.probes.fake_program import FakeMaps, FakeProgram

WATCH_S = 0.2


class Source:
    """Nothing but the probes."""

    def __init__(self, probes: Probes) -> None:
        self.probes = probes

    def read(self) -> None:
        pass

    def close(self) -> None:
        self.probes.close()


class Dying(FakeProgram):
    """Its library fails as it is listened to."""

    def poll(self, milliseconds: int) -> None:
        raise AttributeError("no such function")


@pytest.fixture
def program(maps: FakeMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OSError

    monkeypatch.setattr(probe_costs, "LiveSource", Source)
    monkeypatch.setattr(probe_costs, "enable_statistics", refuse)


@pytest.mark.usefixtures("program")
def test_all_points_are_listed() -> None:
    costs = measured(Probes(load=lambda choice, paths: FakeProgram()), WATCH_S)  # type: ignore[arg-type,return-value]
    assert len(costs.points) == len(POINTS) and not costs.timed


@pytest.mark.usefixtures("program")
def test_probes_that_died_meanwhile_are_no_empty_list() -> None:
    with pytest.raises(SctptopError, match="probes off: the probes failed: AttributeError: no such function"):
        measured(Probes(load=lambda choice, paths: Dying()), WATCH_S)  # type: ignore[arg-type,return-value]
