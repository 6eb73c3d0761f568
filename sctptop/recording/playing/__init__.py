"""What is played of a recording: a part of it, and its samples as they came."""
