"""``sctptop compare`` as the tests run it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sctptop.cli import main
from tests.unit.comparison.comparing import FAST

QUICK = replace(FAST, ues=15)


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["compare", *map(str, arguments)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out
