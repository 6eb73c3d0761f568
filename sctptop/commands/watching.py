"""What watches the kernel, as the command line asks for it. Imports late: --help and bad usage need no netlink."""

from __future__ import annotations

import argparse
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sctptop.kernel.probes.session import Probes
    from sctptop.kernel.program.points import ProbeChoice
    from sctptop.options import Options
    from sctptop.source import Source

COLLECT_AFTER = 50_000
"""Objects more than at the last look for circles, of which Python looks after 700."""


def reads_the_kernel(arguments: argparse.Namespace) -> bool:
    """Whether it is asked at all: rights for that are given up else."""
    return arguments.command not in ("info", "compare", "replay") and not (
        vars(arguments).get("ebpf") or vars(arguments).get("print_config")
    )


def live(probes: Probes | None, options: Options) -> Source:
    """What reads this host."""
    from sctptop.kernel.live import LiveSource

    source = LiveSource(probes, netns=options.netns)
    # What starts stays, and a reading makes and frees thousands of records without a circle: looking for circles that
    # often took a fifth of its time.
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    return source


def settled(arguments: argparse.Namespace, options: Options) -> Source:
    """A source whose probes are on, or known to be off: a line of output cannot be corrected later."""
    found = probes(arguments, options)
    if found is not None:
        found.start()
        found.settle()
    return live(found, options)


def probes(arguments: argparse.Namespace, options: Options) -> Probes | None:
    """Those that are asked for, not yet begun."""
    if arguments.no_bpf:
        return None
    from sctptop.kernel.probes.session import Probes

    return Probes(choice(arguments, options), asked_s=options.interval_s)


def choice(arguments: argparse.Namespace, options: Options) -> ProbeChoice:
    """What of them is wanted."""
    from sctptop.kernel.program.points import ProbeChoice

    return ProbeChoice(
        arguments.every_change,
        not arguments.no_ngap,
        arguments.every_message,
        _each_packet(arguments, options),
    )


def _each_packet(arguments: argparse.Namespace, options: Options) -> bool:
    """Whether probes that each packet hits are wanted: by all but some columns and kinds of events."""
    if arguments.events is not None:
        from sctptop.arguments.meaning import checked
        from sctptop.model.event import OF_EACH_PACKET
        from sctptop.output.event_lines import event_kinds

        return not OF_EACH_PACKET.isdisjoint(checked("--events", event_kinds, arguments.events))
    from sctptop.fields.filter import EVERYTHING

    if arguments.csv and options.columns is not None and options.filter == EVERYTHING:
        sorted_by = (options.order.field,) if options.order else ()
        return any(column.each_packet for column in (*options.columns, *sorted_by))
    return True
