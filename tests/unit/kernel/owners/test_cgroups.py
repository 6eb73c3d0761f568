"""Layouts of /proc/PID/cgroup as the runtimes' documents and kernels of both versions have them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.kernel.owners.cgroups import NOWHERE, Place, parse_cgroup, place_of

ID = "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970"
OTHER = "9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d"
POD = "2f1a9bd1-7c5c-4a2b-9b3e-1f2d3c4b5a69"
SLICE = POD.replace("-", "_")
STATIC = "b3d1c9a07f5e4d6c8a2b1f0e9d8c7b6a"
BURSTABLE = f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{SLICE}.slice"
USER = "/user.slice/user-1000.slice/user@1000.service"

LAYOUTS = {
    # Docker: systemd's driver, cgroupfs, rootless, a parent of choice, systemd inside, Docker in Docker
    f"/system.slice/docker-{ID}.scope": Place("docker", ID),
    f"/docker/{ID}": Place("docker", ID),
    f"{USER}/user.slice/docker-{ID}.scope": Place("docker", ID),
    f"/core.slice/docker-{ID}.scope": Place("docker", ID),
    f"/core/{ID}": Place("container", ID),
    f"/../docker-{ID}.scope": Place("docker", ID),
    f"/docker/{ID}/system.slice/open5gs-amfd.service": Place("docker", ID, unit="open5gs-amfd.service"),
    f"/docker/{OTHER}/docker/{ID}": Place("docker", ID),
    # Podman: root, rootless, cgroupfs, a pod, --cgroups=split under a unit; conmon is outside
    f"/machine.slice/libpod-{ID}.scope": Place("podman", ID),
    f"/machine.slice/libpod-{ID}.scope/container": Place("podman", ID),
    f"{USER}/user.slice/libpod-{ID}.scope/container": Place("podman", ID),
    f"/libpod_parent/libpod-{ID}": Place("podman", ID),
    f"/machine.slice/machine-libpod_pod_{OTHER}.slice/libpod-{ID}.scope": Place("podman", ID),
    f"/system.slice/amf.service/libpod-payload-{ID}": Place("podman", ID, unit="amf.service"),
    f"/machine.slice/libpod-conmon-{ID}.scope": Place(unit=f"libpod-conmon-{ID}.scope"),
    # Kubernetes: both drivers, all classes of service, three runtimes, a static pod, kind in Docker
    f"{BURSTABLE}/cri-containerd-{ID}.scope": Place("containerd", ID, pod=POD),
    f"{BURSTABLE}/crio-{ID}.scope": Place("cri-o", ID, pod=POD),
    f"{BURSTABLE}/crio-{ID}.scope/container": Place("cri-o", ID, pod=POD),
    f"{BURSTABLE}/docker-{ID}.scope": Place("docker", ID, pod=POD),
    f"/kubepods.slice/kubepods-pod{SLICE}.slice/cri-containerd-{ID}.scope": Place("containerd", ID, pod=POD),
    f"/kubepods/burstable/pod{POD}/{ID}": Place("kubernetes", ID, pod=POD),
    f"/kubepods/pod{POD}/{ID}": Place("kubernetes", ID, pod=POD),
    f"/kubepods/besteffort/pod{STATIC}/{ID}": Place("kubernetes", ID, pod=STATIC),
    f"/system.slice/containerd.service/kubepods-burstable-pod{SLICE}.slice:cri-containerd:{ID}": Place(
        "containerd", ID, pod=POD
    ),
    f"/system.slice/docker-{OTHER}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod{SLICE}.slice"
    f"/cri-containerd-{ID}.scope": Place("containerd", ID, pod=POD),
    f"/system.slice/nerdctl-{ID}.scope": Place("nerdctl", ID),
    # LXC, LXD and Proxmox
    "/lxc.payload.core": Place("lxc", name="core"),
    "/lxc.payload.core/system.slice/open5gs-amfd.service": Place(
        "lxc", name="core", unit="open5gs-amfd.service"
    ),
    "/lxc.payload/core": Place("lxc", name="core"),
    "/lxc/101/ns/init.scope": Place("lxc", name="101", unit="init.scope"),
    "/lxc/core": Place("lxc", name="core"),
    "/lxc.monitor.core": NOWHERE,
    # systemd-nspawn by hand and as a service; libvirt's machines are none
    "/machine.slice/machine-core.scope/payload": Place("nspawn", name="core"),
    "/machine.slice/machine-core\\x2d1.scope/payload/system.slice/amf.service": Place(
        "nspawn", name="core-1", unit="amf.service"
    ),
    "/machine.slice/systemd-nspawn@core.service/payload/init.scope": Place(
        "nspawn", name="core", unit="init.scope"
    ),
    "/machine.slice/systemd-nspawn@core.service/supervisor": Place(unit="systemd-nspawn@core.service"),
    "/machine.slice/machine-core.scope/supervisor": Place(unit="machine-core.scope"),
    "/machine.slice/machine-qemu\\x2d1\\x2dhost.scope/libvirt": Place(unit="machine-qemu-1-host.scope"),
    # systemd without a container
    "/system.slice/open5gs-amfd.service": Place(unit="open5gs-amfd.service"),
    "/system.slice/system-nr.slice/nr-gnb@1.service/worker": Place(unit="nr-gnb@1.service"),
    f"{USER}/app.slice/amf.service": Place(unit="amf.service"),
    "/user.slice/user-0.slice/session-3.scope": Place(unit="session-3.scope"),
    "/user.slice/user-0.slice": NOWHERE,
    "/": NOWHERE,
    "": NOWHERE,
    f"/docker-{ID[:-1]}": NOWHERE,
}


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.replace(ID, "ID").replace(OTHER, "OTHER"))
def test_layout(path: str) -> None:
    assert place_of(path) == LAYOUTS[path]
    assert parse_cgroup(f"0::{path}\n") == LAYOUTS[path]
    assert parse_cgroup(f"0::{path} (deleted)\n") == LAYOUTS[path]


def test_the_lines_of_version_1() -> None:
    docker = (
        f"12:pids:/docker/{ID}\n11:cpu,cpuacct:/docker/{ID}\n1:name=systemd:/docker/{ID}\n0::/system.slice\n"
    )
    assert parse_cgroup(docker) == Place("docker", ID)
    unit = "9:memory:/\n8:cpu,cpuacct:/system.slice/wrong.service\n1:name=systemd:/system.slice/amf.service\n0::/\n"
    assert parse_cgroup(unit) == Place(unit="amf.service")
    only_memory = f"4:memory:/docker/{ID}\n1:name=systemd:/system.slice/docker.service\n"
    assert parse_cgroup(only_memory) == Place("docker", ID)


def test_people_see_twelve_characters() -> None:
    assert place_of(f"/docker/{ID}").short_id == "4f797c539e6c"
    assert NOWHERE.short_id is None


PIECES = st.sampled_from(
    ["/", ":", "0::", "\n", ID, "docker-", "kubepods", f"pod{POD}", ".slice", ".scope", ".service", "lxc", "\\x2d",
     "lxc.payload.", "machine-", "systemd-nspawn@", "payload", "a-", "\\xff", "\0", "é"]
)  # fmt: skip


@given(st.text(max_size=80) | st.lists(PIECES, max_size=12).map("".join))
def test_any_text_is_read_without_harm(text: str) -> None:
    for place in (parse_cgroup(text), place_of(text)):
        assert place.runtime or not (place.id or place.name or place.pod)
