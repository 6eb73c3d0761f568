"""What probes saw goes to the association and the path it is of, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.observed import Observed
from sctptop.kernel.program.records import INET, AssociationWindows, Change, Extent, PathWindows, Who
from sctptop.kernel.reading.associations import merge_associations
from sctptop.kernel.reading.diag.diag_records import DiagRecord
from sctptop.kernel.reading.probe_facts import NOTHING_SEEN, association_facts, path_facts
from sctptop.model.association import Path
from tests.unit.associations import NETNS
from tests.unit.kernel.test_live import record

FIRST, SECOND = "10.9.0.1", "10.9.1.1"
NAME = (NETNS, 1, 38412, 50001)
CLOCK = JiffyClock(250)
JIFFIES, AT_NS = 4_294_900_000, 7_000_000_000
CLOCK.meet(JIFFIES, AT_NS)


def windows(address: str, cwnd: int, hb_running: bool = True, flags: int = 0, encap: int = 0) -> PathWindows:
    extent = Extent(cwnd, cwnd - 10, cwnd + 10)
    return PathWindows(
        who=Who(NETNS, 7, 1, 1001, 38412, 50001, INET, 0, IPv4Address(address).packed + bytes(12)),
        interval=3,
        told=3,
        cwnd=extent,
        ssthresh=extent,
        flight=Extent(100, 0, 200),
        partial_bytes_acked=5,
        pathmtu=1500,
        srtt=2,
        rto=250,
        errors=1,
        state=2,
        param_flags=flags,
        hb_expires=JIFFIES + 25 if hb_running else 0,
        encap_port=encap,
        gone=0,
        timed_ns=0,
        timed_jiffies=0,
        hb_acknowledged=0,
        state_before=0,
        changes=(Change(0, 0, 0, 0, 0),) * 3,
        shown_cwnd=0,
        shown_ssthresh=0,
        shown_flight=0,
        shown_rwnd=0,
    )


def observed(*paths: PathWindows, flags: int = 0, skipped: int = 0) -> Observed:
    own = AssociationWindows(
        paths[0].who,
        3,
        3,
        Extent(900, 800, 1000),
        Extent(500, 400, 600),
        7,
        flags,
        13,
        0,
        skipped,
        5,
        11,
        12,
        0,
        0,
    )
    return Observed(
        paths={(NAME, path.who.path or ""): path for path in paths},
        associations={NAME: own},
        data_rtts={(NAME, SECOND): ((7_000_000, 3),)},
    )


def told(own_tag: int = 1) -> DiagRecord:
    """What sock_diag says: only of the primary path."""
    info = {
        "tag": own_tag,
        "peer_tag": 1001,
        "p_cwnd": 4380,
        "p_ssthresh": 106496,
        "p_flight_size": 0,
        "p_srtt": 3,
    }
    homes = replace(record(own_tag), info=info, remote_addresses=(FIRST, SECOND), primary=FIRST)
    return replace(homes, local_port=38412, remote_port=50001)


def test_every_path_has_its_windows() -> None:
    seen = observed(windows(FIRST, 9999), windows(SECOND, 6000))
    (entry,) = merge_associations(NETNS, [told()], [], [], CLOCK, seen)
    primary, second = entry.paths
    assert (primary.cwnd, primary.srtt_ms) == (4380, 12.0), "sock_diag's own word stays"
    assert (primary.cwnd_min, primary.cwnd_max) == (9989, 10009)
    assert (second.cwnd, second.ssthresh, second.flight, second.srtt_ms) == (6000, 6000, 100, 8.0)
    assert (second.state, second.errors, second.pathmtu, second.hb_due_ms(AT_NS)) == (
        "ACTIVE",
        1,
        1500,
        100.0,
    )
    assert second.data_rtt_bins == ((7_000_000, 3),)
    assert (entry.pathmtu, entry.rwnd, entry.rwnd_min, entry.peer_rwnd_max) == (1500, 500, 400, 1000)
    assert entry.assoc_id == 7, "where /proc passed it over"


def test_a_heartbeat_timer_that_does_not_run_or_is_due() -> None:
    late = windows(SECOND, 6000)._replace(hb_expires=JIFFIES - 2)
    still = path_facts(windows(SECOND, 6000, hb_running=False), (), CLOCK)
    assert still["hb_due_ns"] is None
    due_ns = path_facts(late, (), CLOCK)["hb_due_ns"]
    assert due_ns == AT_NS - 8_000_000
    assert Path(SECOND, hb_due_ns=due_ns).hb_due_ms(AT_NS) == 0.0


def test_what_is_switched_off_is_off_whatever_number_it_has() -> None:
    info = {**told().info, "p_sackdelay": 200, "p_hbinterval": 7500, "p_sackfreq": 2}
    record = replace(told(), info=info)
    for flags, delay_ms, interval_ms in ((0, 200, 30000.0), (1 << 6, 0, 30000.0), (1 << 1, 200, 0.0)):
        seen = observed(windows(FIRST, 6000, flags=flags), flags=flags)
        (entry,) = merge_associations(NETNS, [record], [], [], CLOCK, seen)
        assert (entry.sack_delay_ms, entry.hb_interval_ms) == (delay_ms, interval_ms)
        assert entry.paths[0].hb_due_ms(AT_NS) == (None if interval_ms == 0 else 100.0)


def test_the_primary_path_may_differ_from_the_association_and_from_other_paths() -> None:
    record = replace(told(), info={**told().info, "p_sackdelay": 200, "p_hbinterval": 7500})
    for first, second, others in ((1 << 1 | 1 << 6, 0, 0), (0, 1 << 1, 1 << 1 | 1 << 6)):
        seen = observed(windows(FIRST, 6000, flags=first), windows(SECOND, 6000, flags=second), flags=others)
        (entry,) = merge_associations(NETNS, [record], [], [], CLOCK, seen)
        assert (entry.hb_interval_ms, entry.sack_delay_ms) == ((0.0, 0) if first else (30000.0, 200))
        assert [path.heartbeats for path in entry.paths] == [not first, not second]


def test_what_partial_reliability_gave_up_and_udp_encapsulation() -> None:
    seen = observed(windows(FIRST, 6000, encap=9899))
    (entry,) = merge_associations(NETNS, [told()], [], [], CLOCK, seen)
    assert (entry.peer_dups, entry.more_messages, entry.sack_frequency) == (7, 13, 5)
    assert (entry.abandoned_unsent, entry.abandoned_sent) == (11, 12)
    assert [path.encap_port for path in entry.paths] == [9899, None]
    (more,) = merge_associations(NETNS, [told()], [], [], CLOCK, observed(windows(FIRST, 6000), skipped=20))
    assert more.abandoned_sent == 20


def test_a_link_local_address_belongs_to_an_interface() -> None:
    local = replace(told(), remote_addresses=("fe80::1", "fd00::1"), primary="fe80::1", scopes={"fe80::1": 3})
    (entry,) = merge_associations(NETNS, [local], [], [], CLOCK)
    assert [(path.address, path.scope) for path in entry.paths] == [("fe80::1", "3"), ("fd00::1", None)]


def test_another_association_gets_nothing() -> None:
    seen = observed(windows(FIRST, 6000))
    bare = merge_associations(NETNS, [told(2)], [], [], CLOCK)
    assert merge_associations(NETNS, [told(2)], [], [], CLOCK, seen) == bare
    assert association_facts(NOTHING_SEEN) == path_facts(None, (), CLOCK) == {}
    assert bare[0].paths[1].cwnd is None
