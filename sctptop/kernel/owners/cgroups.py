"""/proc/PID/cgroup as the container or the systemd unit a process runs in: pure text in, no I/O.

Format: cgroups(7), a line ``hierarchy:controllers:path`` each; version 2 has the one line ``0::path``. The paths are
those that the runtimes' own documents name; of containers in containers the innermost counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

ID_LENGTH = 12
"""How much of a container's id people are shown, by ``docker ps`` as by ``crictl ps``."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process runs. Outside of containers ``runtime`` is None and ``unit`` may be known.

    ``runtime``: docker, podman, containerd, cri-o, nerdctl, kubernetes (a pod whose path does not name
    its runtime), lxc, nspawn, or container (64 hex digits that nothing explains). ``id`` is whole, 64 hex digits.
    ``name`` is known from lxc and nspawn only. ``pod`` is the uid of the Kubernetes pod. ``unit`` is the systemd unit
    in the container, or of the host outside of one.
    """

    runtime: str | None = None
    id: str | None = None
    name: str | None = None
    pod: str | None = None
    unit: str | None = None

    @property
    def short_id(self) -> str | None:
        """The first 12 characters of the id."""
        return self.id[:ID_LENGTH] if self.id else None


NOWHERE = Place()

_PREFIXES = {
    "docker": "docker",
    "libpod": "podman",
    "libpod-payload": "podman",
    "cri-containerd": "containerd",
    "crio": "cri-o",
    "nerdctl": "nerdctl",
}
# docker-ID.scope of systemd's driver, libpod-ID of cgroupfs, a bare ID below /docker, kubepods or a folder of choice,
# and SLICE:cri-containerd:ID, which containerd makes when only kubelet uses systemd.
_BY_ID = re.compile(r"^(?:(?:[^:]*:)?([a-z][a-z-]*?)[-:])?([0-9a-f]{64})(?:\.scope)?$", re.ASCII)
# The uid with dashes; in a slice's name they are underscores; that of a static pod is 32 digits without either.
_POD = re.compile(r"(?:^|-)pod([0-9a-f]{8}(?:[-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12})(?:$|\.slice)", re.ASCII)
_MACHINE = re.compile(r"^machine-(.+)\.scope$|^systemd-nspawn@(.+)\.service$", re.DOTALL)
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})", re.ASCII)
_UNIT = re.compile(r"^.+\.(?:service|scope)$", re.DOTALL)


def parse_cgroup(text: str) -> Place:
    """The place that the lines name: a container in any of them, else the unit in systemd's own, else NOWHERE."""
    paths: list[tuple[bool, str]] = []
    for line in text.splitlines():
        hierarchy, _, rest = line.partition(":")
        controllers, colon, path = rest.partition(":")
        if colon and hierarchy.isdecimal():
            # Units are in systemd's hierarchy; a controller of version 1 may stay at its root.
            paths.append((controllers not in ("name=systemd", ""), path.removesuffix(" (deleted)")))
    places = [place_of(path) for _, path in sorted(paths, key=lambda entry: entry[0])]
    inside = next((place for place in places if place.runtime), None)
    return inside or next((place for place in places if place.unit), NOWHERE)


def place_of(path: str) -> Place:
    """The place that one path names."""
    names = [name for name in path.split("/") if name]
    for at in range(len(names) - 1, -1, -1):
        place = _by_id(names, at) or _by_name(names, at)
        if place is not None:
            return place
    return Place(unit=_unit(names))


def _by_id(names: Sequence[str], at: int) -> Place | None:
    match = _BY_ID.match(names[at])
    if match is None:
        return None
    prefix, ident = match[1], match[2]
    above = names[at - 1] if at else ""
    pod = _pod(above) or _pod(names[at].partition(":")[0])
    if prefix is not None:
        # crio-conmon, libpod-conmon and the like watch a container from outside.
        runtime = _PREFIXES.get(prefix)
        if runtime is None:
            return None
    elif pod is not None:
        runtime = "kubernetes"
    else:
        runtime = "docker" if above == "docker" else "container"
    # With --cgroups=split podman runs below the host's unit, which is what people started.
    around = names[:at] if prefix == "libpod-payload" else names[at + 1 :]
    return Place(runtime=runtime, id=ident, pod=pod, unit=_unit(around))


def _by_name(names: Sequence[str], at: int) -> Place | None:
    name = names[at]
    below = names[at + 1 :]
    if name.startswith("lxc.payload."):
        return Place("lxc", name=name.removeprefix("lxc.payload."), unit=_unit(below))
    if name in ("lxc", "lxc.payload") and below:
        return Place("lxc", name=below[0], unit=_unit(below[1:]))
    match = _MACHINE.match(name)
    if match is None or (below and below[0] == "supervisor"):
        return None
    machine = _unescaped(match[1] or match[2])
    # machined also registers libvirt's virtual machines; and a nspawn service without a payload is nspawn itself.
    if machine.startswith("qemu-") or (match[2] and (not below or below[0] != "payload")):
        return None
    return Place("nspawn", name=machine, unit=_unit(below))


def _pod(name: str) -> str | None:
    match = _POD.search(name)
    return match[1].replace("_", "-") if match else None


def _unit(names: Sequence[str]) -> str | None:
    """The innermost systemd unit; user managers and their slices are passed over for what runs in them."""
    found = next((name for name in reversed(names) if _UNIT.match(name)), None)
    return _unescaped(found) if found else None


def _unescaped(name: str) -> str:
    """A name as its owner wrote it: systemd writes a dash in it as \\x2d (systemd-escape(1))."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), name)
