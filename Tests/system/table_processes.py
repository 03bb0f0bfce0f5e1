"""Processes: statuses, signals, background commands, arguments, environment, and data through pipes (POSIX.1-2024, XCU 2.8, 2.9.3, 2.12;
XSH kill, exec)."""

import re

from case import Case

MEBIBYTE = 1 << 20
JOBS_WORDING = "POSIX leaves the wording about a command that a signal ended to the shell"
A_LINE = re.compile(r"(?:[^\n]*\n)+")

#: Bytes of every value, without a period that a block size could hide.
LARGE = bytes((index * 31 + (index >> 8) * 7 + (index >> 16)) & 255 for index in range(3 * MEBIBYTE + 17))
#: `seq 1 N` has so many bytes.
SEQ_300000 = sum(len(str(number)) + 1 for number in range(1, 300001))

CASES = [
    # Statuses.
    Case(
        "a-signal-is-a-status",
        "for s in HUP INT QUIT KILL USR1 SEGV PIPE ALRM TERM; do sh -c \"kill -$s \\$\\$\" 2>/dev/null; echo $s $?; done",
        "HUP 129\nINT 130\nQUIT 131\nKILL 137\nUSR1 138\nSEGV 139\nPIPE 141\nALRM 142\nTERM 143\n",
    ),
    Case("a-command-that-was-killed-is-told", "sh -c 'kill -KILL $$'; echo $?", "137\n", "Killed\n"),
    Case("the-shell-itself-may-be-killed", "echo before; kill -TERM $$; echo never", "before\n", status=143),
    Case("signals-that-are-ignored-by-default", "sh -c 'kill -CHLD $$; kill -URG $$; kill -WINCH $$; echo alive'", "alive\n"),
    Case(
        "exit-statuses-have-eight-bits",
        "for n in 0 1 127 128 255 256 257; do sh -c \"exit $n\"; echo $?; done",
        "0\n1\n127\n128\n255\n0\n1\n",
    ),
    # Background.
    Case("background-commands-run-beside", "{ sleep 0.1; echo second; } & echo first; wait; echo third", "first\nsecond\nthird\n"),
    Case(
        "wait-has-the-status-of-the-command",
        "sh -c 'exit 7' & wait $!; echo $?; sh -c 'exit 3' & a=$!; sh -c 'exit 4' & b=$!; wait $b; echo $?; wait $a; echo $?; wait;"
        " echo $?",
        "7\n4\n3\n0\n",
    ),
    Case("wait-for-nobody-is-127", "wait 99999; echo $?", "127\n"),
    Case(
        "a-background-command-can-be-killed",
        "sleep 1000 & kill $!; wait $!; echo $?; sleep 1000 & kill -9 $!; wait $! 2>/dev/null; echo $?",
        "143\n137\n",
        re.compile(r"(?:Terminated\n)?"),
        why=JOBS_WORDING,
    ),
    Case(
        "a-command-can-be-given-a-time",
        "sleep 1000 & p=$!; { sleep 0.1; kill $p; } & wait $p; echo $?; wait",
        "143\n",
        re.compile(r"(?:Terminated\n)?"),
        why=JOBS_WORDING,
    ),
    Case(
        "a-loop-can-be-given-a-time",
        "sh -c 'while :; do :; done' & p=$!; sleep 0.01; kill -9 $p; wait $p; echo $?",
        "137\n",
        re.compile(r"(?:Killed\n)?"),
        why=JOBS_WORDING,
    ),
    Case(
        "a-trap-interrupts-wait",
        "trap 'echo trapped' USR1; p=$$; { sleep 0.1; kill -USR1 $p; } & sleep 1000 & s=$!; wait $s; test $? -gt 128 && echo interrupted;"
        " kill $s; wait $s; echo $?",
        "trapped\ninterrupted\n143\n",
        re.compile(r"(?:Terminated\n)?"),
        why=JOBS_WORDING,
    ),
    Case(
        "a-trap-waits-for-the-command-in-front",
        "trap 'echo trapped' TERM; p=$$; { sleep 0.1; kill $p; } & sleep 0.4; echo after; wait",
        "trapped\nafter\n",
    ),
    Case("background-commands-read-nothing", "cat & wait; echo end", "end\n", input="typed\n"),
    Case(
        "twenty-commands-at-once",
        "for i in $(seq 20); do { sleep 0.05; echo $i >$i; } & done; wait; cat $(seq 20) | sort -n | tail -n 1; ls | wc -l",
        "20\n20\n",
    ),
    Case("an-orphan-lives-on", "(sh -c 'sleep 0.2; echo done >f' &) ; while ! [ -s f ]; do sleep 0.05; done; cat f", "done\n"),
    Case(
        "a-group-gets-a-signal",
        "sleep 1000 & a=$!; sleep 1000 & b=$!; trap '' TERM; kill -TERM 0; wait $a; echo $?; wait $b; echo $?",
        "143\n143\n",
        re.compile(r"(?:Terminated\n)*"),
        why=JOBS_WORDING,
    ),
    Case(
        "kill-asks-with-signal-zero",
        "sleep 1000 & p=$!; kill -0 $p; echo $?; kill $p; wait $p; kill -0 $p 2>/dev/null; echo $?",
        "0\n1\n",
        re.compile(r"(?:Terminated\n)?"),
        why=JOBS_WORDING,
    ),
    Case(
        "init-and-servers-are-not-ended",
        "kill -9 1; kill -TERM 1 2 3; ps | grep -c ' init$'; ps | grep -c '\\[tty\\]$'; echo alive",
        "1\n1\nalive\n",
    ),
    # Arguments and environment.
    Case("many-arguments", "set -- $(seq 20000); /bin/echo \"$@\" | wc -w; /bin/echo \"$@\" | tr ' ' '\\n' | tail -n 1", "20000\n20000\n"),
    Case("a-long-argument", "x=$(head -c 200000 /dev/zero | tr '\\0' a); /bin/printf %s \"$x\" | wc -c", "200000\n"),
    Case(
        "arguments-are-too-many-together",
        "x=$(head -c 600000 /dev/zero | tr '\\0' a); /bin/echo \"$x\" >/dev/null; test $? -gt 125 && echo refused; echo ${#x}",
        "refused\n600000\n",
        re.compile(r"[^\n]*Argument list too long\n"),
        why="POSIX leaves the wording of diagnostics to the shell",
    ),
    Case(
        "arguments-may-be-empty-or-any-bytes",
        "sh -c 'for i; do printf \"[%s]\" \"$i\"; done' x '' 'a\nb' \"$(printf '\\377')\" '*'",
        b"[][a\nb][\xff][*]",
    ),
    Case(
        "variables-are-handed-on-when-exported",
        "a=1; b=2; export b; c=3 sh -c 'echo [$a$b$c]'; echo [$c]; sh -c 'b=9'; echo $b; export d=4; unset d; env | grep -c ^d= || echo"
        " none",
        "[23]\n[]\n2\n0\nnone\n",
    ),
    Case("a-large-environment", "x=$(head -c 100000 /dev/zero | tr '\\0' a); export x; sh -c 'echo ${#x}'", "100000\n"),
    # Whoever reads from, or writes to, a pipe that `exec` left sees its end at once (XCU 2.14, exec).
    Case(
        "exec-closes-what-it-replaces",
        "for to in '>&-' '>f'; do"
        " sh -c \"exec $to; until test -e g; do sleep 0.01; done\" | (cat; : >g; echo left); rm g; done; "
        "(cat /dev/zero; : >g) | (exec </dev/null; until test -e g; do sleep 0.01; done; echo left)",
        "left\nleft\nleft\n",
    ),
    Case(
        "descriptors-are-handed-on",
        "exec 7>f; sh -c 'echo inherited >&7'; cat f; sh -c 'echo x >&7' 7>&- 2>/dev/null; test $? -ne 0 && echo closed",
        "inherited\nclosed\n",
    ),
    Case(
        "the-working-directory-and-mask-are-handed-on",
        "mkdir d; cd d; umask 077; sh -c 'pwd; umask; cd /'; pwd",
        "/home/case/d\n0077\n/home/case/d\n",
    ),
    # Pipes.
    Case("a-pipeline-of-many", "seq 100 | " + " | ".join(["cat"] * 12) + " | tail -n 1", "100\n"),
    Case(
        "a-writer-without-a-reader-ends",
        "cat /dev/zero | head -c 1 | tr '\\0' x; echo; seq 1000000 | head -n 1; { sh -c 'while :; do echo y; done'; echo $? >&2; } | head"
        " -n 1",
        "x\n1\ny\n",
        "141\n",
    ),
    Case(
        "a-broken-pipe-can-be-ignored",
        "(trap '' PIPE; cat /dev/zero; echo $? >&2) | head -c 1 | tr '\\0' x",
        "x",
        re.compile(r"cat: [^\n]*Broken pipe\n1\n"),
        why="POSIX leaves the wording of diagnostics to cat",
    ),
    Case("ten-million-bytes-through-pipes", "head -c 10000000 /dev/zero | cat | cat | wc -c", "10000000\n"),
    Case(
        "a-hundred-thousand-lines-are-sorted",
        "seq 100000 | sort -r | head -n 3; seq 100000 | sort -n | tail -n 1",
        "99999\n99998\n99997\n100000\n",
    ),
    Case(
        "lines-go-to-and-fro",
        "seq 1000 | while read i; do echo $((i*2)); done | tail -n 1; seq 1 2000 | { n=0; while read i; do n=$((n+i)); done; echo $n; }",
        "2000\n2001000\n",
    ),
    Case("large-input-comes-back", "cat", LARGE, input=LARGE),
    Case("large-input-through-a-pipeline", "cat | cat | cat", LARGE, input=LARGE),
    Case(
        "large-input-to-a-file-and-back",
        "cat >f; cat f f | wc -c; cat f",
        str(2 * len(LARGE)).encode() + b"\n" + LARGE,
        input=LARGE,
        effects={"f": LARGE},
    ),
    Case(
        "a-large-file-is-copied",
        "cp given copy; cat copy copy >double; wc -c <double; mkdir /tmp/case; cp given /tmp/case; cat /tmp/case/given >back",
        f"{2 * len(LARGE)}\n",
        files={"given": LARGE},
        effects={"copy": LARGE, "double": LARGE * 2, "back": LARGE},
    ),
    Case(
        "large-output-to-both-streams",
        "seq 300000 | tee /dev/stderr",
        "".join(f"{number}\n" for number in range(1, 300001)),
        "".join(f"{number}\n" for number in range(1, 300001)),
    ),
    Case("a-large-substitution", "x=$(seq 300000); echo ${#x}; echo \"$x\" >f; wc -c <f", f"{SEQ_300000 - 1}\n{SEQ_300000}\n"),
    Case(
        "files-of-many-sizes",
        "for n in 0 1 4095 4096 4097 65535 65536 65537 524289 1048577; do head -c $n given >f; cat f | wc -c; [ $(wc -c <f) -eq $n ] ||"
        " echo wrong; done",
        "0\n1\n4095\n4096\n4097\n65535\n65536\n65537\n524289\n1048577\n",
        files={"given": LARGE},
        effects={"f": LARGE[:1048577]},
    ),
    Case("input-is-shared-by-commands", "read a; read b; echo $b $a; cat", "two one\nthree\nfour", input="one\ntwo\nthree\nfour"),
    Case("input-from-a-file-is-shared-too", "{ read a; cat; echo $a; } <f", "two\none\n", files={"f": "one\ntwo\n"}),
]
