"""What every origin of samples offers: the live kernel today, a recording tomorrow."""

from __future__ import annotations

from typing import Protocol

from sctptop.model.sample import Sample


class Source(Protocol):
    """Reads facts and judges nothing. Used by one thread."""

    def read(self) -> Sample:
        """The next sample. Trouble with the kernel is told in ``Sample.sources``, not raised."""
        ...

    def close(self) -> None:
        """Give everything back. Safe to call twice."""
        ...
