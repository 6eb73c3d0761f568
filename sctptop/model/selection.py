"""Which associations the user asked for: the SEL of ``--assoc``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address

from sctptop.model.association import Association
from sctptop.model.event import Event
from sctptop.model.sample import Namespace, Sample


class SelectorError(ValueError):
    """A SEL that cannot be understood; the text names what was expected."""


@dataclass(frozen=True, slots=True)
class Selector:
    """One SEL: a number (port or association id), an address, an address with its port, or a name.

    ``name``, folded, of the process (``comm`` or ``comm[pid]``), its container, its network namespace, or of the gNB or
    AMF on either end.
    """

    text: str
    number: int | None = None
    address: str | None = None
    port: int | None = None
    name: str | None = None

    def matches(self, association: Association) -> bool:
        """Whether this association is meant, by either of its ends."""
        if self.number is not None:
            return self.number in (association.local_port, association.remote_port, association.assoc_id)
        if self.name is not None:
            return self.name in map(str.casefold, filter(None, _names(association)))
        local = self.address in association.local_addresses and self.port in (None, association.local_port)
        remote = self.address in association.remote_addresses and self.port in (None, association.remote_port)
        return local or remote


def _names(association: Association) -> tuple[str | None, ...]:
    process = association.process
    owned = (association.own_name, association.peer_name, association.netns_name)
    if process is None:
        return owned
    return (*owned, process.comm, f"{process.comm}[{process.pid}]", process.container, process.container_id)


LEAST_INODE = 1 << 28
"""Inodes of namespaces begin at 0xF0000000 (PROC_DYNAMIC_FIRST, fs/proc/generic.c), pids end at 2^22."""


@dataclass(frozen=True, slots=True)
class NamespaceChoice:
    """The network namespaces of ``--netns``: all, our own, or one by its name, a process in it, or its inode."""

    text: str
    number: int | None = None

    @property
    def own_only(self) -> bool:
        """Whether no other than our own is meant."""
        return self.text == "self"

    @property
    def pid(self) -> int | None:
        """The process whose namespace is meant, if given as a PID."""
        return self.number if self.number is not None and self.number < LEAST_INODE else None

    def matches(self, namespace: Namespace) -> bool:
        """Whether this one is meant. That of a process is known only by its oldest here."""
        if self.number is not None:
            return self.number in (namespace.netns, namespace.pid)
        if self.text in ("all", "self"):
            return namespace.own or not self.own_only
        return self.text in (namespace.name, namespace.container, namespace.label)


ALL_NAMESPACES = NamespaceChoice("all")
OWN_NAMESPACE = NamespaceChoice("self")


def parse_netns(text: str) -> NamespaceChoice:
    """Read ``all``, ``self``, a name, a PID, or an inode, also as ``net:[INODE]``. Raises SelectorError."""
    stripped = text.strip()
    digits = stripped.removeprefix("net:[").removesuffix("]")
    if digits.isascii() and digits.isdigit():
        if not 0 < int(digits) < 1 << 32:
            raise SelectorError(f"{text!r} is neither a PID nor the inode of a network namespace")
        return NamespaceChoice(stripped, int(digits))
    if not stripped or stripped.startswith("-"):
        raise SelectorError(f"{text!r} is not all, self, NAME, PID or an inode")
    return NamespaceChoice(stripped)


def parse_selector(text: str) -> Selector:
    """Read ``PORT``, ``ID``, ``ADDR``, ``ADDR:PORT``, ``[ADDR6]:PORT``, or a name: what has a letter and no colon.

    Raises SelectorError with one clear line on anything else.
    """
    stripped = text.strip()
    if stripped.isascii() and stripped.isdigit():
        number = int(stripped)
        if number > 2**31 - 1:
            raise SelectorError(f"{text!r} is neither a port (0-65535) nor an association id (below 2^31)")
        return Selector(stripped, number=number)
    if ":" not in stripped and stripped[:1] not in ("[", "-") and any(map(str.isalpha, stripped)):
        return Selector(stripped, name=stripped.casefold())
    if stripped.startswith("["):
        host, closed, rest = stripped[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise SelectorError(f"{text!r}: an IPv6 address with a port is written [ADDR]:PORT")
        return Selector(stripped, address=_address(host, text), port=_port(rest[1:], text) if rest else None)
    if stripped.count(":") == 1:
        host, _, port = stripped.partition(":")
        return Selector(stripped, address=_address(host, text), port=_port(port, text))
    return Selector(stripped, address=_address(stripped, text))


def selected(association: Association, selectors: Sequence[Selector]) -> bool:
    """Whether any selector means the association; no selectors mean all of them."""
    return not selectors or any(selector.matches(association) for selector in selectors)


def event_selected(event: Event, selectors: Sequence[Selector]) -> bool:
    """The same for the association that an event names, as far as the event knows it."""
    return not selectors or selected(
        Association(
            netns=event.netns,
            assoc_id=event.assoc_id,
            own_tag=event.own_tag,
            peer_tag=event.peer_tag,
            local_port=event.local_port,
            remote_port=event.remote_port,
            remote_addresses=(event.address,) if event.address else (),
        ),
        selectors,
    )


def chosen(sample: Sample, selectors: Sequence[Selector]) -> Sample:
    """The sample with the associations that are meant, and what happened to them."""
    if not selectors:
        return sample
    entries = tuple(entry for entry in sample.associations if selected(entry, selectors))
    # An event knows one address at most; the ports and tag of an association that is meant say the rest.
    names = {(entry.netns, entry.own_tag, entry.local_port, entry.remote_port) for entry in entries}
    events = tuple(
        event
        for event in sample.events
        if (event.netns, event.own_tag, event.local_port, event.remote_port) in names
        or event_selected(event, selectors)
    )
    return replace(sample, associations=entries, events=events)


def _address(host: str, text: str) -> str:
    """The address as the kernel prints it: an IPv4 address mapped into IPv6 is the IPv4 address."""
    try:
        address: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        raise SelectorError(
            f"{text!r} is not a port, an association id, ADDR, ADDR:PORT, [ADDR6]:PORT or a name"
        ) from None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    # Addresses are read without a scope.
    return str(mapped or address).partition("%")[0]


def _port(port: str, text: str) -> int:
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SelectorError(f"{text!r}: {port!r} is not a port (1-65535)")
    return int(port)
