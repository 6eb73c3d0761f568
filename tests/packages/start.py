"""What the launcher runs: sctptop, with the packages that lie beside it before those of the distribution."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "packages"))
sys.argv[0] = "/usr/bin/sctptop"

from sctptop.cli import main  # noqa: E402

sys.exit(main())
