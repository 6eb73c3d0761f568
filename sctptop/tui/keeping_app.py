"""What is on the screen, to be kept: copied as text to where the terminal is, or saved in a new file."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from sctptop.options import Options
from sctptop.quantity import counted, short
from sctptop.recording.file_format import RecordingError
from sctptop.recording.log.opening import Folder, NewFile
from sctptop.tui.pointing_app import PointingApp
from sctptop.tui.screens.popup import Popup
from sctptop.tui.widgets.line_panel import LinePanel

MOST_COPIED = 70_000
"""Bytes: more, coded, is beyond what terminals take in one sequence."""
NO_CLIPBOARD = ("dumb", "linux", "vt100", "vt220")
"""Terminals that are known to have none (OSC 52)."""


class KeepingApp(PointingApp):
    """Copies by OSC 52, so that it also works over ssh; a file is never overwritten, and no link followed."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._folder, self._save_in = Folder(), options.save_in

    def action_copy(self) -> None:
        """The box that is open, the view after Tab, or the row under the cursor."""
        screen = self.screen
        if isinstance(screen, Popup):
            what, text = "this box", screen.panel.text()
        elif self._dashboard.in_view:
            panel = self.query_one("#view", LinePanel)
            what, text = "the view", f"{panel.border_title}\n{panel.text()}"
        else:
            what, text = "the row", self._table.row_text()
        terminal = os.environ.get("TERM", "")
        if not text.strip():
            told = "there is no association under the cursor"
        elif terminal in NO_CLIPBOARD:
            told = f"this terminal ({terminal}) has no clipboard: x saves the view in a file"
        elif len(text.encode()) > MOST_COPIED:
            told = f"{what} is too long for a clipboard: x saves the view in a file"
        else:
            self.copy_to_clipboard("\n".join(line.rstrip() for line in text.splitlines()) + "\n")
            told = f"copied {what}: {counted(len(text.splitlines()), 'line')}, if this terminal takes it (OSC 52)"
        self._say(told)
        if isinstance(screen, Popup):
            screen.say(told)

    def action_save(self, form: str) -> None:
        """The numbers of the view as CSV, or the screen as SVG, in a new file here or in --save-in."""
        scene, name = self._dashboard.scene, self._chosen.view.id
        if scene is None:
            self._say("there is nothing to save yet")
            return
        from sctptop.tui.views.tables import csv_of

        text = self.export_screenshot(title="sctptop") if form == "svg" else csv_of(name, scene)
        if not text:
            self._say(f"{self._chosen.view.title} has no numbers to save here; X saves it as a picture")
            return
        host = "".join(one if one.isalnum() or one in "-_." else "_" for one in scene.snapshot.sample.host)
        path = Path(self._save_in, f"sctptop-{host}-{name}-{datetime.now():%Y%m%d-%H%M%S}.{form}")
        try:
            file = NewFile(path, self._folder)
            try:
                content = text.encode("utf-8", "replace")
                with os.fdopen(os.dup(file.descriptor), "wb") as out:
                    out.write(content)
            except OSError as error:
                self._say(f"cannot write {path}: {error.strerror}")
                return
            finally:
                file.close()
        except RecordingError as error:
            self._say(self._unsaved(str(error)))
            return
        self._say(f"saved as {path}, {short(len(content))}B")

    def _unsaved(self, why: str) -> str:
        return why
