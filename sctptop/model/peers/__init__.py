"""What is remembered of peers beyond single associations: tries, failures, handshakes, ups and downs."""
