"""Each key does what it is there for: one press each, and a key without an entry here is found.

An entry says what to press before, and what holds after the key: words on the screen, or a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding, BindingType
from textual.screen import Screen

from sctptop.options import THEMES, Options
from sctptop.tui.choices import chosen_by
from sctptop.tui.key_groups import IN_VIEW
from sctptop.tui.keys import LIVE_KEYS, NO_COMMANDS, REPLAY_KEYS
from sctptop.tui.live_app import LiveApp
from sctptop.tui.replay_app import ReplayApp
from sctptop.tui.screens.details import DetailsScreen
from sctptop.tui.screens.go_to import GoToScreen
from sctptop.tui.screens.help import HelpScreen
from sctptop.tui.screens.popup import Popup
from sctptop.tui.screens.sort import SortScreen
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.filter_bar import FilterBar
from sctptop.tui.widgets.line_panel import LinePanel
from sctptop.views import VIEWS
from tests.ui.conftest import Stage, Staging, Standing
from tests.ui.scripted import amf, association, sample

Holds = Callable[[Any], object]


@dataclass(frozen=True)
class Case:
    """``words``: on the screen after the key, and not before it. ``holds`` is asked instead where they do not tell."""

    words: str = ""
    before: tuple[str, ...] = ()
    holds: Holds | None = None


def screen_is(kind: type[Screen[Any]]) -> Holds:
    return lambda s: isinstance(s.app.screen, kind)


def points_at(s: Any, *places: int) -> bool:
    times = s.reading.times
    return s.app._chosen.at_s in [times[place] for place in places if -len(times) <= place < len(times)]


async def alarm_at(s: Any, direction: int) -> None:
    """The picture stands where one was raised, or it is told that there is none."""
    await s.until(lambda: "alarm" in s.playback.word or s.playback.position != 30)
    raised = [one.position for one in s.playback.alarms]
    if s.playback.position != 30:
        assert s.playback.position in raised and (s.playback.position - 30) * direction > 0


ENDS = {"quit", "interrupt", "suspend"}
"""They end the dashboard, or stop it: tests of their own (test_keys.py, terminal/test_terminal.py)."""

EITHER: Mapping[str, Case] = {
    "help": Case(holds=screen_is(HelpScreen)),
    "filter": Case(holds=lambda s: s.app.screen.query_one(FilterBar).display),
    "sort": Case(holds=screen_is(SortScreen)),
    "palette": Case(holds=lambda s: len(s.app.screen_stack) == 2),
    "advice": Case(holds=screen_is(Popup)),
    "details": Case(holds=screen_is(DetailsScreen)),
    "focus": Case(holds=lambda s: s.panel("view").has_focus),
    "focus.back": Case(holds=lambda s: s.panel("view").has_focus),
    "reset": Case("u undoes it"),
    "reset.undo": Case("is undone", ("r",)),
    **{
        f"view.{view.id}": Case(f"[{digit} {view.title}]", ("2" if digit != 2 else "1",))
        for digit, view in enumerate(VIEWS, 1)
    },
    "sort.before": Case("sorted by", ("2",)),
    "sort.after": Case("sorted by"),
    "sort.invert": Case("sorted by"),
    "netns": Case("network namespace"),
    "ends": Case("one line"),
    "scale": Case("each on its own scale", ("2",)),
    "overlay": Case("o side by side", ("2",)),
    "zeros": Case("at zero hidden", ("4",)),
    "events.all": Case("this one", ("6",)),
    "events.filter": Case("e windows", ("6",)),
    "kinds": Case("of several kinds", ("7",)),
    "point.back": Case(holds=lambda s: points_at(s, -1)),
    "point.on": Case(holds=lambda s: points_at(s, -1)),
    "point.far_back": Case(before=("left",), holds=lambda s: s.app._chosen.at_s < s.reading.times[-1]),
    "point.far_on": Case(before=("left", "left"), holds=lambda s: s.app._chosen.at_s is None),
    "point.first": Case(before=("left",), holds=lambda s: points_at(s, 0)),
    "point.now": Case(before=("left",), holds=lambda s: s.app._chosen.at_s is None),
    "copy": Case("copied the row"),
    "save.csv": Case("saved as sctptop-amf-1-cwnd-", ("2",)),
    "save.svg": Case(".svg"),
    "back": Case("nothing to go back from"),
    "keep": Case("settings cannot be kept", ("I",)),
}
LIVE: Mapping[str, Case] = {
    **EITHER,
    "pause": Case("PAUSED"),
    "record": Case("nothing can be recorded here"),
    "pace.up": Case("a reading every"),
    "pace.down": Case("a reading every"),
}
REPLAY: Mapping[str, Case] = {
    **EITHER,
    "pause": Case("replay 1×"),
    "pace.up": Case("plays at 2×"),
    "pace.down": Case("plays at 0.5×"),
    "step.up": Case(holds=lambda s: s.at(31)),
    "step.down": Case(holds=lambda s: s.at(29)),
    "jump.up": Case(holds=lambda s: s.at(40)),
    "jump.down": Case(holds=lambda s: s.at(20)),
    "jump.first": Case(holds=lambda s: s.at(0)),
    "jump.last": Case(holds=lambda s: s.at(74)),
    "alarm.next": Case(holds=lambda s: alarm_at(s, 1)),
    "alarm.before": Case(holds=lambda s: alarm_at(s, -1)),
    "jump.to": Case(holds=screen_is(GoToScreen)),
}
IN_TABLE: Mapping[str, Case] = {
    "up": Case(holds=lambda s: s.cursor_port() == 59059, before=("down", "down")),
    "down": Case(holds=lambda s: s.cursor_port() == 59059),
    "pageup": Case(holds=lambda s: s.cursor_port() == 59058, before=("down", "down")),
    "pagedown": Case(holds=lambda s: s.cursor_port() not in (None, 59058)),
    "home": Case(holds=lambda s: s.cursor_port() == 59058, before=("down", "down")),
    "end": Case(holds=lambda s: s.cursor_port() == 59063),
    "left": Case(holds=lambda s: s.table.scroll_x == 0),
    "right": Case(holds=lambda s: s.table.scroll_x == 0),
}
IN_VIEW_AFTER_TAB: Mapping[str, Case] = {
    "up": Case(holds=lambda s: s.panel("view").cursor == "one/SctpCurrEstab", before=("down",)),
    "down": Case(holds=lambda s: s.panel("view").cursor != "one/SctpCurrEstab"),
    "pageup": Case(holds=lambda s: s.panel("view").cursor == "one/SctpCurrEstab", before=("down",)),
    "pagedown": Case(holds=lambda s: s.panel("view").cursor != "one/SctpCurrEstab"),
    "home": Case(holds=lambda s: s.panel("view").cursor == "one/SctpCurrEstab", before=("down", "down")),
    "end": Case(holds=lambda s: str(s.panel("view").cursor).startswith("association/")),
}
OVER: Mapping[tuple[type, str], Case] = {
    **{
        (Popup, key): Case(before=("enter",), holds=lambda s: len(s.app.screen_stack) == 1)
        for key in ("escape", "q", "enter", "question_mark", "h", "f1", "exclamation_mark")
    },
    **{
        (HelpScreen, key): Case(before=("f1",), holds=lambda s: len(s.app.screen_stack) == 1)
        for key in ("escape", "enter", "f1")
    },
    (Popup, "C"): Case(
        before=("enter",), holds=lambda s: "copied this box" in str(s.panel("popup").border_subtitle)
    ),
    (SortScreen, "escape"): Case(before=("s",), holds=lambda s: len(s.app.screen_stack) == 1),
    (FilterBar, "escape"): Case(before=("/", "x"), holds=lambda s: len(s.ports()) == 6),
    (FilterBar, "up"): Case("59060", before=("/", *"59060"), holds=lambda s: s.table.has_focus),
    (FilterBar, "down"): Case("59060", before=("/", *"59060"), holds=lambda s: s.table.has_focus),
}


def keys_of(binding: BindingType) -> list[str]:
    assert isinstance(binding, Binding)
    return [key.strip() for key in binding.key.split(",")]


def shown(s: Stage) -> str:
    lines = [s.line(name) for name in ("header", "tabs", "filter-line", "footer")]
    view = s.app.screen_stack[0].query_one("#view", LinePanel)
    return "\n".join([*lines, str(view.border_title), str(view.border_subtitle), view.text()])


async def pressed(s: Stage, key: str, case: Case, name: object) -> None:
    """The key of a case, and everything as before it."""
    await s.press(*case.before)
    before = shown(s)
    await s.press(key)
    if case.holds is not None:
        result = case.holds(s)
        if hasattr(result, "__await__"):
            await result
        else:
            assert result, (name, key)
    else:
        assert case.words in shown(s) and case.words not in before, (name, key, shown(s))


async def home(s: Stage) -> None:
    """No box, no filter, nothing chosen, the first row, the first view."""
    while len(s.app.screen_stack) > 1:
        await s.press("escape")
    if s.app._dashboard.typing:
        await s.press("escape")
    if s.app._dashboard.in_view:
        await s.press("tab")
    s.app._chosen = chosen_by(s.app._options)
    if s.app.paused and isinstance(s.app, LiveApp):
        await s.press("p")
    await s.press("home")
    s.app._hush()


def entries(bindings: Iterable[BindingType], cases: Mapping[str, Case]) -> list[tuple[str, str]]:
    """Each key with the name of its binding; those without an entry are told."""
    keys = {binding.id or "": keys_of(binding) for binding in bindings}  # type: ignore[union-attr]
    assert keys.keys() - ENDS == cases.keys(), "each key has an entry here, and each entry is of a key"
    return [(name, key) for name in cases for key in keys[name]]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are saved where the dashboard was started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm-256color")


async def test_every_key_of_the_live_dashboard(stage: Staging) -> None:
    async with stage(list(amf(4, 6)), Options(interval_s=60), size=(120, 36)) as s:
        await s.tick(3)
        for name, key in entries(LIVE_KEYS, LIVE):
            await pressed(s, key, LIVE[name], name)
            await home(s)


async def test_every_key_of_a_replay(stand: Standing) -> None:
    async with stand(start=30, size=(120, 36)) as s:
        for name, key in entries(REPLAY_KEYS, REPLAY):
            await s.at(30)
            await pressed(s, key, REPLAY[name], name)
            await home(s)
            assert isinstance(s.app, ReplayApp)
            s.app._play_at(1.0)
            if not s.app.paused:
                await s.press("p")
                await s.until(lambda: s.app.paused)
            s.app.feed.go_to(s.app._first_s + 30)


@pytest.mark.parametrize(
    ("bindings", "cases", "before"),
    [
        (AssociationTable.BINDINGS, IN_TABLE, ()),
        (LinePanel.BINDINGS, IN_VIEW_AFTER_TAB, ("4", "tab")),
    ],
    ids=["table", "view"],
)
async def test_every_key_that_walks(
    stage: Staging, bindings: Sequence[BindingType], cases: Mapping[str, Case], before: tuple[str, ...]
) -> None:
    keys = [key for binding in bindings for key in keys_of(binding)]
    same = {"k": "up", "j": "down"}
    assert {same.get(key, key) for key in keys} == cases.keys()
    async with stage(list(amf(4, 6)), size=(120, 36)) as s:
        for key in keys:
            await s.press(*before, "home")
            await pressed(s, key, cases[same.get(key, key)], key)
            await home(s)


async def test_every_key_of_a_box(stage: Staging) -> None:
    kinds = (Popup, HelpScreen, SortScreen, FilterBar)
    keys = {(kind, key) for kind in kinds for binding in kind.BINDINGS for key in keys_of(binding)}
    assert keys == OVER.keys()
    async with stage(list(amf(4, 6)), size=(120, 36)) as s:
        for (kind, key), case in OVER.items():
            await pressed(s, key, case, (kind, key))
            await home(s)


async def test_a_key_that_acts_in_another_view_says_in_which(stage: Staging) -> None:
    async with stage([sample(0, [association(0)])], size=(120, 36)) as s:
        for name, views in IN_VIEW.items():
            (key,) = keys_of(next(binding for binding in LIVE_KEYS if binding.id == name))
            for digit, view in enumerate(VIEWS, 1):
                await s.press(str(digit))
                s.app._hush()
                before = s.app._chosen
                await s.press(key)
                told = s.line("tabs")
                if view.id in views:
                    assert "acts in" not in told, (name, view)
                else:
                    assert "that key acts in" in told and s.app._chosen == before, (name, view)


async def test_the_palette_has_every_key_and_runs_it(stage: Staging) -> None:
    async with stage(list(amf(4, 6)), size=(120, 36)) as s:
        commands = list(s.app.get_system_commands(s.app.screen))
        assert len(commands) == len(LIVE_KEYS) - len(NO_COMMANDS) + len(THEMES)
        await s.press("ctrl+p", *"other half")
        for command in commands:
            if command.title.startswith("Cwnd"):
                await s.press("escape")
                command.callback()
                await s.pilot.pause()
        assert "[2 Cwnd]" in s.line("tabs")
