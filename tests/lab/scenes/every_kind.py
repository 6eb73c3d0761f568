"""Two hosts with every kind of association between them at once, standing almost still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sctptop.kernel.live import LiveSource
from sctptop.model.sample import Sample
from sctptop.model.selection import OWN_NAMESPACE
from tests.lab.scenes.hosts import Host, impair, inside, two_hosts
from tests.lab.traffic.process import Traffic, traffic


@contextmanager
def every_kind() -> Iterator[Scene]:
    """IPv4, IPv6, multi-homed, one-to-many, full queues, SHUTDOWN_PENDING and COOKIE_WAIT."""
    with two_hosts(links=2, prefix="scene-") as (gnb, amf), ExitStack() as stack:
        # Without it a round trip is less than a jiffy, and every srtt 0.
        impair(gnb, delay_ms=20)
        yield Scene(gnb, amf, stack)


class Scene:
    """The hosts, the processes that own the sockets, and sctptop in each host."""

    def __init__(self, gnb: Host, amf: Host, stack: ExitStack) -> None:
        self.hosts = (gnb, amf)
        self.sources = {host.name: LiveSource(netns=OWN_NAMESPACE) for host in self.hosts}
        self.owners: list[Traffic] = []
        homes = (",".join(gnb.ipv4), ",".join(amf.ipv4))
        self._run(stack, amf, "echo", "--local", amf.ipv4[0], "--port", "5004")
        self._run(stack, amf, "echo", "--local", amf.ipv6[0], "--port", "5006")
        self._run(stack, amf, "echo", "--local", homes[1], "--port", "5002")
        self._run(stack, amf, "many-server", "--local", amf.ipv4[0], "--port", "5009")
        self._run(stack, amf, "slow-reader", "--local", amf.ipv4[0], "--period", "0", "--ports", "2")
        few = ("--count", "5", "--period", "0.05")
        self._run(stack, gnb, "request", "--to", amf.ipv4[0], "--port", "5004", *few)
        self._run(stack, gnb, "request", "--to", amf.ipv6[0], "--port", "5006", "--nodelay", *few)
        self._run(stack, gnb, "request", "--local", homes[0], "--to", homes[1], "--port", "5002", *few)
        self._run(stack, gnb, "many-client", "--to", amf.ipv4[0], "--port", "5009", "--count", "3")
        self._run(stack, gnb, "fill", "--to", amf.ipv4[0], "--size", "1000")
        closing = self._run(stack, gnb, "fill", "--to", amf.ipv4[0], "--size", "100", "--port", "38413")
        assert closing.ask("shutdown")["failed"] == 0
        self._run(stack, gnb, "black-hole", "--to", "10.9.0.77")

    def _run(self, stack: ExitStack, host: Host, kind: str, *options: str) -> Traffic:
        self.owners.append(stack.enter_context(traffic(host, kind, *options)))
        return self.owners[-1]

    def read(self, host: Host) -> Sample:
        """What sctptop reads there now."""
        with inside(host):
            return self.sources[host.name].read()
