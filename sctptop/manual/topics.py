"""The topics of ``sctptop help``: their names, in the order of the list, and their texts."""

from __future__ import annotations

from importlib.resources import files

TOPICS: dict[str, str] = {
    "views": "the dashboard: its lines, views and keys",
    "numbers": "reading the numbers: what they mean, and what they do not",
    "fields": "every field, for --sort, --columns and --filter",
    "filter": "the language of --filter and /",
    "advice": "the rules that speak up by themselves, and alarms",
    "registrations": "where the time of a 5G registration goes",
    "compare": "which core is faster, and how sure that is",
    "recordings": "record, replay, and what is in a file",
    "configuration": "settings in a file: defaults, keys, colours, thresholds",
    "output": "JSON, CSV, events and exit codes, for scripts",
    "containers": "containers, pods and network namespaces",
    "probes": "what is loaded into the kernel, and what it costs",
    "capabilities": "what it may do, and how it runs without root",
    "doctor": "what to do when something is missing",
    "install": "ways to install, update and remove it",
    "limits": "what it does not see",
    "trust": "what it was compared with",
}
"""Each with what it is about."""


def text_of(topic: str) -> str:
    """The text of a topic as it was written."""
    return (files("sctptop.manual") / "topics" / f"{topic}.md").read_text(encoding="utf-8")
