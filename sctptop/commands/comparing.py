"""``sctptop compare``, as the command line asks for it."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from sctptop.errors import INTERRUPTED, USAGE, SctptopError
from sctptop.kernel.host.rights import NOTHING, give_up
from sctptop.standard_streams import internal


def compare(arguments: argparse.Namespace, demo: Path) -> int:
    """Write what differs; rights are given up on the way. ``demo``: the recording that is shipped.

    Returns the exit code: where it says which is worse, 1 means that and nothing else. Raises SctptopError.
    """
    if not arguments.verdict and arguments.fail_above is None:
        return _compare(arguments, demo)
    try:
        return _compare(arguments, demo)
    except SctptopError as error:
        raise SctptopError(str(error), USAGE, error.drawn) from error
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        return internal(error, USAGE)


def _compare(arguments: argparse.Namespace, demo: Path) -> int:
    if arguments.svg:
        from sctptop.output.compare.pictures.svg import opened

        # Afterwards nothing can be written, and matplotlib keeps what it knows of fonts.
        picture: AbstractContextManager[BinaryIO | None] = opened(Path(arguments.svg))
    else:
        picture = nullcontext()
    with picture as file:
        give_up(NOTHING)
        from sctptop.arguments.compare_words import wanted_of
        from sctptop.output.compare.command import report_compare
        from sctptop.output.compare.given import sides_of

        wanted = wanted_of(arguments)
        return report_compare(sides_of(arguments.sides, demo), wanted, file)
