"""Cases of peers: those that refuse, abort, hang up, take no set-up; and visitors that come and go in peace."""

from __future__ import annotations

from collections.abc import Mapping

from tests.lab.core import ngap_templates
from tests.lab.guest.advice.cases import PORT, Case, Stage, rules, to


def setups_refused(stage: Stage) -> None:
    """By an AMF that knows none of the PLMNs; the gNB asks again."""
    words = ("--templates", str(ngap_templates.file()))
    stage.server("amf", *words, "--refuse-setups", "-1")
    stage.client("gnb", *words, "--setup-period", "2", "--ues", "0")


def _nobody_accepts(stage: Stage) -> None:
    """Three fill the backlog, and one more tries again and again."""
    stage.server("deaf", "--backlog", "2")
    stage.client("idle", "--count", "3")
    more = ("--to", stage.amf.ipv4[0], "--port", str(PORT), "--period", "2")
    stage.run("more", stage.gnb, "knock", *more)


CASES: Mapping[str, Case] = {
    "refused": Case(
        # Another port is open.
        to("sink", ("knock", "--period", "2", "--port", "5999")),
        must={"gnb": rules("failing_peer")},
    ),
    "aborts": Case(
        to("hang-up", ("knock", "--period", "2"), "--period", "1", "--abort"),
        must={"gnb": rules("aborting_peer"), "amf": rules("aborting_peer")},
    ),
    "hangsup": Case(
        to("hang-up", ("knock", "--period", "2"), "--period", "3"),
        must={"gnb": rules("flapping_peer"), "amf": rules("flapping_peer")},
    ),
    "backlog": Case(
        _nobody_accepts,
        must={"gnb": rules("failing_peer"), "amf": rules("full_backlog")},
    ),
    "visitors": Case(to("echo", ("churn", "--period", "3"))),
    "nosetup": Case(
        setups_refused,
        must={"gnb": rules("refused_setup"), "amf": rules("refused_setup")},
    ),
}
