"""What views and boxes say of a part that is missing, where the rest is there; one or two lines of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.association import Association
from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.recording.reader import Recording
from sctptop.tui.screens.details import DetailsScreen
from sctptop.tui.views.parts.registration_kinds import doubt_pieces
from sctptop.tui.words.line import plain
from sctptop.tui.words.peer_text import peer_lines
from tests.ui.conftest import Stage, Staging, Standing
from tests.ui.flowing import end_of, later, samples_of
from tests.ui.many_kinds import INITIAL
from tests.ui.registering import SETUP, _of
from tests.ui.scripted import PROBED, amf, association, heartbeat, sample
from tests.ui.words.screen_text import F1AP, OFF, one, opening, recorded, with_sources
from tests.unit.model.registrations.flow_steps import AUTH, down, request, up
from tests.unit.registering import MS, PLAIN, exchange


def options(view: str) -> Options:
    return Options(interval_s=3600, view=view)


def saying(s: Stage, *words: str, panel: str = "view") -> str:
    """The lines of a panel that have one of these words."""
    found = [
        text.strip() for text in s.panel(panel).text().splitlines() if any(map(text.__contains__, words))
    ]
    assert found, s.panel(panel).text()
    return "\n".join(found)


def unprobed(**changes: object) -> Sample:
    return replace(opening(), sources=with_sources(bpf=OFF["no root"]), events=(), **changes)  # type: ignore[arg-type]


def alone(**of_paths: object) -> Association:
    found = one(F1AP)
    return replace(
        found,
        hb_interval_ms=None,
        held_bins=(),
        paths=tuple(replace(path, **of_paths) for path in found.paths),  # type: ignore[arg-type]
    )


RTT: dict[str, tuple[Sample, tuple[str, ...]]] = {
    "no srtt of any path": (
        unprobed(associations=(alone(srtt_ms=None),)),
        ("no srtt", "srtt could not"),
    ),
    "HZ not known": (unprobed(associations=(alone(),), hz=None), ("steps of", "HZ is not")),
    "state of a path": (replace(opening(), associations=(alone(state=None),), events=()), ("state not",)),
    "when a heartbeat is due": (
        replace(opening(), associations=(alone(hb_due_ns=None, hb_timer=None),), events=()),
        ("is due",),
    ),
}


@pytest.mark.parametrize("name", RTT)
async def test_rtt(stage: Staging, snapshot: object, name: str) -> None:
    one_sample, words = RTT[name]
    async with stage([one_sample], options("rtt"), size=(120, 36)) as s:
        assert saying(s, *words) == snapshot


async def test_rtt_of_an_association_that_ended(stage: Staging, snapshot: object) -> None:
    both = [sample(0, [association(0)], sources=PROBED), sample(1, [], sources=PROBED)]
    async with stage(both, options("rtt")) as s:
        await s.tick()
        assert saying(s, "has ended") == snapshot


async def test_rtt_after_a_reset(stage: Staging, snapshot: object) -> None:
    beaten = [sample(tick, [association(0)], sources=PROBED) for tick in range(4)]
    beaten[1] = replace(beaten[1], events=(heartbeat(1, 7.8, 0),))
    async with stage(beaten, options("rtt")) as s:
        await s.tick(2)
        await s.press("r")
        await s.until(lambda: s.reading.snapshot and s.reading.snapshot.reset_s == 0)
        await s.pilot.pause()
        assert saying(s, "since the reset") == snapshot


async def test_the_views_of_an_instant(stage: Staging, snapshot: object) -> None:
    late = [sample(tick, [association(number) for number in range(1 + (tick > 2))]) for tick in range(6)]
    async with stage(late, options("timeline"), size=(120, 36)) as s:
        await s.tick(5)
        await s.press("left", *["left"] * 4)
        told = [saying(s, "not yet")]
        await s.press("4")
        told.append(str(s.panel("view").border_subtitle))
        assert told == snapshot


async def test_events_of_other_kinds(stage: Staging, snapshot: object) -> None:
    beaten = [sample(0, [association(0)], sources=PROBED), sample(1, [association(0)], sources=PROBED)]
    beaten[1] = replace(beaten[1], events=(heartbeat(1, 7.8, 0),))
    async with stage(beaten, options("events")) as s:
        await s.tick()
        for _ in range(8):
            if "No such event" in s.panel("view").text():
                break
            await s.press("e")
        assert s.panel("view").text() == snapshot


async def test_a_counter_of_a_newer_kernel(stage: Staging, snapshot: object) -> None:
    newer = replace(opening(), counters={netns: {"SctpNew": 1} for netns in opening().counters})
    async with stage([newer], options("counters"), size=(160, 36)) as s:
        await s.press("tab", "down")
        assert s.panel("view").text() == snapshot


GAP = exchange((*PLAIN[:2], replace(PLAIN[2], think=250), *PLAIN[3:]))[0]
LONG = [request(), *(said for ms in range(9, 900, 9) for said in (down(ms, 42, AUTH), up(ms + 4, 50)))]


async def test_messages_that_are_missing_in_a_ladder(stage: Staging, snapshot: object) -> None:
    entry = association(0, own_tag=1, peer_tag=1001, local_port=59058, remote_port=38412)
    gap = [sample(at_s, [entry], sources=PROBED) for at_s in range(2)]
    gap[0] = replace(gap[0], events=(*GAP[:1], *GAP[2:]))
    told = []
    async with stage(gap, options("registration"), size=(160, 50)) as s:
        await s.tick()
        told.append(saying(s, "between unseen"))
        await s.press("tab", "enter")
        told.append(saying(s, "was not seen", panel="popup"))
    async with stage(samples_of(LONG, 3), options("registration"), size=(160, 50)) as s:
        await s.tick(2)
        await s.press("tab", "enter")
        told.append(saying(s, "not kept", panel="popup"))
    assert told == snapshot


async def test_no_registration_and_why(stage: Staging, snapshot: object) -> None:
    told = []
    flow = list(INITIAL)
    here = samples_of([*flow, *later(INITIAL, 100, ran=2)], 4)
    elsewhere = [replace(one, associations=(*one.associations, end_of(2))) for one in here]
    async with stage(elsewhere, options("registration")) as s:
        await s.tick(3)
        await s.press("down")
        if s.app._chosen.toggles.all_associations:
            await s.press("a")
        told.append(saying(s, "No registration"))
        snap = s.reading.snapshot
        assert snap is not None
        doubted = replace(snap.registrations, unfollowed=12, strange={None: 3})
        told.append(plain(tuple(span for piece in doubt_pieces(doubted, None) for span in piece)))
    set_up = [sample(tick, [end_of(1)], sources=PROBED) for tick in range(2)]
    events = tuple(_of(0, exchange(SETUP, at_ns=300 * MS)[0]))
    entry = association(0, own_tag=events[0].own_tag, peer_tag=events[0].peer_tag)
    entry = replace(entry, local_port=events[0].local_port, remote_port=events[0].remote_port)
    set_up = [sample(tick, [entry], sources=PROBED) for tick in range(2)]
    async with stage([replace(set_up[0], events=events), set_up[1]], options("registration")) as s:
        await s.tick()
        told.append(saying(s, "No registration"))
    odd = {"pdu": None, "odd": "no NGAP", "times": 3}
    strange = (replace(events[0], details={**events[0].details, **odd}),)
    async with stage([replace(set_up[0], events=strange), set_up[1]], options("registration")) as s:
        await s.tick()
        told.append(s.panel("view").text())
    assert told == snapshot


async def test_a_recording_of_which_nothing_can_be_read(
    stand: Standing, snapshot: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recording, "sample", lambda self, position: None)
    async with stand() as s:
        assert s.panel("empty").text() == snapshot


async def test_boxes(stage: Staging, snapshot: object) -> None:
    told = []
    async with stage(list(amf(2))) as s:
        await s.press("exclamation_mark")
        told.append(s.panel("popup").text())
        told.append("\n".join(map(plain, DetailsScreen(s.reading, ("nobody",)).drawing().body)))
    async with stage(recorded()[:30], size=(120, 36)) as s:
        await s.tick(29)
        snap = s.reading.snapshot
        assert snap is not None
        refused = next(peer for peer in snap.peers.values() if peer.failures)
        told.append("\n".join(map(plain, peer_lines(refused, 100))))
    assert told == snapshot


async def test_a_joint_half_typed(stage: Staging, snapshot: object) -> None:
    async with stage(list(amf(2)), size=(160, 24)) as s:
        await s.press("/", *"cwnd>0 an")
        assert s.line("filter-error").strip() == snapshot
