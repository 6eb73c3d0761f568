"""Sockets that are bound or listen, from their lines in /proc/net/sctp/eps and their records of sock_diag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sctptop.kernel.reading.diag.diag_records import SCTP_SS_LISTENING, DiagRecord
from sctptop.kernel.reading.joining import Read
from sctptop.kernel.reading.procfs import SOCKET_STATES, SOCKET_TYPES, EpLine
from sctptop.model.sample import Endpoint

Queues = Mapping[int, tuple[int | None, int | None]]
"""Of listening sockets by inode: how many wait, and how many may."""


class KnownEndpoints:
    """Endpoints of one reading after the other: of lines that are the same list as before the same objects."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[list[EpLine], Queues, tuple[Endpoint, ...]]] = {}

    def of(self, reads: Mapping[int, Read]) -> tuple[Endpoint, ...]:
        """Those of all namespaces that were read."""
        before, self._last = self._last, {}
        for netns, read in reads.items():
            lines, queues = read.endpoints, _queues(read.sockets)
            known = before.get(netns)
            if known is not None and known[0] is lines and known[1] == queues:
                self._last[netns] = known
            else:
                self._last[netns] = lines, queues, endpoints(netns, lines, read.sockets)
        return tuple(one for _, _, found in self._last.values() for one in found)


def endpoints(
    netns: int, lines: Iterable[EpLine], sockets: Iterable[DiagRecord] = ()
) -> tuple[Endpoint, ...]:
    """Endpoints in the model's terms.

    Of a listening one sock_diag tells sk_ack_backlog and sk_max_ack_backlog as its queues (sctp_diag_get_info,
    Linux 6.1).
    """
    queues = _queues(sockets)
    return tuple(
        Endpoint(
            netns=netns,
            local_port=line.local_port,
            local_addresses=line.local_addresses,
            state=SOCKET_STATES.get(line.state or 0),
            socket_type=SOCKET_TYPES.get(-1 if line.socket_type is None else line.socket_type),
            inode=line.inode,
            uid=line.uid,
            waiting=(queue := queues.get(line.inode or 0, (None, None)))[0],
            backlog=queue[1],
        )
        for line in lines
    )


def _queues(sockets: Iterable[DiagRecord]) -> Queues:
    return {one.inode: (one.recv_queue, one.send_queue) for one in sockets if one.state == SCTP_SS_LISTENING}
