"""Prints what the checks need, one requirement a line, from pyproject.toml."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def requirements(name: str) -> list[str]:
    """Those that pyproject.toml lists under the name; one a line, as Python 3.10 cannot read TOML."""
    listed = re.search(rf"^{name} = \[$(.*?)^\]$", PROJECT.read_text(), re.MULTILINE | re.DOTALL)
    assert listed is not None, name
    return re.findall(r'^ +"(.+)",$', listed[1], re.MULTILINE)


if __name__ == "__main__":
    print(*requirements("dependencies"), *requirements("dev"), sep="\n")
