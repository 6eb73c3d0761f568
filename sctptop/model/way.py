"""How packets to an address of the peer leave this host: facts of routing and of the interface."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one path when it was last looked up: as something about it changed, or half a minute ago.

    ``route`` is a word of ip-route(8): unicast, local, unreachable, prohibit and so on, or "none" where there is no
    route; ``interface`` is then the one it had before. ``gateway`` is None where the destination is on the link.
    ``mtu`` in bytes is the route's own, or else the interface's. ``link_up`` is false where the interface is
    switched off or has no carrier; ``carrier_changes`` counts how often it came or went. Drops and errors are counters
    of the interface, whoever uses it.
    """

    route: str | None = None
    interface: str | None = None
    gateway: str | None = None
    source: str | None = None
    mtu: int | None = None
    link_up: bool | None = None
    rx_dropped: int | None = None
    tx_dropped: int | None = None
    rx_errors: int | None = None
    tx_errors: int | None = None
    carrier_changes: int | None = None

    @property
    def drops(self) -> int | None:
        """Packets that the interface dropped, both directions."""
        return _sum(self.rx_dropped, self.tx_dropped)

    @property
    def errors(self) -> int | None:
        """Packets that the interface could not receive or send."""
        return _sum(self.rx_errors, self.tx_errors)


def _sum(received: int | None, sent: int | None) -> int | None:
    return None if received is None or sent is None else received + sent
