"""The utilities, each with its operands, options, streams and errors (POSIX.1-2024, XCU chapter 3)."""

import re

from case import Case
from errors import EXISTS, IS_DIRECTORY, NO_ENTRY, NO_PROCESS, tells

LINES = "one\ntwo\nthree\nfour\nfive\n"
PAIRS = "b 2\na 10\nc 1\na 2\n"
FIELDS = "alice:x:3\nbob:y:11\ncarol::2\n"
USAGE = re.compile(r"(?:[^\n]+\n)+")
WORDING = "POSIX leaves the wording of diagnostics to the utility"

CASES = [
    Case("true-and-false", "true a b; echo $?; false; echo $?; /bin/true; echo $?; /bin/false; echo $?", "0\n1\n0\n1\n"),
    Case("echo-writes-its-words", "echo; echo a 'b  c'; /bin/echo d", "\na b  c\nd\n"),
    Case(
        "printf-formats",
        "printf '%s-%d|%5s|%-5s|%05d|%x|%o|%c|%%\\n' a 5 r l 42 255 8 xyz; printf '%s\\n' 1 2; printf '%b' 'x\\ty\\n'; "
        "printf '\\101\\n'; printf '%d %s\\n'",
        "a-5|    r|l    |00042|ff|10|x|%\n1\n2\nx\ty\nA\n0 \n",
    ),
    Case("printf-of-a-number-that-is-none-fails", "printf '%d\\n' 5x; test $? -ne 0 && echo failed", "5\nfailed\n", USAGE, why=WORDING),
    # Reading.
    Case("cat-joins-files", "cat a - b <c; echo $?", "A\nC\nB\n0\n", files={"a": "A\n", "b": "B\n", "c": "C\n"}),
    Case("cat-goes-on-after-a-missing-file", "cat a none b", "A\nB\n", tells("cat", ("none", NO_ENTRY)), 1, files={"a": "A\n", "b": "B\n"}),
    Case("cat-keeps-every-byte", "cat f; cat f | cat", bytes(range(256)) * 2, files={"f": bytes(range(256))}),
    Case("a-directory-is-not-read", "cat d; mkdir d; cat d", "", tells("cat", ("d", NO_ENTRY), ("d", IS_DIRECTORY)), 1),
    Case(
        "head-takes-the-first",
        "head -n 2 f; head -c 5 f; echo; head -n 1 <f; head -n 100 f | wc -l",
        "one\ntwo\none\nt\none\n5\n",
        files={"f": LINES},
    ),
    Case(
        "tail-takes-the-last",
        "tail -n 2 f; tail -c 5 f; tail -n +4 f; cat f | tail -n 1; tail -c +20 f",
        "four\nfive\nfive\nfour\nfive\nfive\nfive\n",
        files={"f": LINES},
    ),
    Case("head-names-several-files", "head -n 1 a b", "==> a <==\nA\n\n==> b <==\nB\n", files={"a": "A\nx\n", "b": "B\nx\n"}),
    Case("wc-counts", "wc -l <f; wc -w <f; wc -c <f; printf 'no end' | wc -l | tr -d ' '", "5\n5\n24\n0\n", files={"f": LINES}),
    Case("wc-tells-a-total", "wc -c a b | tr -s ' ' : | tr -d '\\n' | grep -c '2:a.*3:b.*5:total'", "1\n", files={"a": "A\n", "b": "BB\n"}),
    # Filters.
    Case(
        "sort-orders-bytes",
        "sort f; sort -r f | head -n 1; sort -u g",
        "a 10\na 2\nb 2\nc 1\nc 1\n1\n2\n",
        files={"f": PAIRS, "g": "2\n1\n2\n"},
    ),
    Case(
        "sort-orders-numbers-and-keys",
        "sort -n g | tr '\\n' ' '; sort -k 2n f; sort -t : -k 3,3nr h",
        "-3 0.5 2 10 c 1\na 2\nb 2\na 10\nbob:y:11\nalice:x:3\ncarol::2\n",
        files={"f": PAIRS, "g": "10\n2\n-3\n0.5\n", "h": FIELDS},
    ),
    Case("sort-writes-over-its-input", "sort -o f f; cat f", "1\n2\n3\n", files={"f": "3\n1\n2\n"}, effects={"f": "1\n2\n3\n"}),
    Case("sort-of-a-missing-file-fails", "sort none; test $? -gt 1 && echo failed", "failed\n", tells("sort", ("none", NO_ENTRY))),
    Case(
        "uniq-joins-equal-neighbours",
        "uniq f; uniq -d f; uniq -u f; uniq -c f | tr -s ' ' | tr '\\n' ,",
        "a\nb\na\na\nb\na\n 2 a, 1 b, 1 a,",
        files={"f": "a\na\nb\na\n"},
    ),
    Case(
        "cut-takes-fields-and-characters",
        "cut -d : -f 1,3 f; cut -c 2-4 f; cut -d : -f 2- f | head -n 1; cut -b 1 f | tr -d '\\n'; "
        "printf 'none\\na:b\\n' | cut -s -d : -f 2",
        "alice:3\nbob:11\ncarol:2\nlic\nob:\naro\nx:3\nabcb\n",
        files={"f": FIELDS},
    ),
    Case(
        "tr-maps-deletes-and-squeezes",
        "echo Hello | tr a-z A-Z; echo Hello | tr -d l; echo aabbcc | tr -s ab; echo abc | tr -c 'b\\n' -; "
        "echo abc | tr '[:lower:]' '[:upper:]'; printf 'a\\0b' | tr '\\0' -",
        "HELLO\nHeo\nabcc\n-b-\nABC\na-b",
    ),
    Case(
        "grep-finds-lines",
        "grep o f; grep -v o f; grep -c t f; grep -n ^f f; grep -i THREE f; grep -x two f; grep -l one f g; grep -q zzz f; echo $?",
        "one\ntwo\nfour\nthree\nfive\n2\n4:four\n5:five\nthree\ntwo\nf\n1\n",
        files={"f": LINES, "g": "x\n"},
    ),
    Case(
        "grep-knows-regular-expressions",
        "grep 'o[nu]' f; grep -E '^(one|t.*e+)$' f; grep -F . g; grep -e two -e four f; grep 't.\\{3\\}e' f; grep -E 'e{2}' f",
        "one\nfour\none\nthree\na.b\ntwo\nfour\nthree\nthree\n",
        files={"f": LINES, "g": "a.b\naxb\n"},
    ),
    Case(
        "grep-has-three-statuses",
        "grep one f; echo $?; grep zzz f; echo $?; grep one none; echo $?",
        "one\n0\n1\n2\n",
        tells("grep", ("none", NO_ENTRY)),
        files={"f": LINES},
    ),
    Case(
        "grep-names-several-files",
        "grep -h o a b; grep o a b; mkdir d; cp a d/x; grep -r foo d",
        "foo\nboo\na:foo\nb:boo\nd/x:foo\n",
        files={"a": "foo\n", "b": "boo\n"},
    ),
    Case("tee-copies", "echo x | tee a b; echo y | tee -a a >/dev/null; cat a b", "x\nx\ny\nx\n", effects={"a": "x\ny\n", "b": "x\n"}),
    Case("seq-counts", "seq 3; seq 2 4; seq 10 -5 0; seq -s , 3; seq -w 8 10", "1\n2\n3\n2\n3\n4\n10\n5\n0\n1,2,3\n08\n09\n10\n"),
    Case(
        "basename-and-dirname",
        "basename /usr/lib/; basename a/b.c .c; basename /; dirname /usr/lib; dirname a; dirname /a; dirname a/b/",
        "lib\nb\n/\n/usr\n.\n/\na\n",
    ),
    # Files.
    Case(
        "ls-lists-names-in-order",
        "mkdir d; touch d/y d/x b a .h; ls; ls -a; ls -A d; ls d a; ls -d d; ls -r d; ls -1 d",
        "a\nb\nd\n.\n..\n.h\na\nb\nd\nx\ny\na\n\nd:\nx\ny\nd\ny\nx\nx\ny\n",
    ),
    Case("ls-tells-kinds", "mkdir d; touch f; chmod 755 f; ln -s d l; ls -F; ls -R d", "d/\nf*\nl@\nd:\n"),
    Case(
        "ls-tells-all-of-a-file",
        "mkdir /tmp/case; cd /tmp/case; printf 12345 >f; chmod 640 f; ln f g; ln -s f l; mkdir d; "
        "ls -l | tail -n +2 | tr -s ' ' | cut -d ' ' -f 1-5,9-",
        "drwxr-xr-x 2 root root 0 d\n-rw-r----- 2 root root 5 f\n-rw-r----- 2 root root 5 g\nlrwxrwxrwx 1 root root 1 l -> f\n",
    ),
    Case(
        "ls-of-a-missing-file-fails",
        "ls none a; test $? -gt 0 && echo failed",
        "a\nfailed\n",
        tells("ls", ("none", NO_ENTRY)),
        files={"a": ""},
    ),
    Case(
        "touch-makes-and-dates",
        "touch a; wc -c <a; touch -c none; ls; touch b; [ a -nt b ] || echo older; touch -r a b; [ b -nt a ] || echo same",
        "0\na\nolder\nsame\n",
        effects={"a": b"", "b": b""},
    ),
    Case(
        "mkdir-and-rmdir",
        "mkdir a a/b; mkdir -p c/d/e c/d; mkdir -m 700 m; ls -ld m | cut -c 1-10; rmdir a/b a; rmdir -p c/d/e; ls",
        "drwx------\nm\n",
    ),
    Case(
        "mkdir-of-what-is-there-fails",
        "mkdir f; mkdir none/d; mkdir -p f/d",
        "",
        re.compile(rf"mkdir: f: {EXISTS}\nmkdir: none/d: {NO_ENTRY}\nmkdir: f(/d)?: (Not a directory|{EXISTS})\n"),
        1,
        files={"f": "x"},
        why="POSIX does not say which part of a path -p names, nor which error comes first",
    ),
    Case(
        "cp-copies-bytes-and-modes",
        "chmod 750 a; cp a b; cat b; ls -l b | cut -c 1-10; mkdir d; cp a b d; ls d; cp none d; echo $?",
        "x\n-rwxr-x---\na\nb\n1\n",
        tells("cp", ("none", NO_ENTRY)),
        files={"a": "x\n"},
        effects={"d/b": "x\n"},
    ),
    Case(
        "cp-copies-trees",
        "mkdir -p a/b; echo x >a/b/f; ln -s f a/b/l; cp -R a c; cat c/b/f c/b/l; ls -F c/b; cp a e; test $? -ne 0 && echo refused",
        "x\nx\nf\nl@\nrefused\n",
        USAGE,
        effects={"c/b/f": "x\n", "e": None},
        why=WORDING,
    ),
    Case(
        "mv-renames-and-moves",
        "mv a b; mkdir d; mv b d; mv d e; cat e/b; echo y >c; mv c e/b; cat e/b; mv none x; echo $?",
        "x\ny\n1\n",
        tells("mv", ("none", NO_ENTRY)),
        files={"a": "x\n"},
        effects={"a": None, "e/b": "y\n", "c": None},
    ),
    Case(
        "mv-copies-between-file-systems",
        "mkdir d; echo deep >d/f; mv a d /tmp; ls; cat /tmp/a /tmp/d/f; mv /tmp/a /tmp/d .; ls; ls /tmp",
        "x\ndeep\na\nd\n",
        files={"a": "x\n"},
        effects={"a": "x\n", "d/f": "deep\n"},
    ),
    Case(
        "rm-removes",
        "mkdir -p d/e; touch d/f a b; rm a; rm d; test $? -ne 0 && echo refused; rm -r d; rm -f none; echo $?; rm none; echo $?; ls",
        "refused\n0\n1\nb\n",
        re.compile(rf"rm: d: [^\n]+\nrm: none: {NO_ENTRY}\n"),
        effects={"a": None, "d/f": None, "b": b""},
        why=WORDING,
    ),
    Case(
        "ln-makes-links",
        "ln a b; echo y >>b; cat a; ln -s a s; cat s; ln a b; echo $?; ln -f a b; ln -s x d/; rm a; cat b; cat s",
        "x\ny\nx\ny\n1\nx\ny\n",
        tells("ln", ("b", EXISTS)) + "ln: d/: No such file or directory\n" + tells("cat", ("s", NO_ENTRY)),
        1,
        files={"a": "x\n"},
        effects={"b": "x\ny\n", "a": None},
    ),
    Case(
        "chmod-takes-numbers-and-symbols",
        "mkdir /tmp/case; cd /tmp/case; touch f; for m in 600 u+x g=rw o+r,u-w a=r +x go-rx u+s 1777; do chmod $m f; "
        "ls -l f | cut -c 1-10; done; chmod 8 f; test $? -ne 0 && echo refused",
        "-rw-------\n-rwx------\n-rwxrw----\n-r-xrw-r--\n-r--r--r--\n-r-xr-xr-x\n-r-x------\n-r-s------\n-rwxrwxrwt\nrefused\n",
        USAGE,
        why=WORDING,
    ),
    Case(
        "chmod-goes-down-with-an-option",
        "mkdir /tmp/case; cd /tmp/case; mkdir -p d/e; touch d/e/f; chmod -R 700 d; ls -ld d d/e d/e/f | cut -c 1-10",
        "drwx------\ndrwx------\n-rwx------\n",
    ),
    # The system.
    Case(
        "env-sets-and-forgets",
        "env -i A=1 B=2 env; A=3 env | grep ^A=; env -u HOME env | grep -c ^HOME; env none; echo $?",
        "A=1\nB=2\nA=3\n0\n127\n",
        re.compile(r"env: none: [^\n]+\n"),
        why=WORDING,
    ),
    Case(
        "the-environment-of-a-command",
        "env | sort; pwd",
        "HOME=/home\nHOSTNAME=martlet\nPATH=/bin:/sbin\nPWD=/home/case\nSHELL=/bin/sh\nTERM=xterm-256color\nUSER=root\n/home/case\n",
    ),
    Case("uname-and-hostname", "uname; uname -n; uname -m; cat /etc/hostname", "Martlet\nmartlet\nwasm32\nmartlet\n"),
    Case(
        "date-has-formats",
        "a=$(date -u +%s); b=$(date -u +%s); test $b -ge $a && echo on; date -u '+%%x' ; date +%Y-%m-%d | grep -c"
        " '^20[0-9][0-9]-[01][0-9]-[0-3][0-9]$'",
        "on\n%x\n1\n",
    ),
    Case(
        "sleep-takes-its-time",
        "a=$(date +%s); sleep 1; sleep 0.01; b=$(date +%s); test $b -gt $a && echo later; sleep x; test $? -ne 0 && echo refused",
        "later\nrefused\n",
        USAGE,
        why=WORDING,
    ),
    Case(
        "ps-lists-processes",
        "sleep 1000 & ps | grep -c ' sleep 1000$'; kill $!; wait; ps | grep -c ' sleep 1000$'; ps | grep -c '\\[tmpfs\\]$'",
        "1\n0\n1\n",
    ),
    Case(
        "kill-knows-signals",
        "kill -l 9; kill -l 15; kill -0 $$; echo $?; kill 99999; echo $?; kill -s NONE 1; test $? -ne 0 && echo refused",
        "KILL\nTERM\n0\n1\nrefused\n",
        re.compile(rf"kill: 99999: {NO_PROCESS}\n(?:[^\n]+\n)+"),
        why=WORDING,
    ),
    Case(
        "there-is-no-terminal",
        "tty; echo $?; stty; test $? -ne 0 && echo none; test -t 0 || test -t 1 || echo no",
        "not a tty\n1\nnone\nno\n",
        re.compile(r"stty: [^\n]*Inappropriate ioctl for device\n"),
        why=WORDING,
    ),
    Case(
        "unknown-options-are-refused",
        "for u in cat head sort grep ls wc cp; do $u -Z f >/dev/null || echo $u; done",
        "cat\nhead\nsort\ngrep\nls\nwc\ncp\n",
        USAGE,
        files={"f": ""},
        why=WORDING,
    ),
    Case("two-dashes-end-options", "echo x >-n; cat -- -n; rm -- -n; ls", "x\n", effects={"-n": None}),
    Case(
        "file-systems-come-and-go",
        "mount -t tmpfs one /share && echo kept >/share/f && cat /share/f; mount | grep -c ' /share$'; umount /share; ls /share; "
        "umount /share; echo $?",
        "kept\n1\n1\n",
        tells("umount", ("/share", "Invalid argument")),
    ),
    Case(
        "a-file-system-in-use-stays",
        "mount -t tmpfs one /share; (cd /share; umount /share; echo $?; cd /); umount /share; echo $?",
        "1\n0\n",
        tells("umount", ("/share", "Device or resource busy")),
    ),
    Case(
        "what-cannot-be-mounted-is-refused",
        "mount -t tmpfs one /absent; echo $?; mount -t nofs one /share; echo $?",
        "1\n1\n",
        tells("mount", ("/absent", NO_ENTRY), ("/share", "No such device")),
    ),
]
