"""Samples while a command runs: from just before it starts until it has ended."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

from sctptop.errors import USAGE, SctptopError
from sctptop.model.sample import Sample
from sctptop.source import EndOfSamples, Source
from sctptop.terminal_text import printable

PATIENCE_S = 5.0
"""How long a command may take to end once it was asked to."""


def check_command(command: Sequence[str]) -> None:
    """Raises SctptopError where it cannot be found."""
    if shutil.which(command[0]) is None:
        raise SctptopError(f"{printable(command[0])}: no such command (try: its whole path)", USAGE)


class CommandSource:
    """A source that starts a command behind its first sample, and ends with the sample after the command's end."""

    def __init__(self, source: Source, command: Sequence[str]) -> None:
        self._source = source
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None
        self._last = False

    @property
    def code(self) -> int:
        """The exit code of the command, 128 + N where signal N ended it; 0 while there is none."""
        code = self._child.poll() if self._child is not None else None
        return 0 if code is None else code if code >= 0 else 128 - code

    def read(self) -> Sample:
        """The next sample. Raises EndOfSamples behind the command's end, SctptopError where it does not start."""
        if self._last:
            raise EndOfSamples
        # What came until the end is in the sample read after it.
        self._last = self._child is not None and self._child.poll() is not None
        sample = self._source.read()
        if self._child is None:
            try:
                self._child = subprocess.Popen(self._command)
            except OSError as error:
                shown = printable(self._command[0])
                raise SctptopError(f"{shown}: {error.strerror} (try: running it alone)") from None
        return sample

    def close(self) -> None:
        """Close the source; a command that still runs is asked to end, and killed where it does not."""
        try:
            if self._child is not None and self._child.poll() is None:
                self._child.terminate()
                try:
                    self._child.wait(PATIENCE_S)
                except subprocess.TimeoutExpired:
                    self._child.kill()
                    self._child.wait()
        finally:
            self._source.close()
