"""Files: names, kinds, modes, errors of each file system; what POSIX.1-2024 XSH says of open, rename, unlink, mkdir, link and symlink."""

import re

from case import SCRATCH, Case
from errors import (
    BUSY, CROSS_DEVICE, LOOP, NAME_TOO_LONG, NO_ENTRY, NO_SPACE, NOT_DIRECTORY, NOT_EMPTY, NOT_PERMITTED, READ_ONLY,
    tells,
)  # fmt: skip

SHELLS_WORDING = "POSIX leaves the wording of diagnostics to the shell"
#: The begin of a command line, which makes a file of three lines.
LINES = "printf 'one\\ntwo\\nthree\\n' >f; "


def both(name, command, output="", error="", status=0, **more):
    """A case for FOLDER, and the same in SCRATCH: natively these are different file systems."""
    return [
        Case(name, command, output, error, status, **more),
        Case(f"{name}-in-tmp", f"mkdir {SCRATCH}; cd {SCRATCH}; {command}", output, error, status, **more),
    ]  # fmt: skip


def cannot(words):
    """A diagnostic of the shell for a redirection."""
    return re.compile(rf"(?:[^\n]*{re.escape(words)}\n)+")


CASES = [
    *both("rename-replaces-a-file", "echo a >a; echo b >b; mv a b; cat b; ls", "a\nb\n"),
    *both("rename-of-a-directory-keeps-its-tree", "mkdir -p d/e; echo x >d/e/f; mv d g; cat g/e/f; ls", "x\ng\n"),
    *both(
        "a-directory-is-not-moved-into-itself",
        "mkdir -p d/e; mv d d/e/f; test $? -ne 0 && ls -d d/e",
        "d/e\n",
        re.compile(r"mv: [^\n]+\n"),
        why="POSIX leaves the wording of this refusal to mv",
    ),
    *both("a-full-directory-is-not-removed", "mkdir d; echo x >d/f; rmdir d; cat d/f", "x\n", tells("rmdir", ("d", NOT_EMPTY))),
    *both(
        "a-file-is-no-directory",
        "echo x >f; cat f/g; rmdir f; ls f/; cd f/.; mkdir f/d",
        "",
        re.compile(
            rf"cat: f/g: {NOT_DIRECTORY}\nrmdir: f: {NOT_DIRECTORY}\nls: f/: {NOT_DIRECTORY}\n[^\n]*f/\.: {NOT_DIRECTORY}\n"
            rf"mkdir: f/d: {NOT_DIRECTORY}\n"
        ),
        1,
        why=SHELLS_WORDING,
    ),
    *both(
        "a-hard-link-is-the-same-file",
        "echo x >a; ln a b; echo y >>b; cat a; ls -l a | tr -s ' ' | cut -d ' ' -f 2; [ a -ef b ] && echo same; rm a; "
        "ls -l b | tr -s ' ' | cut -d ' ' -f 2; cat b",
        "x\ny\n2\nsame\n1\nx\ny\n",
    ),
    *both("a-directory-has-no-hard-link", "mkdir d; ln d e", "", tells("ln", ("e", NOT_PERMITTED)), 1),
    *both(
        "symbolic-links-are-followed",
        "mkdir d; echo x >d/f; ln -s d l; ln -s l/f m; cat l/f m; echo y >m; cat d/f; ls -l m | tr -s ' ' | cut -d ' ' -f 9-",
        "x\nx\ny\nm -> l/f\n",
    ),
    *both("a-symbolic-link-may-lead-nowhere", "ln -s none l; cat l; ls; echo x >l; cat none", "l\nx\n", tells("cat", ("l", NO_ENTRY))),
    *both("symbolic-links-in-a-circle", "ln -s b a; ln -s a b; cat a; cat a/x; ls -d a", "a\n", tells("cat", ("a", LOOP), ("a/x", LOOP))),
    *both(
        "forty-links-are-followed-and-no-more",
        "echo x >l0; i=0; while [ $i -lt 41 ]; do ln -s l$i l$((i+1)); i=$((i+1)); done; cat l40; cat l41",
        "x\n",
        tells("cat", ("l41", LOOP)),
        1,
    ),
    *both("rm-takes-the-link-and-not-the-file", "mkdir d; echo x >d/f; ln -s d l; rm l; cat d/f; ln -s d m; rm -r m; cat d/f", "x\nx\n"),
    *both("a-removed-file-lives-while-it-is-open", "echo x >f; exec 3<f; rm f; cat <&3; ls", "x\n"),
    *both(
        "a-removed-directory-has-no-names",
        "mkdir d; cd d; rmdir ../d; echo x >f; test $? -ne 0 && echo refused",
        "refused\n",
        cannot(NO_ENTRY),
        why=SHELLS_WORDING,
    ),
    *both("names-have-255-bytes", "n=$(printf '%0255d' 0); echo x >$n; cat $n; cat ${n}0 2>&1 | tail -c 19", f"x\n{NAME_TOO_LONG}\n"),
    *both(
        "names-may-be-any-bytes",
        "echo x >'a b'; echo y >'*'; printf z >\"$(printf '\\303\\244\\n.')\"; cat 'a b' '*'; ls | wc -l; rm -- *; ls",
        "x\ny\n4\n",
    ),
    *both(
        "long-paths-are-walked", "p=.; for i in $(seq 60); do p=$p/dir$i; done; mkdir -p $p; echo x >$p/f; cat $p/f; rm -r dir1; ls", "x\n"
    ),
    *both("dots-are-walked", "mkdir -p a/b; echo x >f; cat ./a/./b/../../f; cat a/../../case/f; ls -d a/b/..", "x\nx\na/b/..\n"),
    *both(
        "many-names-in-one-directory",
        "mkdir d; cd d; for i in $(seq 400); do : >file$i; done; ls | wc -l; echo * | wc -w; rm *; ls",
        "400\n400\n",
    ),
    *both("writes-at-the-end-do-not-overwrite", "echo a >f; (echo b >>f; exec 3>>f; echo c >>f; echo d >&3); cat f", "a\nb\nc\nd\n"),
    *both(
        "two-offsets-or-one",
        "exec 3>f 4>f; echo aaaa >&3; echo b >&4; cat f; exec 5>g 6>&5; echo a >&5; echo b >&6; cat g",
        "b\naa\na\nb\n",
    ),
    *both(
        "a-hole-reads-as-zeros",
        "exec 3>f; echo x >&3; exec 4>f; exec 4>&-; echo y >&3; wc -c <f; head -c 2 f | tr '\\0' z; tail -c 2 f",
        "4\nzzy\n",
    ),
    # Offsets belong to open file descriptions: whoever opened them, and whoever inherited them (XSH 2.9.7, dup, posix_spawn; XCU 1.4: a
    # utility that ends before the end of its input leaves the offset behind what it used).
    *both("a-child-reads-on-where-its-parent-stopped", LINES + "(read a; cat; echo $a) <f; wc -l <f", "two\nthree\none\n3\n"),
    *both(
        "a-parent-reads-on-where-its-children-stopped",
        LINES + "exec 3<f; for n in 1 4 2; do head -c $n <&3; echo .; done; read a <&3; cat <&3; echo $a",
        "o.\nne\nt.\nwo.\nthree\n\n",
    ),
    *both(
        "parent-child-and-grandchild-read-in-turn",
        "seq 6 >f; exec 3<f; read a <&3; sh -c 'read b <&3; sh -c \"read c <&3; echo \\$c\"; read d <&3; echo $b $d'; read e <&3; echo $a $e",
        "3\n2 4\n1 5\n",
    ),
    *both(
        "parent-and-child-write-in-turn",
        "exec 3>f; echo 1 >&3; sh -c 'echo 2; echo 3' >&3; echo 4 >&3; sh -c 'exec 4>&3; echo 5 >&4; sh -c \"echo 6 >&4\"; echo 7 >&3'; "
        "echo 8 >&3; cat f",
        "1\n2\n3\n4\n5\n6\n7\n8\n",
    ),
    *both(
        "children-of-one-time-share-an-offset",
        "exec 3>f; for n in 1 2 3 4; do { sh -c 'i=0; while [ $i -lt 25 ]; do echo x; i=$((i+1)); done' >&3; } & done; wait; echo y >&3; "
        "sort f | uniq -c | tr -s ' '",
        " 100 x\n 1 y\n",
    ),
    *both(
        "a-duplicate-is-at-the-same-offset",
        LINES + "exec 3<f 4<&3 5<f; read a <&3; read b <&4; read c <&5; exec 3<&-; read d <&4; read e <&5; sh -c 'cat <&5'; cat <&4; "
        "echo $a $b $c $d $e",
        "three\none two one three two\n",
    ),
    *both(
        "a-program-that-cannot-be-run-moves-no-offset",
        LINES + "exec 3<>f; read a <&3; ./none <&3 2>/dev/null; d/ <&3 2>/dev/null; read b <&3; ./none >&3 2>/dev/null; sh -c 'echo 3 >&3'; "
        "echo $a $b; cat f",
        "one two\none\ntwo\n3\nree\n",
    ),
    *both(
        "each-write-of-those-that-append-is-at-the-end",
        "for n in a b c; do { i=0; while [ $i -lt 30 ]; do echo $n; i=$((i+1)); done; } >>f & done; wait; exec 3>>f; echo d >&3; "
        "sh -c 'echo e >>f; echo f >&3'; echo g >&3; tail -n 4 f | tr -d '\\n'; echo; sort f | uniq -c | tr -s ' '",
        "defg\n 30 a\n 30 b\n 30 c\n 1 d\n 1 e\n 1 f\n 1 g\n",
    ),
    *both(
        "truncation-moves-no-offset",
        "exec 3>f; echo abc >&3; : >f; sh -c 'echo d >&3'; wc -c <f; tail -c 2 f; head -c 4 f | tr '\\0' z; echo",
        "6\nd\nzzzz\n",
    ),
    # Not in FOLDER, where natively it is the host that knows the time, and that does not pass while a machine in virtual time sleeps.
    Case(
        "times-follow-changes",
        f"mkdir {SCRATCH}; cd {SCRATCH}; touch f; sleep 0.02; touch g; [ g -nt f ] && echo newer; sleep 0.02; echo x >f; "
        "[ f -nt g ] && echo written; sleep 0.02; mkdir d; touch r; sleep 0.02; touch d/x; [ d -nt r ] && echo named",
        "newer\nwritten\nnamed\n",
    ),
    # Modes, which root does not heed for reading and writing (XBD 4.7).
    Case(
        "root-reads-what-nobody-may",
        f"mkdir {SCRATCH}; cd {SCRATCH}; echo x >f; chmod 0 f; cat f; echo y >>f; cat f; mkdir d; chmod 0 d; echo z >d/g; cat d/g",
        "x\nx\ny\nz\n",
    ),
    Case(
        "nobody-may-run-what-has-no-bit",
        f"mkdir {SCRATCH}; cd {SCRATCH}; echo 'echo ran' >f; chmod 666 f; ./f; echo $?; chmod 100 f; ./f",
        "126\nran\n",
        re.compile(r"[^\n]*\./f: Permission denied\n"),
        why=SHELLS_WORDING,
    ),
    Case(
        "a-script-names-its-interpreter",
        "printf '#!/bin/cat\\nwords\\n' >s; printf 'echo plain $1\\n' >t; chmod 755 s t; ./s; ./t word",
        "#!/bin/cat\nwords\nplain word\n",
    ),
    # File systems.
    Case(
        "the-root-is-read-only",
        "mkdir /new; rmdir /var; touch /etc/hostname; rm -f /etc/hostname; mv /etc/hostname /etc/x; ln -s x /l; chmod 777 /etc; cat"
        " /etc/hostname",
        "martlet\n",
        tells("mkdir", ("/new", READ_ONLY))
        + tells("rmdir", ("/var", READ_ONLY))
        + tells("touch", ("/etc/hostname", READ_ONLY))
        + tells("rm", ("/etc/hostname", READ_ONLY))
        + tells("mv", ("/etc/hostname", READ_ONLY))
        + tells("ln", ("/l", READ_ONLY))
        + tells("chmod", ("/etc", READ_ONLY)),
    ),
    Case(
        "the-root-is-not-written", "echo x >/etc/hostname; test $? -ne 0 && echo x >>/etc/new", "", cannot(READ_ONLY), 2, why=SHELLS_WORDING
    ),
    Case(
        "links-do-not-cross-file-systems",
        f"mkdir {SCRATCH}; ln /etc/hostname {SCRATCH}/g; ln -s /etc/hostname {SCRATCH}/h; cat {SCRATCH}/h",
        "martlet\n",
        tells("ln", (f"{SCRATCH}/g", CROSS_DEVICE)),
    ),
    Case(
        "a-mount-covers-and-stays",
        "cat /share/f; mount -t tmpfs s /share; mkdir /share/d; rmdir /share; ls -d /share/..; ls /share; umount /share",
        "/share/..\nd\n",
        tells("cat", ("/share/f", NO_ENTRY)) + tells("rmdir", ("/share", BUSY)),
    ),
    Case(
        "the-tree-of-the-image",
        "cd /; ls; ls -ld tmp proc home | cut -c 1-10; cat /etc/passwd | head -n 1",
        "bin\ndev\netc\nhome\nmnt\nproc\nsbin\nshare\ntmp\nvar\ndrwxrwxrwt\ndr-xr-xr-x\ndrwxrwxrwt\nroot:x:0:0:root:/home:/bin/sh\n",
    ),
    # Device nodes (null(4), zero(4), full(4), random(4) of Linux).
    Case(
        "null-takes-all-and-gives-nothing",
        "echo x >/dev/null; echo $?; cat /dev/null; wc -c </dev/null; head -c 1000000 /dev/zero >/dev/null; echo $?",
        "0\n0\n0\n",
    ),
    Case(
        "zero-gives-zeros",
        "head -c 100000 /dev/zero | tr -d '\\0' | wc -c; head -c 100000 /dev/zero | wc -c; echo x >/dev/zero; echo $?",
        "0\n100000\n0\n",
    ),
    Case(
        "full-is-full",
        "echo x >/dev/full; test $? -ne 0 && echo refused; cat f >/dev/full; echo $?; head -c 2 /dev/full | tr '\\0' z",
        "refused\n1\nzz",
        re.compile(rf"[^\n]*{NO_SPACE}\ncat: [^\n]*{NO_SPACE}\n"),
        files={"f": "x\n"},
        why=SHELLS_WORDING,
    ),
    Case(
        "random-is-random",
        "head -c 65536 /dev/urandom >a; head -c 65536 /dev/random >b; wc -c <a; wc -c <b; sort a | uniq | cat >c; test \"$(cat a | wc -l)\""
        " -gt 100 && echo mixed; head -c 16 a >d; head -c 16 b >e; test \"$(cat d | tr -d '\\0')\" != \"$(cat e | tr -d '\\0')\" && echo"
        " different",
        "65536\n65536\nmixed\ndifferent\n",
    ),
    Case(
        "descriptors-have-names",
        "echo x | cat /dev/stdin; echo out >/dev/stdout; echo err >/dev/stderr; exec 5<f; cat /dev/fd/5",
        "x\nout\ngiven\n",
        "err\n",
        files={"f": "given\n"},
    ),
    Case(
        "device-nodes-tell-their-numbers",
        "ls -l /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty | tr -s ' ' | cut -d ' ' -f 1-6,10",
        "crw-rw-rw- 1 root root 1, 7 /dev/full\ncrw-rw-rw- 1 root root 1, 3 /dev/null\ncrw-rw-rw- 1 root root 1, 8 /dev/random\n"
        "crw-rw-rw- 1 root root 5, 0 /dev/tty\ncrw-rw-rw- 1 root root 1, 9 /dev/urandom\ncrw-rw-rw- 1 root root 1, 5 /dev/zero\n",
    ),
    Case(
        "there-is-no-controlling-terminal",
        "echo x >/dev/tty; test $? -ne 0 && echo none",
        "none\n",
        cannot("No such device or address"),
        why=SHELLS_WORDING,
    ),
    # File effects that are seen from outside.
    Case(
        "files-are-seen-outside",
        "printf 'a\\0b' >new; rm old; mkdir -p d/e; mv moved d/e/; cat given >>grown",
        "",
        files={"old": "x", "moved": b"\xff\xfe", "given": "more", "grown": "some"},
        effects={"new": b"a\0b", "old": None, "moved": None, "d/e/moved": b"\xff\xfe", "grown": "somemore", "given": "more"},
    ),
]
