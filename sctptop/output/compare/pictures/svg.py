"""Charts as one SVG for papers, by matplotlib where it is installed: text stays text, and no side needs its colour."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from sctptop.errors import USAGE, SctptopError
from sctptop.output.compare.pictures.charts import Chart
from sctptop.quantity import milliseconds
from sctptop.terminal_text import REPLACEMENT, printable

WIDTH, HEIGHT = 6.4, 3.6
"""Inches, of each chart: the column of a page."""
STYLES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)))
"""Of lines, a side each; with MARKS fifty sides are told apart."""
MARKS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
MARKS_A_LINE = 8
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Of Okabe and Ito: also told apart by most who do not see all of them."""
SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "sctptop",
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "font.size": 9,
}
CAPITAL = "p95"
OTHERS = (".png", ".pdf", ".jpg", ".jpeg", ".eps", ".ps", ".gif")
"""What a file for something else is called."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, with matplotlib ready to draw to it; what is in it stays until then. Raises SctptopError.

    Afterwards a file that was made for it is gone where nothing was drawn, though by then we may have no right to
    remove it.
    """
    if path.suffix.lower() in OTHERS:
        other = printable(str(path.with_suffix(".svg")), REPLACEMENT)
        raise SctptopError(f"--svg draws SVG and no {path.suffix[1:].upper()} (try: --svg {other})", USAGE)
    try:
        # Where its fonts are kept is its own affair: no line on standard error for it.
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
        import matplotlib.backends.backend_svg
        import matplotlib.figure  # noqa: F401
    except ImportError:
        raise SctptopError(f"--svg needs matplotlib, which is not installed (try: {_remedy()})") from None
    made = not os.path.lexists(path)
    try:
        file = path.open("ab", buffering=0)
    except OSError as error:
        shown = printable(str(path), REPLACEMENT)
        raise SctptopError(f"{shown}: {error.strerror} (try: another file)") from error
    with _removed_if_empty(path) if made else nullcontext(), file:
        yield file


@contextmanager
def _removed_if_empty(path: Path) -> Iterator[None]:
    """Afterwards, by a shell that has the right to: it waits until we are through, or are killed."""
    shell = ["/bin/sh", "-c", 'read -r line; [ -s "$0" ] || rm -f -- "$0"', str(path.absolute())]
    try:
        # In a session of its own: Ctrl-C is for us.
        keeper = subprocess.Popen(shell, stdin=subprocess.PIPE, start_new_session=True)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        keeper.communicate()


def write_svg(file: BinaryIO, drawn: Sequence[Chart], names: Sequence[str]) -> None:
    """All charts below one another; the same charts make the same file. Raises SctptopError."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    if not drawn:
        raise SctptopError(
            "--svg: no registration was completed, so there is nothing to draw (try: sctptop info FILE)"
        )
    with rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, HEIGHT * len(drawn)), layout="constrained")
        grid = figure.subplots(len(drawn), 1, squeeze=False)
        for chart, (axes,) in zip(drawn, grid, strict=True):
            _draw(axes, chart, names)
        text = io.BytesIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Title": "sctptop compare"})
        _replace(file, text.getvalue())


def _replace(file: BinaryIO, picture: bytes) -> None:
    try:
        # A pipe or a device holds nothing.
        if file.seekable():
            file.truncate(0)
        while picture:
            picture = picture[file.write(picture) :]
    except OSError as error:
        if file.seekable():
            # Half of a picture is none.
            file.truncate(0)
        raise SctptopError(f"--svg: {error.strerror} (try: another file)") from error


def _draw(axes: Any, chart: Chart, names: Sequence[str]) -> None:
    for curve in chart.curves:
        if not curve.points:
            continue
        xs, ys = zip(*curve.points, strict=True)
        side, hollow = curve.side, curve.figure == CAPITAL
        axes.plot(
            xs,
            ys,
            # A label that begins with _ would be left out of the legend.
            label=f"\N{ZERO WIDTH SPACE}{names[side]} {curve.figure}".rstrip(),
            color=COLOURS[side % len(COLOURS)],
            linestyle=STYLES[side % len(STYLES)],
            linewidth=1.4,
            marker=MARKS[side % len(MARKS)],
            markersize=4.5,
            markerfacecolor="white" if hollow else COLOURS[side % len(COLOURS)],
            markevery=max(len(xs) // MARKS_A_LINE, 1),
            drawstyle="steps-post" if chart.times_across else "default",
        )
    times = axes.xaxis if chart.times_across else axes.yaxis
    (axes.set_xscale if chart.times_across else axes.set_yscale)("log")
    times.set_major_formatter(lambda value, _: milliseconds(float(f"{value:.4g}")))
    times.set_minor_formatter(lambda value, _: _between(value))
    times.set_tick_params(which="minor", labelsize=8)
    axes.set_title(chart.title, fontsize=10)
    axes.set_xlabel(chart.across)
    axes.set_ylabel(chart.upward)
    axes.grid(True, which="major", linewidth=0.3)
    axes.legend(frameon=False, fontsize=8)


def _between(value: float) -> str:
    """Of the steps between powers of ten every second one has its label."""
    return milliseconds(float(f"{value:.4g}")) if f"{value:e}"[0] in "235" else ""


def _remedy() -> str:
    """The command that installs it for this very Python."""
    if sys.prefix == sys.base_prefix:
        return "sudo apt-get install python3-matplotlib"
    rights = "" if os.access(sys.prefix, os.W_OK) else "sudo "
    return f"{rights}{sys.executable} -m pip install matplotlib"
