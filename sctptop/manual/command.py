"""``sctptop help [TOPIC]``: a topic, the help of a command, or what a field is."""

from __future__ import annotations

import re
import shutil

from sctptop.arguments.parsers import PARSERS
from sctptop.errors import USAGE, SctptopError
from sctptop.manual.blocks import Block, Code, Heading, Paragraph, TableBlock, blocks
from sctptop.manual.plain import plain
from sctptop.manual.topics import TOPICS, text_of


def tell(topic: str | None) -> int:
    """Print it. Returns the exit code. Raises SctptopError for a topic that there is not."""
    print(plain(about(topic), shutil.get_terminal_size().columns), end="")
    return 0


def about(topic: str | None) -> list[Block]:
    """What there is to read of a topic; without one, which there are. Raises SctptopError."""
    if topic is None:
        return overview()
    name = topic.strip().lower()
    if name in TOPICS:
        from sctptop.manual.made import made

        return blocks(text_of(name), made)
    if name and name in PARSERS:
        return [Code(tuple(PARSERS[name]().format_help().splitlines()))]
    return _of_field(topic)


def overview() -> list[Block]:
    """The topics."""
    commands = ", ".join(name for name in PARSERS if name)
    return [
        Heading(1, "Help"),
        Paragraph("`sctptop help TOPIC` shows one of these, `sctptop --help` the options:"),
        TableBlock((), tuple(TOPICS.items())),
        Paragraph(f"It takes a command too ({commands}), and the name of a field, as cwnd."),
    ]


def _of_field(topic: str) -> list[Block]:
    from sctptop.fields.catalogue import BY_ID, UnknownFieldError, field
    from sctptop.fields.near import did_you_mean

    try:
        found = field(topic)
    except UnknownFieldError:
        told = told_of(topic)
        if told:
            others = "".join(f", or {name}" for name in told[1:])
            raise SctptopError(
                f"no topic {topic!r}; others tell of it (try: sctptop help {told[0]}{others})", USAGE
            ) from None
        near = did_you_mean(topic, (*TOPICS, *filter(None, PARSERS), *BY_ID))
        raise SctptopError(
            f"no topic {topic!r}{'; ' if near else ''}{near} (try: sctptop help)", USAGE
        ) from None
    more = [f"`sctptop help {name}`" for name in told_of(found.id)]
    further = [Paragraph(f"More: {', '.join(more)}")] if more else []
    return [Heading(1, found.id), Paragraph(f"{found.title}: {found.help}"), *further]


def told_of(word: str) -> list[str]:
    """The topics that have the word most often, three at most; none for less than three letters."""
    if len(word.strip()) < 3:
        return []
    wanted = re.compile(rf"(?<![\w-]){re.escape(word.strip())}", re.IGNORECASE)
    found = {name: len(wanted.findall(text_of(name))) for name in TOPICS}
    return sorted((name for name in found if found[name]), key=found.__getitem__, reverse=True)[:3]
