"""What makes lines of the samples, as the command line asks for it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sctptop.options import Options
    from sctptop.output.stream import Writer


def writer_of(arguments: argparse.Namespace, options: Options) -> Writer | None:
    """The writer; None for the dashboard. Raises SctptopError."""
    if arguments.registrations:
        from sctptop.output.registrations.rows import RegistrationWriter

        return RegistrationWriter(arguments.json, options.live)
    if arguments.json:
        from sctptop.output.json_lines import json_line

        return json_line
    if arguments.csv:
        from sctptop.output.csv_rows import CsvWriter

        return CsvWriter(options.columns)
    if arguments.events is not None:
        from sctptop.arguments.meaning import checked
        from sctptop.output.event_lines import EventWriter, event_kinds

        return EventWriter(checked("--events", event_kinds, arguments.events), options.live)
    if arguments.batch:
        from sctptop.output.text import text_writer

        return text_writer(options)
    return None
