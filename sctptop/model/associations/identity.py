"""What one association is called from sample to sample.

It is known by (namespace, own tag, peer tag, ports): socket cookies and inodes are shared by all associations of a
one-to-many socket, and a restart (RFC 9260 section 5.2) changes the tags.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from sctptop.model.association import Association

Key = tuple[Hashable, ...]
"""Names one association for as long as it is shown; stable across reordering."""


def identity(association: Association) -> Key:
    """The key of an association as far as this one record shows it."""
    if association.own_tag is None:
        return _identity_by_id(association)
    ports = (association.local_port, association.remote_port)
    return (association.netns, association.own_tag, association.peer_tag or 0, *ports)


def _identity_by_id(association: Association) -> Key:
    """What an association is called while only /proc names it."""
    ports = (association.local_port, association.remote_port)
    return (association.netns, "id", association.assoc_id, *ports)


def aliases(association: Association) -> Iterator[Key]:
    """The identity, and what the same association was called while less of it was known."""
    yield identity(association)
    ports = (association.local_port, association.remote_port)
    if association.own_tag is None:
        return
    if association.peer_tag:
        # In COOKIE_WAIT the peer's tag is still 0.
        yield (association.netns, association.own_tag, 0, *ports)
    if association.assoc_id is not None:
        # sock_diag may have been silent until now.
        yield _identity_by_id(association)
