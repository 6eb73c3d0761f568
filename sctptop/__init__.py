"""sctptop: top for SCTP on Linux."""

__version__ = "0.1.0"
