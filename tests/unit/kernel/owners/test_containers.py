from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sctptop.kernel.owners.containers import Containers
from sctptop.kernel.owners.untrusted import read_inside
from tests.unit.kernel.fake_proc import FakeProc
from tests.unit.kernel.owners.test_cgroups import BURSTABLE, ID, POD


@pytest.fixture
def proc(tmp_path: Path) -> FakeProc:
    return FakeProc(tmp_path)


def owner(proc: FakeProc, path: str) -> tuple[str | None, str | None, str | None]:
    """Container, runtime and id of a process at that path."""
    proc.add(812, "amf", [501], cgroup=f"0::{path}\n")
    found = proc.owners().of([501])[501]
    return found.container, found.runtime, found.container_id


def docker_says(folder: Path, config: object) -> None:
    (folder / "docker" / ID).mkdir(parents=True)
    (folder / "docker" / ID / "config.v2.json").write_text(json.dumps(config))


def storage_says(folder: Path, entries: object, driver: str = "overlay") -> None:
    (folder / f"storage/{driver}-containers").mkdir(parents=True)
    (folder / f"storage/{driver}-containers/containers.json").write_text(json.dumps(entries))


def hostname_is(proc: FakeProc, name: str) -> None:
    (proc.path / "812/root/etc").mkdir(parents=True)
    (proc.path / "812/root/etc/hostname").write_text(name)


def test_docker_names(proc: FakeProc, tmp_path: Path) -> None:
    docker_says(tmp_path, {"ID": ID, "Name": "/open5gs-amf"})
    assert owner(proc, f"/docker/{ID}") == ("open5gs-amf", "docker", ID[:12])


def test_docker_names_the_pod_that_kubelet_asked_for(proc: FakeProc, tmp_path: Path) -> None:
    docker_says(tmp_path, {"Name": f"/k8s_amf_amf-0_core_{POD}_0"})
    assert owner(proc, f"{BURSTABLE}/docker-{ID}.scope")[0] == "amf-0"


def test_podman_and_cri_o_names(proc: FakeProc, tmp_path: Path) -> None:
    storage_says(tmp_path, [{"id": "0" * 64, "names": ["x"]}, 7, {"id": ID, "names": ["smf"]}])
    assert owner(proc, f"/machine.slice/libpod-{ID}.scope") == ("smf", "podman", ID[:12])
    proc.end(812)
    assert owner(proc, f"{BURSTABLE}/crio-{ID}.scope") == ("smf", "cri-o", ID[:12])


@pytest.mark.parametrize("driver", ["vfs", "btrfs", "zfs"])
def test_podman_names_with_any_storage_driver(proc: FakeProc, tmp_path: Path, driver: str) -> None:
    storage_says(tmp_path, [{"id": "0" * 64, "names": ["x"]}])
    storage_says(tmp_path, [{"id": ID, "names": ["smf"]}], driver)
    assert owner(proc, f"/machine.slice/libpod-{ID}.scope")[0] == "smf"


def conmon(proc: FakeProc, *arguments: str, comm: str = "conmon", cgroup: str = "0::/\n") -> None:
    """The process that podman leaves behind, with the first process of the container below it."""
    proc.add(700, comm, cgroup=cgroup, arguments=["/usr/bin/conmon", "--api-version", "1", *arguments])
    inside = f"0::/user.slice/user@1000.service/user.slice/libpod-{ID}.scope/container\n"
    proc.add(701, "sh", cgroup=inside, parent=700)
    proc.add(812, "amf", [501], cgroup=inside, parent=701)


def test_conmon_names_a_container_of_a_users_own_podman(proc: FakeProc) -> None:
    conmon(
        proc,
        "-c",
        ID,
        "-u",
        ID,
        "-r",
        "/usr/bin/crun",
        "-b",
        "/home/ue/x",
        "-n",
        "upf",
        "--exit-command-arg",
        "-n",
    )
    assert proc.owners().of([501])[501].container == "upf"


@pytest.mark.parametrize(
    ("arguments", "comm", "cgroup"),
    [
        (("-c", "0" * 64, "-n", "another"), "conmon", "0::/\n"),
        (("-c", ID), "conmon", "0::/\n"),
        (("-c", ID, "-n"), "conmon", "0::/\n"),
        (("-c", ID, "-n", "lie"), "bash", "0::/\n"),
        (("-c", ID, "-n", "lie"), "conmon", f"0::/user.slice/libpod-{ID}.scope\n"),
    ],
    ids=["another container's", "no name", "cut short", "another program", "in the container itself"],
)
def test_who_else_is_above_it_names_nothing(
    proc: FakeProc, arguments: tuple[str, ...], comm: str, cgroup: str
) -> None:
    conmon(proc, *arguments, comm=comm, cgroup=cgroup)
    assert proc.owners().of([501])[501].container == ID[:12]


SCOPE = f"0::/system.slice/nerdctl-{ID}.scope\n"


def shim(proc: FakeProc, bundle: Path, annotations: object, cgroup: str = SCOPE) -> None:
    """containerd-shim in the bundle of the container."""
    bundle.mkdir(parents=True)
    (bundle / "config.json").write_text(json.dumps({"ociVersion": "1.1.0", "annotations": annotations}))
    proc.add(
        700, "containerd-shim", arguments=["containerd-shim-runc-v2", "-namespace", "default", "-id", ID]
    )
    (proc.path / "700/cwd").symlink_to(bundle)
    proc.add(812, "amf", [501], cgroup=cgroup, parent=700)


def test_nerdctl_names_are_in_the_bundle(proc: FakeProc, tmp_path: Path) -> None:
    shim(proc, tmp_path / "default" / ID, {"nerdctl/name": "upf", "nerdctl/namespace": "default"})
    assert proc.owners().of([501])[501].container == "upf"


def test_containerd_names_the_pod_though_its_shim_stands_in_the_bundle_of_another(
    proc: FakeProc, tmp_path: Path
) -> None:
    sandbox = tmp_path / "k8s.io" / ("f" * 64)
    names = {"io.kubernetes.cri.sandbox-name": "smf-0", "io.kubernetes.cri.container-name": "smf"}
    shim(proc, sandbox, {}, cgroup=f"0::{BURSTABLE}/cri-containerd-{ID}.scope\n")
    (tmp_path / "k8s.io" / ID).mkdir()
    (tmp_path / "k8s.io" / ID / "config.json").write_text(json.dumps({"annotations": names}))
    assert proc.owners().of([501])[501].container == "smf-0"


@pytest.mark.parametrize("annotations", [None, [], {}, {"nerdctl/name": 7}, {"nerdctl/name": ""}])
def test_a_bundle_without_a_name(proc: FakeProc, tmp_path: Path, annotations: object) -> None:
    shim(proc, tmp_path / "default" / ID, annotations)
    assert proc.owners().of([501])[501].container == ID[:12]


def test_ancestors_in_a_circle_come_to_an_end(proc: FakeProc) -> None:
    proc.add(700, "sh", parent=701)
    proc.add(701, "sh", parent=700)
    proc.add(812, "amf", [501], cgroup=f"0::/user.slice/libpod-{ID}.scope\n", parent=701)
    assert proc.owners().of([501])[501].container == ID[:12]


def test_the_id_stands_in_for_a_name_that_is_not_told(proc: FakeProc) -> None:
    assert owner(proc, f"/docker/{ID}") == (ID[:12], "docker", ID[:12])


def test_a_pod_is_named_by_its_hostname(proc: FakeProc) -> None:
    proc.add(812, "amf", [501], cgroup=f"0::{BURSTABLE}/cri-containerd-{ID}.scope\n")
    hostname_is(proc, "amf-0\n")
    assert proc.owners().of([501])[501].container == "amf-0"


def test_a_pod_on_the_hosts_network_has_the_hosts_name_which_is_not_its_own(proc: FakeProc) -> None:
    proc.add(812, "amf", [501], cgroup=f"0::{BURSTABLE}/cri-containerd-{ID}.scope\n")
    hostname_is(proc, "node-1\n")
    assert proc.owners().of([501])[501].container == ID[:12]


def test_lxc_names_itself(proc: FakeProc) -> None:
    assert owner(proc, "/lxc.payload.core") == ("core", "lxc", None)


@pytest.mark.parametrize("config", [[], {}, {"Name": 7}, {"Name": "/"}, {"Name": ""}, None])
def test_a_config_without_a_name(proc: FakeProc, tmp_path: Path, config: Any) -> None:
    docker_says(tmp_path, config)
    assert owner(proc, f"/docker/{ID}")[0] == ID[:12]


@given(st.binary(max_size=40) | st.just(b"[" * 100_000))
def test_any_config_is_read_without_harm(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    folder = tmp_path_factory.getbasetemp() / "any-config"
    (folder / "docker" / ID).mkdir(parents=True, exist_ok=True)
    (folder / "812").mkdir(exist_ok=True)
    (folder / "docker" / ID / "config.v2.json").write_bytes(text)
    (folder / "vfs-containers").mkdir(exist_ok=True)
    (folder / "vfs-containers/containers.json").write_bytes(text)
    for path in (f"/docker/{ID}", f"/machine.slice/libpod-{ID}.scope"):
        (folder / "812/cgroup").write_text(f"0::{path}\n")
        assert Containers(folder, folder / "docker", folder, "node-1").place(812).short_id == ID[:12]


def test_a_process_that_has_gone_is_nowhere(tmp_path: Path) -> None:
    assert Containers(tmp_path).place(5).runtime is None


def test_no_link_is_followed_no_pipe_waited_at_and_nothing_large_read(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "away").symlink_to(tmp_path)
    (tmp_path / "etc/hostname").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "etc/pipe")
    (tmp_path / "etc/large").write_text("x" * 11)
    (tmp_path / "etc/small").write_text("x" * 10)
    refused = (
        ("etc", "hostname"),
        ("away", "secret"),
        ("etc", "pipe"),
        ("etc", "large"),
        ("etc",),
        ("etc", "\0"),
    )
    for names in refused:
        assert read_inside(tmp_path, names, 10) is None, names
    assert read_inside(tmp_path, ("etc", "small"), 10) == b"x" * 10
