"""What the words of ``sctptop compare`` mean."""

from __future__ import annotations

import argparse
import re

from sctptop.arguments.meaning import checked
from sctptop.output.compare.command import Wanted


def wanted_of(arguments: argparse.Namespace) -> Wanted:
    """How it is to be told. Raises SctptopError."""
    return Wanted(
        form="json" if arguments.json else "markdown" if arguments.markdown else "text",
        margin=checked("--margin", margin, arguments.margin),
    )


def margin(text: str) -> float:
    """The share of ``5%`` or ``5``. Raises ValueError for none, and for what is not above 0 and below 100 %.

    >>> margin("5%"), margin("12.5")
    (0.05, 0.125)
    """
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%?", text.strip())
    share = float(found[1]) / 100 if found else 0.0
    if not 0 < share < 1:
        raise ValueError(f"{text!r} is not a share between 0% and 100%, like 5%")
    return share
