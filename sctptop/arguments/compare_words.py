"""What the words of ``sctptop compare`` mean."""

from __future__ import annotations

import argparse
import re

from sctptop.arguments.meaning import checked
from sctptop.fields.filter import parse_filter
from sctptop.output.compare.command import Wanted
from sctptop.output.compare.reading import Excerpt
from sctptop.recording.moment import span_s

FORMS = ("plot", "verdict", "json", "csv", "markdown")


def wanted_of(arguments: argparse.Namespace) -> Wanted:
    """How it is to be told. Raises SctptopError."""
    given = vars(arguments)
    limit = arguments.fail_above
    return Wanted(
        form=next((form for form in FORMS if given[form]), "text"),
        margin=checked("--margin", margin, arguments.margin),
        limit=None if limit is None else checked("--fail-above", margin, limit),
        part=Excerpt(
            begin=arguments.begin,
            end=arguments.end,
            warm_up_s=checked("--warm-up", span_s, arguments.warm_up) if arguments.warm_up else 0.0,
            filter=checked("--filter", parse_filter, arguments.filter),
        ),
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
