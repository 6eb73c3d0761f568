"""Events with the association that each is of, among those that are followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from sctptop.model.associations.identity import Key
from sctptop.model.event import Event
from sctptop.model.selection import Selector, event_selected


class Keyed(Protocol):
    """What is followed under one key, whatever it was called."""

    @property
    def key(self) -> Key: ...


def named(
    events: Iterable[Event], known: Mapping[Key, Keyed], selectors: Sequence[Selector]
) -> Iterator[tuple[Key | None, Event]]:
    """Events with the key of their association: None where it was never read; without those not selected.

    ``known``: what is followed, by all its names.
    """
    for event in events:
        netns, own_tag, ports = event.netns, event.own_tag, (event.local_port, event.remote_port)
        one = known.get((netns, own_tag, event.peer_tag, *ports)) or known.get((netns, own_tag, 0, *ports))
        if one is not None:
            yield one.key, event
        elif event_selected(event, selectors):
            yield None, event
