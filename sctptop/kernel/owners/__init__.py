"""Who owns a socket: processes and their containers."""
