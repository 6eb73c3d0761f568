"""What the views say of an association."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.model.association import Path
from sctptop.model.associations.counter_help import COUNTER_HELP
from sctptop.options import Options
from sctptop.tui.widgets.line_panel import LinePanel
from tests.ui.conftest import Staging
from tests.ui.scripted import NETNS, amf, association, sample, snmp
from tests.ui.ways import with_ways


async def test_rtt_is_honest_about_what_srtt_is(stage: Staging) -> None:
    async with stage(list(amf(9)), size=(120, 36)) as s:
        await s.press("down")
        await s.tick(5)
        text = s.panel("view").text()
        assert "steps of 4 ms (HZ 250)" in text and "No heartbeat RTT here. The probes are off." in text
        assert "48.0.70.3  ACTIVE  primary" in text
        assert "no srtt: sock_diag gives it for the primary path only" in text


async def test_rtt_without_any_path(stage: Staging) -> None:
    async with stage([sample(0, [association(0, paths=())])]) as s:
        assert "No path" in s.panel("view").text()


async def test_cwnd_leaves_gaps_where_nothing_was_read(stage: Staging) -> None:
    samples = [sample(tick, [association(0, tick, cwnd=None if tick == 1 else 150_000)]) for tick in range(4)]
    async with stage(samples) as s:
        await s.press("2")
        await s.tick(3)
        row = next(text for text in s.panel("view").text().splitlines() if text.startswith("cwnd"))
        assert row.endswith("▆ ▆▆")


async def test_ssthresh_above_the_scale_is_marked(stage: Staging) -> None:
    async with stage([sample(0, [association(0, ssthresh=2**31)])]) as s:
        await s.press("2")
        row = next(text for text in s.panel("view").text().splitlines() if text.startswith("ssthresh"))
        assert row.endswith("▲")
        assert "▲ above it" in s.panel("view").text()


async def test_queue_says_what_its_sizes_are(stage: Staging) -> None:
    async with stage(list(amf(2))) as s:
        await s.press("3")
        text = s.panel("view").text()
        assert "true sizes" in text and "213k" in text


async def test_paths_tell_when_a_state_changed(stage: Staging) -> None:
    def entry(tick: int, state: str) -> object:
        paths = (
            Path("48.0.70.2", "ACTIVE", True, errors=0),
            Path("48.1.70.2", state, False, errors=2, max_retrans=5),
        )
        return association(0, tick, paths=paths)

    samples = [sample(tick, [entry(tick, "ACTIVE" if tick < 2 else "INACTIVE")]) for tick in range(6)]  # type: ignore[list-item]
    async with stage(samples) as s:
        await s.press("5")
        await s.tick(5)
        down = next(text for text in s.panel("view").text().splitlines() if "48.1.70.2" in text)
        assert down.startswith("○") and "INACTIVE" in down and "2/5" in down and down.rstrip().endswith("3s")
        up = next(text for text in s.panel("view").text().splitlines() if "48.0.70.2" in text)
        assert up.startswith("●") and up.rstrip().endswith("–")


async def test_counters_of_several_namespaces_have_a_sum(stage: Staging) -> None:
    def counters(tick: int) -> dict[int, dict[str, int]]:
        one = snmp(tick)[NETNS]
        return {NETNS: one, 77: one}

    samples = [sample(tick, [association(0, tick)], counters=counters(tick)) for tick in range(3)]
    async with stage(samples) as s:
        await s.press("4")
        await s.tick()
        text = s.panel("view").text()
        assert "All 2 network namespaces together" in text and f"Network namespace {NETNS}" in text
        assert "+2,420" in text and "+1,210" in text
        assert "2 netns" in s.line("header")


def test_every_snmp_counter_is_explained_in_one_line_of_words() -> None:
    assert len(COUNTER_HELP) == 32
    for name, words in COUNTER_HELP.items():
        assert words.endswith("."), name
        assert len(name) + len(words) < 150, name


async def test_totals_mark_what_should_be_zero(stage: Staging) -> None:
    samples = list(amf(17))
    samples[1] = replace(samples[1], counters=snmp(15))
    async with stage(samples) as s:
        assert "in – out – pkt/s" in s.line("totals")
        await s.tick()
        assert "T3 1/s ▲" in s.line("totals")
        assert "12 associations, 11 up" in s.line("totals")


@pytest.mark.parametrize("width", [80, 120])
async def test_paths_tell_the_way_to_each(stage: Staging, width: int) -> None:
    script = [sample(0, [with_ways(0)])]
    async with stage(script, Options(interval_s=3600, view="paths"), size=(width, 40)) as s:
        lines = s.panel("view").text().splitlines()
        told = {
            lines[place].split()[1]: lines[place + 1].strip()
            for place in range(len(lines) - 1)
            if "48.0.70." in lines[place]
        }
        assert told["48.0.70.0"] == "via 10.9.0.254 dev eth0 src 10.9.0.1 mtu 1500"
        assert told["48.0.70.1"] == (
            "link down via 10.9.1.254 dev eth1 src 10.9.1.1 mtu 1400 drops 15 errors 7"
        )
        assert told["48.0.70.2"] == "no route, link down dev eth2"
        assert told["48.0.70.3"].startswith("via fd00:9:9:9:9:9:9:fe dev lo src fd00:9:9:9:9:9:9:9 mtu 65536")
        assert told["48.0.70.4"] == "unreachable"
        assert "48.0.70.6" in told["48.0.70.5"]
        assert max(len(text) for text in lines) <= width


async def test_details_tell_the_way_of_the_primary_path(stage: Staging) -> None:
    async with stage([sample(0, [with_ways(0)])], size=(120, 120)) as s:
        await s.press("enter")
        text = s.app.screen.query_one(LinePanel).text()
        start = text.index("Way of the primary path")
        told = [words.split()[:2] for words in text[start:].splitlines()[1:9]]
        assert told == [
            ["ROUTE", "unicast"],
            ["DEV", "eth0"],
            ["VIA", "10.9.0.254"],
            ["SRC", "10.9.0.1"],
            ["RMTU", "1.5k"],
            ["LINK", "on"],
            ["LDROPS", "0"],
            ["LERRS", "0"],
        ]


async def test_another_view_is_seen_from_its_beginning(stage: Staging) -> None:
    async with stage(list(amf(3)), Options(interval_s=3600, view="counters")) as s:
        view = s.panel("view")
        await s.press("tab", "end")
        assert view.scroll_offset.y > 0
        for key in ("1", "2", "4"):
            await s.press(key)
            assert view.scroll_offset.y == 0
        await s.press("end")
        before = view.scroll_offset.y
        await s.tick()
        assert view.scroll_offset.y == before > 0, "the same one stays where it is read"
