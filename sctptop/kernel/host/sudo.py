"""How to call this very sctptop with sudo, which has a search path and a home of its own.

sudo looks in secure_path (sudoers(5)), where no home is, and sets HOME to root's, so that Python no longer finds what
``pip install --user`` put in ours (site.getuserbase).
"""

from __future__ import annotations

import shlex
import site
import sys
from pathlib import Path

SECURE_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
"""That of Debian; others have these or fewer."""
NAME = "sctptop"


def as_root(program: str | None = None, package: Path | None = None, user_base: str | None = None) -> str:
    """The command; ``program`` is sys.argv[0], ``package`` the folder of our code, ``user_base`` that of site.

    >>> as_root("/home/me/sctptop/bin/sctptop", Path("/home/me/sctptop/lib"), "/home/me/.local")
    'sudo /home/me/sctptop/bin/sctptop'
    """
    called = Path(sys.argv[0] if program is None else program)
    package = Path(__file__).parents[2] if package is None else package
    base = site.getuserbase() if user_base is None else user_base
    if called == package / "__main__.py":
        words = [sys.executable, "-m", NAME]
    elif called.name != NAME or not called.is_absolute() or str(called.parent) in SECURE_PATH:
        words = [NAME]
    else:
        words = [str(called)]
    home = [f"PYTHONUSERBASE={base}"] if package.is_relative_to(base) and _in_user_site(package) else []
    return shlex.join(["sudo", *home, *words])


def _in_user_site(package: Path) -> bool:
    # A virtual environment in ~/.local, as pipx and uv make them, finds its packages by itself.
    return package.parent.name == "site-packages" and not (package.parents[3] / "pyvenv.cfg").exists()
