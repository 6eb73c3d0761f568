"""The .rpm in a clean root of Debian: what it says it needs, its files and scripts, and nothing left when it goes.

Debian's own packages stand in for those it names, which rpm does not know of there: whether dnf finds them under their
names is proven only on Fedora and its kin.
"""

from __future__ import annotations

from tests.install.root import fresh
from tests.install.trial import Failed, Outcome, installed, said

NAME = "rpm"
NEEDS = ("(python3 >= 3.10 or python3.11 or python3.12)", "python3-bcc")
PACKAGES = "sudo apt-get update && sudo apt-get install -y --no-install-recommends python3 python3-bpfcc rpm"
INSTALL = "sudo unshare --net rpm --install --replacepkgs --nodeps dist/*.rpm"
REMOVE = "sudo rpm --erase sctptop"
START, AS_USER = "sudo sctptop", "sctptop"


def attempt_rpm(suite: str) -> Outcome:
    """Everything there is to try. Raises LabError when there is no root to try it in."""
    outcome = Outcome(suite, NAME)
    try:
        with fresh(suite) as root:
            said(root, PACKAGES)
            before = root.files()
            told = said(root, "sudo rpm --query --package --requires dist/*.rpm").splitlines()
            needs = tuple(line for line in told if not line.startswith(("rpmlib(", "/bin/sh")))
            if needs != NEEDS:
                raise Failed(f"it needs {', '.join(needs) or 'nothing'}, not {', '.join(NEEDS)}")
            installed(outcome, root, INSTALL, (START, AS_USER), REMOVE, before)
    except Failed as error:
        outcome.problem = str(error)
    return outcome
