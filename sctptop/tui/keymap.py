"""Keys as the user has them: what of the dashboard can have others, and the bindings with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from textual.binding import Binding
from textual.keys import Keys, key_to_character

from sctptop.fields.near import did_you_mean
from sctptop.tui.keys import KEY_NAMES, LIVE_KEYS, REPLAY_KEYS, explained
from sctptop.tui.widgets.association_table import AssociationTable
from sctptop.tui.widgets.line_panel import LinePanel

ALWAYS = ("interrupt", "palette")
"""Way out, and the way to every command: they keep their keys."""
_NAMES = frozenset(str(one.value) for one in Keys) | {"space"}
_WRITTEN = {name: key for key, name in KEY_NAMES.items() if len(name) == 1}


def name_of(binding: Binding) -> str:
    """Its name in the file."""
    return (binding.id or "").replace(".", "_")


def _named() -> dict[str, tuple[Binding, str]]:
    found: dict[str, tuple[Binding, str]] = {}
    for keys, live in ((LIVE_KEYS, True), (REPLAY_KEYS, False)):
        for binding in keys:
            if binding.id not in ALWAYS:
                found.setdefault(name_of(binding), (binding, explained(binding, live)))
    return found


NAMED = _named()
"""What can have other keys, by its name in the file: its binding, and what it does."""


def keys_of(binding: Binding) -> str | list[str]:
    """The keys as they are written in the file."""
    keys = [key.strip() for key in binding.key.split(",")]
    written = [
        KEY_NAMES[key] if len(KEY_NAMES.get(key, "")) == 1 and key not in _ARROWS else key for key in keys
    ]
    return written[0] if len(written) == 1 else written


_ARROWS = ("up", "down", "left", "right")


def read_keys(value: object) -> str:
    """Keys as Textual has them, with commas between. Raises ValueError."""
    words = value if isinstance(value, list) else [value]
    if not words or not all(isinstance(word, str) for word in words):
        raise ValueError(f'{value!r} is no key; one looks like "x" or "ctrl+s", several like ["x", "f5"]')
    return ",".join(map(_key, words))


def _key(word: str) -> str:
    if len(word) == 1 and word.isprintable() and not word.isspace():
        return _WRITTEN.get(word) or (word if word.isalnum() else _spelled(word))
    if word in _NAMES or (word.startswith("ctrl+") and len(word) == 6 and word[5].isalnum()):
        return word
    if key_to_character(word) is not None:
        return word
    near = did_you_mean(word, _NAMES)
    raise ValueError(f"{word!r} is no key{'; ' if near else ''}{near}")


def _spelled(character: str) -> str:
    from textual.keys import _character_to_key

    return _character_to_key(character)


def clash(keys: Mapping[str, str]) -> tuple[str, str] | None:
    """A name of these whose key does something else already, and what; None where all are apart."""
    for bindings in (LIVE_KEYS, REPLAY_KEYS):
        used = {
            key.strip(): f"moves in the table or view ({binding.description or binding.action})"
            for binding in (*AssociationTable.BINDINGS, *LinePanel.BINDINGS)
            if isinstance(binding, Binding)
            for key in binding.key.split(",")
        }
        mapped = remapped(bindings, keys)
        usual = {name_of(one): [key.strip() for key in one.key.split(",")] for one in bindings}
        # Those that keep their keys first, then as they stand in the file.
        places = {name: place for place, name in enumerate(keys)}
        for binding in sorted(mapped, key=lambda one: places.get(name_of(one), -1)):
            name = name_of(binding)
            for key in (key.strip() for key in binding.key.split(",")):
                # Some share theirs with the table already, which has them while it is in use.
                if key in used and name in keys and key not in usual[name]:
                    return (
                        name,
                        f"{KEY_NAMES.get(key, key)} {used[key]} already; another key, or another one there",
                    )
                used[key] = f"is {name_of(binding)}"
    return None


def remapped(bindings: Sequence[Binding], keys: Mapping[str, str]) -> list[Binding]:
    """The bindings, with these keys by name."""
    return [
        replace(binding, key=keys[name], key_display=_display(keys[name]))
        if (name := name_of(binding)) in keys
        else binding
        for binding in bindings
    ]


def _display(keys: str) -> str:
    first = keys.split(",")[0]
    return KEY_NAMES.get(first) or key_to_character(first) or first
