"""The man pages: sctptop(1), and one of section 7 for each topic."""

from __future__ import annotations

from collections.abc import Sequence

from sctptop import __version__
from sctptop.arguments.parsers import PARSERS
from sctptop.manual.blocks import Block, Code, Heading, Paragraph, TableBlock, blocks
from sctptop.manual.made import OF_THE_SCREEN, invocation, made, options
from sctptop.manual.roff import page
from sctptop.manual.topics import TOPICS, text_of


def man_pages() -> dict[str, str]:
    """Each by the name of its file."""
    source = f"sctptop {__version__}"
    pages = {"sctptop.1": page("sctptop", 1, PARSERS[""]().description or "", source, _program())}
    for topic, summary in TOPICS.items():
        _, *told = blocks(text_of(topic), _made)
        begin = [Heading(2, "Description"), *told, Heading(2, "See also"), Paragraph("`sctptop`(1)")]
        pages[f"sctptop-{topic}.7"] = page(f"sctptop-{topic}", 7, summary, source, begin)
    return pages


def _made(name: str) -> Sequence[Block]:
    # Where packages are built there is no Textual, which the keys are told to.
    return [Paragraph(f"`sctptop help views` lists the {name}.")] if name in OF_THE_SCREEN else made(name)


def _program() -> list[Block]:
    commands = [name for name in PARSERS if name]
    synopsis = [_usage(name) for name in PARSERS]
    told: list[Block] = [Heading(2, "Synopsis"), Code(tuple(synopsis)), Heading(2, "Description")]
    told += [
        Paragraph("It shows every association of the host, live. Without a command it opens the dashboard.")
    ]
    rows = tuple((f"sctptop {name}", PARSERS[name]().description or "") for name in commands)
    told += [Heading(2, "Commands"), TableBlock((), rows)]
    for name in PARSERS:
        told += [Heading(2, f"Options of sctptop {name}".rstrip()), *options(name)]
    for name in PARSERS:
        examples = _examples(PARSERS[name]().epilog or "")
        told += [Heading(2, f"Examples of sctptop {name}".rstrip()), Code(examples)] if examples else []
    told += [Heading(2, "Exit codes"), *made("exit codes"), Heading(2, "See also")]
    return [*told, Paragraph(", ".join(f"`sctptop-{topic}`(7)" for topic in TOPICS))]


def _usage(command: str) -> str:
    actions = [action for action in PARSERS[command]()._actions if action.required]
    return " ".join(["sctptop", *filter(None, [command]), "[OPTION ...]", *map(invocation, actions)])


def _examples(epilog: str) -> tuple[str, ...]:
    piece = next((piece for piece in epilog.split("\n\n") if piece.startswith("examples:")), "")
    return tuple(line.strip() for line in piece.splitlines()[1:])
