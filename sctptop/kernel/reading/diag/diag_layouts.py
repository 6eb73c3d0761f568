"""The structs of sock_diag: include/uapi/linux/{inet_diag,sctp}.h, names without their prefix."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sctptop.kernel.layout import S32, U8, U16, U32, U64, CType, Layout

Address = Annotated[bytes, CType("__be32", "s", 16)]
SOCKADDR_STORAGE = 128


class SocketId(NamedTuple):
    """struct inet_diag_sockid, ``idiag_``: ports in the order of the network, addresses as inet_pton has them."""

    sport: U16
    dport: U16
    src: Address
    dst: Address
    interface: U32
    cookie_low: U32
    cookie_high: U32


class DiagRequest(NamedTuple):
    """struct inet_diag_req_v2."""

    family: U8
    protocol: U8
    extensions: U8
    pad: U8
    states: U32
    id: SocketId


class DiagMessage(NamedTuple):
    """struct inet_diag_msg, ``idiag_``."""

    family: U8
    state: U8
    timer: U8
    retrans: U8
    id: SocketId
    expires: U32
    rqueue: U32
    wqueue: U32
    uid: U32
    inode: U32


class SctpInfo(NamedTuple):
    """struct sctp_info, ``sctpi_``: 368 bytes on Linux 6.1."""

    tag: U32
    state: U32
    rwnd: U32
    unackdata: U16
    penddata: U16
    instrms: U16
    outstrms: U16
    fragmentation_point: U32
    inqueue: U32
    outqueue: U32
    overall_error: U32
    max_burst: U32
    maxseg: U32
    peer_rwnd: U32
    peer_tag: U32
    peer_capable: U8
    peer_sack: U8
    reserved1: U16
    isacks: U64
    osacks: U64
    opackets: U64
    ipackets: U64
    rtxchunks: U64
    outofseqtsns: U64
    idupchunks: U64
    gapcnt: U64
    ouodchunks: U64
    iuodchunks: U64
    oodchunks: U64
    iodchunks: U64
    octrlchunks: U64
    ictrlchunks: U64
    p_address: Annotated[bytes, CType("sockaddr_storage", "s", SOCKADDR_STORAGE)]
    p_state: S32
    p_cwnd: U32
    p_srtt: U32
    p_rto: U32
    p_hbinterval: U32
    p_pathmaxrxt: U32
    p_sackdelay: U32
    p_sackfreq: U32
    p_ssthresh: U32
    p_partial_bytes_acked: U32
    p_flight_size: U32
    p_error: U16
    reserved2: U16
    s_autoclose: U32
    s_adaptation_ind: U32
    s_pd_point: U32
    s_nodelay: U8
    s_disable_fragments: U8
    s_v4mapped: U8
    s_frag_interleave: U8
    s_type: U32
    reserved3: U32


REQUEST = Layout(DiagRequest, "=")
MESSAGE = Layout(DiagMessage, "=")
INFO = Layout(SctpInfo, "=")
INFO_NAMES = tuple(
    member.name
    for member in INFO.members
    if member.name != "p_address" and not member.name.startswith("reserved")
)
"""The numbers of sctp_info."""
