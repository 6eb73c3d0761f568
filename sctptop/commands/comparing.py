"""``sctptop compare``, as the command line asks for it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from sctptop.errors import INTERRUPTED, USAGE, SctptopError
from sctptop.standard_streams import internal


def picture(arguments: argparse.Namespace) -> AbstractContextManager[BinaryIO | None]:
    """The file of --svg, open, with what matplotlib keeps of fonts, or None. Raises SctptopError."""
    if not arguments.svg:
        return nullcontext()
    from sctptop.output.compare.pictures.svg import opened

    return opened(Path(arguments.svg))


def compare(arguments: argparse.Namespace, demo: Path, file: BinaryIO | None) -> int:
    """Write what differs, its picture to ``file``; ``demo``: the recording that is shipped.

    Returns the exit code. Raises SctptopError.
    """
    from sctptop.arguments.compare_words import wanted_of
    from sctptop.output.compare.command import report_compare
    from sctptop.output.compare.given import sides_of

    wanted = wanted_of(arguments)
    return report_compare(sides_of(arguments.sides, demo), wanted, file)


def judged(arguments: argparse.Namespace, work: Callable[[], int]) -> int:
    """Do all of it. Where the exit code says which side is worse, 1 means that and nothing else, so trouble is 2.

    Raises SctptopError.
    """
    if not arguments.verdict and arguments.fail_above is None:
        return work()
    try:
        return work()
    except SctptopError as error:
        raise SctptopError(str(error), USAGE, error.drawn) from error
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        return internal(error, USAGE)
