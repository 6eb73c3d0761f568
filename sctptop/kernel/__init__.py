"""Everything that touches Linux: netlink, /proc, sysctls. Nothing else in sctptop does."""
