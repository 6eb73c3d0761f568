"""Every empty state in a snapshot, as text: what stands where nothing can be shown, why, and what helps.

The samples are those of the demo, with the part taken away that is missed; sources say what the kernel's reader says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sctptop.fields.filter import parse_filter
from sctptop.model.sample import Endpoint, Sample
from sctptop.model.selection import parse_selector
from sctptop.options import Options
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.views.drawing import DRAWS
from sctptop.tui.views.scene import Scene, Toggles
from sctptop.tui.words.line import plain
from tests.ui.conftest import Staging, Standing
from tests.ui.words.screen_text import F1AP, NGAP, OFF, one, opening, recorded, screen_text, with_sources

NO_SCTP = "off: the sctp module is not loaded (try: sudo modprobe sctp)"
NOBODY: dict[str, Any] = {"associations": (), "events": ()}
ASKED = Options(interval_s=3600)
SELECTED = (parse_selector("59070"),)


def sample(**changes: Any) -> Sample:
    return replace(opening(), **changes)


def bound(count: int) -> tuple[Endpoint, ...]:
    """As sock_diag tells sockets that listen."""
    listening = Endpoint(opening().associations[0].netns, NGAP, ("10.9.0.2",), "LISTEN", "one-to-one")
    return tuple(replace(listening, local_port=NGAP + place) for place in range(count))


@dataclass(frozen=True)
class Empty:
    """A reading, and the options that it is looked at with."""

    reading: Callable[[], Sample | Exception]
    options: Options = ASKED


NO_ROWS = {
    "nothing could be read": Empty(lambda: OSError(105, "No buffer space available")),
    "no SCTP": Empty(
        lambda: sample(
            **NOBODY, endpoints=(), counters={}, sources=with_sources(sock_diag=NO_SCTP, procfs=NO_SCTP)
        )
    ),
    "no socket": Empty(lambda: sample(**NOBODY, endpoints=())),
    "sockets": Empty(lambda: sample(**NOBODY, endpoints=bound(2))),
    "many sockets": Empty(lambda: sample(**NOBODY, endpoints=bound(11))),
    "no socket, one namespace": Empty(
        lambda: sample(**NOBODY, endpoints=(), counters=dict([*opening().counters.items()][:1]))
    ),
    "selected, nobody": Empty(lambda: sample(**NOBODY), Options(interval_s=3600, selectors=SELECTED)),
    "selected, others": Empty(sample, Options(interval_s=3600, selectors=SELECTED)),
    "selected, one other": Empty(
        lambda: sample(associations=(one(F1AP),)), Options(interval_s=3600, selectors=SELECTED)
    ),
    "filtered out": Empty(sample, Options(interval_s=3600, filter=parse_filter("cwnd>9G"))),
}


@pytest.mark.parametrize("name", NO_ROWS)
async def test_no_row(stage: Staging, snapshot: object, name: str) -> None:
    empty = NO_ROWS[name]
    async with stage([empty.reading()], empty.options) as s:
        assert screen_text(s.app) == snapshot


REPLAYED = {
    "nobody": (sample, ()),
    "nobody selected": (opening, SELECTED),
    "not watchable": (lambda **_: sample(sources=with_sources(sock_diag=NO_SCTP, procfs=NO_SCTP)), ()),
}


@pytest.mark.parametrize("name", REPLAYED)
async def test_no_row_of_a_recording(stand: Standing, snapshot: object, name: str) -> None:
    reading, selectors = REPLAYED[name]
    first = reading() if selectors else replace(reading(), **NOBODY)
    samples = [first, *recorded()[-2:]]
    async with stand(samples, Options(interval_s=0, selectors=selectors)) as s:
        assert screen_text(s.app) == snapshot


def probes(name: str) -> dict[str, Any]:
    """Probes in that state have seen nothing."""
    return {"sources": with_sources(bpf=OFF[name], ngap=OFF[name]), "events": ()}


PATHLESS = {"associations": (one(F1AP, paths=()),), "events": ()}
BARE: dict[str, Any] = {"associations": (one(F1AP, held_bins=(), read_wait_bins=()),), "events": ()}
CALM: dict[str, Any] = {"associations": (one(F1AP, at=recorded()[3]),), "events": ()}
NGAP_TOO: dict[str, Any] = {"associations": (one(NGAP, held_bins=(), read_wait_bins=()),), "events": ()}
VIEWS = {
    **{f"rtt {state}": ("rtt", {**BARE, **probes(state)}) for state in OFF},
    "rtt no path": ("rtt", PATHLESS),
    "rtt no heartbeat yet": ("rtt", BARE),
    "rtt heartbeats off": (
        "rtt",
        {
            **BARE,
            "associations": (
                one(F1AP, paths=tuple(replace(path, heartbeats=False) for path in one(F1AP).paths)),
            ),
        },
    ),
    "rtt no timer": (
        "rtt",
        {
            **BARE,
            "associations": (
                one(
                    F1AP,
                    paths=tuple(replace(path, hb_timer=False, hb_due_ns=None) for path in one(F1AP).paths),
                ),
            ),
        },
    ),
    "paths no path": ("paths", PATHLESS),
    "paths no probes": ("paths", {**BARE, **probes("no root")}),
    "cwnd no probes": ("cwnd", {**BARE, **probes("no root")}),
    "queue nothing timed": ("queue", BARE),
    **{f"queue {state}": ("queue", {**BARE, **probes(state)}) for state in ("compiling", "no root")},
    "counters none": ("counters", {"associations": (), "counters": {}}),
    "events none yet": ("events", BARE),
    **{f"events {state}": ("events", {**BARE, **probes(state)}) for state in ("compiling", "no root")},
    "registration none yet": ("registration", NGAP_TOO),
    "registration no NGAP here": ("registration", BARE),
    "registration not read": ("registration", {**NGAP_TOO, "sources": with_sources(ngap="off: --no-ngap")}),
    **{f"registration {state}": ("registration", {**NGAP_TOO, **probes(state)}) for state in OFF},
    "alarms none": ("alarms", CALM),
    "alarms blind": ("alarms", {**CALM, **probes("no root")}),
    "paths no change": ("paths", CALM),
}


@pytest.mark.parametrize("name", VIEWS)
async def test_a_view_with_nothing_in_it(stage: Staging, snapshot: object, name: str) -> None:
    view, changes = VIEWS[name]
    # Without an association the whole view is away; counters are the host's.
    if not changes["associations"]:
        changes = {**changes, "associations": (one(F1AP),)}
    async with stage([sample(**changes)], Options(interval_s=3600, view=view), size=(80, 36)) as s:
        panel = s.panel("view")
        assert f"{panel.border_title}\n{panel.text()}" == snapshot


NO_CURSOR = Toggles(all_associations=False)


@pytest.mark.parametrize("view", [view for view in DRAWS if view != "counters"])
async def test_a_view_of_nobody(stage: Staging, snapshot: object, view: str) -> None:
    async with stage([sample()]) as s:
        snap = s.reading.snapshot
        assert snap is not None
        drawn = DRAWS[view](Scene(s.reading, snap, None, 80, 20, NO_CURSOR))
        assert "\n".join(map(plain, [*drawn.head, *drawn.body, *drawn.foot])) == snapshot


async def test_a_timeline_of_nothing(stage: Staging, snapshot: object) -> None:
    async with stage([sample(**NOBODY)]) as s:
        snap = s.reading.snapshot
        assert snap is not None
        told = []
        for reading in (s.reading, Reading(snap, 1.0)):
            drawn = DRAWS["timeline"](Scene(reading, snap, None, 80, 20))
            told.append("\n".join(map(plain, drawn.body)))
        assert "\n".join(told) == snapshot
