"""BCC's Python package, wherever the distribution put it: found from any virtual environment, whatever Python runs.

The package is pure Python over libbcc, so that of one interpreter serves another. PyPI's project of that name
is something else.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from sctptop.kernel.host.distribution import commands
from sctptop.model.source_state import TroubleError

FOLDERS = (
    "/usr/lib/python3/dist-packages",
    "/usr/local/lib/python3/dist-packages",
    "/usr/lib/python3.*/site-packages",
    "/usr/lib64/python3.*/site-packages",
    "/usr/local/lib/python3.*/site-packages",
    "/usr/local/lib/python3.*/dist-packages",
)
"""Where Debian and Ubuntu, then Fedora, Arch and openSUSE, then a build from source put it."""


class NoBcc(TroubleError):  # noqa: N818
    """No usable BCC; the reason says what was found."""


def load(folders: Iterable[str] = FOLDERS, path: Iterable[str] | None = None) -> ModuleType:
    """The module ``bcc``, imported. Raises NoBcc.

    ``folders`` may hold wildcards; ``path`` is where Python itself looks, sys.path by default.
    """
    loaded = sys.modules.get("bcc")
    if loaded is not None and hasattr(loaded, "BPF"):
        return loaded
    impostor: Path | None = None
    trouble = ""
    for package in _candidates(sys.path if path is None else path, folders):
        if not (package / "libbcc.py").is_file():
            impostor = impostor or package
            continue
        try:
            return _import(package)
        except (ImportError, OSError, AttributeError, SyntaxError) as error:
            _forget()
            trouble = trouble or f"the BCC in {package} does not load: {error}"
    remedy = commands().bcc
    if trouble:
        raise NoBcc(trouble, remedy)
    if impostor is not None:
        raise NoBcc(
            f"BCC is not installed; the package bcc in {impostor} is PyPI's project of that name, another one, "
            "and does no harm beside it",
            remedy,
        )
    raise NoBcc("BCC is not installed", remedy)


def _candidates(path: Iterable[str], folders: Iterable[str]) -> Iterator[Path]:
    seen: set[Path] = set()
    system = [found for pattern in folders for found in _expanded(pattern)]
    for folder in [*(Path(entry) for entry in path if entry), *system]:
        package = folder / "bcc"
        if package not in seen and (package / "__init__.py").is_file():
            seen.add(package)
            yield package


def _expanded(pattern: str) -> list[Path]:
    anchor, *parts = Path(pattern).parts
    # Newest first: /usr/lib/python3.13 before /usr/lib/python3.9.
    return sorted(Path(anchor).glob("/".join(parts)), key=_numbers, reverse=True)


def _numbers(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(folder))]


def _import(package: Path) -> ModuleType:
    """That very package under the name bcc, without the rest of its folder on sys.path."""
    _forget()
    spec = importlib.util.spec_from_file_location(
        "bcc", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no module in {package}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["bcc"] = module
    spec.loader.exec_module(module)
    if not hasattr(module, "BPF"):
        raise ImportError("it has no BPF")
    return module


def _forget() -> None:
    for name in [name for name in sys.modules if name == "bcc" or name.startswith("bcc.")]:
        del sys.modules[name]
