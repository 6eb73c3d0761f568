"""The man pages say what the help says, in a language that man reads without a word of complaint."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sctptop.arguments.parsers import PARSERS
from sctptop.errors import EXIT_CODES
from sctptop.fields.catalogue import FIELDS
from sctptop.manual.man_pages import man_pages
from sctptop.manual.roff import escaped, formatted
from sctptop.manual.topics import TOPICS

PAGES = man_pages()


def plain(roff: str) -> str:
    return re.sub(r"\\f[BR]|\\&", "", roff).replace("\\-", "-").replace("\\e", "\\")


def test_there_is_one_for_the_program_and_one_for_each_topic() -> None:
    assert set(PAGES) == {"sctptop.1", *(f"sctptop-{topic}.7" for topic in TOPICS)}


def test_every_option_of_every_command_and_every_exit_code_is_in_that_of_the_program() -> None:
    text = plain(PAGES["sctptop.1"])
    for name, parser in PARSERS.items():
        section = text.partition(f".SH OPTIONS OF SCTPTOP {name.upper()}".rstrip() + "\n")[2].partition(
            ".SH"
        )[0]
        for action in parser()._actions:
            help_text = " ".join((action.help or "").replace("%%", "%").split())
            assert ", ".join(action.option_strings) in section and help_text in section
    assert all(f"{code}\n{meaning}" in text for code, meaning in EXIT_CODES.items())


def test_fields_are_in_that_of_fields() -> None:
    text = plain(PAGES["sctptop-fields.7"])
    for one in FIELDS:
        assert f".TP\n{one.id}\n{'' if one.mirrors else 'title '}{one.title}" in text, one.id


@pytest.mark.skipif(not shutil.which("man"), reason="no man here")
def test_man_reads_each_of_them(tmp_path: Path) -> None:
    for name in ("sctptop.1", "sctptop-fields.7", "sctptop-compare.7"):
        (tmp_path / name).write_text(PAGES[name])
        command = ["man", "-l", "--warnings=w", str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr == "" and "NAME" in done.stdout


@pytest.mark.parametrize(
    ("text", "roff"),
    [(".so /etc/passwd", "\\&.so /etc/passwd"), ("'tis", "\\&'tis"), ("a\\b -c", "a\\eb \\-c")],
)
def test_nothing_in_a_text_is_an_order_to_roff(text: str, roff: str) -> None:
    assert escaped(text) == formatted(text) == roff
