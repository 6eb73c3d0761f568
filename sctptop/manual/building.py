"""What hatchling has made when a package is built: man pages, and what completes the command line in shells."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHARED = {
    "bash": "share/bash-completion/completions/sctptop",
    "zsh": "share/zsh/site-functions/_sctptop",
    "fish": "share/fish/vendor_completions.d/sctptop.fish",
}
"""Where each shell looks, below the prefix of an installation."""


class BuildHook(BuildHookInterface[Any]):  # type: ignore[misc]
    """Writes them into a folder of its own, and has them put into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before a wheel is put together; an editable one has none of them."""
        if version == "editable":
            return
        # The program itself is not installed where it is built.
        sys.path.insert(0, self.root)
        from sctptop.manual.completion import FOLDER, made_anew
        from sctptop.manual.man_pages import man_pages

        self._folder = TemporaryDirectory(prefix="sctptop-made-")
        folder = Path(self._folder.name)
        for name, text in man_pages().items():
            (folder / name).write_text(text, encoding="utf-8")
            build_data["shared_data"][str(folder / name)] = f"share/man/man{name[-1]}/{name}"
        for shell, place in SHARED.items():
            (folder / shell).write_text(made_anew(shell), encoding="utf-8")
            build_data["shared_data"][str(folder / shell)] = place
            build_data["force_include"][str(folder / shell)] = f"sctptop/manual/{FOLDER}/{shell}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Once the wheel is there."""
        if version != "editable":
            self._folder.cleanup()
