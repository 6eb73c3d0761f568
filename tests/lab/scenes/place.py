"""A host in which something may be broken and mended: files of its own over /etc and /root, an ordinary user in it.

    with place(host, "mount -t tmpfs none /sys/kernel/btf") as broken:
        broken.run(["ls", "/sys/kernel/btf"])
        broken.run(["id"], user=True)

Nothing that is written below /etc and /root stays. Root only.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.scenes.hosts import Host

USER, NUMBER = "engineer", 4711
SCTPTOP = [sys.executable, "-m", "sctptop"]
DROP = ["setpriv", f"--reuid={NUMBER}", f"--regid={NUMBER}", "--clear-groups", "--inh-caps=-all"]

_OWN = f"""
mount -t tmpfs none /mnt
for folder in etc root; do
    mkdir -p /mnt/$folder/upper /mnt/$folder/work
    mount -t overlay -o lowerdir=/$folder,upperdir=/mnt/$folder/upper,workdir=/mnt/$folder/work none /$folder
done
# The tests' Python lives where only root may enter.
chmod 755 /root /root/.cache 2>/dev/null || true
mkdir -p /mnt/home && chown {NUMBER}:{NUMBER} /mnt/home
echo {USER}:x:{NUMBER}:{NUMBER}::/mnt/home:/bin/bash >>/etc/passwd
echo {USER}:x:{NUMBER}: >>/etc/group
echo '{USER}:*:19000:0:99999:7:::' >>/etc/shadow
# sudo looks its own host up.
echo "127.0.0.1 $(uname -n)" >>/etc/hosts
mkdir -p /etc/sudoers.d
echo '{USER} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/{USER}
"""


@dataclass(frozen=True)
class Place:
    """``pid`` is a process in it that only waits."""

    pid: int

    def run(
        self, command: Sequence[str], *, user: bool = False, timeout: float = 200, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in it, as root or as the ordinary user without any capability."""
        # --root: a guest of the lab is in a chroot, which a namespace does not remember.
        enter = ["nsenter", f"--target={self.pid}", "--mount", "--net", "--root", "--wd"]
        return subprocess.run(
            [*enter, *(DROP if user else []), *command],
            capture_output=True,
            text=True,
            timeout=timeout,
            input=stdin,
            check=False,
        )

    def doctor(self, prefix: Sequence[str] = (), *, user: bool = False) -> dict[str, dict[str, Any]]:
        """The checks by name, of the doctor called behind ``prefix``."""
        done = self.run([*prefix, *SCTPTOP, "doctor", "--json"], user=user)
        assert not done.stderr, done.stderr
        return {check["name"]: check for check in json.loads(done.stdout)["checks"]}

    def sample(self, prefix: Sequence[str] = (), *options: str, user: bool = False) -> dict[str, Any]:
        """One sample of sctptop, which has nothing to complain of."""
        done = self.run([*prefix, *SCTPTOP, "--json", "-n", "1", "--netns", "self", *options], user=user)
        assert done.returncode == 0 and not done.stderr, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def obey(
        self, check: dict[str, Any], *, user: bool = False, stdin: str = "", timeout: float = 200
    ) -> str:
        """Runs the very command that a check names, which must succeed; what it printed."""
        done = self.run(["bash", "-c", check["remedy"]], user=user, stdin=stdin, timeout=timeout)
        assert done.returncode == 0, f"{check['remedy']}\n{done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def place(host: Host, broken: str = "true") -> Iterator[Place]:
    """Makes it on a host; ``broken`` are the shell's lines that take something away."""
    shell = f"{_OWN}{broken}\necho ready\nexec sleep 1000"
    waiting = host.popen(
        ["unshare", "--mount", "bash", "-ec", shell], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    try:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "ready\n"
        yield Place(waiting.pid)
    finally:
        waiting.kill()
        waiting.communicate(timeout=30)


@contextmanager
def sysctl_kept(name: str) -> Iterator[str]:
    """The value of a sysctl, which is there again afterwards; "" when there is none."""
    file = Path("/proc/sys", name.replace(".", "/"))
    before = file.read_text().strip() if file.exists() else ""
    try:
        yield before
    finally:
        if before:
            with contextlib.suppress(OSError):
                file.write_text(before)
