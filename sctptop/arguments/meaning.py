"""What the words of a command line mean: Options, and the values of flags."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sctptop.errors import USAGE, SctptopError
from sctptop.fields.catalogue import UnknownFieldError, field
from sctptop.fields.filter import FieldNameError, FilterError, parse_filter
from sctptop.fields.ordering import OrderError, parse_order
from sctptop.interval import INTERVAL_MAX_S, INTERVAL_MIN_S
from sctptop.model.selection import SelectorError, parse_netns, parse_selector
from sctptop.options import SIXTEEN, Options
from sctptop.recording.moment import span_s
from sctptop.settings.settings import Settings
from sctptop.settings.values import Plain

Parsed = TypeVar("Parsed")
Given = TypeVar("Given")
LEAST_SIZE = 1_000_000
NO_SETTINGS = Settings()
SPEED_MIN, SPEED_MAX = 0.1, 600.0


FOR_PROGRAMS = ("json", "csv", "events", "registrations", "probes", "ebpf")


def options_of(arguments: argparse.Namespace, settings: Settings = NO_SETTINGS) -> Options:
    """The Options that the flags ask for, and where they do not, the settings. Raises SctptopError.

    What programs read does not change with settings, but for the thresholds of advice.
    """
    given = vars(arguments)
    silent = arguments.command == "record" or any(given.get(one) not in (None, False) for one in FOR_PROGRAMS)
    said = {} if silent else settings.values
    defaults = Options()
    theme = said.get("theme", defaults.theme)
    if not (silent or arguments.batch):
        theme = _theme(theme)
    if arguments.registrations:
        _check_registrations(arguments)
    if arguments.both_ends and (arguments.json or arguments.events is not None):
        told = "--json" if arguments.json else "--events"
        raise SctptopError(
            f"argument --both-ends: {told} always tells each end (try: -b or --csv with it, or {told} alone)",
            USAGE,
        )
    return Options(
        selectors=tuple(checked("--assoc", parse_selector, text) for text in arguments.assoc),
        netns=checked("--netns", parse_netns, arguments.netns),
        view=arguments.view or said.get("view") or defaults.view,
        interval_s=_period(given, said),
        count=checked("--count", _count, arguments.count) if arguments.count is not None else None,
        order=checked("--sort", parse_order, arguments.sort)
        if arguments.sort
        else said.get("sort") or defaults.order,
        filter=checked("--filter", parse_filter, arguments.filter),
        columns=tuple(checked("--columns", field, name) for name in arguments.columns.split(","))
        if arguments.columns
        else said.get("columns"),
        both_ends=arguments.both_ends or said.get("both_ends", False),
        fixed_interval=given.get("fixed_interval", False),
        speed=checked("--speed", _speed, given.get("speed", "1")),
        own_scale=said.get("own_scale", False),
        hide_zeros=said.get("hide_zeros", False),
        theme=theme,
        keys=settings.keys,
        limits=settings.limits,
        save_in=given.get("save_in") or defaults.save_in,
    )


def _theme(said: str) -> str:
    from sctptop.output.terminal_check import few_colours

    # Of other colours sixteen show half, and the chosen row is as its ground.
    return SIXTEEN if few_colours() else said


def print_settings(arguments: argparse.Namespace, settings: Settings) -> int:
    """All of them, and what is in force. Returns the exit code. Raises SctptopError."""
    from sctptop.settings.printing import printed

    sys.stdout.write(printed(settings, _given(arguments)))
    return 0


def _given(arguments: argparse.Namespace) -> dict[str, Plain]:
    """What flags say that the file could say too, by the name of the setting. Raises SctptopError."""
    options, found = options_of(arguments), dict[str, Plain]()
    for name in ("view", "sort"):
        if vars(arguments)[name]:
            found[name] = vars(arguments)[name]
    if options.columns:
        found["columns"] = [one.id for one in options.columns]
    if arguments.interval is not None:
        found["period"] = options.interval_s
    if arguments.both_ends:
        found["both_ends"] = True
    return found


def _period(given: Mapping[str, Any], said: Mapping[str, Any]) -> float:
    """Seconds from reading to reading; 0 of a recording."""
    if "interval" not in given:
        return 0.0
    if given["interval"] is not None:
        return checked("--interval", _interval, str(given["interval"]))
    return float(said.get("period", Options().interval_s))


def _check_registrations(arguments: argparse.Namespace) -> None:
    others = {
        "-b": arguments.batch,
        "--csv": arguments.csv,
        "--events": arguments.events is not None,
        "--probes": vars(arguments).get("probes"),
        "--ebpf": vars(arguments).get("ebpf"),
        "--both-ends": arguments.both_ends,
        "--columns": arguments.columns,
    }
    told = next((flag for flag, given in others.items() if given), None)
    if told is not None:
        raise SctptopError(
            f"argument --registrations: not allowed with {told} "
            "(try: --registrations alone for CSV, or with --json)",
            USAGE,
        )


_COMMAND_OF = {
    "--speed": "replay",
    "--keep": "record",
    "--max-size": "record",
    "--label": "record",
    "--runs": "record",
    **dict.fromkeys(("--margin", "--fail-above", "--warm-up"), "compare"),
}


def checked(flag: str, parse: Callable[[Given], Parsed], text: Given) -> Parsed:
    """What a parser makes of a flag's text. Raises SctptopError, which names the flag."""
    try:
        return parse(text)
    except (SelectorError, FilterError, OrderError, UnknownFieldError, ValueError) as error:
        # Whatever takes names of fields lists them.
        listed = isinstance(error, (UnknownFieldError, FieldNameError))
        hint = f"{flag} help" if listed else f"{_COMMAND_OF.get(flag, '')} --help".lstrip()
        told = error.told if isinstance(error, FieldNameError) else error
        drawn = error.drawn if isinstance(error, FilterError) else None
        raise SctptopError(f"argument {flag}: {told} (try: sctptop {hint})", USAGE, drawn) from None


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not INTERVAL_MIN_S <= seconds <= INTERVAL_MAX_S:
        raise ValueError(f"{text!r} is not a period of {INTERVAL_MIN_S:g} to {INTERVAL_MAX_S:g} seconds")
    return seconds


def _speed(text: str) -> float:
    try:
        speed = float(text.rstrip("x×"))
    except ValueError:
        speed = math.nan
    if not SPEED_MIN <= speed <= SPEED_MAX:
        raise ValueError(f"{text!r} is not a speed of {SPEED_MIN:g} to {SPEED_MAX:g}")
    return speed


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValueError(f"{text!r} is not a number of samples (1 or more)")
    return int(text)


def keep_span(text: str) -> float:
    """Seconds of ``90s``, ``30m``, ``24h``. Raises ValueError for none, and for less than a second."""
    seconds = span_s(text)
    if seconds < 1:
        raise ValueError(f"{text!r} is less than a second")
    return seconds


def size(text: str) -> int:
    """Bytes of ``500k``, ``50M``, ``2G``, thousands being 1000s. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,12})([kMGT]?)B?", text.strip())
    number = int(found[1]) * 1000 ** " kMGT".index(found[2] or " ") if found else 0
    if number < LEAST_SIZE:
        raise ValueError(f"{text!r} is not a size of 1M or more, like 50M or 2G")
    return number
