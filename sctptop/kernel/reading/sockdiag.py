"""NETLINK_SOCK_DIAG for SCTP: dump everything, or look one association up exactly.

A plain socket: the reader of pyroute2 stops after the first buffer, because association records carry no
NLM_F_MULTI (inet_assoc_diag_fill via sctp_sock_dump passes flags 0).
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from sctptop.kernel.host.sudo import as_root
from sctptop.kernel.netlink import (
    HEADER,
    NLM_F_DUMP_INTR,
    NLMSG_DONE,
    NLMSG_ERROR,
    NetlinkMessage,
    WireError,
    errno_of,
    messages,
)
from sctptop.kernel.reading.asked import Asked, Batch, Changes, Pair
from sctptop.kernel.reading.diag.diag_records import (
    ANY_STATE,
    SOCK_DIAG_BY_FAMILY,
    DiagRecord,
    dump_request,
    lookup_request,
)
from sctptop.kernel.reading.diag.diag_shapes import Shapes
from sctptop.model.source_state import Trouble

NETLINK_SOCK_DIAG = 4
# The kernel sizes its dump buffers by the reader's, up to 32 KiB (netlink_dump): fewer restarts of its walk.
_BUFFER = 1 << 18
_ONE_ANSWER = 1 << 16
"""Longer than a record with as many addresses as an association can have: one record is one answer."""
_WAITING = 1 << 20
"""Bytes of answers that may wait in the socket, as far as net.core.rmem_max lets it."""
_TIMEOUT_S = 5
NO_RECORDS: Mapping[bytes, DiagRecord] = {}
_PIPELINE = 32
_INTERRUPTED_RETRIES = 3


class SockDiagError(OSError):
    """The kernel refused, or did not answer."""

    def __init__(self, code: int, reason: str, remedy: str | None = None) -> None:
        super().__init__(code, reason)
        self.trouble = Trouble(reason, remedy)


def _opened() -> socket.socket:
    """A socket of sock_diag in the namespace that the calling thread is in. Raises OSError."""
    made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)
    try:
        made.bind((0, 0))
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", _TIMEOUT_S, 0))
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WAITING)
    except OSError:
        made.close()
        raise
    return made


class SockDiag:
    """A socket that asks sctp_diag. Owned by one thread."""

    def __init__(self, opened: Callable[[], socket.socket] = _opened) -> None:
        """Open it in the namespace that the calling thread is in: it stays there. Raises SockDiagError."""
        try:
            self._socket = opened()
        except OSError as error:
            raise _explained(error.errno or 0) from error
        self._sequence = 0
        self._shapes = Shapes()

    def close(self) -> None:
        """Close the socket. Safe to call twice."""
        self._socket.close()

    def dump(
        self,
        ports: tuple[int, int] = (0, 0),
        states: int = ANY_STATE,
        known: Mapping[bytes, DiagRecord] = NO_RECORDS,
    ) -> list[DiagRecord]:
        """Every endpoint and association of both families, as far as one walk saw them; or some, see dump_request.

        ``known``: records by their bytes; of the same bytes the same object is returned.

        Associations that come or go during a dump may be missed or reported twice (sctp_diag_dump resumes by
        position); the caller compares with /proc. Raises SockDiagError.
        """
        records: list[DiagRecord] = []
        for family in (socket.AF_INET, socket.AF_INET6):
            records.extend(self._dump_family(family, ports, states, known))
        return records

    def again(self, batches: Sequence[Batch]) -> Changes:
        """Ask for associations that were asked for before; what their records say by now is put into them.

        The kernel answers within the call that asks, in the order of the requests; no other order is relied on.
        Raises SockDiagError when it refuses for another reason than that one is gone.
        """
        self._pass_over()
        changes = Changes()
        for batch in batches:
            self._send(batch.requests)
            self._take(batch, changes)
        return changes

    def _take(self, batch: Batch, changes: Changes) -> None:
        receive, decode = self._socket.recv, self._shapes.decode
        try:
            for one in batch.asked:
                data = receive(_ONE_ANSWER)
                record, payload = one.record, data[HEADER:]
                if not data.startswith(one.head):
                    break
                # Its beginning tells what it answers, and how long it is.
                if payload == record.raw:
                    continue
                if len(payload) != len(record.raw):
                    break
                try:
                    one.record = decode(payload, record)
                except WireError:
                    break
                one.follows = record if self._shapes.follows else None
                changes.changed.append(one)
            else:
                return
        except OSError as error:
            raise _explained(error.errno or 0) from error
        place = batch.asked.index(one)
        self._take_in_any_order(data, {one.number: one for one in batch.asked[place:]}, changes)

    def _take_in_any_order(self, data: bytes, waiting: dict[int, Asked], changes: Changes) -> None:
        """The answer at hand, and those to all others that are waited for, by their numbers."""
        while True:
            for message in _understood(data):
                one = waiting.pop(message.sequence, None)
                if one is None:
                    continue
                if message.type == NLMSG_ERROR and errno_of(message) != errno.ENOENT:
                    _raise_for(message)
                record = self._decoded(message, one.record)
                if record is None:
                    changes.gone.append(one)
                    continue
                one.head = data[:HEADER] if len(data) == HEADER + len(message.payload) else b"none"
                if record is not one.record:
                    one.follows = one.record if self._shapes.follows else None
                    one.record = record
                    changes.changed.append(one)
            if not waiting:
                return
            data = self._received()

    def look_up(self, pairs: Sequence[Pair], interface: int = 0) -> Iterator[DiagRecord | None]:
        """The associations between these (local, remote) ends, in their order; None for one that is gone.

        ``interface``: the index of the one that their sockets are bound to, 0 for none.
        Raises SockDiagError when the kernel refuses for another reason than that.
        """
        for start in range(0, len(pairs), _PIPELINE):
            yield from self._look_up_some(pairs[start : start + _PIPELINE], interface)

    def _dump_family(
        self, family: int, ports: tuple[int, int], states: int, known: Mapping[bytes, DiagRecord]
    ) -> list[DiagRecord]:
        for _ in range(_INTERRUPTED_RETRIES):
            sequence = self._next()
            self._send(dump_request(family, sequence, ports, states))
            records: list[DiagRecord] = []
            interrupted = False
            for message in self._answers({sequence}):
                interrupted = interrupted or bool(message.flags & NLM_F_DUMP_INTR)
                if message.type in (NLMSG_DONE, NLMSG_ERROR):
                    _raise_for(message)
                    break
                record = known.get(message.payload) or self._decoded(message)
                if record is not None:
                    records.append(record)
            if not interrupted:
                break
        return records

    def _look_up_some(self, pairs: Sequence[Pair], interface: int) -> Iterator[DiagRecord | None]:
        order: list[int] = []
        for local, remote in pairs:
            sequence = self._next()
            order.append(sequence)
            self._send(lookup_request(local, remote, sequence, interface))
        found: dict[int, DiagRecord | None] = {}
        waiting = set(order)
        for message in self._answers(waiting):
            if message.type == NLMSG_ERROR:
                if errno_of(message) != errno.ENOENT:
                    _raise_for(message)
                found.setdefault(message.sequence, None)
            else:
                found[message.sequence] = self._decoded(message)
            waiting.discard(message.sequence)
            if not waiting:
                break
        return iter([found.get(sequence) for sequence in order])

    def _answers(self, sequences: Iterable[int]) -> Iterator[NetlinkMessage]:
        """Messages of those sequence numbers as they come, over as many buffers as the kernel sends."""
        while True:
            for message in self._receive():
                if message.sequence in sequences:
                    yield message

    def _receive(self) -> list[NetlinkMessage]:
        try:
            data, _ancillary, flags, _address = self._socket.recvmsg(_BUFFER)
        except OSError as error:
            raise _explained(error.errno or 0) from error
        if flags & socket.MSG_TRUNC:
            raise SockDiagError(errno.EMSGSIZE, f"a sock_diag answer is longer than {_BUFFER} bytes")
        return _understood(data)

    def _received(self) -> bytes:
        try:
            return self._socket.recv(_ONE_ANSWER)
        except OSError as error:
            raise _explained(error.errno or 0) from error

    def _pass_over(self) -> None:
        """Leave no answer in the socket that could be taken for one to come."""
        try:
            while self._socket.recv(_ONE_ANSWER, socket.MSG_DONTWAIT):
                pass
        except BlockingIOError:
            return
        except OSError as error:
            raise _explained(error.errno or 0) from error

    def _send(self, request: bytes) -> None:
        try:
            self._socket.send(request)
        except OSError as error:
            raise _explained(error.errno or 0) from error

    def _decoded(self, message: NetlinkMessage, before: DiagRecord | None = None) -> DiagRecord | None:
        """The record in a message; None for one that cannot be read: /proc still names it."""
        if message.type != SOCK_DIAG_BY_FAMILY:
            return None
        with contextlib.suppress(WireError):
            return self._shapes.decode(message.payload, before)
        return None

    def _next(self) -> int:
        self._sequence = self._sequence % 0x7FFFFFFF + 1
        return self._sequence


def _understood(data: bytes) -> list[NetlinkMessage]:
    try:
        return list(messages(data))
    except WireError as error:
        raise SockDiagError(errno.EBADMSG, f"sock_diag answer not understood: {error}") from error


def _raise_for(message: NetlinkMessage) -> None:
    code = errno_of(message)
    if code:
        raise _explained(code)


def _explained(code: int) -> SockDiagError:
    remedy = None
    match code:
        case errno.ENOENT:
            text, remedy = "module sctp_diag is not loaded", "sudo modprobe sctp_diag"
        case errno.EPERM | errno.EACCES:
            text, remedy = "not permitted to read sockets", as_root()
        case errno.EPROTONOSUPPORT:
            text = "this kernel has no NETLINK_SOCK_DIAG"
        case errno.EAGAIN:
            text = f"the kernel did not answer within {_TIMEOUT_S} s"
        case errno.ENOBUFS:
            text = "the kernel ran out of buffers; reading again next time"
        case _:
            text = os.strerror(code) if code else "the netlink socket failed"
    return SockDiagError(code, text, remedy)
