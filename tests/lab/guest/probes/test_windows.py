"""The probes on a real kernel: windows against getsockopt, losses against SNMP, paths that fail."""

from __future__ import annotations

import time

from sctptop.model.event import CUTS
from tests.lab.guest.probes.conftest import SECOND_MS
from tests.lab.scenes.hosts import clear, impair, set_link, sysctl
from tests.lab.traffic.process import traffic
from tests.lab.witness.transfers import TRANSFERS, lossy_transfer
from tests.lab.witness.watching import Watch


def test_every_attach_point_is_there(watch: Watch) -> None:
    states = watch.probes.points()
    assert len(states) >= 27
    assert all(entry.on for entry in states), states


def test_windows_of_all_paths_agree_with_the_kernel_at_rest(watch: Watch) -> None:
    gnb, amf = watch.hosts
    homes = ",".join(gnb.ipv4), ",".join(amf.ipv4)
    impair(gnb, 1, delay_ms=3 * SECOND_MS)
    asked = ("--count", "40", "--size", "4000", "--period", "0.02")
    with (
        traffic(amf, "echo", "--local", homes[1], "--port", "5003"),
        traffic(gnb, "request", "--local", homes[0], "--to", homes[1], "--port", "5003", *asked) as client,
    ):
        deadline = time.monotonic() + 60
        while (received := client.ask("status")["received"]) < 40 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert received >= 40
        # The second path is idle: its first heartbeat, some seconds after the start, tells its delay.
        while len({peer["srtt"] for peer in client.associations()[0]["peers"]}) < 2:
            assert time.monotonic() < deadline, "no heartbeat told the second path from the first"
            time.sleep(0.5)
        # Longer than any SACK is delayed.
        time.sleep(1)
        # A heartbeat in between would be a change of one and not yet of the other.
        while (before := client.associations()) and time.monotonic() < deadline:
            samples, observed = watch.read()
            (owner,) = client.associations()
            if [owner] == before:
                break
        assert [owner] == before, "never at rest"
        (entry,) = (one for one in samples[gnb.name].associations if one.remote_port == 5003)
    clear(gnb, 1)
    windows = {address: seen for (name, address), seen in observed.paths.items() if name[1] == entry.own_tag}
    peers = {peer["address"]: peer for peer in owner["peers"]}
    assert windows.keys() == peers.keys() == set(entry.remote_addresses) and len(windows) == 2
    for address, seen in windows.items():
        peer = peers[address]
        told = (seen.cwnd.now, seen.srtt, seen.pathmtu, seen.state)
        assert told == (peer["cwnd"], peer["srtt"], peer["mtu"], peer["state"]), address
    primary = windows[entry.primary or ""]
    assert (primary.cwnd.now, primary.ssthresh.now) == (entry.cwnd, entry.ssthresh)
    assert primary.flight.now == entry.flight == 0
    assert len({(seen.cwnd.now, seen.srtt) for seen in windows.values()}) == 2, "one taken for the other"


def test_losses_are_told_as_the_kernel_counts_them(watch: Watch) -> None:
    gnb, amf = watch.hosts
    for _ in range(TRANSFERS):
        with traffic(amf, "sink", "--local", amf.ipv4[0], "--port", "5010"):
            counted = lossy_transfer(watch)
        told = {
            "SctpT3RtxExpireds": len(watch.of(gnb, "t3_rtx")),
            "SctpT3Retransmits": len(watch.of(gnb, "retransmit", reason="T3_RTX")),
            "SctpFastRetransmits": len(watch.of(gnb, "retransmit", reason="FAST_RTX")),
        }
        counted = {name: counted[name] for name in told}
        print(told, counted)
        assert watch.lost == 0
        if told == counted:
            break
    assert told == counted
    assert told["SctpFastRetransmits"] >= 3
    for host in (gnb, amf):
        # No temporary one that answered the INIT is among them.
        life = [(event.text("change"), event.own_tag) for event in watch.of(host, "association")]
        # COOKIE ACK comes to the client alone.
        whole = ["NEW", "UP", "FREED"] if host is gnb else ["NEW", "FREED"]
        assert [change for change, _ in life] == whole, (host.name, life)
    cuts = [event for event in watch.of(gnb, "cwnd") if event.details["cause"] in CUTS]
    assert any(event.details["cause"] == "FAST_RTX" for event in cuts)
    assert all(
        event.details["before"] != event.details["after"] and event.details["times"] == 1 for event in cuts
    )
    # Rises come as one event an interval.
    assert 0 < len(watch.of(gnb, "cwnd", cause="RAISE")) <= 35


def test_a_path_that_fails_and_returns(watch: Watch) -> None:
    gnb, amf = watch.hosts
    homes = ",".join(gnb.ipv4), ",".join(amf.ipv4)
    for host in (gnb, amf):
        sysctl(host, "net.sctp.path_max_retrans", 1)
    with (
        traffic(amf, "echo", "--local", homes[1], "--port", "5011"),
        traffic(gnb, "idle", "--local", homes[0], "--to", homes[1], "--port", "5011"),
    ):
        watch.begin()
        set_link(gnb, 1, up=False)
        watch.read_until(lambda: watch.of(gnb, "path", after="INACTIVE"))
        set_link(gnb, 1, up=True)
        watch.read_until(lambda: watch.of(gnb, "path", before="INACTIVE", after="ACTIVE"))
    moves = [
        (event.details["before"], event.details["after"])
        for event in watch.of(gnb, "path")
        if event.address == amf.ipv4[1]
    ]
    print(moves)
    assert moves[0][0] == "ACTIVE" and moves[-1][1] == "ACTIVE", moves
    assert any("INACTIVE" in move for move in moves)
