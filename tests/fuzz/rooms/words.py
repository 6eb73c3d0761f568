"""What people type: filters, orders, columns, selectors, moments, sizes, command lines; and text for a terminal."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from sctptop.arguments.meaning import checked, keep_span, options_of, size
from sctptop.arguments.parsers import PARSERS, parse
from sctptop.errors import USAGE, SctptopError
from sctptop.fields.catalogue import FIELDS, UnknownFieldError, field
from sctptop.fields.filter import FilterError, parse_filter
from sctptop.fields.ordering import OrderError, parse_order
from sctptop.model.associations.row import Row
from sctptop.model.selection import SelectorError, parse_netns, parse_selector, selected
from sctptop.output.event_lines import event_kinds
from sctptop.quantity import show
from sctptop.recording.moment import MomentError, moment_s, span_s
from sctptop.terminal_text import clip, printable
from sctptop.tui.widgets.filter_bar import field_begun
from tests.fuzz.target import Target, text
from tests.unit.associations import row

FIRST_S, LAST_S = 1_795_000_000.0, 1_795_003_600.0
FILTERS = (
    *("cwnd<10k state=ESTABLISHED", "state!=ESTABLISHED or recv_queue>10k", "not 38412", "srtt_ms >= 200us"),
    *("cwnd=0x10", "process~amf and nodelay=on", "pathmtu=null", "local=10.9.0.2", "cwnd<", "or", "a==b"),
    *(
        "(cwnd<10k || state=ESTAB) && !'amf[812]'",
        "cookie=0xffffffffffffffff",
        "not(age_s>5min)",
        "cwn<5ms",
        "a|b",
    ),
)
COMMANDS = (
    "--assoc 59058 --assoc [fd00::1]:38412 --netns amf --view cwnd -d 0.5 -n 60",
    "-b -n 1 --sort send_queue:asc --both-ends",
    "--csv --columns local,remote,cwnd --filter cwnd<10k",
    "--events cwnd,t3_rtx --every-change",
    "record -o amf.sctp --keep 24h --max-size 500M",
    "replay amf.sctp --at 12:03:44 --json",
    "replay demo --at -30s --registrations",
    "compare a.sctp b.sctp --markdown",
    "info a.sctp --json",
    "doctor",
    "--help",
    "--version",
    "--probes",
    "--ebpf --no-ngap",
)


@cache
def _rows() -> tuple[Row, ...]:
    return row(1), row(2, cwnd=4380, nodelay=True, srtt_ms=12.5, process=None), row(3, state=None)


def _filter(data: bytes) -> None:
    words = text(data)
    field_begun(words)
    with suppress(FilterError):
        chosen = parse_filter(words)
        for one in _rows():
            chosen.accepts(one)
        assert parse_filter(chosen.text).text == chosen.text


def _order(data: bytes) -> None:
    with suppress(OrderError, UnknownFieldError):
        order = parse_order(text(data))
        order.inverted.apply(order.apply(_rows()))


def _columns(data: bytes) -> None:
    for name in text(data).split(","):
        with suppress(UnknownFieldError):
            for one in _rows():
                chosen = field(name)
                show(chosen.get(one), chosen.unit)


def _selector(data: bytes) -> None:
    with suppress(SelectorError):
        selected(_rows()[0].association, [parse_selector(text(data))])


def _netns(data: bytes) -> None:
    with suppress(SelectorError):
        choice = parse_netns(text(data))
        assert choice.number is None or 0 < choice.number < 1 << 32


def _moment(data: bytes) -> None:
    with suppress(MomentError):
        assert FIRST_S - 1 <= moment_s(text(data), FIRST_S, LAST_S) <= LAST_S + 1
    with suppress(MomentError):
        assert span_s(text(data)) >= 0


def _sizes(data: bytes) -> None:
    for parser in (size, keep_span):
        with suppress(ValueError):
            parser(text(data))


def command_line(data: bytes) -> None:
    """Words with NULs between; what is said is one line."""
    argv = [word.decode("utf-8", "surrogateescape") for word in data.split(b"\0")]
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            arguments = parse(argv)
            if arguments.command not in ("info", "compare", "doctor"):
                options_of(arguments)
            words = vars(arguments)
            meanings: dict[str, tuple[str, Callable[[str], Any]]] = {
                "keep": ("--keep", keep_span),
                "max_size": ("--max-size", size),
                "events": ("--events", event_kinds),
                "at": ("--at", lambda word: moment_s(word, FIRST_S, LAST_S)),
            }
            for name, (flag, meaning) in meanings.items():
                if words.get(name) is not None:
                    checked(flag, meaning, words[name])
    except SctptopError as error:
        assert error.code == USAGE, error
    except SystemExit as answered:
        # --help and --version.
        assert not answered.code, answered


def terminal_text(data: bytes) -> None:
    """Nothing that a terminal acts on, and no more than there is room for."""
    words = data[1:].decode("utf-8", "surrogateescape")
    shown = printable(words)
    assert shown.isprintable() and len(shown) == len(words), shown
    width = 1 + data[0] if data else 1
    for tail in ("", words[-7:]):
        assert len(clip(words, width, tail)) <= width, (words, width, tail)


def _encoded(words: Sequence[str]) -> list[bytes]:
    return [word.encode() for word in words]


def commands() -> Sequence[bytes]:
    """As a shell splits them, and every flag alone."""
    flags = [
        f"{command} {flag} 1" for command in PARSERS for flag in PARSERS[command]()._option_string_actions
    ]
    return [" ".join(words.split()).replace(" ", "\0").encode() for words in (*COMMANDS, *flags)]


TARGETS = {
    "filter": Target(_filter, lambda: _encoded(FILTERS), 256),
    "order": Target(_order, lambda: _encoded([f"{one.id}:asc" for one in FIELDS[::9]]), 64),
    "columns": Target(
        _columns, lambda: _encoded([",".join(one.id for one in FIELDS[at::30]) for at in range(30)]), 128
    ),
    "selector": Target(
        _selector, lambda: _encoded(("59058", "10.9.0.2:38412", "[fd00::1%2]:1", "::ffff:10.9.0.2")), 64
    ),
    "netns": Target(_netns, lambda: _encoded(("all", "self", "amf", "812", "net:[4026531840]")), 64),
    "moment": Target(
        _moment, lambda: _encoded(("3m", "-30s", "50%", "12:03:44", "2026-11-23T12:03:44.5Z")), 48
    ),
    "size": Target(_sizes, lambda: _encoded(("500M", "2G", "90s", "1h30m", "7d")), 48),
    "command-line": Target(command_line, commands, 512),
    "terminal-text": Target(
        terminal_text, lambda: [b"\x08nr-gnb\x1b[2J\xc2\x9b", "\x05ж\u202eé漢".encode()], 64
    ),
}
