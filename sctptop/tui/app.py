"""The dashboard: one screen on readings, wherever they come from. live_app.py and replay_app.py provide them."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.screen import Screen

from sctptop.errors import FAILED, HUNG_UP
from sctptop.options import THEMES, Options
from sctptop.tui.dashboard import Dashboard, Picture
from sctptop.tui.feeds.feed import Feed
from sctptop.tui.feeds.reading import Arrived, Reading
from sctptop.tui.keeping_app import KeepingApp
from sctptop.tui.key_groups import grouped
from sctptop.tui.keys import KEY_NAMES, NO_COMMANDS, explained, key_names
from sctptop.tui.priority import COLLECT_ALL_S, collect_all
from sctptop.tui.screens.advice import AdviceScreen
from sctptop.tui.screens.help import HelpScreen
from sctptop.tui.screens.popup import Popup
from sctptop.tui.terminal import Terminal
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.line_panel import LinePanel

STOPS_WITHIN_S = 0.2


class SctptopApp(KeepingApp):
    """Draws what its feed publishes; its result is the exit code."""

    TITLE = "sctptop"
    CSS_PATH: ClassVar[str] = "theme.tcss"
    ALLOW_SELECT = False
    AUTO_FOCUS = None
    feed: Feed

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.animation_level = "none"
        self.failure: BaseException | None = None
        self._terminal: Terminal | None = None
        self._undoable = False
        """A reset was asked for, and is not in a picture yet."""
        self._narrowed: list[tuple[Reading, int, Reading]] = []

    def compose(self) -> ComposeResult:
        """One screen; help, details and choices open over it."""
        yield Dashboard(self._options.columns)

    def draw_on(self, terminal: Terminal) -> None:
        """Where the picture goes, for as long as it is there."""
        self._terminal = terminal

    def on_load(self) -> None:
        """Before the terminal is touched: from here on whatever ends us gives it back."""
        if self._terminal is None:
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self.exit, 0)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            loop.add_signal_handler(number, self.exit, 128 + number)
        self._terminal.hung_up = lambda: self._from_thread(lambda: self.exit(HUNG_UP))
        self._terminal.caught_up = lambda: self._from_thread(self._draw_whole)
        if self._terminal.gone:
            self.exit(HUNG_UP)

    def _from_thread(self, do: Callable[[], object]) -> None:
        try:
            self.call_later(do)
        except RuntimeError:
            # The loop closed meanwhile.
            return

    def fail(self, error: BaseException | None) -> None:
        """End, and say why. Any thread may call it."""
        self.failure = self.failure or error
        self._from_thread(lambda: self.exit(FAILED))

    def exit(self, result: int | None = None, return_code: int = 0, message: object = None) -> None:
        """Leave with an exit code; what is still to be drawn is not waited for."""
        if self._terminal is not None:
            self._terminal.leave()
        super().exit(result, return_code)

    def on_mount(self) -> None:
        """Begin to read."""
        self.app_resume_signal.subscribe(self, self._back_in_front)
        self.set_interval(COLLECT_ALL_S, collect_all)
        self._draw()
        self.feed.start()

    def _back_in_front(self, _: object) -> None:
        """After Ctrl-Z and fg the terminal is empty: send it everything, and what is true now."""
        self._draw_whole()
        self.feed.read_now()

    def _draw_whole(self) -> None:
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    def on_unmount(self) -> None:
        """Give the source back."""
        self.feed.stop()

    @property
    def paused(self) -> bool:
        """Whether the picture stands still."""
        raise NotImplementedError

    def _receive(self, reading: Reading) -> None:
        try:
            self.post_message(Arrived(reading))
        except RuntimeError:
            # The loop closed while a reading was under way.
            return

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        self.newest = message.reading
        self._undoable = False
        self._open_where_the_answer_is()
        snapshot = self.newest.snapshot
        netns = self._chosen.netns
        if netns is not None and snapshot is not None and netns not in snapshot.namespaces:
            self._choose(netns=None)
            self._say("the network namespace is gone: all are shown")
        self._draw()
        if message.reading.last:
            self.exit(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A priority key is the dashboard's alone, and not one while its filter is being typed."""
        if action in ("filter", "other_half", "command_palette"):
            return len(self.screen_stack) == 1 and not self._dashboard.typing
        return super().check_action(action, parameters)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """A key that is bound to nothing says so."""
        self._opening = False
        bound = await super()._check_bindings(key, priority)
        if not bound and not priority and len(self.screen_stack) == 1 and not self._dashboard.typing:
            self._say(f"the key {KEY_NAMES.get(key, key)} does nothing here; ? shows those that do")
        return bound

    # What the keys do.

    def action_leave(self) -> None:
        """Quit."""
        self.exit(0)

    def action_suspend_process(self) -> None:
        """Stop, all that runs with us too, until the shell lets us go on."""
        if os.getpid() == 1:
            self._say("the first process of a namespace cannot be stopped")
            return
        with self.suspend():
            begun = time.monotonic()
            before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            # Unlike SIGSTOP, which Textual sends, this stops nobody whom no shell would let go on.
            os.kill(0, signal.SIGTSTP)
            # Another thread may get it, and stop this one a moment later.
            time.sleep(STOPS_WITHIN_S)
            stood_still = time.monotonic() - begun > 2 * STOPS_WITHIN_S
            signal.signal(signal.SIGTSTP, before)
        if not stood_still:
            self._say("not stopped: this shell has no job control, and nothing would let sctptop go on")

    def action_help(self) -> None:
        """Keys and fields."""
        groups = [(group.title, group.keys) for group in grouped(self.keys, self._chosen.view.id)]
        moves = [("In the table", AssociationTable.BINDINGS), ("In the view, after Tab", LinePanel.BINDINGS)]
        self.push_screen(HelpScreen([*groups, *moves], self._options.live))

    def action_pause(self) -> None:
        """Stand still, or go on."""
        raise NotImplementedError

    def action_reset(self) -> None:
        """Count from now."""
        self._count_from("deltas count from now")

    def _count_from(self, notice: str) -> None:
        self.feed.reset()
        self._undoable = True
        self._say(f"{notice}; u undoes it")

    def action_undo_reset(self) -> None:
        """Count on from before the reset."""
        snapshot = self.newest.snapshot if self.newest else None
        if self._undoable or (snapshot is not None and snapshot.reset_undoable):
            self._undoable = False
            self.feed.undo_reset()
            self._say("the reset is undone: deltas count on from before it")
        else:
            self._say("there is no reset to undo")

    def action_advice(self) -> None:
        """What is wrong, and what helps."""
        if self.reading is not None:
            self.push_screen(AdviceScreen(self.reading, self.go_to))
        else:
            self._say("nothing was read yet")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette offers what the keys do."""
        for binding in self.keys:
            if binding.id not in NO_COMMANDS:
                title = explained(binding, self._options.live)
                yield SystemCommand(
                    title, f"key {key_names(binding)}", lambda do=binding.action: self._run(do)
                )

        for theme in THEMES:
            yield SystemCommand(
                f"Colours: {theme}", "S keeps them", lambda theme=theme: self.paint_with(theme)
            )

    def _run(self, action: str) -> None:
        self.call_later(self.run_action, action)

    @on(AssociationTable.Opened)
    def _opened(self) -> None:
        self.action_details()

    # Drawing.

    def _picture(self) -> Picture:
        return Picture(
            newest=self._within(self.newest),
            held=None,
            interval_s=self._options.interval_s,
            chosen=self._chosen,
            notice=self._notice,
            keys=self.keys,
            paused=self.paused,
        )

    def _within(self, reading: Reading | None) -> Reading | None:
        """What of it is in the namespace chosen: the same again for the same."""
        netns = self._chosen.netns
        if reading is None or netns is None:
            return reading
        for known, chosen, narrowed in self._narrowed:
            if known is reading and chosen == netns:
                return narrowed
        narrowed = reading.within(netns)
        # Of the newest and of that of a pause.
        self._narrowed = [*self._narrowed[-1:], (reading, netns, narrowed)]
        return narrowed

    def _draw(self) -> None:
        """Put what is known now on the screen."""
        # A reading may come when all is taken down already.
        if not self.screen_stack or not self.screen_stack[0].query(Dashboard):
            return
        self._dashboard.paint(self._picture())
        for screen in self.screen_stack[1:]:
            if isinstance(screen, Popup) and self.reading is not None and screen.is_mounted:
                screen.update(self.reading)

    def _handle_exception(self, error: Exception) -> None:
        """Leave in order: the terminal restored, no traceback for the user."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        if self._terminal is not None:
            self._terminal.leave()
        self.failure = self.failure or error
        self._return_code = 1
        self._close_messages_no_wait()
