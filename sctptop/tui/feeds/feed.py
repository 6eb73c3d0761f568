"""What drives the screen: the live collector, or the player of a recording."""

from __future__ import annotations

from typing import Protocol


class Feed(Protocol):
    """Publishes readings from a thread of its own. All methods may be called from any thread."""

    def start(self) -> None:
        """Publish the first reading now."""
        ...

    def stop(self) -> None:
        """End the thread and give the source back."""
        ...

    def reset(self) -> None:
        """Begin all deltas anew."""
        ...

    def undo_reset(self) -> None:
        """Count on from before the last reset."""
        ...

    def read_now(self) -> None:
        """Publish out of turn."""
        ...
