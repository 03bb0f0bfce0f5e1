"""Terminals: programs/terminal.c asks both ends of a pseudo-terminal what POSIX.1-2024 says (XBD 11, General Terminal Interface)."""

import re

from case import C, Case

#: Behaviours of terminal.c that any POSIX system shares, and how many checks each makes. Tests/system/judge has Linux judge them.
SHARED = {
    "pair": 16, "canonical": 21, "long": 5, "modes": 14, "input": 10, "output": 7, "echo": 15, "flow": 16, "queues": 11, "settings": 16,
    "hang-up": 11,
}  # fmt: skip
#: What POSIX leaves open, or Linux does otherwise.
OWN = {"own": 16}

CASES = [
    *[
        Case(f"terminal-{name}", f"./terminal {name}", f"{count} held\n", files={"terminal": C("terminal.c")})
        for name, count in {**SHARED, **OWN}.items()
    ],
    # The names of pseudo-terminals come and go with their masters.
    Case("terminal-names", "ls /dev/pts; ls -l /dev/ptmx | cut -c1-10", "crw-rw-rw-\n"),
    Case(
        "terminal-names-of-open-pairs",
        "exec 5<>/dev/ptmx 6<>/dev/ptmx; ls -l /dev/pts | grep -c '^crw--w----.*tty'; ls /dev/pts | wc -l; exec 5<&-; ls /dev/pts | wc -l; "
        "exec 6<&-; ls /dev/pts | wc -l",
        "2\n2\n1\n0\n",
    ),
    Case(
        "terminal-locked-pair",
        "exec 5<>/dev/ptmx; cat /dev/pts/0",
        error=re.compile(r"cat: /dev/pts/0: [^\n]*\n"),
        status=1,
        why="POSIX leaves the wording of EIO to the system",
    ),
    Case("terminal-consoles", "ls /dev | grep '^tty[0-9]'", "tty1\ntty2\ntty3\ntty4\n"),
]
