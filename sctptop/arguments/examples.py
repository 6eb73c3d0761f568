"""What --help shows below the options of each command."""

from __future__ import annotations

from sctptop.errors import EXIT_CODES


def _filled(text: str, width: int) -> str:
    # textwrap takes longer to load than all else that answers --version.
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)


LIVE = """\
commands:
  sctptop record -o FILE     keep what is seen in a file        (sctptop record --help)
  sctptop replay FILE        the dashboard on a recording       (sctptop replay --help)
  sctptop replay demo        on one that is shipped: a first look on any machine
  sctptop compare A B ...    which recording is faster, and why  (sctptop compare --help)
  sctptop info FILE          what is in a recording
  sctptop doctor             what is missing here, and the command that fixes it
  sctptop help TOPIC         all that there is to know, by topic (sctptop help lists them)

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

"""
LIVE += _filled("exit codes: " + ", ".join(f"{code} {text}" for code, text in EXIT_CODES.items()), 96) + "\n"

RECORD = """\
examples:
  sudo sctptop record -o amf.sctp                       until Ctrl-C, everything up to the last second is safe
  sudo sctptop record -o day.sctp --keep 24h            the last day, for as long as it runs
  sudo sctptop record -o box.sctp --max-size 200M       the newest that fits
  sudo sctptop record -o one.sctp --assoc 59058 --json  one association, and the same on stdout
  sudo sctptop record -o o.sctp --label core=open5gs --runs 5 -- ./register-100-ues   o-1.sctp to o-5.sctp

A command runs as the user who called sudo, without root's rights: start what needs them elsewhere.
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
  sctptop replay amf.sctp --from 12:00 --to 12:10 --netns amf --speed 10   a part of it, ten times as fast
  sctptop replay amf.sctp --json          every sample, as fast as it can be read
  sctptop replay amf.sctp --events cwnd   why cwnd moved, then
  sctptop replay amf.sctp --registrations > ues.csv   one row a registration, for pandas or R
"""

COMPARE = """\
examples:
  sctptop compare slow.sctp fast.sctp               a run each: the first is the baseline
  sctptop compare slow=s1.sctp,s2.sctp,s3.sctp fast='fast*.sctp'   runs of each set-up: the more, the surer
  sctptop compare a.sctp b.sctp --markdown | xclip  for an issue
  sctptop compare base='b*.sctp' new='n*.sctp' --verdict --fail-above 10%   0 no worse, 1 worse, 2 error, 4 cannot tell

from two cores to table and picture:
  1. sudo sctptop record -o open5gs.sctp --runs 5 -- ./register-100-ues     open5gs-1.sctp to -5: a script of yours that
     starts the core anew and lets the same 100 UEs or more register at the same rate; at the same end (gNB or AMF)
  2. the same with the other core: free5gc-1.sctp to -5. Better in turn, one of each: what drifts then meets both
  3. sctptop compare 'open5gs-*.sctp' 'free5gc-*.sctp' --warm-up 10s      read Caveats and Settings first: what differs
     there is compared as well. Equal must be: NODELAY, SACK delay, RTO, kernel, machine, number of gNBs, rate of
     registrations, their kinds, where it was recorded. Make them so; record again
  4. sctptop compare 'open5gs-*.sctp' 'free5gc-*.sctp' --warm-up 10s --markdown > table.md
  5. sctptop compare 'open5gs-*.sctp' 'free5gc-*.sctp' --warm-up 10s --svg picture.svg     the picture; --plot draws
     in the terminal, and --csv has a row a run, kind, part and percentile, to plot it yourself

what the numbers mean:
  62ms (60–65ms)        a time of a side and its 95 % interval: of the set-up from three runs on, else of these runs
  >800× *               the baseline has none of it, or too little for a ratio
  0.80× (0.72–0.89) *   takes 0.80 times as long as the baseline; 95 % interval; * different for certain
  1.01× (0.98–1.03) =   no difference that matters: less than --margin (5 %) for certain
  1.10× (0.95–1.27)     cannot tell; the verdict says how many runs it would take
  p50 of a side is the geometric mean of the p50 of its runs; parts of the mean add up to it
  completed, failed     what the UE completed
  RM.RegInitSucc …      where an AMF was recorded, as it counts by 3GPP TS 28.552: accepts and, by cause, rejects sent
  time by load          p50 / p95 (n) of those that began while so many per second did, or while so many were under way,
                        all runs of a side together: one long recording of a rising load, or one for each load
  knee 62, then to 3×   at 62 it begins to climb, and takes three times as long at the highest load; none seen: no bend
                        beyond chance that matters; –: the load hardly varied, so none was looked for

The run is the unit: set-ups are compared from three runs a side on, by Welch's t (1947) on the logarithms of one
number a run, with Holm's correction (1979) over the rows of a table; none is claimed after two one-sided tests
(Schuirmann 1987); success by Fisher's exact test, and run by run. Five runs of 100 find 20 % less where runs differ
by 7 %. One or two runs a side speak of these runs alone, from 100 registrations on.
"""
