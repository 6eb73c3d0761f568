"""What the user has set for good, colours and keys, and what was chosen on the screen, to be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, TypeAlias

from textual.app import App
from textual.binding import Binding, BindingsMap

from sctptop.options import SIXTEEN, Options
from sctptop.tui.choices import Chosen
from sctptop.tui.words.colours import variables
from sctptop.tui.words.line import paint_as

Plain: TypeAlias = "str | bool | int | float | list[str]"
Keep: TypeAlias = Callable[[Mapping[str, Plain]], str]
"""Writes settings, by name; returns where. Raises SctptopError."""


class CustomApp(App[int]):
    """An app with the colours and keys of the options. ``keep`` is set by who runs it, where settings can be kept."""

    KEYS: ClassVar[Sequence[Binding]] = ()

    def __init__(self, options: Options) -> None:
        self._colours = options.theme
        paint_as(self._colours)
        super().__init__(ansi_color=True if self._colours == SIXTEEN else None)
        self.keep: Keep | None = None
        self._picked: set[str] = set()
        """Names of settings that were chosen on the screen."""
        self.keys: Sequence[Binding] = self.KEYS
        if options.keys:
            from sctptop.tui.keymap import remapped

            self.keys = remapped(self.KEYS, options.keys)
            ours = {binding.id for binding in self.KEYS}
            others = [one for _, one in self._bindings if one.id not in ours]
            self._bindings = BindingsMap([*others, *self.keys])

    def get_css_variables(self) -> dict[str, str]:
        """Those of theme.tcss too."""
        return super().get_css_variables() | variables(self._colours)

    def paint_with(self, theme: str) -> None:
        """Other colours from now on."""
        self._colours = theme
        paint_as(theme)
        self._picked.add("theme")
        self.ansi_color = True if theme == SIXTEEN else None
        self.refresh_css(animate=False)
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    def chosen_settings(self, chosen: Chosen, interval_s: float) -> dict[str, Plain]:
        """What was chosen on the screen, by the name of the setting."""
        order, toggles = chosen.order, chosen.toggles
        now: dict[str, Plain] = {
            "view": chosen.view.id,
            "sort": f"{order.field.id}:{'desc' if order.descending else 'asc'}",
            "period": interval_s,
            "both_ends": chosen.both_ends,
            "own_scale": toggles.own_scale,
            "hide_zeros": toggles.hide_zeros,
            "theme": self._colours,
        }
        return {name: value for name, value in now.items() if name in self._picked}
