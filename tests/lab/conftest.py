"""Tests in `guest/` need root on an SCTP kernel: elsewhere `test_lab.py` carries them into the lab."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("SCTPTOP_IN_LAB") == "1" else ["guest/*"]
