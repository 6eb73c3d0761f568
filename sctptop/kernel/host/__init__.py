"""What this host is and allows: its kernel, modules, distribution, privileges."""
