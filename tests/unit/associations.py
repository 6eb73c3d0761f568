"""Associations and samples for tests, made with as little said as a test needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from sctptop.model.association import Association, Path
from sctptop.model.associations.identity import identity
from sctptop.model.associations.row import Row
from sctptop.model.sample import Sample
from sctptop.model.source_state import SourceState

NETNS = 4026531840
START = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def association(tag: int = 1, **facts: Any) -> Association:
    """An established association, told from others by its tag."""
    defaults: dict[str, Any] = {
        "state": "ESTABLISHED",
        "own_tag": tag,
        "peer_tag": tag + 1000,
        "local_port": 38412,
        "remote_port": 50000 + tag,
        "local_addresses": ("10.9.0.2",),
        "remote_addresses": ("10.9.0.1",),
        "primary": "10.9.0.1",
        "paths": (Path("10.9.0.1", state="ACTIVE", primary=True),),
    }
    return Association(netns=NETNS, **{**defaults, **facts})


def row(tag: int = 1, **facts: Any) -> Row:
    """A row of that association, without rates."""
    entry = association(tag, **facts)
    return Row(key=identity(entry), association=entry, rates={}, since_reset={})


def sample(
    *associations: Association, at_s: float = 0, counters: Mapping[str, int] | None = None, **facts: Any
) -> Sample:
    """A sample taken ``at_s`` seconds after the first, one second after the one before. Sources are text."""
    defaults: dict[str, Any] = {
        "interval_s": 1.0 if at_s else None,
        "read_s": 0.003,
        "host": "amf-1",
        "kernel": "6.1.0",
    }
    sources = facts.pop("sources", {"sock_diag": "ok", "procfs": "ok", "bpf": "off"})
    return Sample(
        time=START + timedelta(seconds=at_s),
        associations=associations,
        counters={NETNS: counters} if counters else {},
        sources={name: SourceState.parse(text) for name, text in sources.items()},
        **{**defaults, **facts},
    )
