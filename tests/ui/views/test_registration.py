"""The Registration view: what it says, of whom, why it is empty, and the ladder of one UE."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from textual import events

from sctptop.fields.ordering import BY_REMOTE
from sctptop.model.sample import Sample
from sctptop.model.source_state import SourceState
from sctptop.options import Options
from sctptop.tui.screens.ladder import LadderScreen
from sctptop.tui.words.line import plain
from tests.ui.conftest import Staging
from tests.ui.registering import gnb, with_registrations
from tests.ui.scripted import PROBED, amf, association, event, sample
from tests.unit.registering import COMPLETE, PLAIN, exchange

VIEW = Options(interval_s=3600, view="registration")
TICKS = 12
LISTS = ("NOT DONE", "FAILED", "SLOWEST", "PROCEDURE")


async def test_counts_split_procedures_and_the_slowest(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(160, 50)) as s:
        await s.tick(TICKS - 1)
        text = s.panel("view").text()
        assert re.search(r"AT THE gNB +STARTED +DONE +SUCCESS +P50 +P95 +P99 +FAILED", text)
        assert re.search(r"– +76 +74 +99% +33\.8ms +237ms +245ms +1 rejected", text)
        assert "running 1 most 3" in text and "started 6/s" in text
        assert "█ SCTP" in text and "▒ core+network" in text and "░ RAN" in text
        assert "LATENCY AT THE gNB" in text
        assert "202ms held RegistrationComplete" in text
        assert "running: core silent 5.3s after AuthenticationResponse" in text
        assert "← PDUSessionResourceSetup" in text and "→ NGSetup" in text


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 50)])
async def test_all_of_it_can_be_reached_at_every_size(stage: Staging, size: tuple[int, int]) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=size) as s:
        await s.tick(TICKS - 1)
        view = s.panel("view")
        assert "SLOWEST" in view.text() and "PROCEDURE" in view.text()
        widest = max(len(text) for text in view.text().splitlines())
        assert widest <= view.room
        await s.press("tab", "end")
        shown = "\n".join(view.render_line(y).text for y in range(view.size.height))
        assert view.text().splitlines()[-1].rstrip() in shown


async def test_what_happened_meanwhile_is_marked_below_registrations_over_time(stage: Staging) -> None:
    samples = list(with_registrations(TICKS))
    of_gnb = event(8, "t3_rtx", rto_ms=1000, errors=0)
    ours = gnb(0, 0)
    of_gnb = replace(of_gnb, own_tag=ours.own_tag or 0, peer_tag=ours.peer_tag or 0, assoc_id=ours.assoc_id)
    of_gnb = replace(of_gnb, local_port=ours.local_port, remote_port=ours.remote_port)
    # An association that carries no NGAP has no mark here.
    other = event(5, "t3_rtx", number=7, rto_ms=1000, errors=0)
    samples[5] = replace(
        samples[5],
        events=(*samples[5].events, other),
        associations=(*samples[5].associations, association(7)),
    )
    samples[8] = replace(samples[8], events=(*samples[8].events, of_gnb))
    async with stage(samples, VIEW, size=(160, 50)) as s:
        await s.tick(TICKS - 1)
        (marked,) = (text for text in s.panel("view").text().splitlines() if text.startswith("marks"))
        assert marked.split("│")[1].split() == ["r"], marked
        assert len(marked) - 1 - marked.rindex("r") == TICKS - 1 - 8


async def test_those_that_failed_or_hang_go_before_the_slowest(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(80, 24)) as s:
        await s.tick(TICKS - 1)
        lines = s.panel("view").text().splitlines()
        place = next(place for place, text in enumerate(lines) if text.startswith("NOT DONE"))
        assert [text.split()[3] for text in lines[place + 1 : place + 3]] == ["running:", "rejected"]
        assert lines[place + 3].startswith("SLOWEST")
        assert place <= 4, "the list has what room there is"


async def test_the_title_of_a_table_stays_and_covers_no_cursor(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(80, 24)) as s:
        await s.tick(TICKS - 1)
        view = s.panel("view")
        await s.press("tab", "end")
        keys: list[str | None] = []
        while view.cursor not in keys:
            rows = [view.render_line(y).text.strip() for y in range(view.size.height)]
            (note,) = (one for one in view._drawing.notes if one.key == view.cursor)
            chosen = rows.index(plain(view._drawing.body[note.index]).strip())
            titles = [row.split()[0] for row in rows[:chosen] if row.startswith(LISTS)]
            words = plain(view._drawing.body[note.index])
            expected = "SLOWEST" if "held" in words or "until" in words else "NOT"
            assert titles[-1:] == ["PROCEDURE" if note.key.startswith("procedure/") else expected]
            keys.append(view.cursor)
            await s.press("up")
        assert len(keys) > 8


async def test_a_shows_one_association_or_all(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), replace(VIEW, order=BY_REMOTE), size=(160, 50)) as s:
        await s.tick(TICKS - 1)
        view = s.panel("view")
        assert "59058→38412" in view.text() and "59059→38412" in view.text()
        await s.press("a")
        assert re.search(r"– +38 ", view.text()) and "59059→38412" not in view.text()
        assert "all associations" not in str(view.border_title)
        await s.press("down")
        assert re.search(r"– +38 ", view.text()) and "59058→38412" not in view.text()


async def test_an_enter_typed_right_after_tab_goes_to_the_view_too(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(120, 36)) as s:
        await s.tick(TICKS - 1)
        for key in ("tab", "enter"):
            s.app.post_message(events.Key(key, None))
        await s.pilot.pause()
        assert isinstance(s.app.screen, LadderScreen)


async def test_both_ends_on_one_host_are_told_apart(stage: Staging) -> None:
    ran, core = exchange((*PLAIN[:-1], replace(COMPLETE, held=203)))
    entries = [
        association(0, own_tag=1, peer_tag=1001, local_port=59058, remote_port=38412),
        association(1, own_tag=1001, peer_tag=1, local_port=38412, remote_port=59058),
    ]
    samples = [
        replace(sample(0, entries, sources=PROBED), events=(*ran, *core)),
        sample(1, entries, sources=PROBED),
    ]
    async with stage(samples, VIEW, size=(120, 50)) as s:
        await s.tick()
        told = s.panel("view").text()
        assert re.search(r"AT THE gNB.*\n▸ – +1 +1 .*\nAT THE AMF.*\n  – +1 +1 ", told)
    async with stage(samples, VIEW) as s:
        await s.tick()
        view = s.panel("view")
        lines = view.text().splitlines()
        assert "AT THE gNB" in lines[0] and "running 0 most 1" in lines[0] and "AT THE AMF" not in view.text()
        # The UE is listed once, as the end saw it that the histogram is of.
        assert "203ms held Registration" in view.text() and "RAN until Regis" not in view.text()
        for key, words in (("a", "held Registration"), ("down", "RAN until Regis")):
            await s.press(key)
            assert words in view.text(), "each association lists its own"


async def test_messages_that_no_probe_told_of_are_counted(stage: Staging) -> None:
    ran, _ = exchange(PLAIN)
    # Of what comes, places 1, 3 and 5, the numbers 2 and 4 are missing.
    told = [
        replace(event, details={**event.details, "tsn": place if event.text("direction") == "in" else None})
        for place, event in enumerate(ran)
    ]
    entry = association(0, own_tag=1, peer_tag=1001, local_port=59058, remote_port=38412)
    samples = [sample(at_s, [entry], sources=PROBED) for at_s in range(12)]
    samples[0] = replace(samples[0], events=tuple(told))
    async with stage(samples, VIEW, size=(160, 50)) as s:
        await s.tick(2)
        assert "unseen" not in s.panel("view").text()
        await s.tick(9)
        assert "▲ 2 messages unseen" in s.panel("view").text()
        await s.press("a")
        assert "▲ 2 messages unseen" in s.panel("view").text()
    async with stage(samples, replace(VIEW, view="events"), size=(160, 50)) as s:
        await s.tick(11)
        assert "2 messages unseen" in s.panel("view").text()


async def test_no_side_is_blamed_where_a_message_was_not_seen(stage: Staging) -> None:
    events, _ = exchange((*PLAIN[:2], replace(PLAIN[2], think=250), *PLAIN[3:]))
    entry = association(0, own_tag=1, peer_tag=1001, local_port=59058, remote_port=38412)
    samples = [sample(at_s, [entry], sources=PROBED) for at_s in range(2)]
    samples[0] = replace(samples[0], events=(*events[:1], *events[2:]))
    async with stage(samples, VIEW, size=(160, 50)) as s:
        await s.tick()
        assert "core+RAN until AuthenticationResponse, one between unseen" in s.panel("view").text()
        await s.press("tab", "enter")
        text = s.panel("popup").text()
        assert text.count("a message between was not seen") == 1 and "│   core+RAN 253ms" in text


async def test_enter_on_a_procedure_or_in_the_table_opens_the_association(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(80, 24)) as s:
        await s.tick(TICKS - 1)
        await s.press("enter")
        assert not isinstance(s.app.screen, LadderScreen)
        await s.press("escape", "tab", "end", "enter")
        assert "Identity" in s.panel("popup").text()


async def test_a_reset_counts_anew(stage: Staging) -> None:
    samples = list(with_registrations(TICKS))
    async with stage(samples, VIEW, size=(120, 36)) as s:
        await s.tick(TICKS - 1)
        await s.press("r")
        await s.until(lambda: s.reading.snapshot and s.reading.snapshot.reset_s == 0)
        await s.pilot.pause()
        assert "307" not in s.panel("view").text() and "SLOWEST" not in s.panel("view").text()
        assert s.reading.snapshot is not None and s.reading.snapshot.registrations.running == 1


def _with_source(one: Sample, name: str, told: str) -> Sample:
    return replace(one, sources={**one.sources, name: SourceState.parse(told)})


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (next(amf(1)), "The probes are off."),
        (sample(0, [gnb(0, 0)], sources=PROBED), "appear here as UEs register"),
        (sample(0, [replace(gnb(0, 0), remote_port=5001)], sources=PROBED), "NGAP (port 38412)"),
        (
            _with_source(sample(0, [gnb(0, 0)], sources=PROBED), "ngap", "off: --no-ngap"),
            "not read: --no-ngap",
        ),
    ],
)
async def test_an_empty_view_says_why(stage: Staging, one: Sample, words: str) -> None:
    async with stage([one], VIEW) as s:
        assert words in " ".join(s.panel("view").text().split())


async def test_the_events_view_lists_messages(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(120, 36)) as s:
        await s.tick(TICKS - 1)
        await s.press("6", *"eeeee")
        lines = s.panel("view").text().splitlines()
        assert lines[0].endswith("NGAP and S1AP messages")
        assert len(lines) > 10 and all("association" not in text for text in lines[1:])
        assert any("InitialUEMessage" in text for text in lines)
