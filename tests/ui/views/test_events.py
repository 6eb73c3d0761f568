"""The Events view: what the probes saw, in words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sctptop.fields.ordering import BY_REMOTE
from sctptop.model.event import EVENT_KINDS, Detail
from sctptop.options import Options
from sctptop.tui.views.events import FILTERS
from sctptop.tui.views.parts.event_text import sentence
from sctptop.tui.words.line import cells, plain
from tests.ui.conftest import Stage, Staging
from tests.ui.scripted import PROBED, event, probed, sample, with_probes


def options(view: str) -> Options:
    return Options(interval_s=3600, view=view)


def view_lines(s: Stage) -> list[str]:
    return s.panel("view").text().splitlines()


async def test_events_are_told_in_words_newest_last(stage: Staging) -> None:
    async with stage(list(with_probes(40)), options("events"), size=(160, 50)) as s:
        await s.tick(39)
        lines = view_lines(s)
        assert "11 shown  lost 3" in lines[0]
        assert lines[1].startswith("12:03:08.123  38412 → 48.0.70.6:59062") and lines[1].endswith(
            "association new"
        )
        text = s.panel("view").text()
        assert "cwnd 17520 → 1460 B  T3_RTX (the T3-rtx timer expired)  ssthresh 106496 → 8760" in text
        assert "T3 expired, RTO 2000 ms, 1 error in a row" in text
        assert "retransmit FAST_RTX" in text
        assert "48.1.70.3  path ACTIVE → INACTIVE" in text
        assert "38412 → *:59135" in text and "association freed in ESTABLISHED" in text
        assert "heartbeat" not in text and "RAISE" not in text
        assert "INACTIVE (the path was idle" in lines[-1]


async def test_e_walks_through_the_kinds_of_events(stage: Staging) -> None:
    async with stage(list(with_probes(40)), options("events"), size=(160, 50)) as s:
        await s.tick(39)
        seen = []
        for _ in range(7):
            await s.press("e")
            head, *body = view_lines(s)
            words = {text.split("  ")[-1].split()[0] for text in body if " RTX" not in text}
            seen.append((re.sub(r".*  e ", "", head), words, body))
        titles = [title for title, _, _ in seen]
        assert titles == [
            "windows",
            "retransmissions",
            "paths and associations",
            "heartbeats",
            "NGAP and S1AP messages",
            "everything",
            "cuts, retransmissions, paths, associations",
        ]
        assert any("RAISE (acknowledged data opened it), 2 times" in text for text in seen[0][2])
        assert all("cwnd" in text for text in seen[0][2])
        assert all("T3 expired" in text or "retransmit" in text for text in seen[1][2])
        assert all("path " in text or "association " in text for text in seen[2][2])
        assert all(re.search(r"heartbeat \d+\.\d{3} ms \(kernel (8|12) ms\)$", text) for text in seen[3][2])
        assert len(seen[5][2]) == len(s.reading.snapshot.events if s.reading.snapshot else ())


async def test_a_narrows_the_events_to_the_association_under_the_cursor(stage: Staging) -> None:
    by_remote = replace(options("events"), order=BY_REMOTE)
    async with stage(list(with_probes(40)), by_remote, size=(120, 36)) as s:
        await s.tick(39)
        assert s.panel("view").border_title == "Events  all associations"
        await s.press("a")
        assert "48.0.70.2:59058" in str(s.panel("view").border_title)
        assert "No such event yet" in s.panel("view").text()
        await s.press("down")
        assert "9 shown" in s.panel("view").text() and "association new" not in s.panel("view").text()
        await s.press("a")
        assert "11 shown" in s.panel("view").text()


async def test_events_follow_the_newest_until_the_user_scrolls_up(stage: Staging) -> None:
    busy = [
        replace(
            sample(tick, [probed(1, tick)], sources=PROBED),
            events=tuple(event(tick, "t3_rtx", rto_ms=1000 * tick, errors=0) for _ in range(4)),
        )
        for tick in range(40)
    ]
    async with stage(busy, options("events")) as s:
        panel = s.panel("view")
        await s.tick(8)
        await s.until(lambda: panel.scroll_y == panel.max_scroll_y > 0)
        await s.press("tab", "up", "up", "up")
        held = panel.scroll_y
        assert held == panel.max_scroll_y - 3
        await s.tick(3)
        assert panel.scroll_y == held
        await s.press("end")
        await s.tick(3)
        await s.until(lambda: panel.scroll_y == panel.max_scroll_y > held)
        await s.press("4")
        await s.until(lambda: panel.scroll_y == 0)
        await s.press("6")
        await s.until(lambda: panel.scroll_y == panel.max_scroll_y > 0)


def test_every_kind_of_event_has_words_that_fit() -> None:
    for kind in EVENT_KINDS:
        bare = event(3, kind)
        assert plain(sentence(bare, 200)).strip()
        for room in (4, 20, 40):
            assert cells(sentence(bare, room)) <= room
    assert plain(sentence(event(3, "window", cwnd=4380, ssthresh=8760, flight=0), 200)).endswith(
        "peer rwnd – B"
    )
    assert (
        plain(sentence(event(3, "rwnd", cause="DECREASE", before=9, after=4), 200))
        == "rwnd 9 → 4 B  DECREASE"
    )


NGAP = {
    "direction": "out",
    "at_ns": 9_000_000,
    "pdu": "initiatingMessage",
    "procedure": 46,
    "ran_ue_id": 7,
    "ppid": 60,
}


@pytest.mark.parametrize(
    ("details", "room", "words"),
    [
        ({"wait_ns": 204_000_000}, 80, "NGAP sent UE 7 UplinkNASTransport held 204ms"),
        (
            {"wait_ns": 204_000_000, "blocked_ns": 3_000_000},
            80,
            "NGAP sent UE 7 UplinkNASTransport blocked 3ms held 204ms",
        ),
        (
            {"direction": "in", "wait_ns": 8_000_000, "order_ns": 6_000_000},
            80,
            "NGAP received UE 7 UplinkNASTransport order 6ms unread 2ms",
        ),
        (
            {"nas": 0x64, "nas_cause": 98},
            120,
            "NGAP sent UE 7 UplinkNASTransport [5GMMStatus]: "
            "5GMM 98 Message type not compatible with the protocol state held 0ms",
        ),
        ({"nas": 0x64, "nas_cause": 98}, 40, "NGAP sent UE 7 5GMMStatus held 0ms"),
        (
            {"procedure": 42, "cause_group": "radioNetwork", "cause": 21},
            120,
            "NGAP sent UE 7 UEContextReleaseRequest: NGAP radioNetwork 21 radio-connection-with-ue-lost held 0ms",
        ),
        (
            {"pdu": None, "ppid": 47, "odd": "neither NGAP nor S1AP", "times": 3},
            80,
            "message sent with PPID 47: neither NGAP nor S1AP, 3 times",
        ),
        ({"pdu": None, "ppid": None, "odd": "impossible UE id"}, 60, "message sent: impossible UE id"),
        ({"pdu": None, "odd": "impossible UE id"}, 18, "impossible UE id"),
    ],
)
def test_a_message_in_words(details: dict[str, Detail], room: int, words: str) -> None:
    told = event(3, "ngap", **(NGAP | details))  # type: ignore[arg-type]
    assert plain(sentence(told, room)) == words


def test_a_message_that_was_sent_again() -> None:
    again = event(3, "ngap_rtx", at_ns=1, tsn=102, stream=4, ppid=18)
    assert plain(sentence(again, 60)) == "S1AP sent again TSN 102, stream 4"
    assert plain(sentence(again, 26)) == "S1AP sent again TSN 102"
    shown = [entry.id for entry in FILTERS if entry.accepts(again)]
    assert shown == ["retransmissions", "messages", "everything"]
