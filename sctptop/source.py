"""What every origin of samples offers: the live kernel, and a recording."""

from __future__ import annotations

from typing import Protocol

from sctptop.model.sample import Sample


class EndOfSamples(Exception):  # noqa: N818
    """There is no next sample: a recording is at its end."""


class Source(Protocol):
    """Reads facts and judges nothing. Used by one thread."""

    def read(self) -> Sample:
        """The next sample. Trouble with the kernel is reported in ``Sample.sources``, not raised.

        Raises EndOfSamples when there will be none.
        """
        ...

    def close(self) -> None:
        """Give everything back. Safe to call twice."""
        ...
