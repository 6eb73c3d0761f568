"""The two ends of an association and who owns one, in words, and in which order addresses stand."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from sctptop.model.advice.given import Advice
from sctptop.model.association import Process
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.model.peers.peer import PeerKey, peer_name
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import Value


def local_end(row: Row) -> str:
    """Address and port of our end, the first address with a + for further ones."""
    entry = row.association
    scopes = {path.scope for path in entry.paths if path.scope}
    if len(scopes) != 1:
        return _end(entry.local_addresses, None, entry.local_port)
    # A link-local address of ours belongs to the link on which those of the peer are.
    scope = scopes.pop()
    addresses = (f"{one}%{scope}" if one.startswith("fe80:") else one for one in entry.local_addresses)
    return _end(tuple(addresses), None, entry.local_port)


def remote_end(row: Row) -> str:
    """The same for the peer, its primary address first."""
    entry = row.association
    scoped = {path.address: path.scoped for path in entry.paths if path.scope}
    if not scoped:
        return _end(entry.remote_addresses, entry.primary, entry.remote_port)
    addresses = tuple(scoped.get(one, one) for one in entry.remote_addresses)
    return _end(addresses, scoped.get(entry.primary or "", entry.primary), entry.remote_port)


def this_end(row: Row) -> str:
    """Our end, with the process that owns it where that is known."""
    process = owner(row)
    return f"{local_end(row)} {process}" if process else local_end(row)


def whose(snapshot: Snapshot, advice: Advice) -> str:
    """Both ends of the association that it is on, or the peer, with the namespace where there are several."""
    row = snapshot.row(advice.association)
    if row is not None:
        return f"{this_end(row)} → {remote_end(row)}"
    return peer_of(snapshot, advice.peer) if advice.peer is not None else ""


def peer_of(snapshot: Snapshot, key: PeerKey) -> str:
    """A peer in words, behind the process that has to do with it; where none is known with the namespace."""
    peer = snapshot.peers.get(key)
    if peer is not None and peer.process is not None:
        return f"{holder_of(peer.process)} → {peer_name(key)}"
    several = len(snapshot.namespaces) > 1
    return f"{peer_name(key)} from {snapshot.namespace_label(key[0])}" if several else peer_name(key)


def remote_of(event: Event) -> str:
    """Address and port of the peer of an association that was never read."""
    return _end((event.address,) if event.address else (), event.address, event.remote_port)


def _end(addresses: tuple[str, ...], primary: str | None, port: int) -> str:
    if not addresses:
        return f"*:{port}"
    address = primary if primary in addresses and primary else addresses[0]
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{port}" + (f"+{len(addresses) - 1}" if len(addresses) > 1 else "")


def local_order(row: Row) -> int:
    """Ends compare as numbers, so that 10.9.0.2 stands before 10.9.0.10."""
    entry = row.association
    first = entry.local_addresses[0] if entry.local_addresses else "0.0.0.0"
    return _numeric(first) | entry.local_port << 16 | entry.remote_port


def remote_order(row: Row) -> int:
    """The same for the peer."""
    entry = row.association
    first = entry.primary or (entry.remote_addresses[0] if entry.remote_addresses else "0.0.0.0")
    return _numeric(first) | entry.remote_port << 16 | entry.local_port


# As many as are sorted at once: each of those that come and go all day would stay for 300 bytes.
@lru_cache(1 << 13)
def _numeric(text: str) -> int:
    """An address as version and number, with room for two ports behind it."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return 0
    return (address.version << 128 | int(address)) << 32


def owner(row: Row) -> Value:
    """Command and pid of the process that holds the socket, a + for further ones; ``kernel`` where none does."""
    process = row.association.process
    return None if process is None else holder_of(process)


def holder_of(process: Process) -> str:
    """It in words: as of ``owner``."""
    others = (process.shared_by or 1) - 1
    return process.comm + (f"[{process.pid}]" if process.pid else "") + (f"+{others}" if others > 0 else "")
