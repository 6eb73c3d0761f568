"""Sockets that are bound or listen, from their lines in /proc/net/sctp/eps and their records of sock_diag."""

from __future__ import annotations

from collections.abc import Iterable

from sctptop.kernel.reading.diag_records import SCTP_SS_LISTENING, DiagRecord
from sctptop.kernel.reading.procfs import SOCKET_STATES, SOCKET_TYPES, EpLine
from sctptop.model.sample import Endpoint


def endpoints(
    netns: int, lines: Iterable[EpLine], sockets: Iterable[DiagRecord] = ()
) -> tuple[Endpoint, ...]:
    """Endpoints in the model's terms.

    Of a listening one sock_diag tells sk_ack_backlog and sk_max_ack_backlog as its queues (sctp_diag_get_info,
    Linux 6.1).
    """
    queues = {
        one.inode: (one.recv_queue, one.send_queue) for one in sockets if one.state == SCTP_SS_LISTENING
    }
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
