"""The right command for each distribution, known by its own name or its parents'."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

from sctptop.kernel.host.distribution import commands
from tests.unit.kernel.doctor.hosts import OS_RELEASES, write


@pytest.mark.parametrize(
    ("name", "bcc", "headers", "sctp"),
    [
        (
            "debian",
            "apt install python3-bpfcc",
            "apt install linux-headers-6.1",
            "linux-image-amd64  # then boot",
        ),
        (
            "ubuntu",
            "apt install python3-bpfcc",
            "apt install linux-headers-6.1",
            "linux-modules-extra-6.1 && sudo",
        ),
        (
            "mint",
            "apt install python3-bpfcc",
            "apt install linux-headers-6.1",
            "linux-modules-extra-6.1 && sudo",
        ),
        (
            "fedora",
            "dnf install python3-bcc",
            "dnf install kernel-devel-6.1",
            "kernel-modules-extra-6.1 && sudo",
        ),
        (
            "rocky",
            "dnf install python3-bcc",
            "dnf install kernel-devel-6.1",
            "kernel-modules-extra-6.1 && sudo",
        ),
        ("arch", "pacman -S python-bcc", "pacman -S linux-headers", "pacman -S linux  # then boot"),
        ("tumbleweed", "zypper install python3-bcc", "kernel-default-devel", "kernel-default  # then boot"),
        ("other", "from the distribution", "headers of kernel 6.1", "the sctp module of kernel 6.1"),
    ],
)
def test_each_distribution_s_commands(tmp_path: Path, name: str, bcc: str, headers: str, sctp: str) -> None:
    write(tmp_path, "etc/os-release", OS_RELEASES[name])
    found = commands(tmp_path, "6.1", "x86_64")
    assert bcc in found.bcc
    assert headers in found.headers
    assert sctp in found.sctp
    assert not any("{" in text for text in astuple(found))


def test_debian_s_cloud_kernel_is_replaced_by_the_whole_one(tmp_path: Path) -> None:
    write(tmp_path, "etc/os-release", OS_RELEASES["debian"])
    assert "linux-image-arm64 " in commands(tmp_path, "6.1.0-50-cloud-arm64", "aarch64").sctp
    for release, machine, image in (
        ("6.12.117+deb13-arm64-16k", "aarch64", "arm64-16k"),
        ("6.1.0-56-rt-amd64", "x86_64", "rt-amd64"),
        ("6.12.117+deb13-rt-arm64", "aarch64", "rt-arm64"),
        ("6.12.34-rpi-v8", "aarch64", "arm64"),
    ):
        found = commands(tmp_path, release, machine)
        assert f"linux-image-{image} " in found.sctp and f"linux-image-{image} " in found.kernel


def test_the_second_place_and_strange_files(tmp_path: Path) -> None:
    general = commands(tmp_path, "6.1", "riscv64")
    assert "distribution" in general.bcc
    write(tmp_path, "usr/lib/os-release", "ID='arch'\n")
    assert "pacman" in commands(tmp_path, "6.1").bcc
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_bytes(b"\xff\x00ID\n=debian\nID=\n\nID_LIKE")
    assert commands(tmp_path, "6.1", "riscv64") == general
