"""What is remembered of peers on the screen: advice on one that refuses, its alarm, and its part of the details."""

from __future__ import annotations

from dataclasses import replace

from sctptop.model.association import Process
from sctptop.model.sample import Sample
from tests.ui.conftest import Staging
from tests.ui.scripted import PROBED, association, event, sample
from tests.unit.model.peers.meetings import REFUSED, tried


def refused(ticks: int) -> list[Sample]:
    """One association that is well; another host refuses a connect a second for five seconds."""
    return [
        replace(
            sample(tick, [association(0, tick)], sources=PROBED),
            events=tuple(tried(tick + 1, **REFUSED)) if tick < 5 else (),
        )
        for tick in range(ticks)
    ]


async def test_a_peer_that_refuses_is_one_line_and_an_alarm(stage: Staging) -> None:
    async with stage(refused(100), size=(160, 50)) as s:
        await s.tick(6)
        told = s.panel("troubles").text()
        assert told.startswith(" ▲ Failing connects: 10.9.0.2:38412  its host answers and takes none there")
        await s.press("exclamation_mark")
        text = " ".join(s.panel("popup").text().split())
        assert "▲ Failing connects 10.9.0.2:38412" in text and "5 times refused by 10.9.0.2" in text
        await s.press("escape")
        await s.tick(80)
        await s.press("exclamation_mark")
        assert "Nothing to advise" in s.panel("popup").text()
        await s.press("escape", "8", "tab")
        assert "▲ Failing connects  10.9.0.2:38412" in s.panel("view").text()
        await s.press("enter")
        assert "[6 Events]" in s.line("tabs") and "no association of it is here now" in s.line("tabs")


async def test_the_process_of_a_peer_that_refuses_is_named(stage: Staging) -> None:
    """In the first line, in all advice, and in its alarm; also when its last attempt has long been over."""
    entry = replace(
        association(0, process=Process(192, "nr-gnb-2")),
        own_tag=3,
        local_port=50_003,
        remote_port=38412,
        state="COOKIE_WAIT",
    )
    script = refused(20)
    # Of five attempts one is under way while it is read.
    begins, ends = tried(3, **REFUSED)
    script[2] = replace(script[2], events=(begins,), associations=(*script[2].associations, entry))
    script[3] = replace(script[3], events=(ends, *script[3].events))
    async with stage(script, size=(160, 50)) as s:
        await s.tick(19)
        named = "Failing connects: nr-gnb-2[192] → 10.9.0.2:38412"
        assert named in s.panel("troubles").text() and s.ports() == [59058]
        await s.press("exclamation_mark")
        assert named.replace(":", " ", 1) in s.panel("popup").text()
        await s.press("escape", "8")
        assert "Failing connects  nr-gnb-2[192] → 10.9.0.2:38412" in s.panel("view").text()


async def test_details_tell_what_is_remembered_of_the_peer(stage: Staging) -> None:
    ends = association(0)
    begins = event(1, "association", 0, change="NEW", state="COOKIE_WAIT")
    up = event(1, "association", 0, change="UP", state="ESTABLISHED", handshake_ms=12.5)
    script = [
        sample(0, [], sources=PROBED),
        replace(sample(1, [ends], sources=PROBED), events=(begins, up)),
    ]
    async with stage(script, size=(120, 36)) as s:
        await s.tick(1)
        await s.press("enter", "end")
        text = s.panel("popup").text()
        assert f"Peer  {ends.primary}:{ends.remote_port}" in text
        assert "1 attempt since the start, 1 came up, 1 up now; INIT to COOKIE ACK 12.5ms" in text
