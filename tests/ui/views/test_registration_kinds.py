"""The Registration view of several kinds and many failures: what it says of each, and of which it draws what."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sctptop.model.event import Detail
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.tui.feeds.reading import Reading
from sctptop.tui.views.registration import draw, next_kind
from sctptop.tui.views.scene import Scene
from sctptop.tui.words.line import cells, plain
from tests.ui.conftest import Stage, Staging
from tests.ui.flowing import later, samples_of
from tests.ui.many_kinds import INITIAL, NO_PLMN, SILENT, UPDATE, with_kinds
from tests.unit.model.registrations.flow_steps import request
from tests.unit.registering import BOOT

VIEW = Options(interval_s=3600, view="registration")
TICKS = 45
SIZES = [(80, 24), (120, 36), (160, 50)]


def lines_of(s: Stage) -> list[str]:
    return s.panel("view").text().splitlines()


def listed(lines: list[str], *titles: str) -> list[str]:
    """The lines of the list under one of these titles."""
    place = next(place for place, text in enumerate(lines) if text.startswith(titles))
    found = lines[place + 1 :]
    return found[: next((at for at, text in enumerate(found) if not re.match("[0-9]{2}:", text)), None)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_line_a_kind_causes_and_those_that_failed(stage: Staging, size: tuple[int, int]) -> None:
    async with stage(with_kinds(TICKS), VIEW, size=size) as s:
        await s.tick(TICKS - 1)
        lines = lines_of(s)
        text = "\n".join(lines)
        assert re.search(r"▸ initial +133 +125 .*7: 3 rejected, 1 refused, …", text)
        assert re.search(r"  mobility +29 +29 .*14ms +14ms +14ms +–", text)
        assert re.search(r"  periodic +15 +15 .*5ms +5ms +5ms +–  15 inferred", text)
        assert "WHY  3 × 5GMM 11 PLMN not allowed  1 × 5GMM 20 MAC failure" in text
        assert "initial mean" in text and "running 1 most 3" in text
        first, *rest = listed(lines, "NOT DONE")
        assert "running" in first and "after AuthenticationResponse" in first
        outcomes = [re.split(" initial +[0-9.]+m?s  ", text)[1] for text in rest]
        assert [text.split()[0] for text in outcomes[:3]] == ["timed", "not", "rejected:"]
        assert max(map(len, lines)) <= s.panel("view").room


async def test_the_sentence_of_the_host_says_which_registrations_it_counts(stage: Staging) -> None:
    """Those of the most frequent kind alone: they are few of all where most are updates."""
    for flow, kind, wanted in (
        (INITIAL, "initial", r"p50 \d+ms"),
        (UPDATE, "mobility", r"p50 \d+(\.\d)?ms"),
        (NO_PLMN, "initial", "all 2 failed"),
    ):
        twice = [*flow, *later(flow, 200, ran=70)]
        async with stage(samples_of(twice, 3), VIEW, size=(120, 36)) as s:
            await s.tick(2)
            assert re.search(f"1 association.*; {kind} registrations {wanted}", s.line("totals")), s.line(
                "totals"
            )


async def test_k_chooses_one_kind_and_all_again(stage: Staging) -> None:
    async with stage(with_kinds(TICKS), VIEW, size=(120, 36)) as s:
        await s.tick(TICKS - 1)
        assert "LATENCY initial AT THE gNB" in lines_of(s)[0] and "K all kinds" in lines_of(s)[0]
        seen = []
        for kind in ("initial", "mobility", "periodic"):
            await s.press("K")
            lines = lines_of(s)
            assert f"LATENCY {kind} AT THE gNB" in lines[0] and f"K {kind}" in lines[0]
            assert any(text.startswith(f"▸ {kind} ") for text in lines)
            assert any(text.startswith(f"{kind} mean ") for text in lines)
            rows = listed(lines, "SLOWEST")
            assert rows and all(f" {kind} " in text for text in rows)
            seen.append(any(text.startswith("WHY") for text in lines))
        assert seen == [True, False, False], "causes of that kind alone"
        await s.press("K")
        assert "K all kinds" in lines_of(s)[0]
    async with stage(samples_of(NO_PLMN, 4), VIEW) as s:
        await s.tick(3)
        registered = s.reading.snapshot.registrations if s.reading.snapshot else None
        assert registered is not None and next_kind(registered, "") == ""
        await s.press("K")
        assert "kinds" not in s.panel("view").text()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("many", [1, 40])
async def test_where_none_completed_the_list_has_the_room(
    stage: Staging, size: tuple[int, int], many: int
) -> None:
    flow = [said for ue in range(many) for said in later(NO_PLMN, ue * 50.0, ran=ue + 1)]
    async with stage(samples_of(flow, 5), VIEW, size=size) as s:
        await s.tick(4)
        lines = lines_of(s)
        rows = listed(lines, "FAILED")
        assert not any("LATENCY" in text or "mean" in text or "SLOWEST" in text for text in lines)
        room = s.panel("view").size.height
        assert len(rows) == 1 if many == 1 else len(rows) >= (room - len(lines) + len(rows)) // 2
        assert all("rejected: 5GMM 11 PLMN not allowed" in text for text in rows)


async def test_those_that_have_just_begun_are_listed_where_there_is_nothing_else(stage: Staging) -> None:
    async with stage(samples_of((request(980),), 2), VIEW) as s:
        await s.tick()
        (row,) = listed(lines_of(s), "RUNNING")
        assert row.endswith(" running")


def strange(samples: list[Sample], times: int) -> list[Sample]:
    """The same with messages that only look like NGAP in the second."""
    (event, *_) = samples[0].events
    details: dict[str, Detail] = {
        "direction": "in",
        "at_ns": 1,
        "odd": "no NGAP",
        "times": times,
        "pdu": None,
        "tsn": None,
    }
    odd = replace(event, time=BOOT, details=details)
    return [samples[0], replace(samples[1], events=(*samples[1].events, odd)), *samples[2:]]


async def test_messages_that_are_no_ngap_are_counted_and_where_to_look(stage: Staging) -> None:
    async with stage(strange(samples_of(SILENT, 4), 3), VIEW, size=(160, 50)) as s:
        await s.tick(3)
        assert "▲ 3 messages not NGAP: Events (6, e) shows them" in lines_of(s)[0]
    async with stage(strange(samples_of(SILENT, 4), 3), VIEW) as s:
        await s.tick(3)
        assert lines_of(s)[0].startswith("▲ 3 messages not NGAP: Events (6, e) shows them  running 1 most 1")
    (first, second, *_) = strange(samples_of(SILENT, 4), 3)
    only = [replace(first, events=()), replace(second, events=second.events[-1:])]
    async with stage(only, VIEW) as s:
        await s.tick()
        text = " ".join(s.panel("view").text().split())
        assert text.startswith("No registration: 3 messages where NGAP or S1AP is expected")


async def test_an_amf_has_the_counters_of_the_standard(stage: Staging) -> None:
    async with stage(with_kinds(TICKS, from_ran=False), VIEW, size=(160, 50)) as s:
        await s.tick(TICKS - 1)
        assert any(
            text.startswith(
                "RM.RegInitReq 133 Succ 126  RM.RegMobReq 29 Succ 29  RM.RegPeriodReq 15 Succ 15  initial mean"
            )
            for text in lines_of(s)
        )


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
def test_no_line_is_wider_than_the_box_and_no_ue_is_there_twice(from_ran: bool) -> None:
    model = Model()
    for one in with_kinds(20, from_ran):
        snapshot = model.advance(one)
    for width in range(60, 170, 7):
        for height in (3, 9, 12, 16, 26, 50):
            scene = Scene(Reading(snapshot, 1.0), snapshot, None, width, height)
            drawing = draw(scene)
            assert max(cells(text) for text in (*drawing.head, *drawing.body)) <= width
            keys = [note.key for note in drawing.notes]
            assert len(set(keys)) == len(keys) > 1


@pytest.mark.parametrize("from_ran", [True, False], ids=["gNB", "AMF"])
@pytest.mark.parametrize("doubtful", [0, 3])
def test_who_failed_and_why_is_in_sight_at_every_height(from_ran: bool, doubtful: int) -> None:
    model = Model()
    for one in with_kinds(20, from_ran):
        snapshot = model.advance(one)
    snapshot = replace(snapshot, registrations=replace(snapshot.registrations, unfollowed=doubtful))
    failed = {entry.ran_ue_id for entry in snapshot.registrations.failed_of(None)}
    assert len(failed) >= 4
    for width in (76, 120):
        for height in range(9, 40):
            drawing = draw(Scene(Reading(snapshot, 1.0), snapshot, None, width, height))
            head, body = ([plain(text) for text in part] for part in (drawing.head, drawing.body))
            seen = [*head, *body][:height]
            rows = listed(seen, "FAILED", "NOT DONE")
            told = [text for text in rows if not text.partition("initial ")[2].count("running")]
            assert len(told) >= 2 and len(rows) >= 4 - bool(doubtful), (width, height, seen)
            assert any("WHY  " in text for text in head)
            assert (" below" in head[0]) == any("AT THE" in text for text in body), (width, height)
            for kind in ("initial", "mobility", "periodic"):
                lines = [text for text in [*head, *body] if re.match(rf"(▸|  )? ?{kind} +\d+ +\d+ ", text)]
                assert len(lines) == 1, f"{kind} is left out or there twice: {width} {height}"
