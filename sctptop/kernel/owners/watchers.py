"""The name of a container from the process that watches it from outside, whatever its storage and whoever its user.

podman and CRI-O start conmon(8), whose arguments name the container: ``-c ID -n NAME``. containerd, and with it Docker
and nerdctl, start containerd-shim, whose working folder is the bundle of a container: the annotations of its
config.json (OCI runtime specification) name it. Either is an ancestor of all that runs in the container.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from sctptop.kernel.owners.cgroups import parse_cgroup
from sctptop.kernel.owners.descriptors import parent, read_stat
from sctptop.kernel.owners.untrusted import read_inside

CONMON, SHIM = b"conmon", b"containerd-shim"
DEEPEST = 32
"""So many ancestors are asked at most: a container's processes are few forks from its first."""
ANNOTATIONS = ("io.kubernetes.cri.sandbox-name", "nerdctl/name")
"""The pod's name from containerd's CRI plugin, the container's from nerdctl."""
_CONFIG_MOST = 4 << 20


def name_by_watcher(proc: Path, pid: int, ident: str) -> str | None:
    """The name of the container with that id, which the process is in; None where nobody who watches it tells one."""
    for watcher, comm in _ancestors(proc, pid):
        if comm == CONMON and not _is_inside(proc, watcher, ident):
            return _argument(proc, watcher, ident)
        if comm == SHIM and not _is_inside(proc, watcher, ident):
            return _annotated(proc / str(watcher) / "cwd", ident)
    return None


def json_of(text: bytes | None) -> Any:
    """The value that the text holds, None when it holds none."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _ancestors(proc: Path, pid: int) -> Iterator[tuple[int, bytes]]:
    for _ in range(DEEPEST):
        above = parent(proc, pid)
        stat = read_stat(proc, above) if above else None
        if above is None or stat is None:
            return
        yield above, stat.comm
        pid = above


def _is_inside(proc: Path, pid: int, ident: str) -> bool:
    """Whether it is in the container itself, and only calls itself so."""
    try:
        text = (proc / str(pid) / "cgroup").read_bytes()
    except OSError:
        return True
    return parse_cgroup(text.decode("utf-8", "replace")).id == ident


def _argument(proc: Path, pid: int, ident: str) -> str | None:
    try:
        words = (proc / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    # The first counts: commands for the end of the container follow, with options of their own.
    told = dict(reversed([pair for pair in pairwise(words) if pair[0] in (b"-c", b"-n")]))
    if told.get(b"-c") != ident.encode():
        return None
    return told.get(b"-n", b"").decode("utf-8", "replace") or None


def _annotated(bundle: Path, ident: str) -> str | None:
    # One shim watches all containers of a pod: its folder is the bundle of the first.
    for names in (("..", ident, "config.json"), ("config.json",)):
        config = json_of(read_inside(bundle, names, _CONFIG_MOST))
        told = config.get("annotations") if isinstance(config, dict) else None
        if isinstance(told, dict):
            found = (told.get(name) for name in ANNOTATIONS)
            return next((name for name in found if isinstance(name, str) and name), None)
    return None
