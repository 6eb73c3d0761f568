"""One target in a process of its own, driven by Atheris: what covers new lines of sctptop is changed on."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris


def main(name: str, corpus: Path, options: list[str]) -> None:
    """Never returns: libFuzzer ends the process, with 0 when nothing was found."""
    with atheris.instrument_imports(include=["sctptop"]):
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]
    for place, seed in enumerate(target.seeds()):
        (corpus / f"seed-{place}").write_bytes(seed)
    atheris.Setup([sys.argv[0], f"-max_len={target.most}", *options, str(corpus)], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
