"""Words typed into a box that has no other use for letters: what it lists is narrowed with each."""

from __future__ import annotations

from textual import events


class TypedSearch:
    """What was typed so far. ``take`` is handed each key, and tells whether it was one of the search."""

    def __init__(self) -> None:
        self.text = ""

    def take(self, event: events.Key) -> bool:
        """A letter, or one less; at the beginning a blank is none, nor is the / that opens a search elsewhere."""
        if event.key in ("backspace", "ctrl+h"):
            self.text = self.text[:-1]
        elif event.key == "ctrl+u":
            self.text = ""
        elif event.is_printable and event.character and (self.text or event.character not in " /"):
            self.text += event.character
        elif event.character == "/":
            pass
        else:
            return False
        event.stop()
        event.prevent_default()
        return True

    def found_in(self, *texts: str) -> bool:
        """Whether every word typed stands in one of these, in any case."""
        whole = " ".join(texts).lower()
        return all(word in whole for word in self.text.lower().split())
