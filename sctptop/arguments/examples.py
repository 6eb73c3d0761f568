"""What --help shows below the options of each command."""

from __future__ import annotations

LIVE = """\
commands:
  sctptop record -o FILE     keep what is seen in a file        (sctptop record --help)
  sctptop replay FILE        the dashboard on a recording       (sctptop replay --help)
  sctptop replay demo        on one that is shipped: a first look on any machine
  sctptop compare A B ...    which recording is faster, and why  (sctptop compare --help)
  sctptop info FILE          what is in a recording
  sctptop doctor             what is missing here, and the command that fixes it

examples:
  sudo sctptop                                the dashboard; ? there lists the keys
  sctptop --assoc 59058                       associations with port (or id) 59058
  sudo sctptop --netns amf                    one network namespace of ip netns, or --netns PID
  sctptop --assoc 10.9.0.2:38412 --view cwnd  one remote end, the congestion window
  sctptop -b -n 1 --sort send_queue           one table, the longest send queue first
  sctptop --json -d 0.5 | jq '.associations[].cwnd'
  sctptop --events cwnd,t3_rtx                why cwnd moved, a line each time
  sctptop --csv -n 60 --columns local,remote,cwnd,flight > minute.csv
  sudo sctptop --registrations > ues.csv      one row a UE that registered, or failed to
  sctptop -b --filter 'state!=ESTABLISHED or recv_queue>10k'
  sctptop -b --both-ends --sort peer_recv_queue   gNB and AMF on one host: a line an association

exit codes: 0 fine (q and Ctrl-C too), 1 failed while running, 2 bad usage, 3 nothing to watch
here, 128+N ended by signal N (141: the reader of our output went away)
"""

RECORD = """\
examples:
  sudo sctptop record -o amf.sctp                       until Ctrl-C, everything up to the last second is safe
  sudo sctptop record -o day.sctp --keep 24h            the last day, for as long as it runs
  sudo sctptop record -o box.sctp --max-size 200M       the newest that fits
  sudo sctptop record -o one.sctp --assoc 59058 --json  one association, and the same on stdout
"""

DOCTOR = """\
examples:
  sudo sctptop doctor                     each thing that is needed: ok, hint, missing or broken
  sctptop doctor --json | jq '.checks[] | select(.status != "ok")'

exit codes: 0 everything will be live, 1 something is missing, 3 nothing to watch here
"""

REPLAY = """\
examples:
  sctptop replay demo                     a recording from the lab that is shipped
  sctptop replay amf.sctp --at 12:03:44   from that time on; 3m, -30s and 50% too
  sctptop replay amf.sctp --json          every sample, as fast as it can be read
  sctptop replay amf.sctp --events cwnd   why cwnd moved, then
  sctptop replay amf.sctp --registrations > ues.csv   one row a registration, for pandas or R
"""

COMPARE = """\
examples:
  sctptop compare slow.sctp fast.sctp               a run each: the first is the baseline
  sctptop compare slow=s1.sctp,s2.sctp,s3.sctp fast='fast*.sctp'   runs of each set-up: the more, the surer
  sctptop compare open5gs='o*.sctp' free5gc='f*.sctp' oai='i*.sctp'
  sctptop compare a.sctp b.sctp --markdown | xclip  for an issue
  sctptop compare a.sctp b.sctp --json | jq -r '.comparisons[].verdict'

The run is the unit: set-ups are compared from three runs a side on, by Welch's t on the logarithms of one number
a run, with Holm's correction over the rows of a table; no difference is claimed after two one-sided tests against
--margin (Schuirmann 1987). What is neither different nor shown to be the same cannot be told. With one or two runs
a side all is said of these runs alone, with 100 registrations or more.

Settings come first: what differs there is compared as well. Record all at the same end (gNB or AMF), with
probes (as root), the same number of UEs and the same load.
"""
