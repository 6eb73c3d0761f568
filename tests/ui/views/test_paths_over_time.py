"""The Paths view has what there is of each path along time, and its changes of state, in place of blank rows."""

from __future__ import annotations

import pytest

from sctptop.fields.ordering import BY_REMOTE
from sctptop.model.association import Path
from sctptop.options import Options
from tests.ui.conftest import COUNT, SAMPLES, Staging
from tests.ui.scripted import PROBED, association, sample

PATHS = Options(interval_s=3600, view="paths", order=BY_REMOTE)


@pytest.mark.parametrize(("size", "listed"), [((80, 24), False), ((120, 36), True), ((160, 50), True)])
async def test_each_path_has_a_graph_and_there_is_a_clock(
    stage: Staging, size: tuple[int, int], listed: bool
) -> None:
    async with stage(SAMPLES, PATHS, size=size) as s:
        await s.tick(COUNT - 1)
        await s.press("home", "down")
        panel = s.panel("view")
        lines = panel.text().splitlines()
        graphs = [text for text in lines if text.startswith(("  HB RTT", "  cwnd"))]
        assert len(graphs) >= 2 and any("╵12:0" in text for text in lines)
        assert len(lines) <= panel.size.height
        assert ("path ACTIVE → INACTIVE" in panel.text()) == listed
        if listed:
            assert "HB n 74  p50 7.9ms" in panel.text()
            marks = next(text for text in lines if text.startswith("marks"))
            assert "x" in marks and "F" in marks
        await s.press("left", *["shift+left"] * 4)
        assert any("▲12:03:34" in text for text in panel.text().splitlines())


async def test_without_probes_the_readings_tell_the_changes(stage: Staging) -> None:
    def entry(tick: int) -> tuple[Path, ...]:
        state = "ACTIVE" if tick < 2 else "INACTIVE"
        return (
            Path("48.0.70.2", "ACTIVE", True, cwnd=4380, errors=0),
            Path("48.1.70.2", state, False, errors=2, max_retrans=5),
        )

    samples = [sample(tick, [association(0, tick, paths=entry(tick))]) for tick in range(6)]
    async with stage(samples, PATHS, size=(120, 36)) as s:
        assert "none seen yet" in s.panel("view").text()
        await s.tick(5)
        assert "12:03:02  48.1.70.2  path ACTIVE → INACTIVE" in s.panel("view").text()


async def test_one_path_of_which_nothing_is_known_over_time(stage: Staging) -> None:
    bare = association(0, paths=(Path("48.0.70.2", "ACTIVE", True),))
    async with stage([sample(0, [bare])], PATHS, size=(120, 36)) as s:
        text = s.panel("view").text()
        assert "48.0.70.2" in text and "changes of state" in text and "┤" not in text


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((80, 24), "* primary; all read by probes  ● active  ○ inactive  · state not known"),
        (
            (120, 36),
            "● active  ○ inactive  · state not known  ◐ PF, potentially failed  ? unconfirmed",
        ),
    ],
)
async def test_its_marks_are_explained(stage: Staging, size: tuple[int, int], told: str) -> None:
    """Those that are there first."""
    states = ("ACTIVE", "INACTIVE", None)
    paths = tuple(Path(f"48.{place}.70.2", state, not place) for place, state in enumerate(states))
    async with stage([sample(0, [association(0, paths=paths)], sources=PROBED)], PATHS, size=size) as s:
        shown = s.panel("view").text().splitlines()
        assert [text[0] for text in shown if text[2:5] == "48."] == ["●", "○", "·"]
        assert any(text.strip() == told for text in shown), shown
        await s.press("question_mark", *"not known")
        assert "● ◐ ○ ? ·" in s.panel("popup").text()
