"""What the topics have from elsewhere: fields, options, rules, kinds of events; ``{{name}}`` stands for it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from textwrap import dedent

from sctptop.manual.blocks import Block, Code, Heading, TableBlock


def made(name: str) -> Sequence[Block]:
    """The blocks of that name, as ``fields`` or ``options compare``. Raises KeyError."""
    kind, _, rest = name.partition(" ")
    if kind == "options":
        return options(rest)
    if kind == "part":
        command, _, heading = rest.partition(" ")
        return part(command, heading)
    return _MADE[name]()


def options(command: str) -> list[Block]:
    """Every flag of a command, by the headings of its --help."""
    from sctptop.arguments.parsers import PARSERS

    found: list[Block] = []
    parser = PARSERS[command]()
    for group in parser._action_groups:
        rows = tuple((invocation(action), _help(parser, action)) for action in group._group_actions)
        if rows:
            found += [Heading(3, group.title or ""), TableBlock((), rows)]
    return found


def invocation(action: argparse.Action) -> str:
    """How it is written: ``-d, --interval SEC``."""
    listed = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest
    name = action.metavar or listed
    if not action.option_strings:
        return str(name)
    flags = ", ".join(action.option_strings)
    if action.nargs == 0:
        return flags
    return f"{flags} [{name}]" if action.nargs == "?" else f"{flags} {name}"


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    return " ".join((action.help or "").replace("%%", "%").split())


def part(command: str, heading: str) -> list[Block]:
    """What --help of a command has below a heading that begins so. Raises StopIteration."""
    from sctptop.arguments.parsers import PARSERS

    pieces = (PARSERS[command]().epilog or "").split("\n\n")
    piece = next(piece for piece in pieces if piece.startswith(heading))
    title, *lines = piece.splitlines()
    return [Heading(2, title.rstrip(":").capitalize()), Code(tuple(dedent("\n".join(lines)).splitlines()))]


def _fields() -> list[Block]:
    from sctptop.fields.catalogue import GROUPS

    found: list[Block] = []
    for title, fields in GROUPS.items():
        rows = tuple((one.id, one.title, _unit(one.unit), one.help) for one in fields)
        found += [Heading(2, title), TableBlock(("name", "title", "unit", "meaning"), rows)]
    return found


def _unit(unit: str) -> str:
    return {"B": "bytes", "n": "count", "switch": "on/off", "#": "number"}.get(unit, unit)


def _peer_fields() -> list[Block]:
    from sctptop.fields.catalogue import FIELDS

    return [TableBlock(("name", "title"), tuple((one.id, one.title) for one in FIELDS if one.mirrors))]


def _path_fields() -> list[Block]:
    from sctptop.fields.of_paths import PATH_FIELDS

    rows = tuple((one.id, one.title, _unit(one.unit), one.help) for one in PATH_FIELDS)
    return [TableBlock(("name", "title", "unit", "meaning"), rows)]


def _filter_examples() -> list[Block]:
    from sctptop.fields.expression.examples import FILTER_EXAMPLES

    return [TableBlock((), FILTER_EXAMPLES)]


def _units() -> list[Block]:
    from sctptop.fields.expression.amounts import KINDS, PLAIN

    plain = " ".join(unit for unit in PLAIN if unit)
    rows = [("counts", plain, "8, 1.5k, 2M; identifiers also 0x1f")]
    rows += [(name, " ".join(unit for unit in units if unit), examples) for units, name, examples in KINDS]
    return [TableBlock(("what is", "may have", "as in"), tuple(rows))]


def _values() -> list[Block]:
    from sctptop.fields.catalogue import FIELDS
    from sctptop.fields.expression.terms import OFF, ON

    def spelled(value: str, short: str | None) -> str:
        return f"{value} ({short})" if short else value

    rows = [
        (one.id, ", ".join(spelled(value, one.abbreviations.get(value)) for value in one.values))
        for one in FIELDS
        if one.values and not one.mirrors
    ]
    switches = ", ".join(one.id for one in FIELDS if one.unit == "switch" and not one.mirrors)
    rows += [(switches, ", ".join((*ON, *OFF)))]
    return [TableBlock(("field", "is one of"), tuple(rows))]


def _settings() -> list[Block]:
    from sctptop.settings.catalogue import GENERAL, LIMITS
    from sctptop.settings.printing import written

    found: list[Block] = []
    for title, listed in (("Settings above all tables", GENERAL), ("", LIMITS)):
        for section in dict.fromkeys(one.section for one in listed):
            within = [one for one in listed if one.section == section]
            rows = tuple((one.name.rpartition(".")[2], written(one.default), one.help) for one in within)
            heading = title or f"[{section}]"
            found += [Heading(2, heading), TableBlock(("name", "without", "meaning"), rows)]
    return found


def _rules() -> list[Block]:
    from sctptop.model.advice.rules import RULES

    return [TableBlock(("rule", "in --json"), tuple((rule.title, name) for name, rule in RULES.items()))]


def _events() -> list[Block]:
    from sctptop.model.event import EVENT_KINDS

    return [TableBlock((), tuple(EVENT_KINDS.items()))]


def _exit_codes() -> list[Block]:
    from sctptop.errors import EXIT_CODES

    return [TableBlock((), tuple(EXIT_CODES.items()))]


def _keys() -> list[Block]:
    from sctptop.tui.keys import LIVE_KEYS, explained, key_names

    return [TableBlock((), tuple((key_names(key), explained(key)) for key in LIVE_KEYS))]


def _replay_keys() -> list[Block]:
    from sctptop.tui.keys import LIVE_KEYS, REPLAY_KEYS, explained, key_names

    live = {(key_names(key), explained(key)) for key in LIVE_KEYS}
    rows = tuple((key_names(key), explained(key, live=False)) for key in REPLAY_KEYS)
    return [TableBlock((), tuple(row for row in rows if row not in live))]


_MADE: dict[str, Callable[[], list[Block]]] = {
    "fields": _fields,
    "peer fields": _peer_fields,
    "path fields": _path_fields,
    "filter examples": _filter_examples,
    "units": _units,
    "values": _values,
    "rules": _rules,
    "settings": _settings,
    "events": _events,
    "exit codes": _exit_codes,
    "keys": _keys,
    "replay keys": _replay_keys,
}

OF_THE_SCREEN = ("keys", "replay keys")
"""Those that take Textual."""
