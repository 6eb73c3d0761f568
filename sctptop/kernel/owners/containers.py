"""The container of a process: its runtime and id from the cgroup, its name where a file holds it.

No daemon is asked. Docker and podman keep names in files that only root may read; whoever watches a container from
outside knows its name too (watchers.py); a pod is named by the hostname in it. A name that cannot be read is None, and
the id stands in for it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from sctptop.kernel.owners.cgroups import NOWHERE, Place, parse_cgroup
from sctptop.kernel.owners.untrusted import read_inside
from sctptop.kernel.owners.watchers import json_of, name_by_watcher
from sctptop.terminal_text import printable

PROC = Path("/proc")
DOCKER = Path("/var/lib/docker/containers")
"""ID/config.v2.json each, whose "Name" is a slash and the name."""
STORAGE = Path("/var/lib/containers/storage")
"""DRIVER-containers/containers.json of podman and CRI-O: a list of {"id", "names"}; that of root, of each driver."""

_CONTAINERS = "-containers"
_SMALL, _LARGE = 4096, 16 << 20
_KEPT = 4096


class Containers:
    """Looks up places, and remembers the names of containers it found. Owned by one thread."""

    def __init__(
        self, proc: Path = PROC, docker: Path = DOCKER, storage: Path = STORAGE, host: str | None = None
    ) -> None:
        """``host`` is this host's own name: a pod on the host's network has no name of its own."""
        self._proc = proc
        self._docker = docker
        self._storage = storage
        self._host = os.uname().nodename if host is None else host
        self._names: dict[str, str] = {}

    def place(self, pid: int) -> Place:
        """Where the process runs; NOWHERE when it has gone or may not be looked at."""
        try:
            text = (self._proc / str(pid) / "cgroup").read_bytes()
        except OSError:
            return NOWHERE
        place = parse_cgroup(text.decode("utf-8", "replace"))
        name = place.name or self._name(place, pid)
        return replace(
            place,
            name=printable(name) if name else None,
            unit=printable(place.unit) if place.unit else None,
        )

    def _name(self, place: Place, pid: int) -> str | None:
        if place.id is None:
            return None
        if place.id not in self._names:
            name = self._docker_name(place.id) if place.runtime in ("docker", "container") else None
            if name is None and place.runtime in ("podman", "cri-o"):
                name = self._stored_name(place.id)
            if name is None:
                name = _bare(name_by_watcher(self._proc, pid, place.id))
            if name is None and place.pod is not None:
                name = self._hostname(pid)
            if name is None:
                return None
            if len(self._names) >= _KEPT:
                self._names.clear()
            self._names[place.id] = name
        return self._names[place.id]

    def _docker_name(self, ident: str) -> str | None:
        config = json_of(read_inside(self._docker, (ident, "config.v2.json"), _LARGE))
        name = config.get("Name") if isinstance(config, dict) else None
        return _bare(name)

    def _stored_name(self, ident: str) -> str | None:
        for folder in self._drivers():
            entries = json_of(read_inside(self._storage, (folder, "containers.json"), _LARGE))
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, dict) and entry.get("id") == ident:
                    names = entry.get("names")
                    return _bare(names[0]) if isinstance(names, list) and names else None
        return None

    def _drivers(self) -> list[str]:
        try:
            return sorted(name for name in os.listdir(self._storage) if name.endswith(_CONTAINERS))  # noqa: PTH208
        except OSError:
            return []

    def _hostname(self, pid: int) -> str | None:
        text = read_inside(self._proc / str(pid) / "root", ("etc", "hostname"), _SMALL)
        name = (text or b"").decode("utf-8", "replace").strip()
        return name if name and name != self._host and "\n" not in name else None


def _bare(name: object) -> str | None:
    """A container's name; of k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT, as kubelet names them, the pod's."""
    if not isinstance(name, str):
        return None
    name = name.removeprefix("/")
    parts = name.split("_")
    return (parts[2] if parts[0] == "k8s" and len(parts) >= 6 else name) or None
