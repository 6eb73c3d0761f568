"""What probes saw goes to the association and the path it is of, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

from sctptop.kernel.clock import JiffyClock
from sctptop.kernel.merge_probes import with_probes
from sctptop.kernel.probe_records import AssociationWindows, Extent, PathWindows, Who
from sctptop.kernel.probes import NOTHING, Observed
from sctptop.model.sample import Association, Path
from tests.unit.associations import NETNS, association

FIRST, SECOND = "10.9.0.1", "10.9.1.1"


def two_homes() -> Association:
    primary = Path(FIRST, state="ACTIVE", primary=True, cwnd=4380, ssthresh=106496, flight=0, srtt_ms=8.0)
    return association(1, paths=(primary, Path(SECOND, primary=False)), pathmtu=None)


def windows(address: str, cwnd: int, hb_running: bool = True) -> PathWindows:
    who = Who(NETNS, 7, 1, 1001, 38412, 50001, address)
    extent = Extent(cwnd, cwnd - 10, cwnd + 10)
    return PathWindows(
        who, 3, 3, extent, extent, Extent(100, 0, 200), 5, 1500, 2, 250, 1, 2, hb_running, 25, {}
    )


def observed(*paths: PathWindows) -> Observed:
    name = (NETNS, 1, 38412, 50001)
    own = AssociationWindows(paths[0].who, 3, 3, Extent(900, 800, 1000), Extent(500, 400, 600))
    return Observed(
        paths={(name, path.who.address or ""): path for path in paths},
        associations={name: own},
        data_rtts={(name, SECOND): ((7_000_000, 3),)},
    )


def test_every_path_has_its_windows() -> None:
    (entry,) = with_probes(
        [two_homes()], observed(windows(FIRST, 9999), windows(SECOND, 6000)), JiffyClock(250)
    )
    primary, second = entry.paths
    assert (primary.cwnd, primary.srtt_ms) == (4380, 8.0), "sock_diag's own word stays"
    assert (primary.cwnd_min, primary.cwnd_max) == (9989, 10009)
    assert (second.cwnd, second.ssthresh, second.flight, second.srtt_ms) == (6000, 6000, 100, 8.0)
    assert (second.state, second.errors, second.pathmtu, second.hb_due_ms) == ("ACTIVE", 1, 1500, 100.0)
    assert second.data_rtt_bins == ((7_000_000, 3),)
    assert (entry.pathmtu, entry.rwnd, entry.rwnd_min, entry.peer_rwnd_max) == (1500, 500, 400, 1000)


def test_a_heartbeat_timer_that_does_not_run_or_is_due() -> None:
    late = replace(windows(SECOND, 6000), hb_due=-2)
    for seen, due in ((windows(SECOND, 6000, hb_running=False), None), (late, 0.0)):
        (entry,) = with_probes([two_homes()], observed(seen), JiffyClock(250))
        assert entry.paths[1].hb_due_ms == due


def test_another_association_gets_nothing() -> None:
    other = association(2)
    assert with_probes([other], observed(windows(FIRST, 6000)), JiffyClock(250)) == (other,)
    assert with_probes([other], NOTHING, JiffyClock(250)) == (other,)
