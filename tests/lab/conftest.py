"""Tests in `guest/` need a kernel with SCTP, those in `absent/` one without: `test_lab.py` carries them there."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("SCTPTOP_IN_LAB") == "1" else ["guest/*", "absent/*"]
