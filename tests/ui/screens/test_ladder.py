"""The ladder of one UE: what it says of a registration and of each of its messages."""

from __future__ import annotations

import re

from sctptop.options import Options
from sctptop.tui.screens.ladder import LadderScreen
from tests.ui.conftest import Stage, Staging
from tests.ui.flowing import later, samples_of
from tests.ui.many_kinds import INITIAL, NO_STATUS, SILENT, lossy
from tests.ui.registering import with_registrations

VIEW = Options(interval_s=3600, view="registration")


async def opened(s: Stage, *keys: str) -> list[str]:
    """The lines of the ladder that these keys open."""
    await s.press("tab", *keys, "enter")
    assert isinstance(s.app.screen, LadderScreen)
    return s.panel("popup").text().splitlines()


async def test_enter_opens_the_ladder_of_the_ue_chosen(stage: Staging) -> None:
    async with stage(list(with_registrations(12)), VIEW, size=(120, 36)) as s:
        await s.tick(11)
        lines = await opened(s, "down", "down")
        assert lines[0] == "completed" and "AMF id 1036" in lines[1] and "83% (held)" in lines[2]
        place = next(
            place for place, text in enumerate(lines) if "RegistrationComplete" in text and "──▶" in text
        )
        assert "held 202ms" in lines[place]
        assert sum("──▶" in one or "◀──" in one for one in lines[: place + 1]) == 8
        assert any("│   core 10ms" in one for one in lines)
        assert lines[place + 2] == "PDU session 12ms"
        assert [re.split(" +", one)[3] for one in lines[place + 3 :]] == [
            "PDUSessionResourceSetupRequest",
            "PDUSessionResourceSetupResponse",
        ]
        await s.press("escape")
        assert s.panel("view").has_focus
        await s.press("up", "up", "enter")
        text = s.panel("popup").text()
        assert text.startswith("running") and "nothing after" in text and "✗" not in text


async def test_a_failure_with_its_cause_and_where_it_came_from(stage: Staging) -> None:
    async with stage(samples_of(NO_STATUS, 16), VIEW, size=(120, 50)) as s:
        await s.tick(15)
        lines = await opened(s)
        cause = "5GMM 98 Message type not compatible with the protocol state"
        assert lines[0] == f"not accepted by the UE: {cause}"
        assert lines[1].startswith("initial  began 12:03:00.000  AMF id 9  association 50001→38412")
        place = next(place for place, text in enumerate(lines) if "[5GMMStatus]" in text)
        assert lines[place + 1].strip() == f"│   {cause}"
        assert any(
            text.split() == ["10180.000ms", "✗", "not", "accepted", "by", "the", "UE"] for text in lines
        )
        assert any("[RegistrationAccept?]" in text for text in lines)
        assert lines[-1].startswith("? follows from what can be seen")
        await s.press("escape", "down", "enter")
        lines = s.panel("popup").text().splitlines()
        assert lines[0] == "completed" and lines[1].startswith("initial  try 2, 11s since the first  began")
    async with stage(samples_of(NO_STATUS, 16), VIEW, size=(80, 24)) as s:
        await s.tick(15)
        lines = await opened(s)
        assert lines[:2] == ["not accepted by the UE", f"  {cause}"], "whole also where it is narrow"


async def test_what_became_of_each_message_on_its_way(stage: Staging) -> None:
    async with stage(lossy(), VIEW, size=(160, 50)) as s:
        await s.tick(5)
        lines = [" ".join(text.split()) for text in await opened(s)]
        assert "█ SCTP 97% (lost 1.0s, held 206ms)" in lines[2]
        for words in (
            "9.000ms ──▶ UplinkNASTransport [AuthenticationResponse] lost 1.0s stream 1 45 B",
            "1009.000ms ╌╌▶ AuthenticationResponse sent again after 1.0s",
            "1025.000ms ◀── InitialContextSetupRequest [RegistrationAccept?] order 6ms unread 2ms stream 1",
            "1040.000ms ──▶ InitialContextSetupResponse held 2ms stream 1 19 B",
            "1050.000ms ──▶ UplinkNASTransport [RegistrationComplete?] blocked 3ms held 204ms stream 1",
            "PDU session 24ms",
        ):
            assert words in lines
    async with stage(lossy(), VIEW, size=(80, 24)) as s:
        await s.tick(5)
        lines = [" ".join(text.split()) for text in await opened(s)]
        assert any(text.startswith("9.000ms ──▶ AuthenticationResponse lost 1.0s") for text in lines)


async def test_every_line_fits(stage: Staging) -> None:
    for samples in (lossy(), samples_of(NO_STATUS, 16), samples_of(SILENT, 20)):
        for size in ((80, 24), (100, 30), (160, 50)):
            async with stage(samples, VIEW, size=size) as s:
                await s.tick(len(samples) - 1)
                lines = await opened(s)
                assert max(map(len, lines)) <= s.panel("popup").room


async def test_it_follows_its_registration_and_says_as_of_when_once_that_is_not_known(stage: Staging) -> None:
    async with stage(samples_of(NO_STATUS, 20), VIEW, size=(120, 50)) as s:
        await s.tick(5)
        before = await opened(s)
        assert before[0].startswith("running") and len(before) < 30
        title = s.panel("popup").border_title
        await s.tick(10)
        lines = s.panel("popup").text().splitlines()
        assert lines[0].startswith("not accepted by the UE") and any("5GMMStatus" in text for text in lines)
        assert s.panel("popup").border_title == title
        s.app.feed.reset()
        await s.tick(2)
        assert s.panel("popup").border_title == f"{title}, as of 12:03:15"
        assert s.panel("popup").text().splitlines() == lines


async def test_a_registration_that_comes_to_its_end_is_followed_at_once(stage: Staging) -> None:
    async with stage(samples_of([*INITIAL[:6], *later(INITIAL[6:], 3000)], 12), VIEW, size=(120, 50)) as s:
        await s.tick(2)
        assert (await opened(s))[0].startswith("running")
        title, states = s.panel("popup").border_title, []
        for _ in range(9):
            await s.tick()
            states.append(s.panel("popup").text().split()[0])
            assert s.panel("popup").border_title == title
        assert set(states) == {"running", "completed"} and states[-1] == "completed"
