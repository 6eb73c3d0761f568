"""Proves the lab: what it says it makes is what the kernel then shows. Runs in the lab as root, see ../test_lab.py."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from tests.lab.scenes.hosts import Host, clear, impair, inside, read_proc, set_link, sysctl, two_hosts
from tests.lab.traffic import sctp_sockets as sctp
from tests.lab.traffic.iperf import iperf_client, iperf_report, iperf_server
from tests.lab.traffic.process import Traffic, start, traffic


def until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Waits for a true value, because a guest is slow; the last value on time-out."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return value


def ss(host: Host) -> str:
    return host.run(["ss", "-S", "-a", "-n", "-i", "-H"]).stdout


def remote_addresses(host: Host) -> set[str]:
    rows = read_proc(host, "sctp/remaddr").splitlines()[1:]
    # The kernel writes IPv6 addresses here in full, without "::".
    return {str(ip_address(row.split()[0])) for row in rows}


def test_the_kernel_has_sctp() -> None:
    assert Path("/proc/net/sctp/assocs").exists()
    sctp.new_socket("127.0.0.1").close()
    sctp.new_socket("::1", one_to_many=True).close()


def test_tracepoints_are_visible() -> None:
    assert Path("/sys/kernel/tracing/events/sctp/sctp_probe").is_dir()


@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
def test_request_and_answer(pair: tuple[Host, Host], family: str) -> None:
    gnb, amf = pair
    address = getattr(amf, family)[0]
    with (
        traffic(amf, "echo", "--local", address) as server,
        traffic(gnb, "request", "--to", address, "--period", "0.1") as client,
    ):
        until(lambda: client.ask("status")["received"] >= 3)
        (ours,) = client.associations()
        assert ours["state"] == "ESTABLISHED"
        assert ours["primary"]["address"] == address
        assert server.ask("status")["received"] >= 3
        assert re.search(rf"ESTAB.*:{ours['local_port']} ", ss(gnb))
        assert remote_addresses(gnb) == {address}


def test_multi_homed(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with (
        traffic(amf, "echo", "--local", ",".join(amf.ipv4)),
        traffic(gnb, "request", "--local", ",".join(gnb.ipv4), "--to", ",".join(amf.ipv4)) as client,
    ):
        (ours,) = client.associations()
        assert {peer["address"] for peer in ours["peers"]} == set(amf.ipv4)
        assert set(ours["local_addresses"]) == set(gnb.ipv4)
        assert remote_addresses(gnb) == set(amf.ipv4)


def test_a_failed_path_is_noticed_and_the_other_carries_on(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    fast = ("--rto", "200,200,400", "--heartbeat", "500")
    with (
        traffic(amf, "echo", "--local", ",".join(amf.ipv4), *fast),
        traffic(
            gnb,
            "request",
            *("--local", ",".join(gnb.ipv4), "--to", ",".join(amf.ipv4), "--period", "0.1", *fast),
        ) as client,
    ):
        until(lambda: len([p for p in client.associations()[0]["peers"] if p["state"] == 2]) == 2)
        impair(gnb, 0, loss_percent=100)
        # 0 is INACTIVE; 2 is ACTIVE.
        assert until(lambda: _path_state(client, amf.ipv4[0]) == 0, 60)
        before = client.ask("status")["received"]
        assert until(lambda: client.ask("status")["received"] > before)
        clear(gnb, 0)
        assert until(lambda: _path_state(client, amf.ipv4[0]) == 2, 60)


def _path_state(client: Traffic, address: str) -> int | None:
    found = client.associations()
    return next((peer["state"] for peer in found[0]["peers"] if peer["address"] == address), None)


def test_a_link_goes_down_and_comes_back(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    for address in (amf.ipv4[1], amf.ipv6[1]):
        gnb.run(["ping", "-c1", "-W5", address])
    set_link(gnb, 1, False)
    assert gnb.run(["ping", "-c1", "-W1", amf.ipv4[1]], check=False).returncode != 0
    set_link(gnb, 1, True)
    for address in (amf.ipv4[1], amf.ipv6[1]):
        # -w: ping itself tries until an answer comes or the seconds are over.
        gnb.run(["ping", "-c1", "-w20", address])


def test_netem_delay_is_visible(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair

    def fastest_exchange() -> float:
        with inside(gnb):
            sock = sctp.new_socket(amf.ipv4[0])
        with sock:
            sock.connect((amf.ipv4[0], 38412))
            times = []
            for _ in range(5):
                begin = time.monotonic()
                sctp.send(sock, b"x")
                sock.recv(10)
                times.append(time.monotonic() - begin)
            return min(times)

    with traffic(amf, "echo", "--local", amf.ipv4[0], "--nodelay"):
        quick = fastest_exchange()
        impair(gnb, delay_ms=150)
        slow = fastest_exchange()
        clear(gnb)
        again = fastest_exchange()
    assert slow > 0.150
    assert max(quick, again) < slow


def test_sysctl_is_per_host(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    sysctl(gnb, "net.sctp.hb_interval", 1234)
    assert gnb.run(["sysctl", "-n", "net.sctp.hb_interval"]).stdout.strip() == "1234"
    assert amf.run(["sysctl", "-n", "net.sctp.hb_interval"]).stdout.strip() == "30000"


def test_stream_and_ppid_travel(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with inside(amf):
        server = sctp.new_socket(amf.ipv4[0], one_to_many=True)
    with inside(gnb):
        client = sctp.new_socket(amf.ipv4[0], one_to_many=True)
    with server, client:
        server.bind((amf.ipv4[0], 38412))
        server.listen(5)
        server.settimeout(20)
        sctp.want_message_info(server)
        sctp.send(client, b"hello", stream=3, ppid=sctp.NGAP_PPID, to=(amf.ipv4[0], 38412))
        message = sctp.receive(server)
        assert (message.data, message.stream, message.ppid) == (b"hello", 3, 60)
        assert message.assoc_id in sctp.association_ids(server)
        with inside(amf):
            peeled = sctp.peel_off(server, message.assoc_id)
        with peeled:
            assert sctp.status(peeled).state == "ESTABLISHED"
            assert sctp.association_ids(server) == []


def test_one_to_many_both_ends(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with (
        traffic(amf, "many-server", "--local", amf.ipv4[0], "--port", "9000") as one,
        traffic(amf, "many-server", "--local", amf.ipv4[0], "--port", "9001"),
        traffic(gnb, "many-client", "--to", amf.ipv4[0], "--port", "9000", "--ports", "2") as client,
    ):
        assert client.facts["count"] == "2"
        assert len(client.associations()) == 2
        (theirs,) = one.associations()
        assert "fd" in one.ask(f"peeloff {theirs['assoc_id']}")
        assert len(one.associations()) == 1


@pytest.mark.parametrize("how", ["one-to-one", "one-to-many"])
def test_cookie_wait(pair: tuple[Host, Host], how: str) -> None:
    gnb, amf = pair
    impair(gnb, loss_percent=100)
    kind = ("--one-to-many",) if how == "one-to-many" else ()
    with traffic(gnb, "black-hole", "--to", amf.ipv4[0], *kind) as client:
        assert "COOKIE_WAIT" in ss(gnb)
        # The kernel answers SCTP_STATUS of a one-to-one socket only once it is established.
        states = [found["state"] for found in client.associations()]
        assert states == (["COOKIE_WAIT"] if kind else [])


def test_shutdown_pending(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with (
        traffic(amf, "slow-reader", "--local", amf.ipv4[0], "--period", "0") as reader,
        traffic(gnb, "fill", "--to", amf.ipv4[0], "--size", "1000") as client,
    ):
        (ours,) = client.associations()
        assert ours["pending"] + ours["unacked"] > 0
        assert client.ask("shutdown") == {"done": 1, "failed": 0}
        assert client.associations()[0]["state"] == "SHUTDOWN_PENDING"
        assert reader.ask("read 5000")["read"] > 0


def test_shutdown_sent(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "idle", "--to", amf.ipv4[0]) as client,
    ):
        impair(gnb, loss_percent=100)
        client.ask("shutdown")
        assert client.associations()[0]["state"] == "SHUTDOWN_SENT"


def test_churn(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0]),
        traffic(gnb, "churn", "--to", amf.ipv4[0], "--period", "0.05") as client,
    ):
        assert until(lambda: client.ask("status")["closed"] >= 5)
        assert client.ask("status")["errors"] == 0


def test_bulk_and_burst(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with (
        traffic(amf, "sink", "--local", amf.ipv4[0]) as server,
        traffic(gnb, "bulk", "--to", amf.ipv4[0], "--size", "1400") as bulk,
        traffic(gnb, "burst", "--to", amf.ipv4[0], "--period", "0.2") as burst,
    ):
        assert until(lambda: server.ask("status")["received"] > 500)
        assert until(lambda: burst.ask("status")["sent"] >= 40)
        assert bulk.associations()[0]["primary"]["cwnd"] > 4380


def test_iperf(pair: tuple[Host, Host]) -> None:
    gnb, amf = pair
    with iperf_server(amf, amf.ipv4[0]):
        report = iperf_report(iperf_client(gnb, amf.ipv4[0], seconds=2))
    assert report["end"]["sum_sent"]["bytes"] > 100_000


def test_a_thousand_associations_of_one_socket(pair: tuple[Host, Host]) -> None:
    """Those of a thousand sockets are in test_many_associations."""
    gnb, amf = pair
    ports = ("--ports", "1000", "--port", "10000")
    with (
        traffic(amf, "echo", "--local", amf.ipv4[0], *ports),
        traffic(gnb, "idle", "--to", amf.ipv4[0], *ports, "--one-to-many", timeout=180) as client,
    ):
        assert client.facts["count"] == "1000"
        assert len(read_proc(gnb, "sctp/assocs").splitlines()) == 1001
        print(f"1000 associations: {client.facts['seconds']} s")


def test_two_pairs_at_once() -> None:
    with two_hosts(prefix="x-") as (one, _), two_hosts(prefix="y-", subnet=10) as (other, _):
        assert one.ipv4[0] != other.ipv4[0]
        assert one.run(["ip", "-br", "-4", "addr"]).stdout != other.run(["ip", "-br", "-4", "addr"]).stdout


def test_nothing_stays_behind() -> None:
    with two_hosts(prefix="gone-") as (gnb, _):
        start(gnb, "echo", "--local", gnb.ipv4[0])
        assert Path("/run/netns", gnb.namespace).exists()
    assert not Path("/run/netns", gnb.namespace).exists()
