"""The file of a recording: frames one behind the other, written and read through one descriptor."""
