"""Whether a shell notices that we stop, and may let us go on."""

from __future__ import annotations

import os
from pathlib import Path


def somebody_resumes(terminal: int) -> bool:
    """Whether Ctrl-Z has a way back: not in a shell without job control, nor as the first process of a namespace.

    The kernel stops no orphaned group of its own accord (POSIX, 11.1.4); Textual stops us by SIGSTOP, which it allows.
    """
    group = os.getpgrp()
    try:
        # The parent of the group's leader; what comes before its state may hold anything.
        fields = Path(f"/proc/{group}/stat").read_text(errors="replace").rpartition(")")[2].split()
        parent = int(fields[1])
        return (
            parent > 0
            and os.tcgetpgrp(terminal) == group
            and os.getsid(parent) == os.getsid(0)
            and os.getpgid(parent) != group
        )
    except (OSError, IndexError, ValueError):
        # As of a leader that ended, or is outside of our namespace.
        return False
