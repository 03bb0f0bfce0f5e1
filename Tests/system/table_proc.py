"""What the system tells of itself: `/proc` (proc(5) where Linux has the like; Sources/Drivers/ProcFS)."""

import re

from case import Case
from errors import BUSY, IS_DIRECTORY, NO_ENTRY, NOT_DIRECTORY, NOT_PERMITTED, PERMISSION, tells

VERSION = "Martlet version 0.1 (a microkernel on WebAssembly)\n"

CASES = [
    Case("proc-lists-its-files", "ls /proc; cd /proc && pwd && ls -d ../proc/version", "boot\nmartlet\nuptime\nversion\n/proc\n../proc/version\n"),
    Case(
        "proc-files-can-be-read-and-have-no-size",
        "ls -l /proc | grep -v total | tr -s ' ' | cut -d ' ' -f 1,2,5,9; [ -s /proc/version ] || echo empty; ls -ld /proc | cut -c 1-10",
        "".join(f"-r--r--r-- 1 0 {name}\n" for name in ["boot", "martlet", "uptime", "version"]) + "empty\ndr-xr-xr-x\n",
    ),
    Case("proc-version-is-the-system-and-its-release", "cat /proc/version; wc -c </proc/version", f"{VERSION}{len(VERSION)}\n"),
    Case(
        "proc-uptime-goes-on",
        "read a b </proc/uptime; sleep 0.02; read c d </proc/uptime; echo $b $d; "
        "case $a$c in *[!0-9.]*) echo other;; *.[0-9][0-9]) echo seconds;; esac; [ ${a%.*}${a#*.} -lt ${c%.*}${c#*.} ] && echo later",
        "0.00 0.00\nseconds\nlater\n",
    ),
    Case("proc-martlet-begins-with-the-version", "head -1 /proc/martlet", "version 0.1\n"),
    Case(
        "proc-martlet-tells-how-programs-wait",
        "uname -v | grep -c \" $(grep '^wait ' /proc/martlet | cut -d ' ' -f 2)$\"; "
        "case $(grep '^transport ' /proc/martlet) in *rings|*broadcast|*native) echo known;; esac",
        "1\nknown\n",
    ),
    Case(
        "proc-martlet-counts-for-every-server",
        "for s in resmgr tty netfs pipe tmpfs devfs procfs; do grep \"^server $s requests=[1-9]\" /proc/martlet | cut -d ' ' -f 1,2,12; done",
        "".join(f"server {name} restarts=0\n" for name in ["resmgr", "tty", "netfs", "pipe", "tmpfs", "devfs", "procfs"]),
    ),
    Case(
        "every-request-is-answered-or-waits",
        "seq 1000 | sort -rn | tail -1; echo x >/tmp/x; cat /tmp/x; rm /tmp/x; "
        "while read -r kind name requests answers abandoned unanswered rest; do [ $kind = server ] || continue; "
        "[ ${requests#*=} -eq $((${answers#*=} + ${abandoned#*=} + ${unanswered#*=})) ] && n=$((n+1)) || echo $name; "
        "done </proc/martlet; [ $n -ge 7 ] && echo all",
        "1\nx\nall\n",
    ),
    # A server that nobody uses but to ask for its counters: away from FOLDER, which in a page is in tmpfs.
    Case(
        "a-quiet-server-counts-the-same",
        "cd /; cat /proc/martlet >/dev/null; a=$(grep '^server tmpfs' /proc/martlet | cut -d ' ' -f 1-10); "
        "b=$(grep '^server tmpfs' /proc/martlet | cut -d ' ' -f 1-10); [ \"$a\" = \"$b\" ] && echo same; "
        "a=$(grep '^server procfs' /proc/martlet | cut -d ' ' -f 1-10); "
        "b=$(grep '^server procfs' /proc/martlet | cut -d ' ' -f 1-10); [ \"$a\" = \"$b\" ] || echo busy",
        "same\nbusy\n",
    ),
    Case(
        "proc-boot-tells-the-steps-in-their-order",
        "[ $(cat /proc/boot | wc -l) -gt 5 ] && echo many; head -1 /proc/boot | cut -d ' ' -f 2-; cut -d ' ' -f 1 /proc/boot >a; "
        "sort -n a >b; [ \"$(cat a)\" = \"$(cat b)\" ] && echo ascending; grep -c '^[0-9]*[.][0-9][0-9][0-9] [^ ]' /proc/boot >a; "
        "wc -l </proc/boot >b; [ $(cat a) -eq $(cat b) ] && echo alike; "
        "for step in 'tty ordered' 'tty registered' 'procfs registered' '/ mounted' '/proc mounted' '/sbin/init runs' '/sbin/agent runs on the console'; do "
        "grep -c \" $step$\" /proc/boot; done",
        "many\nresmgr runs\nascending\nalike\n1\n1\n1\n1\n1\n1\n1\n",
    ),
    Case(
        "one-open-of-a-proc-file-sees-one-text",
        "exec 3</proc/version; head -c 7 <&3; echo; head -c 8 <&3; echo; cat <&3; cat <&3; tail -c 13 /proc/version; cp /proc/version v",
        f"{VERSION[:7]}\n{VERSION[7:15]}\n{VERSION[15:]}{VERSION[-13:]}",
        effects={"v": VERSION},
    ),
    Case("proc-martlet-can-be-read-from-its-end", "tail -1 /proc/martlet | cut -d ' ' -f 1", "server\n"),
    Case(
        "nothing-in-proc-can-be-changed",
        "ls /proc >/dev/null; rm -f /proc/version; rmdir /proc; mkdir /proc/d; chmod 600 /proc/version; mv /proc/version /proc/other; "
        "ln /proc/version /proc/other; umount /proc; cat /proc/version",
        VERSION,
        tells("rm", ("/proc/version", NOT_PERMITTED)) + tells("rmdir", ("/proc", BUSY)) + tells("mkdir", ("/proc/d", NOT_PERMITTED))
        + tells("chmod", ("/proc/version", NOT_PERMITTED)) + tells("mv", ("/proc/version", NOT_PERMITTED))
        + tells("ln", ("/proc/other", NOT_PERMITTED)) + tells("umount", ("/proc", BUSY)),
    ),
    Case(
        "proc-files-are-not-written-to",
        "ls /proc >/dev/null; (echo x >/proc/version); (echo x >>/proc/martlet); (echo x >/proc/new); "
        "[ -w /proc/version ] || echo closed; [ -r /proc/version ] && echo open",
        "closed\nopen\n",
        re.compile(rf"[^\n]*{PERMISSION}\n[^\n]*{PERMISSION}\n[^\n]*{NOT_PERMITTED}\n"),
        why="POSIX leaves the wording of diagnostics to the shell",
    ),
    Case(
        "what-is-not-in-proc-is-not-there",
        "cat /proc/none /proc/version/x /proc",
        "",
        tells("cat", ("/proc/none", NO_ENTRY), ("/proc/version/x", NOT_DIRECTORY), ("/proc", IS_DIRECTORY)),
        1,
    ),
    Case("proc-is-mounted", "mount | grep -c ' /proc$'; cat </proc/martlet | grep -c '^version'", "1\n1\n"),
]
