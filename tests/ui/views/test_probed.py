"""What the screen says of what the probes saw, and while they see nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sctptop.model.association import NS_PER_MS, Path
from sctptop.model.sample import Sample
from sctptop.options import Options
from sctptop.tui.views.parts.histogram_plot import COUNT
from tests.ui.conftest import Stage, Staging
from tests.ui.scripted import PROBED, association, cut, heartbeat, probed, sample, with_probes

SIZES = ((80, 24), (120, 36), (160, 50))
BARS = re.compile("[█▄▌▐▙▟▛▜]")


def options(view: str) -> Options:
    return Options(interval_s=3600, view=view)


def view_lines(s: Stage) -> list[str]:
    return s.panel("view").text().splitlines()


def beaten(*rtts_ms: float) -> list[Sample]:
    """One association, one heartbeat a tick."""
    quiet = sample(0, [probed(0, 0)], sources=PROBED)
    return [
        quiet,
        *(
            replace(sample(tick, [probed(0, tick)], sources=PROBED), events=(heartbeat(tick, rtt, number=0),))
            for tick, rtt in enumerate(rtts_ms, 1)
        ),
    ]


async def test_rtt_tells_the_heartbeats_in_numbers(stage: Staging) -> None:
    async with stage(beaten(7.8, 7.9, 7.9, 11.5, 8.3)) as s:
        await s.tick(5)
        text = s.panel("view").text()
        assert "HB n 5  min 7.8ms  p50 7.9ms  p90 11.5ms  p99 11.5ms  max 11.5ms  last 8.3ms" in text
        assert "last heartbeat 0s ago, next due in 25s" in text and "percentiles ±0.8%, data ±3.1%" in text
        assert "srtt 8ms (HZ 250: steps of 4ms)  RTO 1.0s" in text
        await s.tick(3)
        assert "last heartbeat 3s ago" in s.panel("view").text()


async def test_data_rtt_stands_apart_and_says_what_is_in_it(stage: Staging) -> None:
    async with stage(beaten(7.8, 7.9), size=(120, 36)) as s:
        await s.tick(2)
        data = next(text for text in view_lines(s) if text.startswith("data RTT"))
        assert data.startswith("data RTT (contains the peer's SACK delay) n 10  p50 9.3ms  p99 203ms")
        beats = next(text for text in view_lines(s) if text.startswith("HB n"))
        assert beats.startswith("HB n 2  min 7.8ms") and "max 7.9ms" in beats


@pytest.mark.parametrize("size", SIZES)
async def test_rtt_has_a_histogram_and_fits(stage: Staging, size: tuple[int, int]) -> None:
    async with stage(list(with_probes(30)), size=size) as s:
        await s.tick(29)
        lines = view_lines(s)
        bars = [text for text in lines if text[COUNT - 1 : COUNT] in ("┤", "│") and BARS.search(text[COUNT:])]
        assert len(bars) >= 2
        assert any("└" in text and "┬" in text for text in lines)
        assert any("7.5ms" in text and "8ms" in text for text in lines)
        # Of nine lines the clock takes that of data, which is a line further down.
        assert len(lines) <= s.panel("view").size.height + (size == SIZES[0])
        assert max(map(len, lines)) <= s.panel("view").room


async def test_rtt_of_several_paths_has_the_primary_in_sight_at_80_columns(stage: Staging) -> None:
    async with stage(list(with_probes(30))) as s:
        await s.press("down")
        await s.tick(29)
        panel = s.panel("view")
        seen = view_lines(s)[: panel.size.height]
        assert "48.0.70.3" in seen[0]
        assert any(text.startswith("last heartbeat") for text in seen)
        assert "48.1.70.3" in panel.text()


async def test_before_the_first_heartbeat_rtt_says_when_one_is_due_and_how_to_get_more(
    stage: Staging,
) -> None:
    async with stage([sample(0, [replace(probed(0, 0))], sources=PROBED)]) as s:
        text = " ".join(s.panel("view").text().split())
        assert "no heartbeat answered yet, next due in 30s" in text
        assert "net.sctp.hb_interval=5000" in text and "SCTP_PEER_ADDR_PARAMS" in text
        assert "srtt 8ms" in text


async def test_a_path_whose_heartbeat_timer_does_not_run_says_so(stage: Staging) -> None:
    still = association(0, paths=(Path("48.0.70.2", "ACTIVE", True, hb_timer=False),))
    async with stage([sample(0, [still], sources=PROBED)]) as s:
        assert "the heartbeat timer of this path does not run" in s.panel("view").text()


async def test_a_path_whose_heartbeats_are_off_says_so_whatever_the_other_paths_do(stage: Staging) -> None:
    paths = (
        Path("48.0.70.2", "ACTIVE", True, heartbeats=True, hb_due_ns=12_400 * NS_PER_MS),
        Path("48.0.70.3", "ACTIVE", False, heartbeats=False),
    )
    async with stage([sample(0, [association(0, paths=paths)], sources=PROBED)]) as s:
        text = " ".join(s.panel("view").text().split())
        assert "next due in 12s" in text
        assert text.count("heartbeats are off: SPP_HB_DISABLE of the application") == 1


async def test_after_a_reset_the_distribution_is_empty_and_the_last_heartbeat_known(stage: Staging) -> None:
    async with stage(beaten(7.8, 7.9)) as s:
        await s.tick(2)
        await s.press("r")
        await s.until(lambda: s.reading.snapshot and s.reading.snapshot.reset_s == 0)
        await s.pilot.pause()
        assert "none since the reset, last 7.9ms" in s.panel("view").text()


@pytest.mark.parametrize(
    ("told", "header", "words"),
    [
        ("compiling", "probes compiling…", "being compiled"),
        (
            "waiting: the sctp module is not loaded",
            "probes waiting",
            "The probes wait: the sctp module is not loaded. They begin by themselves.",
        ),
        (
            "off: needs root (try: sudo sctptop)",
            "probes off: needs root",
            "The probes are off: needs root. Try: sudo sctptop",
        ),
        (None, "probes off", "The probes are off."),
    ],
)
async def test_without_probes_every_view_of_theirs_says_why(
    stage: Staging, told: str | None, header: str, words: str
) -> None:
    sources = {"sock_diag": "ok", "procfs": "ok"} | ({"bpf": told} if told else {})
    async with stage([sample(0, [association(0)], sources=sources)]) as s:
        assert header in s.line("header") and "12:03:00" in s.line("header")
        assert s.panel("troubles").text() == ""
        text = " ".join(s.panel("view").text().split())
        assert words in text and "srtt 8ms" in text and "steps of 4 ms (HZ 250)" in text
        await s.press("6")
        assert words in " ".join(s.panel("view").text().split())


async def test_the_header_counts_heartbeats_and_losses(stage: Staging) -> None:
    first, second = list(with_probes(2))
    second = replace(second, interval_s=0.5, events_lost=4)
    async with stage([first, second]) as s:
        assert "HB probe ●" in s.line("header")
        await s.tick()
        beats = sum(entry.kind == "hb_rtt" for entry in second.events)
        assert f"HB probe ● {2 * beats}/s lost 4" in s.line("header")


async def test_the_header_tells_the_share_that_was_followed_and_full_tables(stage: Staging) -> None:
    first, second, third = (replace(one, events=()) for one in with_probes(3))
    full = {"unread": 3, "handed_over": 1}
    async with stage(
        [replace(first, followed=1.0), replace(second, followed=0.0712), replace(third, no_room=full)],
        size=(160, 50),
    ) as s:
        assert "followed" not in s.line("header") and "no room" not in s.line("header")
        await s.tick()
        assert " 7% followed" in s.line("header")
        await s.tick()
        assert " no room handed_over, unread" in s.line("header") and "followed" not in s.line("header")


async def test_what_was_left_out_is_beside_what_was_lost(stage: Staging) -> None:
    first, second = list(with_probes(2))
    second = replace(second, events_lost=4, events_left_out={"window": 800, "ngap": 400})
    async with stage([first, second], size=(100, 24)) as s:
        await s.tick()
        assert "left out 1.2k lost 4" in s.line("header")
        await s.press("6")
        assert "lost 4  left out 1200" in s.panel("view").text()


async def test_the_header_keeps_host_and_clock_at_eighty_columns(stage: Staging) -> None:
    long = "a-host-of-26-characters.lab"
    reason = "off: needs CAP_BPF and CAP_PERFMON (try: sudo sctptop)"
    for told in (reason, "ok", "compiling"):
        source = replace(sample(0, [association(0)], sources={"sock_diag": "ok", "bpf": told}), host=long)
        async with stage([source]) as s:
            assert long in s.line("header") and "12:03:00" in s.line("header") and "prob" in s.line("header")
            assert len(s.line("header")) == 80


@pytest.mark.parametrize("size", SIZES)
async def test_cuts_are_marked_below_the_reading_they_fell_in(stage: Staging, size: tuple[int, int]) -> None:
    async with stage(list(with_probes(40)), options("cwnd"), size=size) as s:
        await s.press("down")
        await s.tick(39)
        lines = view_lines(s)
        marks = next(text for text in lines if text.startswith("marks "))
        graph = next(text for text in lines if text.startswith("local rwnd"))
        assert len(marks) == len(graph)
        found = {
            len(marks) - 1 - place: mark for place, mark in enumerate(marks) if place > 20 and mark in "TFERI"
        }
        assert {39 - ago: mark for ago, mark in found.items()} == {12: "T", 14: "T", 24: "F", 38: "I"}
        assert "T T3-rtx  F fast retransmit  E ECN  I idle  R restart" in s.panel("view").text()
        assert ("last cuts of cwnd" in s.panel("view").text()) == (size != (80, 24))
        assert ("48.1.70.3" in s.panel("view").text()) == (size == (160, 50))


async def test_of_several_cuts_in_one_reading_the_gravest_is_marked(stage: Staging) -> None:
    both = replace(
        sample(1, [probed(1, 1)], sources=PROBED),
        events=(cut(1, "INACTIVE", 9000, 4500), cut(1, "T3_RTX", 4500, 1460), cut(1, "ECNE", 1460, 1460)),
    )
    async with stage([sample(0, [probed(1, 0)], sources=PROBED), both], options("cwnd")) as s:
        await s.tick()
        marks = next(text for text in view_lines(s) if text.startswith("marks "))
        assert marks.endswith("T") and "I" not in marks


async def test_without_probes_the_cwnd_view_has_no_line_of_cuts(stage: Staging) -> None:
    async with stage([sample(0, [association(0)])], options("cwnd")) as s:
        assert "marks" not in s.panel("view").text()
        assert "those of the primary path" in s.panel("view").text()


async def test_paths_have_a_column_for_the_last_heartbeat_where_it_fits(stage: Staging) -> None:
    for size, there in (((80, 24), False), ((120, 36), True)):
        async with stage(beaten(7.9), options("paths"), size=size) as s:
            await s.tick()
            assert ("HB RTT" in view_lines(s)[0]) == there
            assert view_lines(s)[1].endswith("7.9ms") == there
            told = "read for every path (probes)" if there else "all read by probes"
            assert told in " ".join(s.panel("view").text().split())
