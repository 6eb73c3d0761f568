"""An empty table says why, what to do, and that it goes live by itself."""

from __future__ import annotations

from sctptop.fields.filter import parse_filter
from sctptop.model.sample import Endpoint
from sctptop.model.selection import parse_selector
from sctptop.options import Options
from tests.ui.conftest import Staging
from tests.ui.scripted import NETNS, amf, association, sample


async def test_no_sctp_here_shows_the_remedy_and_goes_live_by_itself(stage: Staging) -> None:
    blind = sample(
        0,
        sources={"sock_diag": "the module is not loaded: modprobe sctp_diag", "procfs": "no /proc/net/sctp"},
        counters={},
    )
    async with stage([blind, sample(1, [association(0, 1)])]) as s:
        text = s.panel("empty").text()
        assert "modprobe sctp_diag" in text
        assert "by itself" in text
        assert not s.table.display and not s.panel("view").display
        await s.tick()
        assert s.table.display and s.panel("view").display
        assert s.ports() == [59058]
        assert s.table.has_focus


async def test_no_association_yet_lists_who_listens(stage: Staging) -> None:
    listening = Endpoint(NETNS, 38412, ("10.9.0.1",), "LISTEN", "one-to-many")
    async with stage([sample(0, endpoints=(listening,)), sample(1, [association(0, 1)])]) as s:
        text = s.panel("empty").text()
        assert "Waiting" in text and "port 38412" in text and "listen" in text
        await s.tick()
        assert not s.panel("empty").display


async def test_no_association_and_no_socket(stage: Staging) -> None:
    async with stage([sample(0)]) as s:
        assert "No SCTP socket" in s.panel("empty").text()


async def test_a_selector_that_matches_nothing_is_named_and_waited_for(stage: Staging) -> None:
    options = Options(interval_s=3600, selectors=(parse_selector("59070"),))
    samples = [sample(0, [association(0), association(1)]), sample(1, [association(12, 1)])]
    async with stage(samples, options) as s:
        text = s.panel("empty").text()
        assert "--assoc 59070" in text and "2 other associations" in text
        await s.tick()
        assert s.ports() == [59070]


async def test_a_filter_that_matches_nothing_says_how_to_clear_it(stage: Staging) -> None:
    async with stage(list(amf(2)), Options(interval_s=3600, filter=parse_filter("cwnd>9G"))) as s:
        text = s.panel("empty").text()
        assert "cwnd>9G" in text and "Esc clears" in text
        await s.press("escape")
        assert len(s.ports()) == 12


async def test_trouble_of_one_source_takes_one_line(stage: Staging) -> None:
    one = sample(0, [association(0)], sources={"sock_diag": "ok", "procfs": "permission denied (try: sudo)"})
    async with stage([one]) as s:
        assert s.panel("troubles").display
        assert "procfs: permission denied (try: sudo)" in s.panel("troubles").text()


async def test_a_source_switched_off_is_no_trouble(stage: Staging) -> None:
    one = sample(0, [association(0)], sources={"sock_diag": "ok", "bpf": "off: --no-bpf"})
    async with stage([one]) as s:
        assert not s.panel("troubles").display


async def test_a_source_that_raises_is_shown_and_tried_again(stage: Staging) -> None:
    script = [
        OSError("buffer gone"),
        sample(0, [association(0)]),
        RuntimeError("torn"),
        sample(2, [association(0, 2)]),
    ]
    async with stage(script) as s:
        assert "buffer gone" in s.panel("empty").text()
        await s.tick()
        assert s.ports() == [59058]
        await s.tick()
        assert "RuntimeError: torn" in s.panel("troubles").text()
        assert s.ports() == [59058]
        await s.tick()
        assert not s.panel("troubles").display


async def test_esc_clears_a_filter_that_came_to_match_nothing(stage: Staging) -> None:
    samples = [sample(0, [association(0), association(1)]), sample(1, [association(1, 1)])]
    async with stage(samples, Options(interval_s=3600, filter=parse_filter("remote~59058"))) as s:
        await s.until(lambda: s.table.has_focus)
        await s.tick(7)
        assert not s.table.display
        await s.press("escape")
        assert s.ports() == [59059] and s.table.has_focus
