"""Sockets that are bound or listen, from their lines in /proc/net/sctp/eps."""

from __future__ import annotations

from collections.abc import Iterable

from sctptop.kernel.reading.procfs import SOCKET_STATES, SOCKET_TYPES, EpLine
from sctptop.model.sample import Endpoint


def endpoints(netns: int, lines: Iterable[EpLine]) -> tuple[Endpoint, ...]:
    """Endpoints in the model's terms."""
    return tuple(
        Endpoint(
            netns=netns,
            local_port=line.local_port,
            local_addresses=line.local_addresses,
            state=SOCKET_STATES.get(line.state or 0),
            socket_type=SOCKET_TYPES.get(-1 if line.socket_type is None else line.socket_type),
            inode=line.inode,
            uid=line.uid,
        )
        for line in lines
    )
