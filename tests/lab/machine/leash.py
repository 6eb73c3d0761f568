"""Runs a command that ends with whoever started it, even when that one is killed or its terminal closed.

    python -S leash.py COMMAND…     started as leader of a session of its own, its stdin a pipe from its parent

The parent's death closes the pipe, however it died; PR_SET_PDEATHSIG would already act when a thread of it ends.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys


def main() -> int:
    """The exit code of the command."""
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    ended, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while process.poll() is None:
        ready, _, _ = select.select([sys.stdin.fileno(), ended], [], [], 1.0)
        if sys.stdin.fileno() in ready and not os.read(sys.stdin.fileno(), 1):
            # The command and all it started, ourselves included.
            os.killpg(0, signal.SIGKILL)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
