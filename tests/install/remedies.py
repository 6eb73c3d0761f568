"""The doctor's commands about BCC in a clean root, run as they are printed: what they mend is well afterwards."""

from __future__ import annotations

from tests.install.readme import Way
from tests.install.root import fresh
from tests.install.trial import Failed, Outcome, doctor, said

BROKEN = {
    "no BCC": ("true", "BCC is not installed"),
    "wrong bcc": (
        "sudo /opt/sctptop/bin/pip install --no-deps bcc",
        "is PyPI's project of that name",
    ),
}
"""What is done after an install without BCC, and what the doctor must find then."""


def mend(suite: str, name: str, way: Way) -> Outcome:
    """Installs without BCC by the README's first way, asks the doctor, obeys, and asks again. Raises LabError."""
    outcome = Outcome(suite, name)
    spoil, words = BROKEN[name]
    try:
        with fresh(suite) as root:
            said(root, way.install.replace(" python3-bpfcc", ""))
            said(root, spoil)
            check = doctor(root, way.start)["BCC"]
            outcome.notes.append(f"{check['found']}; obeyed: {check['remedy']}")
            if check["status"] != "missing" or words not in check["found"]:
                raise Failed(f"the doctor found {check}")
            # apt asks whether to go on.
            said(root, check["remedy"], stdin="y\n")
            after = doctor(root, way.start)
            if (after["BCC"]["status"], after["libbpf"]["status"]) != ("ok", "ok"):
                raise Failed(f"afterwards the doctor found {after['BCC']}")
            outcome.cells["BCC"] = "mended"
    except Failed as error:
        outcome.cells["BCC"] = "FAILED"
        outcome.problem = str(error)
    return outcome
