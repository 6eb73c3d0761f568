"""The screen as text, and samples of the recording that is shipped: a real kernel's, with something taken away."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from typing import Any

from rich.console import Console

from sctptop.cli import DEMO, DEMO_OPENS
from sctptop.model.association import Association
from sctptop.model.sample import Sample
from sctptop.model.source_state import SourceState
from sctptop.recording.reader import Recording
from sctptop.tui.app import SctptopApp

F1AP, NGAP = 38472, 38412
OFF = {
    "compiling": "compiling",
    "waiting": "waiting: no BTF of the module sctp yet (try: sudo modprobe sctp)",
    "no root": "off: needs root, or CAP_BPF and CAP_PERFMON (try: sudo sctptop)",
    "unwanted": "off: --no-bpf",
    "lacking": "off: this kernel lacks what they need (sctptop --probes)",
}
"""States of the probes, as kernel/probes tells them."""


def screen_text(app: SctptopApp) -> str:
    """All lines as they stand on the terminal, without colours."""
    width, height = app.size
    console = Console(width=width, height=height, file=io.StringIO(), record=True, legacy_windows=False)
    console.print(app.screen._compositor.render_update(full=True, screen_stack=app._background_screens))
    return "\n".join(text.rstrip() for text in console.export_text().splitlines())


@cache
def recorded() -> tuple[Sample, ...]:
    """All of the demo."""
    recording = Recording(DEMO)
    try:
        return tuple(sample for _, sample in recording.samples(0, len(recording)))
    finally:
        recording.close()


def opening() -> Sample:
    """That at which the demo opens."""
    return recorded()[round(len(recorded()) * DEMO_OPENS)]


def with_sources(**states: str) -> dict[str, SourceState]:
    """The sources of the demo, these of them as those texts say."""
    return {**opening().sources, **{name: SourceState.parse(text) for name, text in states.items()}}


def one(port: int, at: Sample | None = None, **changes: Any) -> Association:
    """An association of the demo to that port of its peer, as it is where the demo opens."""
    found = next(entry for entry in (at or opening()).associations if entry.remote_port == port)
    return replace(found, **changes)
