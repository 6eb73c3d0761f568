"""Two recordings or more beside each other: what each holds, what differs, whether that is certain, and why."""
