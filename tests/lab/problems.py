"""The one exception of the lab: a sentence for the reader, with the remedy in it."""

from __future__ import annotations


class LabError(Exception):
    """The lab cannot do what was asked; the message is one line and names what to do about it."""


def lab_error(what: str, why: str, fix: str) -> LabError:
    """Builds the error in the house's form: `WHAT: WHY (try: FIX)`."""
    return LabError(f"{what}: {why} (try: {fix})")
