"""Every setting, once: its name in the file, what it is without one, what it may be, and what it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sctptop.fields.catalogue import UnknownFieldError, field
from sctptop.fields.field import Field
from sctptop.fields.ordering import Order, parse_order
from sctptop.interval import INTERVAL_MAX_S, INTERVAL_MIN_S
from sctptop.model.advice.rules import RULES
from sctptop.model.thresholds import USUAL
from sctptop.options import THEMES
from sctptop.settings.values import Plain, Read, amount, one_of, several, switch, text, texts, whole
from sctptop.views import VIEWS

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class FileSetting:
    """``name`` is ``key``, or ``section.key``. ``flag`` is of the command line, and wins. ``limit`` names what it is
    among the thresholds of advice, where it is one."""

    name: str
    default: Plain
    help: str
    read: Read
    flag: str = ""
    limit: str = ""

    @property
    def section(self) -> str:
        """The table of the file that it is in; empty for those before all tables."""
        return self.name.rpartition(".")[0]


def _order(value: object) -> Order | None:
    try:
        return parse_order(text(value)) if value != "" else None
    except UnknownFieldError as error:
        raise ValueError(str(error)) from None


def _columns(value: object) -> tuple[Field, ...] | None:
    try:
        return tuple(field(name) for name in texts(value)) or None
    except UnknownFieldError as error:
        raise ValueError(str(error)) from None


def _limit(name: str, attribute: str, help: str, read: Read) -> FileSetting:
    return FileSetting(name, getattr(USUAL, attribute), help, read, limit=attribute)


_seconds = amount(0, DAY_S, " s")
_milliseconds = amount(0, DAY_S, " ms")
_share = amount(0, 1, "")
_rules = several(lambda: list(RULES))
_severity = one_of(("warning", "problem"))
_names = ("", *(view.id for view in VIEWS))

GENERAL: tuple[FileSetting, ...] = (
    FileSetting(
        "view",
        "",
        f"the view to open: {', '.join(_names[1:])}; empty: sctptop chooses",
        one_of(_names),
        "--view",
    ),
    FileSetting(
        "sort",
        "",
        "order of the table, FIELD, FIELD:asc or FIELD:desc; empty: sctptop chooses",
        _order,
        "--sort",
    ),
    FileSetting(
        "columns",
        [],
        'fields of the table, as ["local", "remote", "state"]; none: sctptop chooses',
        _columns,
        "--columns",
    ),
    FileSetting(
        "period",
        1.0,
        f"seconds from reading to reading, {INTERVAL_MIN_S:g} to {INTERVAL_MAX_S:g}",
        amount(INTERVAL_MIN_S, INTERVAL_MAX_S, " s"),
        "--interval",
    ),
    FileSetting(
        "both_ends", False, "one line for an association whose two ends are both here", switch, "--both-ends"
    ),
    FileSetting("own_scale", False, "a scale of its own for each graph of Cwnd and Queue", switch),
    FileSetting("hide_zeros", False, "leave out counters at zero", switch),
    FileSetting("theme", THEMES[0], f"colours: {', '.join(THEMES)}", one_of(THEMES)),
)

LIMITS: tuple[FileSetting, ...] = (
    FileSetting("advice.off", [], "rules that say nothing, and raise no alarm", _rules, limit="silent"),
    _limit("advice.unread_s", "unread_s", "unread_data: data lies unread so long", _seconds),
    _limit("advice.silent_s", "silent_s", "silent_application: nothing came back for so long", _seconds),
    _limit(
        "advice.closed_window_s",
        "closed_window_s",
        "closed_window: the peer's window is shut so long",
        _seconds,
    ),
    _limit(
        "advice.full_buffer_s", "full_buffer_s", "small_sndbuf: the send buffer is full so long", _seconds
    ),
    _limit("advice.shutdown_s", "shutdown_s", "slow_shutdown: a shutdown takes so long", _seconds),
    _limit("advice.lost_share", "lost_share", "lossy_path: this share of DATA chunks was sent again", _share),
    _limit(
        "advice.stalled_share", "stalled_share", "nagle: this share of messages waited for a SACK", _share
    ),
    _limit(
        "advice.registrations", "registrations", "slow_core, slow_ran: so many completed", whole(1, 1_000_000)
    ),
    _limit(
        "advice.slow_core_ms",
        "slow_core_ms",
        "slow_core: the core's mean part of a registration",
        _milliseconds,
    ),
    _limit("advice.slow_ran_ms", "slow_ran_ms", "slow_ran: the radio side's mean part", _milliseconds),
    _limit(
        "advice.failed_share",
        "failed_share",
        "failed_registrations: this share of registrations failed",
        _share,
    ),
    _limit("advice.linger_s", "linger_s", "advice stays so long after its last sign", _seconds),
    _limit(
        "alarms.severity",
        "alarm_severity",
        "what raises alarms: warning (problems too), or problem",
        _severity,
    ),
    _limit(
        "alarms.kept", "alarms_kept", "alarms remembered; beyond, those cleared first go", whole(10, 100_000)
    ),
)

SECTIONS = {
    "advice": "from where on a rule of advice speaks up",
    "alarms": "what of advice becomes an alarm",
    "keys": 'which keys do what, as "x", "f5", "ctrl+s", or several: ["p", "space"]',
}


@lru_cache(maxsize=1)
def key_settings() -> tuple[FileSetting, ...]:
    """Those of [keys]; they load the dashboard."""
    from sctptop.tui.keymap import NAMED, keys_of, read_keys

    return tuple(
        FileSetting(f"keys.{name}", keys_of(binding), help, read_keys)
        for name, (binding, help) in NAMED.items()
    )


def settings(keys: bool) -> dict[str, FileSetting]:
    """All by name, in their order; ``keys``: those too."""
    every: Sequence[FileSetting] = (*GENERAL, *LIMITS, *(key_settings() if keys else ()))
    return {one.name: one for one in every}
