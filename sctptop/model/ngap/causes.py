"""Causes by number and name: of NGAP (3GPP TS 38.413 9.3.1.2), S1AP (TS 36.413 9.2.1.3), and NAS (``nas_causes``).

The numbers of NGAP and S1AP are places in the ENUMERATED of a group, release 18; those of its extension count on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sctptop.model.ngap.nas_causes import CAUSES_5GMM, CAUSES_EMM
from sctptop.model.ngap.ppid import NGAP, PPID_NAMES, S1AP

# As in the ASN.1, with its ... where the extension begins.
_NGAP: Mapping[str, str] = {
    "radioNetwork": """
        unspecified txnrelocoverall-expiry successful-handover release-due-to-ngran-generated-reason
        release-due-to-5gc-generated-reason handover-cancelled partial-handover
        ho-failure-in-target-5GC-ngran-node-or-target-system ho-target-not-allowed tngrelocoverall-expiry
        tngrelocprep-expiry cell-not-available unknown-targetID no-radio-resources-available-in-target-cell
        unknown-local-UE-NGAP-ID inconsistent-remote-UE-NGAP-ID handover-desirable-for-radio-reason
        time-critical-handover resource-optimisation-handover reduce-load-in-serving-cell user-inactivity
        radio-connection-with-ue-lost radio-resources-not-available invalid-qos-combination
        failure-in-radio-interface-procedure interaction-with-other-procedure unknown-PDU-session-ID
        unkown-qos-flow-ID multiple-PDU-session-ID-instances multiple-qos-flow-ID-instances
        encryption-and-or-integrity-protection-algorithms-not-supported ng-intra-system-handover-triggered
        ng-inter-system-handover-triggered xn-handover-triggered not-supported-5QI-value ue-context-transfer
        ims-voice-eps-fallback-or-rat-fallback-triggered up-integrity-protection-not-possible
        up-confidentiality-protection-not-possible slice-not-supported
        ue-in-rrc-inactive-state-not-reachable redirection resources-not-available-for-the-slice
        ue-max-integrity-protected-data-rate-reason release-due-to-cn-detected-mobility ...
        n26-interface-not-available release-due-to-pre-emption
        multiple-location-reporting-reference-ID-instances rsn-not-available-for-the-up npn-access-denied
        cag-only-access-denied insufficient-ue-capabilities redcap-ue-not-supported unknown-MBS-Session-ID
        indicated-MBS-session-area-information-not-served-by-the-gNB inconsistent-slice-info-for-the-session
        misaligned-association-for-multicast-unicast eredcap-ue-not-supported two-rx-xr-ue-not-supported
    """,
    "transport": """
        transport-resource-unavailable unspecified
    """,
    "nas": """
        normal-release authentication-failure deregister unspecified ... uE-not-in-PLMN-serving-area
        mobile-IAB-not-authorized iAB-not-authorized
    """,
    "protocol": """
        transfer-syntax-error abstract-syntax-error-reject abstract-syntax-error-ignore-and-notify
        message-not-compatible-with-receiver-state semantic-error
        abstract-syntax-error-falsely-constructed-message unspecified
    """,
    "misc": """
        control-processing-overload not-enough-user-plane-processing-resources hardware-failure
        om-intervention unknown-PLMN-or-SNPN unspecified
    """,
}

_S1AP: Mapping[str, str] = {
    "radioNetwork": """
        unspecified tx2relocoverall-expiry successful-handover release-due-to-eutran-generated-reason
        handover-cancelled partial-handover ho-failure-in-target-EPC-eNB-or-target-system
        ho-target-not-allowed tS1relocoverall-expiry tS1relocprep-expiry cell-not-available unknown-targetID
        no-radio-resources-available-in-target-cell unknown-mme-ue-s1ap-id unknown-enb-ue-s1ap-id
        unknown-pair-ue-s1ap-id handover-desirable-for-radio-reason time-critical-handover
        resource-optimisation-handover reduce-load-in-serving-cell user-inactivity
        radio-connection-with-ue-lost load-balancing-tau-required cs-fallback-triggered
        ue-not-available-for-ps-service radio-resources-not-available failure-in-radio-interface-procedure
        invalid-qos-combination interrat-redirection interaction-with-other-procedure unknown-E-RAB-ID
        multiple-E-RAB-ID-instances encryption-and-or-integrity-protection-algorithms-not-supported
        s1-intra-system-handover-triggered s1-inter-system-handover-triggered x2-handover-triggered ...
        redirection-towards-1xRTT not-supported-QCI-value invalid-CSG-Id release-due-to-pre-emption
        n26-interface-not-available insufficient-ue-capabilities maximum-bearer-pre-emption-rate-exceeded
        up-integrity-protection-not-possible release-due-to-discontinuous-coverage
    """,
    "transport": """
        transport-resource-unavailable unspecified
    """,
    "nas": """
        normal-release authentication-failure detach unspecified ... csg-subscription-expiry
        uE-not-in-PLMN-serving-area iab-not-authorized
    """,
    "protocol": """
        transfer-syntax-error abstract-syntax-error-reject abstract-syntax-error-ignore-and-notify
        message-not-compatible-with-receiver-state semantic-error
        abstract-syntax-error-falsely-constructed-message unspecified
    """,
    "misc": """
        control-processing-overload not-enough-user-plane-processing-resources hardware-failure
        om-intervention unspecified unknown-PLMN
    """,
}


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """An alternative of Cause: the names by number; the first ``root`` of them need no extension."""

    name: str
    root: int
    names: tuple[str, ...]


def _groups(table: Mapping[str, str]) -> tuple[CauseGroup, ...]:
    groups = []
    for group, text in table.items():
        root, _, extension = text.partition("...")
        names = root.split()
        groups.append(CauseGroup(group, len(names), (*names, *extension.split())))
    return tuple(groups)


CAUSE_GROUPS: Mapping[int, tuple[CauseGroup, ...]] = {NGAP: _groups(_NGAP), S1AP: _groups(_S1AP)}
"""By protocol, in the order of the CHOICE."""

_NAMES: Mapping[tuple[int, str], tuple[str, ...]] = {
    (ppid, group.name): group.names for ppid, groups in CAUSE_GROUPS.items() for group in groups
}
_OF_NAS = {NGAP: ("5GMM", CAUSES_5GMM), S1AP: ("EMM", CAUSES_EMM)}


def cause_text(ppid: int, group: str, number: int) -> str:
    """Such as "NGAP radioNetwork 20 user-inactivity"; without a name for a number that a later release brought."""
    names = _NAMES.get((ppid, group), ())
    protocol = PPID_NAMES.get(ppid, f"PPID {ppid}")
    return f"{protocol} {group} {number} {names[number] if 0 <= number < len(names) else ''}".rstrip()


def nas_cause_text(ppid: int, number: int) -> str:
    """Such as "5GMM 20 MAC failure" or "EMM 7 EPS services not allowed"; "5GMM 200" for an unknown number."""
    layer, names = _OF_NAS.get(ppid, ("NAS", {}))
    return f"{layer} {number} {names.get(number, '')}".rstrip()
