"""The causes that the simulators send, by the name that sctptop is to publish: protocol, group, number, name.

Numbers and names as in TS 24.501 (9.11.3.2), TS 24.301 (9.9.3.9), TS 38.413 (9.3.1.2) and TS 36.413 (9.2.1.3); a unit
test compares them with pycrate's.
"""

from __future__ import annotations

from collections.abc import Mapping

MM: Mapping[int, str] = {
    3: "Illegal UE",
    5: "PEI not accepted",
    7: "5GS services not allowed",
    11: "PLMN not allowed",
    20: "MAC failure",
    21: "Synch failure",
    22: "Congestion",
    27: "N1 mode not allowed",
    62: "No network slices available",
    96: "Invalid mandatory information",
    111: "Protocol error, unspecified",
}
EMM: Mapping[int, str] = {
    7: "EPS services not allowed",
    9: "UE identity cannot be derived by the network",
    10: "Implicitly detached",
    20: "MAC failure",
    22: "Congestion",
}
NGAP: Mapping[str, int] = {
    "radioNetwork release-due-to-5gc-generated-reason": 4,
    "radioNetwork user-inactivity": 20,
    "radioNetwork radio-connection-with-ue-lost": 21,
    "radioNetwork radio-resources-not-available": 22,
    "radioNetwork failure-in-radio-interface-procedure": 24,
    "radioNetwork slice-not-supported": 39,
    "transport transport-resource-unavailable": 0,
    "nas normal-release": 0,
    "nas authentication-failure": 1,
    "nas deregister": 2,
    "protocol semantic-error": 4,
    "misc control-processing-overload": 0,
    "misc unknown-PLMN-or-SNPN": 4,
}
"""Group and name of each, and its number in the group."""
S1AP: Mapping[str, int] = {
    "radioNetwork user-inactivity": 20,
    "radioNetwork radio-connection-with-ue-lost": 21,
    "nas normal-release": 0,
    "nas detach": 2,
    "misc unknown-PLMN": 5,
}
USER_INACTIVITY = "radioNetwork user-inactivity"
RADIO_LOST = "radioNetwork radio-connection-with-ue-lost"
NO_RADIO = "radioNetwork radio-resources-not-available"
NORMAL, AUTHENTICATION, DEREGISTER = "nas normal-release", "nas authentication-failure", "nas deregister"
SEMANTIC = "protocol semantic-error"


def of_5gmm(number: int) -> str:
    """E.g. "5GMM 20 MAC failure"."""
    return f"5GMM {number} {MM[number]}"


def of_emm(number: int) -> str:
    """The same of EMM."""
    return f"EMM {number} {EMM[number]}"


def of_ngap(name: str) -> str:
    """E.g. "NGAP radioNetwork 20 user-inactivity"."""
    group, value = name.split()
    return f"NGAP {group} {NGAP[name]} {value}"


def of_s1ap(name: str) -> str:
    """The same of S1AP."""
    group, value = name.split()
    return f"S1AP {group} {S1AP[name]} {value}"
