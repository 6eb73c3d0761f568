"""The names that gNBs and AMFs (eNBs and MMEs) gave themselves as they set up, for the associations they did it on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sctptop.model.association import Association
from sctptop.model.event import Event

MOST = 16_384
"""Associations remembered; beyond, the oldest give way."""

Ends = tuple[int, int | None, int, int]
"""Network namespace, our tag, local and remote port."""


class NodeNames:
    """Remembers what NGSetup and S1Setup said. An association without a name costs one look-up, and stays as it is."""

    def __init__(self) -> None:
        self._names: dict[Ends, tuple[str | None, str | None]] = {}
        self._told: dict[Ends, tuple[Association, Association]] = {}

    def hear(self, events: Iterable[Event]) -> None:
        """Take in what was seen since the reading before."""
        for event in events:
            name = event.details.get("node_name")
            if event.kind != "ngap" or not isinstance(name, str):
                continue
            ends = (event.netns, event.own_tag, event.local_port, event.remote_port)
            own, peer = self._names.pop(ends, (None, None))
            out = event.details.get("direction") == "out"
            self._names[ends] = (name, peer) if out else (own, name)
            while len(self._names) > MOST:
                del self._names[next(iter(self._names))]

    def named(self, associations: tuple[Association, ...]) -> tuple[Association, ...]:
        """The same with the names that are known; the same objects again for the same."""
        if not self._names:
            return associations
        before, self._told = self._told, {}
        return tuple(self._one(entry, before) for entry in associations)

    def _one(self, entry: Association, before: dict[Ends, tuple[Association, Association]]) -> Association:
        ends = (entry.netns, entry.own_tag, entry.local_port, entry.remote_port)
        names = self._names.get(ends)
        if names is None:
            return entry
        source, told = before.get(ends, (None, None))
        if told is None or source is not entry or (told.own_name, told.peer_name) != names:
            told = replace(entry, own_name=names[0], peer_name=names[1])
        self._told[ends] = (entry, told)
        return told
