"""What a recording and the dashboard need beside a host that is at work: time, memory, and what they leave out."""
