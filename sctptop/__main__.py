"""Run sctptop as ``python -m sctptop``."""

import sys

from sctptop.cli import main

if __name__ == "__main__":
    sys.exit(main())
