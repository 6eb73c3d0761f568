"""What an emulated guest starts with: modules in the order they can be loaded in, in an archive of the kernel's."""

from __future__ import annotations

import lzma
from pathlib import Path

from tests.lab.kernel_matrix.emulated import first_root, load_order
from tests.lab.machine.kernel import Kernel

RELEASE = "6.1.0-arm64"
DEPENDENCIES = """\
kernel/fs/netfs/netfs.ko.xz:
kernel/net/9p/9pnet.ko:
kernel/net/9p/9pnet_virtio.ko.xz: kernel/net/9p/9pnet.ko
kernel/fs/9p/9p.ko: kernel/fs/netfs/netfs.ko.xz kernel/net/9p/9pnet.ko
kernel/fs/overlay-fs/overlay.ko:
kernel/fs/ext4/ext4.ko:
"""


def folders(root: Path) -> tuple[Kernel, Path]:
    """A kernel without virtio_pci, which is built in, and the root that lends its busybox."""
    modules = root / "kernel" / "lib" / "modules" / RELEASE
    for line in DEPENDENCIES.splitlines():
        file = modules / line.partition(":")[0]
        file.parent.mkdir(parents=True, exist_ok=True)
        data = f"ELF of {file.name.removesuffix('.xz')}".encode()
        file.write_bytes(lzma.compress(data) if file.suffix == ".xz" else data)
    (modules / "modules.dep").write_text(DEPENDENCIES)
    (root / "bin").mkdir()
    (root / "bin" / "busybox").write_bytes(b"busybox")
    return Kernel(RELEASE, root / "vmlinuz", root / "kernel"), root


def unpacked(archive: bytes) -> dict[str, tuple[int, bytes]]:
    """Modes and contents by name, read as the kernel does: head, name and data each begin at a multiple of four."""
    found = {}
    at = 0
    while at < len(archive):
        assert archive[at : at + 6] == b"070701"
        fields = [int(archive[at + 6 + 8 * number : at + 14 + 8 * number], 16) for number in range(13)]
        mode, size, name_size = fields[1], fields[6], fields[11]
        name = archive[at + 110 : at + 110 + name_size - 1].decode()
        begin = at + 110 + name_size + -(110 + name_size) % 4
        found[name] = (mode, archive[begin : begin + size])
        at = begin + size + -size % 4
    return found


def test_a_module_is_loaded_behind_what_it_needs_and_once(tmp_path: Path) -> None:
    kernel, _ = folders(tmp_path)
    names = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
    order = [file.name for file in load_order(kernel.root / "lib" / "modules" / RELEASE, names)]
    assert order == ["9pnet.ko", "9pnet_virtio.ko.xz", "netfs.ko.xz", "9p.ko", "overlay.ko"]


def test_the_first_root_has_busybox_and_the_modules_unpacked(tmp_path: Path) -> None:
    files = unpacked(first_root(*folders(tmp_path)))
    assert files["bin/busybox"] == (0o100755, b"busybox")
    mode, script = files["init"]
    assert mode == 0o100755 and script.startswith(b"#!/bin/busybox sh\n")
    order = files["modules/order"][1].decode().split()
    assert order == ["9pnet.ko", "9pnet_virtio.ko", "netfs.ko", "9p.ko", "overlay.ko"]
    assert [files[f"modules/{name}"][1] for name in order] == [f"ELF of {name}".encode() for name in order]
    assert list(files)[-1] == "TRAILER!!!"
