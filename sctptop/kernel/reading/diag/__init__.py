"""Requests and records of NETLINK_SOCK_DIAG: their structs, read from bytes and read again; no I/O."""
