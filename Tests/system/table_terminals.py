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



def stty(name, settings, output):
    """What `stty` followed by these words prints, whatever was set before."""
    return Case(f"stty-{name}", f"exec </dev/tty3; stty sane 38400 rows 24 cols 80; stty {settings}", output)


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
        "exec 5<>/dev/ptmx; cat /dev/pts/*",
        error=re.compile(r"cat: /dev/pts/[0-9]+: [^\n]*\n"),
        status=1,
        why="POSIX leaves the wording of EIO to the system",
    ),
    # stty (POSIX, stty), tty and reset, each with a console that nobody else uses as its standard input.
    stty("size", "rows 30 cols 100; stty size", "30 100\n"),
    stty("round-trip", "raw -echo eof ^X; saved=$(stty -g); stty sane; stty $saved; stty -g | grep -c ^$saved'$'", "1\n"),
    stty("characters", "eof ^X intr undef erase a; stty -a | tr ';' '\\n' | grep -E '^ ?(eof|intr|erase) ='",
         "intr = <undef>\n erase = a\n eof = ^X\n"),
    stty("numbers", "-icanon min 3 time 20; stty -a | tr ';' '\\n' | grep -E '^ ?(min|time) ='", " time = 20\n min = 3\n"),
    stty("speeds", "9600; stty | head -1 | cut -d';' -f1; stty ispeed 300; stty | cut -d';' -f1 | head -1",
         "speed 9600 baud\nispeed 300 baud\n"),
    stty("flags", "-ixon cs7 parenb; stty -a | tr ' ' '\\n' | grep -E '^-?(ixon|cs[78]|parenb|icanon)$'", "cs7\nparenb\n-ixon\nicanon\n"),
    stty("sane", "raw -echo cs7 tab3 300; stty sane 38400; stty", "speed 38400 baud; rows 24; columns 80;\n"),
    stty("wrong", "sane; stty nothing 2>/dev/null; echo $?; stty 12345 2>/dev/null; echo $?", "1\n1\n"),
    Case("tty-names-the-terminal", "tty </dev/tty3; tty -s </dev/tty3; echo $?", "/dev/tty3\n0\n"),
    Case("reset-makes-it-sane", "stty raw -echo </dev/tty3; reset </dev/tty3; stty </dev/tty3 | tail -n +2", "\033c"),
    Case("terminal-consoles", "ls /dev | grep '^tty[0-9]'", "tty1\ntty2\ntty3\ntty4\n"),
]
