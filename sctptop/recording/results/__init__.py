"""What came of the messages of NGAP in a recording, written as it is made: who reads that needs no message."""
