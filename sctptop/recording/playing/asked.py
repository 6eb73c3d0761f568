"""Moments of a recording as flags of the command line say them: --from, --to, --at."""

from __future__ import annotations

from dataclasses import dataclass

from sctptop.errors import USAGE, SctptopError
from sctptop.recording.moment import MomentError, moment_s


@dataclass(frozen=True, slots=True)
class MomentsAsked:
    """Words for moments of a recording that begins and ends at ``first_s`` and ``last_s``, seconds since 1970.

    ``of``: what an error adds to tell which recording. ``command``: the one whose help tells of moments.
    """

    first_s: float
    last_s: float
    command: str
    of: str = ""

    def moment(self, flag: str, word: str | None) -> float | None:
        """Seconds since 1970; None without a word. Raises SctptopError, which names the flag."""
        if word is None:
            return None
        try:
            return moment_s(word, self.first_s, self.last_s)
        except MomentError as error:
            raise SctptopError(
                f"argument {flag}: {error}{self.of} (try: sctptop {self.command} --help)", USAGE
            ) from None

    def span(self, begin: str | None, end: str | None) -> tuple[float | None, float | None]:
        """From when to when, by the words of --from and --to. Raises SctptopError."""
        begin_s, end_s = self.moment("--from", begin), self.moment("--to", end)
        if begin_s is not None and end_s is not None and begin_s > end_s:
            raise SctptopError(
                f"argument --from: {begin} is after --to {end}{self.of} (try: them the other way round)",
                USAGE,
            )
        return begin_s, end_s
