"""Signals, job control and sessions (POSIX.1-2024, System Interfaces and Shell Command Language 2.11). What the groups of signals.c
check stands there; Tests/system/judge has a POSIX system confirm each."""

import re

from case import C, Case

#: Group of signals.c → how many checks it makes.
GROUPS = {
    "waits": 20,
    "stops": 28,
    "handlers": 22,
    "masks": 18,
    "queues": 16,
    "suspends": 8,
    "accepts": 13,
    "interrupts": 12,
    "alarms": 13,
    "children": 27,
    "pipes": 14,
    "kills": 16,
    "sessions": 16,
    "inherits": 7,
    "orphans": 7,
    "ends": 6,
}

DETAILS = "where a program trapped is for people"
WORDING = "POSIX leaves the wording of what is said of jobs to the shell"


def group(name, checks):
    error = re.compile(r"(?:martlet: [^\n]*\n)*") if name == "ends" else ""
    files = {"signals": C("signals.c")}
    return Case(f"signals-{name}", f"./signals {name}", f"{checks} checks\n", error, files=files, why=DETAILS if error else "")


CASES = [
    *(group(name, checks) for name, checks in GROUPS.items()),
    Case(
        "a-program-without-a-table-has-no-handlers",
        "./signals masks; echo $?",
        "139\n",
        re.compile(r"martlet: signals: [^\n]* \(SIGSEGV\)\n(?:Segmentation fault\n)?"),
        files={"signals": C("signals.c", exports_table=False)},
        why=DETAILS,
    ),
    # Shell Command Language 2.11; jobs, fg, bg, kill.
    Case(
        "jobs-are-stopped-and-go-on",
        "set -m; sleep 1000 & kill -STOP %1; jobs; ps | grep -c ' T  *[0-9:]* sleep 1000$'; bg >/dev/null; jobs; kill %1; wait %1; echo $?",
        "[1] + Stopped (SIGSTOP) sleep 1000\n1\n[1] + Running sleep 1000\n143\n",
        re.compile(r"(?:Terminated\n)?"),
        why=WORDING,
    ),
    Case(
        "jobs-tells-of-all-or-of-some",
        "set -m; sleep 1000 & sleep 2000 & jobs; jobs -p >f; wc -l <f; jobs -p %2 >f; [ $(cat f) = $! ] && echo same;"
        " jobs -l %1 >f; read number mark group rest <f; echo $number $mark $rest; jobs -x; echo $?; jobs %3; echo $?; kill -9 %1 %2; wait",
        "[1] - Running sleep 1000\n[2] + Running sleep 2000\n2\nsame\n[1] - Running sleep 1000\n2\n1\n",
        re.compile(r"[^\n]*jobs: -x[^\n]*\n[^\n]*jobs: %3: no such job\n(?:Killed\n)*"),
        why=WORDING,
    ),
    Case(
        "a-job-that-stops-in-the-foreground-is-one",
        "set -m; sh -c 'kill -STOP $$; echo on; exit 5'; echo $?; fg; echo $?; fg",
        "147\nsh -c kill -STOP $$; echo on; exit 5\non\n5\n",
        re.compile(r"\n\[1\] \+ Stopped \(SIGSTOP\) sh -c [^\n]*\n[^\n]*fg: current: no such job\n"),
        status=1,
        why=WORDING,
    ),
    Case(
        "kill-knows-jobs-by-number-and-name",
        "set -m; sleep 1000 & sleep 2000 & kill -KILL %1 %?2000; wait %1; echo $?; wait %2; echo $?; kill %7; echo $?",
        "137\n137\n1\n",
        re.compile(r"(?:Killed\n)*[^\n]*kill: %7: no such job\n"),
        why=WORDING,
    ),
    Case(
        "kill-stops-and-continues-by-number-and-name",
        "sleep 1000 & kill -s STOP $!; ps | grep -c ' T  *[0-9:]* sleep 1000$'; kill -18 $!; ps | grep -c ' T  *[0-9:]* sleep 1000$'; kill -9 $!; wait $!; echo $?",
        "1\n0\n137\n",
        re.compile(r"(?:Killed\n)?"),
        why=WORDING,
    ),
    Case("kill-lists-the-signals-of-job-control", "kill -l 148; for name in STOP CONT SIGTSTP; do kill -l $name; done", "TSTP\n19\n18\n20\n"),
    Case("without-job-control-there-are-no-jobs-to-bring-back", "sleep 1000 & fg; echo $?; kill -9 $!", "1\n", re.compile("[^\n]*fg: no job control\n"), why=WORDING),
]
