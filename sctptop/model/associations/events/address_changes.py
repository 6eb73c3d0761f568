"""Addresses of an association that came or went, and another primary, as events: seen between two readings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sctptop.model.association import Association
from sctptop.model.event import Event

UP = "ESTABLISHED"


def address_changes(before: Association, after: Association, time: datetime) -> Iterator[Event]:
    """What ASCONF (RFC 5061) or the application changed while the association was up in both readings.

    Of the same association: at its beginning all addresses are new, and a list that could not be read is empty.
    """
    if before.state != UP or after.state != UP or before.own_tag != after.own_tag:
        return
    for name, words in (
        ("remote_addresses", ("ADDED", "REMOVED")),
        ("local_addresses", ("OWN_ADDED", "OWN_REMOVED")),
    ):
        old, new = getattr(before, name), getattr(after, name)
        if old and new and old != new:
            for change, addresses, others in ((words[0], new, old), (words[1], old, new)):
                for address in addresses:
                    if address not in others:
                        yield _event(after, time, change, address)
    if before.primary and after.primary and before.primary != after.primary:
        yield _event(after, time, "PRIMARY", after.primary)


def _event(entry: Association, time: datetime, change: str, address: str) -> Event:
    return Event(
        time=time,
        kind="address",
        netns=entry.netns,
        own_tag=entry.own_tag or 0,
        peer_tag=entry.peer_tag or 0,
        local_port=entry.local_port,
        remote_port=entry.remote_port,
        assoc_id=entry.assoc_id,
        address=address,
        details={"change": change},
    )
