"""How packets to each address of a peer leave this host: route, interface, and how that interface fares."""
