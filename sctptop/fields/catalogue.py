"""The catalogue: every field, once. The table, the details, ``--sort``, ``--filter``, ``--columns``, JSON, CSV, the
help, what is compared and what is searched all read it.
"""

from __future__ import annotations

from sctptop.fields.entries import THIS_END
from sctptop.fields.field import Field
from sctptop.fields.other_end import mirrored
from sctptop.model.association import Association
from sctptop.model.attributes import names_of

FIELDS: tuple[Field, ...] = (*THIS_END, *mirrored(THIS_END))
BY_ID = {field.id: field for field in FIELDS}
BY_TITLE = {field.title.lower(): field for field in reversed(FIELDS)}
"""What the screen calls them, in small letters; this end before the other."""
GROUPS: dict[str, tuple[Field, ...]] = {
    title: tuple(field for field in THIS_END if field.group == title)
    for title in dict.fromkeys(field.group for field in THIS_END)
}
"""The fields of this end by their heading in the details."""

PUBLISHED_BESIDE_FACTS = tuple(
    field for field in FIELDS if field.published and field.id not in names_of(Association)
)
"""What JSON has of an association and no source read."""

COUNTED = tuple(field.id for field in FIELDS if field.counts)
SEARCHED = tuple(field for field in FIELDS if field.searched)
SETTINGS = tuple(field.id for field in sorted(FIELDS, key=lambda field: field.setting) if field.setting)
"""What the user of an association chose, or what follows from that: the RTO of a LAN is RTO.min."""


class UnknownFieldError(KeyError):
    """A field name that the catalogue does not have; the text names near ones."""

    def __str__(self) -> str:
        return str(self.args[0])


def field(name: str) -> Field:
    """The field of that id or title. Raises UnknownFieldError naming near ones."""
    spelled = name.strip().lower()
    found = BY_ID.get(spelled.replace("-", "_")) or BY_TITLE.get(spelled)
    if found is not None:
        return found
    from sctptop.fields.near import did_you_mean

    near = did_you_mean(name, (*BY_ID, *(one.title for one in THIS_END if one.title.lower() not in BY_ID)))
    raise UnknownFieldError(f"no field {name!r}" + (f"; {near}" if near else ""))
