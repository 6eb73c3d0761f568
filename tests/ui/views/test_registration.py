"""The Registration view: what it says, of whom, why it is empty, and the ladder of one UE."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events

from sctptop.model.registrations.attempt import Registration
from sctptop.model.sample import Sample
from sctptop.model.source_state import SourceState
from sctptop.options import Options
from sctptop.tui.screens.ladder import LadderScreen
from sctptop.tui.views.parts.registration_bar import bar_lines, percent, split_bar
from sctptop.tui.views.parts.registration_tables import costliest, shortened
from sctptop.tui.words.line import cells, plain
from tests.ui.conftest import Staging
from tests.ui.registering import gnb, with_registrations
from tests.ui.scripted import PROBED, amf, association, sample
from tests.unit.registering import AUTHENTICATION, COMPLETE, INITIAL, PLAIN, Step, exchange, follow

VIEW = Options(interval_s=3600, view="registration")
TICKS = 12


async def test_counts_split_procedures_and_the_slowest(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(160, 50)) as s:
        await s.tick(TICKS - 1)
        text = s.panel("view").text()
        assert "gNB  started 76 " in text and "completed 74 " in text
        assert "failed 1 " in text and "1 rejected" in text and "running 1 " in text
        assert "█ SCTP" in text and "▒ core" in text and "░ RAN" in text
        assert "held p99 203ms" in text and "LATENCY AT THE gNB" in text
        assert "202ms held RegistrationComplete" in text
        assert "running 5.3s core nothing after AuthenticationResponse" in text
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


def last_of(steps: tuple[Step, ...]) -> Registration:
    return follow(exchange(steps)[0]).now.last[-1]


UNANSWERED = (INITIAL, *AUTHENTICATION)
HELD = tuple(replace(step, held=70.0 + place) if step.up else step for place, step in enumerate(PLAIN))


@pytest.mark.parametrize(
    ("steps", "width", "words"),
    [
        (HELD, 60, "SCTP 294ms in 5, most 76ms held InitialContextSetupResponse"),
        (HELD, 58, "76ms held InitialContextSetupResponse"),
        (HELD, 30, "76ms held InitialCont…Response"),
        (HELD, 24, "76ms held Initi…Response"),
        (PLAIN, 62, "core 11ms in 3, most 5ms until InitialContextSetupRequest"),
        (UNANSWERED, 50, "15s core nothing after AuthenticationResponse"),
        (UNANSWERED, 20, "after Authe…Response"),
        ((), 20, ""),
    ],
)
def test_what_cost_most_keeps_its_deciding_word(steps: tuple[Step, ...], width: int, words: str) -> None:
    one = last_of(steps or PLAIN)
    told = plain(costliest(one if steps else replace(one, stages=()), width))
    assert told == words and len(told) <= width


def test_a_request_and_its_response_are_told_apart_at_every_width() -> None:
    for width in range(10, 30):
        request, response = (shortened(f"Authentication{word}", width) for word in ("Request", "Response"))
        assert request != response and max(len(request), len(response)) <= width
    assert shortened("PDUSessionResourceSetup", 20) == "PDUSessionReso…Setup"


async def test_why_they_failed_goes_before_how_many_run(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(80, 24)) as s:
        await s.tick(TICKS - 1)
        (counts, *_) = s.panel("view").text().splitlines()
        assert "1 rejected" in counts and "running" not in counts


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
            titles = [row.split()[0] for row in rows[:chosen] if row.startswith(("SLOWEST", "PROCEDURE"))]
            assert titles[-1:] == ["PROCEDURE" if note.key.startswith("procedure/") else "SLOWEST"]
            keys.append(view.cursor)
            await s.press("up")
        assert len(keys) > 8


async def test_a_shows_one_association_or_all(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(160, 50)) as s:
        await s.tick(TICKS - 1)
        view = s.panel("view")
        assert "59058→38412" in view.text() and "59059→38412" in view.text()
        await s.press("a")
        assert "started 38 " in view.text() and "59059→38412" not in view.text()
        assert "all associations" not in str(view.border_title)
        await s.press("down")
        assert "started 38 " in view.text() and "59058→38412" not in view.text()


async def test_an_enter_typed_right_after_tab_goes_to_the_view_too(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(120, 36)) as s:
        await s.tick(TICKS - 1)
        for key in ("tab", "enter"):
            s.app.post_message(events.Key(key, None))
        await s.pilot.pause()
        assert isinstance(s.app.screen, LadderScreen)


async def test_enter_opens_the_ladder_of_the_ue_chosen(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(120, 36)) as s:
        await s.tick(TICKS - 1)
        await s.press("tab", "down", "enter")
        assert isinstance(s.app.screen, LadderScreen)
        text = s.panel("popup").text()
        assert "completed" in text and "AMF id 1036" in text and "83%" in text
        lines = text.splitlines()
        assert "RegistrationComplete" in lines[-1] and "held 202ms" in lines[-1]
        assert sum("──▶" in one or "◀──" in one for one in lines) == 8
        assert any("│   core 10ms" in one for one in lines)
        await s.press("escape")
        assert s.panel("view").has_focus
        await s.press("up", "enter")
        assert "nothing after" in s.panel("popup").text() and "running" in s.panel("popup").text()


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
    async with stage(samples, VIEW) as s:
        await s.tick()
        view = s.panel("view")
        lines = view.text().splitlines()
        assert [one.split()[0] for one in lines if "completed 1" in one] == ["gNB", "AMF"]
        assert "running 0 most 1" in lines[0]
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
        assert "started 76" not in s.panel("view").text()
        assert s.reading.snapshot is not None and s.reading.snapshot.registrations.running == 1


def _with_source(one: Sample, name: str, told: str) -> Sample:
    return replace(one, sources={**one.sources, name: SourceState.parse(told)})


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (next(amf(1)), "The probes are off."),
        (sample(0, [gnb(0, 0)], sources=PROBED), "appear here as UEs register"),
        (sample(0, [replace(gnb(0, 0), remote_port=5001)], sources=PROBED), "NGAP (port 38412)"),
        (_with_source(sample(0, [gnb(0, 0)], sources=PROBED), "ngap", "off: --no-ngap"), "off: --no-ngap"),
    ],
)
async def test_an_empty_view_says_why(stage: Staging, one: Sample, words: str) -> None:
    async with stage([one], VIEW) as s:
        assert words in " ".join(s.panel("view").text().split())


@pytest.mark.parametrize(
    "parts", [(203.0, 2.0, 1.0), (0.0, 1.0, 1.0), (0.001, 0.001, 1000.0), (5.0, 0.0, 0.0)]
)
@pytest.mark.parametrize("width", [12, 37, 150])
def test_the_bar_is_as_wide_as_asked_and_hides_no_share(parts: tuple[float, ...], width: int) -> None:
    bar = split_bar(parts, width)
    assert cells(bar) == width
    for mark, part in zip("█▒░", parts, strict=True):
        assert (mark in plain(bar)) == (part > 0)


def test_the_bar_has_its_line_where_its_figures_leave_no_room() -> None:
    assert len(bar_lines("mean", (203, 2, 1), 70, tall=False)) == 2
    (one,) = bar_lines("mean", (203, 2, 1), 120, tall=False)
    assert cells(one) == 120
    assert bar_lines("mean", (0, 0, 0), 120, tall=False)


def test_percent_never_rounds_to_all_or_nothing() -> None:
    assert [percent(share) for share in (0, 0.0001, 0.004, 0.0995, 0.5, 0.999, 1)] == [
        "0%", "<0.1%", "0.4%", "10%", "50%", ">99%", "100%",
    ]  # fmt: skip


async def test_the_events_view_lists_messages(stage: Staging) -> None:
    async with stage(list(with_registrations(TICKS)), VIEW, size=(120, 36)) as s:
        await s.tick(TICKS - 1)
        await s.press("6", *"eeeee")
        lines = s.panel("view").text().splitlines()
        assert lines[0].endswith("NGAP and S1AP messages")
        assert len(lines) > 10 and all("association" not in text for text in lines[1:])
        assert any("InitialUEMessage" in text for text in lines)
