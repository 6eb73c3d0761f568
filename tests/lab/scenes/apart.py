"""Two hosts with a router between them, which loses and delays: what a host sends is seen there before it is lost.

    with apart(prefix="far-") as (gnb, amf, router):
        impair(router, TO_AMF, delay_ms=10, loss_percent=8)

Behind netem of its own a host's tcpdump sees only what was not lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.lab.scenes.hosts import Host, remove, run, sysctl

TO_GNB, TO_AMF = 0, 1
"""Links of the router."""


@contextmanager
def apart(*, prefix: str = "", subnet: int = 11) -> Iterator[tuple[Host, Host, Host]]:
    """`gnb` has 10.SUBNET.0.1, `amf` 10.SUBNET.1.1, the router .254 of both networks."""
    addresses = [f"10.{subnet}.{link}.1" for link in (TO_GNB, TO_AMF)]
    router = Host(
        "router",
        f"{prefix}router",
        ("eth0", "eth1"),
        tuple(f"10.{subnet}.{link}.254" for link in (TO_GNB, TO_AMF)),
        (),
    )
    ends = [
        Host(name, prefix + name, ("eth0",), (address,), ())
        for name, address in zip(("gnb", "amf"), addresses, strict=True)
    ]
    try:
        for host in (router, *ends):
            run(["ip", "netns", "add", host.namespace])
            host.run(["ip", "link", "set", "lo", "up"])
        for link, end in enumerate(ends):
            peer = ["peer", "name", router.interfaces[link], "netns", router.namespace]
            run(["ip", "link", "add", "name", "eth0", "netns", end.namespace, "type", "veth", *peer])
            for host, device, address in (
                (end, "eth0", end.ipv4[0]),
                (router, router.interfaces[link], router.ipv4[link]),
            ):
                host.run(["ip", "address", "add", f"{address}/24", "dev", device])
                host.run(["ip", "link", "set", device, "up"])
            end.run(["ip", "route", "add", "default", "via", router.ipv4[link]])
        sysctl(router, "net.ipv4.ip_forward", 1)
        yield ends[0], ends[1], router
    finally:
        for host in (*ends, router):
            remove(host)
