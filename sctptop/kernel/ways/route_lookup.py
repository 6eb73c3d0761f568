"""Questions to rtnetlink: the route to an address, as ``ip route get`` asks, and one interface, as ``ip -s link show``.

pyroute2 writes and reads the messages and is imported with the first lookup: that takes as long as all the rest of a
start. The socket is a plain one, because it must stay in the namespace that the thread is in as it opens it, and no
event loop must run there.
"""

from __future__ import annotations

import errno
import logging
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sctptop.kernel.netlink import (
    NLM_F_REQUEST,
    NLMSG_ERROR,
    NetlinkMessage,
    attribute,
    attributes,
    errno_of,
    message,
    messages,
)
from sctptop.terminal_text import printable

NETLINK_ROUTE = 0
_RTM_GETLINK, _RTM_GETROUTE = 18, 26
_HEADS = {_RTM_GETLINK: 16, _RTM_GETROUTE: 12}
"""Bytes of struct ifinfomsg and struct rtmsg."""
_READ = {
    # IFLA_IFNAME, IFLA_MTU, IFLA_STATS, IFLA_MASTER, IFLA_LINKINFO, IFLA_STATS64, IFLA_CARRIER_CHANGES
    _RTM_GETLINK: (3, 4, 7, 10, 18, 23, 35),
    # RTA_OIF, RTA_GATEWAY, RTA_PREFSRC, RTA_METRICS, RTA_VIA
    _RTM_GETROUTE: (4, 5, 7, 8, 18),
}
_IFF_UP, _IFF_RUNNING = 0x1, 0x40
_BUFFER = 1 << 16
_TIMEOUT_S = 1
# rtm_type, include/uapi/linux/rtnetlink.h, by the words of ip-route(8).
_KINDS = {
    1: "unicast",
    2: "local",
    3: "broadcast",
    4: "anycast",
    5: "multicast",
    6: "blackhole",
    7: "unreachable",
    8: "prohibit",
}
# What stands for "no route", by errno. EINVAL: also a blackhole, and a source address that is not ours any more.
_REFUSALS = {
    errno.EHOSTUNREACH: "unreachable",
    errno.EACCES: "prohibit",
    **dict.fromkeys(
        (errno.ENETUNREACH, errno.EINVAL, errno.ENODEV, errno.ESRCH, errno.ENOENT, errno.EADDRNOTAVAIL),
        "none",
    ),
}


class RouteError(OSError):
    """The question could not be asked, or the answer not be understood; ``strerror`` says why."""


Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Route:
    """An answer of the routing table. ``interface`` is an index, 0 where there is no route; ``mtu`` only its own."""

    kind: str | None
    interface: int = 0
    gateway: str | None = None
    source: str | None = None
    mtu: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An interface. ``counters`` are rtnl_link_stats64 by name, and carrier_changes; ``vrf`` is the index of the VRF it
    is in, or 0."""

    name: str | None
    mtu: int | None
    up: bool
    counters: Mapping[str, int]
    vrf: int = 0


def _opened() -> socket.socket:
    made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE)
    try:
        made.bind((0, 0))
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", _TIMEOUT_S, 0))
    except OSError:
        made.close()
        raise
    return made


class RouteLookup:
    """A socket that asks for routes and interfaces. Owned by one thread."""

    def __init__(self, opened: Callable[[], socket.socket] = _opened) -> None:
        """Open it in the namespace that the calling thread is in: it stays there. Raises OSError."""
        self._socket = opened()
        self._sequence = 0

    def close(self) -> None:
        """Close the socket. Safe to call twice."""
        self._socket.close()

    def route(self, destination: str, source: str | None = None, interface: int = 0) -> Route:
        """``ip route get DESTINATION [from SOURCE] [oif INTERFACE]``; "none" where there is none.

        Raises RouteError.
        """
        six = ":" in destination
        asked: list[tuple[str, object]] = [("RTA_DST", destination)]
        asked += [("RTA_SRC", source)] if source else []
        asked += [("RTA_OIF", interface)] if interface else []
        bits = 128 if six else 32
        fields = {
            "family": socket.AF_INET6 if six else socket.AF_INET,
            "dst_len": bits,
            "src_len": bits if source else 0,
        }
        try:
            return self._ask(_RTM_GETROUTE, fields, asked, lambda found: _route(found, source))
        except RouteError as error:
            if error.errno not in _REFUSALS:
                raise
            return Route(_REFUSALS[error.errno])

    def link(self, index: int) -> Link | None:
        """The interface of that index, None when it is gone. Raises RouteError."""
        try:
            return self._ask(_RTM_GETLINK, {"index": index}, [], _link)
        except RouteError as error:
            if error.errno != errno.ENODEV:
                raise
            return None

    def _ask(
        self,
        kind: int,
        fields: Mapping[str, object],
        asked: list[tuple[str, object]],
        read: Callable[[Any], Answer],
    ) -> Answer:
        """One question, and what is read in the message that answers it."""
        self._sequence += 1
        try:
            question = _new(kind)
            question.update(fields)
            question["attrs"] = asked
            header = {"type": kind, "flags": NLM_F_REQUEST, "sequence_number": self._sequence}
            question["header"].update(header)
            question.encode()
            self._socket.send(bytes(question.data))
            decoded = _new(kind, _needed(self._answer(), kind))
            decoded.decode()
            return read(decoded)
        except RouteError:
            raise
        except OSError as error:
            raise RouteError(errno.EIO, f"routes could not be asked for: {error.strerror}") from error
        except Exception as error:
            raise RouteError(
                errno.EBADMSG, f"a route was not understood: {printable(repr(error)):.60}"
            ) from error

    def _answer(self) -> NetlinkMessage:
        """The datagram that answers the last question; an answer to an older one is passed over."""
        while True:
            data, _ancillary, flags, _address = self._socket.recvmsg(_BUFFER)
            if flags & socket.MSG_TRUNC:
                raise RouteError(errno.EMSGSIZE, f"a route is longer than {_BUFFER} bytes")
            answer = next(messages(data))
            if answer.sequence != self._sequence:
                continue
            if answer.type == NLMSG_ERROR:
                raise RouteError(errno_of(answer) or errno.EBADMSG, "no route was answered")
            return answer


def _needed(answer: NetlinkMessage, kind: int) -> bytes:
    """The answer with those attributes that are read: pyroute2 0.9 goes round for ever in some others (RTA_ENCAP)."""
    size = _HEADS[kind]
    found = attributes(answer.payload, size)
    kept = b"".join(attribute(one, found[one]) for one in _READ[kind] if one in found)
    return message(answer.type, answer.flags, answer.sequence, answer.payload[:size] + kept)


def load() -> None:
    """Import pyroute2, where no namespace is entered yet. Raises whatever it raises."""
    _new(_RTM_GETROUTE)
    # It logs what it cannot decode: without a handler that would go to the terminal.
    logger = logging.getLogger("pyroute2")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False


def _new(kind: int, data: bytes | None = None) -> Any:
    from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg
    from pyroute2.netlink.rtnl.rtmsg import rtmsg

    return (rtmsg if kind == _RTM_GETROUTE else ifinfmsg)(data)


def _route(message: Any, source: str | None) -> Route:
    metrics = message.get_attr("RTA_METRICS")
    via = message.get_attr("RTA_VIA")
    kind = _KINDS.get(message["type"])
    return Route(
        kind=kind,
        interface=message.get_attr("RTA_OIF") or 0,
        gateway=message.get_attr("RTA_GATEWAY") or (via["addr"] if via else None),
        source=message.get_attr("RTA_PREFSRC") or source,
        mtu=(metrics.get_attr("RTAX_MTU") if metrics else None) or None,
    )


def _link(message: Any) -> Link:
    name = message.get_attr("IFLA_IFNAME")
    flags = message["flags"]
    stats = message.get_attr("IFLA_STATS64") or message.get_attr("IFLA_STATS") or {}
    changes = ("carrier_changes", message.get_attr("IFLA_CARRIER_CHANGES"))
    about = message.get_attr("IFLA_LINKINFO")
    in_vrf = about is not None and about.get_attr("IFLA_INFO_SLAVE_KIND") == "vrf"
    # The kernel sets IFF_RUNNING where the operational state is up, or unknown (RFC 2863), as it is of lo.
    return Link(
        name=printable(name.decode("utf-8", "replace") if isinstance(name, bytes) else name)
        if name
        else None,
        mtu=message.get_attr("IFLA_MTU"),
        up=bool(flags & _IFF_UP and flags & _IFF_RUNNING),
        counters={key: value for key, value in (*stats.items(), changes) if isinstance(value, int)},
        vrf=(message.get_attr("IFLA_MASTER") or 0) if in_vrf else 0,
    )
