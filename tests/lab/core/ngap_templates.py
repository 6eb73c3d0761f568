"""The files of templates that the simulators write their messages into.

    python -m tests.lab.core.ngap_templates      makes them and says where they are

In an emulated guest pycrate takes half a minute to import: the files are made before the guest starts.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path

from tests.lab.core import (
    causes,
    nas_messages,
    nas_protection,
    nas_services,
    ngap_kinds,
    ngap_messages,
    templates,
)
from tests.lab.core.lte import eps_messages, s1ap_kinds
from tests.lab.core.lte.s1ap_kinds import S1AP
from tests.lab.core.ngap_kinds import NGAP
from tests.lab.core.templates import Protocol
from tests.lab.machine.cache import cache_folder

RECIPE = (
    *(causes, templates, ngap_messages, ngap_kinds, nas_messages, nas_protection, nas_services),
    *(s1ap_kinds, eps_messages),
)
"""Modules that say what is in the files."""
PROTOCOLS: Mapping[str, Protocol] = {"NGAP": NGAP, "S1AP": S1AP}


def file(protocol: str = "NGAP") -> Path:
    """The file of a protocol's templates in the lab's cache, made when missing; ImportError if pycrate is too."""
    recipe = hashlib.sha256(b"".join(inspect.getsource(module).encode() for module in RECIPE))
    for name, made in PROTOCOLS.items():
        path = _path(name, recipe.hexdigest())
        if not path.exists():
            text = json.dumps([[*key, *template.as_json()] for key, template in made.build().items()])
            half = path.with_suffix(".half")
            half.write_text(text)
            half.rename(path)
    return _path(protocol, recipe.hexdigest())


def _path(protocol: str, recipe: str) -> Path:
    return cache_folder() / f"{protocol.lower()}-{recipe[:12]}.json"


if __name__ == "__main__":
    print(*map(file, PROTOCOLS), sep="\n")
