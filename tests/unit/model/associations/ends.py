"""The two ends of an association between a gNB and an AMF."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sctptop.model.association import Association
from sctptop.model.sample import Endpoint
from tests.unit.associations import NETNS, association

GNB, AMF, OTHER_BENCH = NETNS, NETNS + 1, NETNS + 2
LISTENING = (Endpoint(AMF, 38412, ("10.9.0.2",), "LISTENING", "one-to-many"),)
NO_TAGS: dict[str, Any] = {"own_tag": None, "peer_tag": None}


def client(number: int = 1, **facts: Any) -> Association:
    """A gNB's end."""
    told: dict[str, Any] = {
        "own_tag": 0xA000 + number,
        "peer_tag": 0xB000 + number,
        "local_port": 40000 + number,
        "remote_port": 38412,
        "local_addresses": ("10.9.0.1",),
        "remote_addresses": ("10.9.0.2",),
        "primary": "10.9.0.2",
        "assoc_id": 2 * number + 1,
    }
    return replace(association(), netns=GNB, paths=(), **{**told, **facts})


def server(number: int = 1, **facts: Any) -> Association:
    """The AMF's end of the same association."""
    told: dict[str, Any] = {
        "own_tag": 0xB000 + number,
        "peer_tag": 0xA000 + number,
        "local_port": 38412,
        "remote_port": 40000 + number,
        "local_addresses": ("10.9.0.2",),
        "remote_addresses": ("10.9.0.1",),
        "primary": "10.9.0.1",
        "assoc_id": 2 * number + 2,
    }
    return replace(association(), **{"netns": AMF, "paths": (), **told, **facts})
