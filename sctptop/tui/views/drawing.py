"""How each view is drawn: ``draw`` of the module here that has its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from sctptop.tui.views.scene import Scene
from sctptop.tui.widgets.line_panel import Drawing
from sctptop.views import VIEWS

Draw = Callable[[Scene], Drawing]

DRAWS: Mapping[str, Draw] = {view.id: import_module(f"{__package__}.{view.id}").draw for view in VIEWS}
