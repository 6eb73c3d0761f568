"""/proc/net/sctp as records: pure text in, no I/O but in ``read_text``.

Formats: net/sctp/proc.c. Columns are found by their heading, so that ones missing on old kernels or added
by new ones do no harm; a line that is torn is left out. Times are in jiffies, as printed.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sctptop.kernel.reading.diag.diag_records import alike, text_of_ipv4, text_of_ipv6

SOCKET_TYPES = {0: "one-to-many", 1: "one-to-many", 2: "one-to-one"}
"""enum sctp_socket_type: UDP, UDP_HIGH_BANDWIDTH, TCP."""

SOCKET_STATES = {1: "ESTABLISHED", 7: "CLOSED", 8: "CLOSING", 10: "LISTENING"}
"""enum sctp_sock_state, include/net/sctp/constants.h."""


_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class AssocLine:
    """One line of /proc/net/sctp/assocs. None where the column is missing or no number."""

    assoc_id: int | None
    socket_type: int | None
    state: int | None
    send_queue: int | None
    recv_queue: int | None
    uid: int | None
    inode: int | None
    local_port: int
    remote_port: int
    local_addresses: tuple[str, ...]
    remote_addresses: tuple[str, ...]
    primary: str | None
    hb_interval: int | None
    in_streams: int | None
    out_streams: int | None
    assoc_max_retrans: int | None
    init_retries: int | None
    shutdown_retries: int | None
    rtx_marked_chunks: int | None
    sndbuf: int | None
    rcvbuf: int | None


@dataclass(frozen=True, slots=True)
class RemaddrLine:
    """One line of /proc/net/sctp/remaddr: a transport."""

    address: str
    assoc_id: int
    hb_timer: bool | None
    rto: int | None
    max_retrans: int | None
    state: int | None


@dataclass(frozen=True, slots=True)
class EpLine:
    """One line of /proc/net/sctp/eps: an endpoint."""

    socket_type: int | None
    state: int | None
    local_port: int
    uid: int | None
    inode: int | None
    local_addresses: tuple[str, ...]


def read_text(folder: Path | str, name: str) -> str:
    """The text of one file of /proc/net/sctp. Raises OSError.

    By system calls: what Path and open() do besides costs four times as much, in each namespace at each reading.
    """
    descriptor = os.open(f"{folder}/{name}", os.O_RDONLY)
    try:
        parts = []
        while part := os.read(descriptor, _CHUNK):
            parts.append(part)
    finally:
        os.close(descriptor)
    return b"".join(parts).decode("ascii", "replace")


def parse_assocs(text: str) -> list[AssocLine]:
    """The lines of ``assocs``: columns up to LADDRS, addresses, ``<->``, addresses, columns from HBINT."""
    lines = text.splitlines()
    if not lines:
        return []
    heading = lines[0].split()
    if "LADDRS" not in heading or "RADDRS" not in heading:
        return []
    before = heading[: heading.index("LADDRS")]
    after = heading[heading.index("RADDRS") + 1 :]
    parsed = (_assoc_line(line, before, after) for line in lines[1:])
    return [line for line in parsed if line is not None]


def parse_remaddr(text: str) -> list[RemaddrLine]:
    """The lines of ``remaddr``."""
    found = []
    for columns in _table(text):
        address, assoc_id = _address(columns.get("ADDR", "")), _int(columns.get("ASSOC_ID"))
        if address is None or assoc_id is None:
            continue
        timer = _int(columns.get("HB_ACT"))
        found.append(
            RemaddrLine(
                address=address,
                assoc_id=assoc_id,
                hb_timer=None if timer is None else bool(timer),
                rto=_int(columns.get("RTO")),
                max_retrans=_int(columns.get("MAX_PATH_RTX")),
                state=_int(columns.get("STATE")),
            )
        )
    return found


def parse_eps(text: str) -> list[EpLine]:
    """The lines of ``eps``; the addresses are the rest of the line."""
    lines = text.splitlines()
    heading = lines[0].split() if lines else []
    if "LADDRS" not in heading:
        return []
    at = heading.index("LADDRS")
    found = []
    for line in lines[1:]:
        words = line.split()
        columns = dict(zip(heading[:at], words, strict=False))
        port = _port(columns.get("LPORT"))
        if len(words) < at or port is None:
            continue
        addresses = tuple(address for word in words[at:] if (address := _address(word)) is not None)
        found.append(
            EpLine(
                socket_type=_int(columns.get("STY")),
                state=_int(columns.get("SST")),
                local_port=port,
                uid=_int(columns.get("UID")),
                inode=_int(columns.get("INODE")),
                local_addresses=addresses,
            )
        )
    return found


def parse_snmp(text: str) -> dict[str, int]:
    """``snmp``: a name and a signed number a line, in the kernel's order."""
    pairs = (line.split() for line in text.splitlines())
    return {
        pair[0]: value
        for pair in pairs
        if len(pair) == 2 and pair[0].isidentifier() and (value := _int(pair[1])) is not None
    }


def _assoc_line(line: str, before: list[str], after: list[str]) -> AssocLine | None:
    left, arrow, right = line.partition("<->")
    words, tail = left.split(), right.split()
    if not arrow or len(words) < len(before):
        return None
    columns = dict(zip(before, words, strict=False))
    count = next((at for at, word in enumerate(tail) if not _is_address(word)), len(tail))
    columns.update(zip(after, tail[count:], strict=False))
    local_port, remote_port = _port(columns.get("LPORT")), _port(columns.get("RPORT"))
    if local_port is None or remote_port is None:
        return None
    # The address in use on the primary path is marked with a star, on either side.
    local = sorted(words[len(before) :], key=lambda word: not word.startswith("*"))
    return AssocLine(
        assoc_id=_int(columns.get("ASSOC-ID")) or None,
        socket_type=_int(columns.get("STY")),
        state=_int(columns.get("ST")),
        send_queue=_int(columns.get("TX_QUEUE")),
        recv_queue=_int(columns.get("RX_QUEUE")),
        uid=_int(columns.get("UID")),
        inode=_int(columns.get("INODE")),
        local_port=local_port,
        remote_port=remote_port,
        local_addresses=_addresses(local),
        remote_addresses=_addresses(tail[:count]),
        primary=next((_address(word) for word in tail[:count] if word.startswith("*")), None),
        hb_interval=_int(columns.get("HBINT")),
        in_streams=_int(columns.get("INS")),
        out_streams=_int(columns.get("OUTS")),
        assoc_max_retrans=_int(columns.get("MAXRT")),
        init_retries=_int(columns.get("T1X")),
        shutdown_retries=_int(columns.get("T2X")),
        rtx_marked_chunks=_int(columns.get("RTXC")),
        sndbuf=_int(columns.get("sndbuf")),
        rcvbuf=_int(columns.get("rcvbuf")),
    )


def _table(text: str) -> Iterator[dict[str, str]]:
    """Lines as columns by heading; a line with fewer words than headings is torn and left out."""
    lines = text.splitlines()
    heading = lines[0].split() if lines else []
    for line in lines[1:]:
        words = line.split()
        if len(words) >= len(heading):
            yield dict(zip(heading, words, strict=False))


def _is_address(word: str) -> bool:
    return "." in word or ":" in word


def _addresses(words: list[str]) -> tuple[str, ...]:
    found: tuple[str, ...] = alike(tuple(one for one in map(_address, words) if one is not None))
    return found


def _address(word: str) -> str | None:
    """An address in its usual short form; the kernel prints IPv6 in full."""
    bare = word.lstrip("*")
    try:
        if ":" in bare:
            return text_of_ipv6(socket.inet_pton(socket.AF_INET6, bare))
        return text_of_ipv4(socket.inet_pton(socket.AF_INET, bare))
    except (OSError, ValueError):
        return None


def _port(word: str | None) -> int | None:
    port = _int(word)
    return port if port is not None and 0 <= port < 65536 else None


@lru_cache(1024)
def _int(word: str | None) -> int | None:
    """The same object for one that is in each line."""
    try:
        return int(word) if word is not None else None
    except ValueError:
        return None
