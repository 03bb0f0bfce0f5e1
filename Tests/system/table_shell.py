"""The shell's language: words, expansions, redirections, compound commands, functions, traps and the built-in utilities (POSIX.1-2024,
XCU chapter 2)."""

import re

from case import Case

WORDING = "POSIX leaves the wording of diagnostics to the shell"


def told(words):
    """A diagnostic of one line that holds these words."""
    return re.compile(rf"[^\n]*{re.escape(words)}[^\n]*\n")


CASES = [
    # Words and expansions (2.2, 2.6).
    Case("words-are-joined-by-one-space", "echo hello   world", "hello world\n"),
    Case("quotes-keep-their-characters", "x=1; echo 'a  $x' \"b  $x\" c\\ \\ d \"\\$x \\\\ \\q\"", "a  $x b  1 c  d $x \\ \\q\n"),
    Case("a-comment-begins-a-word", "echo a # b\necho c#d", "a\nc#d\n"),
    Case("a-line-is-continued", "echo a \\\nb", "a b\n"),
    Case(
        "parameters-have-defaults",
        'unset u; e=; v=V; echo "[${u-1}${u:-2}${u+3}${u:+4}]" "[${e-1}${e:-2}${e+3}${e:+4}]" "[${v-1}${v:-2}${v+3}${v:+4}]"; '
        'echo ${u:=set} $u',
        "[12] [23] [VV34]\nset set\n",
    ),
    Case(
        "patterns-are-removed-from-parameters",
        "x=/usr/lib/a.tar.gz; echo ${x#*/} ${x##*/} ${x%.*} ${x%%.*} ${#x}",
        "usr/lib/a.tar.gz a.tar.gz /usr/lib/a.tar /usr/lib/a 17\n",
    ),
    Case(
        "an-unset-parameter-can-be-an-error",
        "(echo ${u:?is wanted}; echo never); test $? -ne 0 && echo refused",
        "refused\n",
        told("u: is wanted"),
        why=WORDING,
    ),
    Case(
        "nounset-refuses-an-unset-parameter",
        "(set -u; echo $u; echo never); test $? -ne 0 && echo refused",
        "refused\n",
        told("u: "),
        why=WORDING,
    ),
    Case(
        "arithmetic-has-the-operators-of-c",
        "x=5; echo $((1+2*3)) $(((1+2)*3)) $((-7/2)) $((-7%3)) $((1<<4|1)) $((6&3)) $((6^3)) $((~0)) $((!x)) $((x>4&&x<6)) $((x?2:3)) "
        "$((0x1f)) $((010)) $((x+=2)) $x",
        "7 9 -3 -1 17 2 5 -1 0 1 2 31 8 7 7\n",
    ),
    Case(
        "arithmetic-is-of-64-bits",
        "echo $((1<<62)) $((9223372036854775807)) $((-9223372036854775807-1))",
        "4611686018427387904 9223372036854775807 -9223372036854775808\n",
    ),
    Case(
        "a-division-by-zero-is-an-error",
        "(echo $((1/0)); echo never); test $? -ne 0 && echo refused",
        "refused\n",
        told("division by zero"),
        why=WORDING,
    ),
    Case(
        "a-command-substitution-loses-its-last-line-feeds", "x=$(printf 'a\\nb\\n\\n\\n'); echo \"[$x]\"; echo [`echo c`]", "[a\nb]\n[c]\n"
    ),
    Case("substitutions-nest", 'echo "$(echo "a $(echo "b $(echo c)")")" `echo \\`echo d\\``', "a b c d\n"),
    Case("a-substitution-is-the-status-of-an-assignment", "x=$(exit 3); echo $?", "3\n"),
    Case("fields-are-split-by-ifs", "IFS=:; x=a:b::c; for i in $x; do echo \"[$i]\"; done", "[a]\n[b]\n[]\n[c]\n"),
    Case("quoted-expansions-are-one-field", "x='a  b'; set -- $x \"$x\"; echo $#; for i; do echo \"[$i]\"; done", "3\n[a]\n[b]\n[a  b]\n"),
    Case(
        "all-parameters-are-kept-apart",
        "set -- 'a b' '' c; for i in \"$@\"; do echo \"[$i]\"; done; IFS=-; echo \"$*\" $#",
        "[a b]\n[]\n[c]\na b--c 3\n",
    ),
    Case(
        "names-match-patterns-in-order",
        "touch b a c.txt .hidden; mkdir d; touch d/x; echo *; echo ?; echo [ab]; echo [!ab]; echo *.txt; "
        "echo */*; echo .h*; echo none*; echo '*'",
        "a b c.txt d\na b d\na b\nd\nc.txt\nd/x\n.hidden\nnone*\n*\n",
    ),
    Case("a-tilde-is-the-home", "HOME=/h; echo ~ ~/x '~' a~; y=~/z; echo $y", "/h /h/x ~ a~\n/h/z\n"),
    # Redirections (2.7).
    Case("streams-are-apart", "echo out; echo err >&2", "out\n", "err\n"),
    Case("output-goes-to-files", "echo one >f; echo two >>f; cat <f; echo three >f; cat f", "one\ntwo\nthree\n", effects={"f": "three\n"}),
    Case(
        "streams-are-duplicated-from-left-to-right",
        "{ echo o; echo e >&2; } 2>&1 >f | cat; { echo o; echo e >&2; } >g 2>&1; cat f g",
        "e\no\no\ne\n",
    ),
    Case(
        "descriptors-are-opened-and-closed",
        "exec 3>f 4<g; echo three >&3; exec 3>&-; read x <&4; echo $x; echo more >&3",
        "given\n",
        re.compile(r"[^\n]*\n"),
        2,
        files={"g": "given\n"},
        effects={"f": "three\n"},
        why=WORDING,
    ),
    Case(
        "a-file-is-read-and-written",
        "exec 3<>f; read x <&3; echo new >&3; exec 3>&-; echo $x; cat f",
        "old\nold\nnew\n",
        files={"f": "old\nxxx\n"},
        effects={"f": "old\nnew\n"},
    ),
    Case("noclobber-keeps-files", "set -C; echo a >f; (echo b >f); cat f; echo c >|f; cat f", "a\nc\n", told("f: "), why=WORDING),
    Case("a-here-document-is-expanded", "x=v; cat <<E\n$x $((1+1)) $(echo s) \\$x 'q'\nE", "v 2 s $x 'q'\n"),
    Case("a-quoted-here-document-is-not", "cat <<'E'; cat <<-F\n$x `y`\nE\n\t\ttabs gone\n\tF", "$x `y`\ntabs gone\n"),
    Case("a-large-here-document-is-whole", "x=$(seq 20000); wc -c <<E\n$x\nE", "108894\n"),
    Case(
        "a-file-that-cannot-be-opened-fails-the-command",
        "echo x >none/f; test $? -ne 0 && echo a; cat <none; test $? -ne 0 && echo b",
        "a\nb\n",
        re.compile(r"[^\n]*none/f[^\n]*\n[^\n]*none[^\n]*\n"),
        why=WORDING,
    ),
    # Lists and compound commands (2.9).
    Case(
        "pipelines-have-the-last-status",
        "false | true; echo $?; true | false; echo $?; ! true; echo $?; ! false | false; echo $?",
        "0\n1\n1\n0\n",
    ),
    Case(
        "lists-stop-at-failures-and-successes", "true && echo a || echo b; false && echo c || echo d; false || false; echo $?", "a\nd\n1\n"
    ),
    Case("for-takes-each-word", "for i in 1 'a b' 3; do echo $i; done; for i in; do echo no; done; echo $?", "1\na b\n3\n0\n"),
    Case(
        "while-and-until-repeat",
        "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i",
        "0\n1\n2\n0\n",
    ),
    Case(
        "break-and-continue-leave-loops",
        "for i in 1 2 3; do for j in a b c; do [ $j = b ] && continue 2; [ $i = 3 ] && break 2; echo $i$j; done; done",
        "1a\n2a\n",
    ),
    Case("if-takes-one-branch", "if false; then echo a; elif true; then echo b; else echo c; fi; if false; then :; fi; echo $?", "b\n0\n"),
    Case(
        "case-takes-the-first-match",
        "for x in a ab 'a b' '*' z; do case $x in a) echo 1;; a[b-d]) echo 2;; 'a b'|c) echo 3;; \\*) echo 4;; *) echo 5;; esac; done",
        "1\n2\n3\n4\n5\n",
    ),
    Case("a-subshell-changes-nothing", "x=1; (x=2; cd /; exit 4); echo $? $x $(pwd)", "4 1 /home/case\n"),
    Case("a-group-is-no-subshell", "{ x=2; cd /; }; echo $x $(pwd)", "2 /\n"),
    Case("functions-have-parameters-and-statuses", 'set -- out; f() { echo "$# $1"; return 7; }; f a b; echo $? $1', "2 a\n7 out\n"),
    Case("functions-recur", "f() { [ $1 -eq 0 ] || { echo $1; f $(($1-1)); }; }; f 3", "3\n2\n1\n"),
    Case("a-deep-recursion-is-counted", "f() { if [ $1 -gt 0 ]; then f $(($1-1)); else echo bottom; fi; }; f 200", "bottom\n"),
    Case("functions-have-redirections", "f() { cat; } <<E\ninside\nE\nf; f >g; cat g", "inside\ninside\n", effects={"g": "inside\n"}),
    # Special built-in utilities (2.15) and those of the shell.
    Case("exit-has-a-status", "(exit 7); echo $?; exit 300", "7\n", status=300 & 255),
    Case("errexit-ends-at-a-failure", "set -e; if false; then :; fi; false || true; ! true; echo on; false; echo never", "on\n", status=1),
    Case("eval-runs-its-words", "x='echo $y'; y=5; eval $x; eval 'exit 3'", "5\n", status=3),
    Case("dot-runs-a-file-here", ". ./lib; echo $? $x", "in lib\n5 set\n", files={"lib": "x=set\necho in lib\nreturn 5\necho never\n"}),
    Case(
        "a-missing-file-for-dot-ends-the-shell", "(. ./none; echo never); test $? -ne 0 && echo ended", "ended\n", told("none"), why=WORDING
    ),
    Case("exec-takes-the-place-of-the-shell", "exec sh -c 'echo replaced; exit 6'; echo never", "replaced\n", status=6),
    Case("shift-and-set-change-parameters", "set -- a b c; shift; echo $1 $#; shift 2; echo $#; set -- x; echo $1", "b 2\n0\nx\n"),
    Case("a-readonly-variable-stays", "readonly r=1; (r=2; echo never); test $? -ne 0 && echo $r", "1\n", told("r: "), why=WORDING),
    Case(
        "unset-forgets",
        "x=1; f() { :; }; unset x; unset -f f; echo ${x-gone}; f; echo $?",
        "gone\n127\n",
        told("f: not found"),
        why=WORDING,
    ),
    Case(
        "getopts-reads-options",
        "while getopts ab:c o -a -b val -cx rest; do echo \"$o $OPTARG\"; done 2>/dev/null; echo $OPTIND",
        "a \nb val\nc \n? \n5\n",
    ),
    Case(
        "read-splits-a-line",
        "read a b <f; echo \"[$a][$b]\"; IFS=: read c d <g; echo \"[$c][$d]\"; read -r e <h; echo \"$e\" | cat; read f </dev/null; echo $?",
        "[one][two three]\n[x][y:z]\na\\b\n1\n",
        files={"f": " one two three \n", "g": "x:y:z\n", "h": "a\\b\n"},
    ),
    Case(
        "test-compares",
        "test a = a; echo $?; [ a != a ]; echo $?; [ 10 -gt 9 ]; echo $?; [ -z '' ] && [ -n x ] && [ ! x = y ]; echo $?; "
        "[ ]; echo $?; [ 1 -eq x ] 2>/dev/null; test $? -gt 1 && echo wrong",
        "0\n1\n0\n0\n1\nwrong\n",
    ),
    Case(
        "test-asks-of-files",
        "mkdir d; touch e; ln -s f l; ln -s none dangling; for t in -e -f -d -h -L; do for n in f e d l dangling none; do "
        "[ $t $n ] && echo $t $n; done; done; [ -s f ] && [ -s l ] && ! [ -s e ] && echo sizes; [ -c /dev/null ] && echo device; exit 0",
        "-e f\n-e e\n-e d\n-e l\n-f f\n-f e\n-f l\n-d d\n-h l\n-h dangling\n-L l\n-L dangling\nsizes\ndevice\n",
        files={"f": "x"},
    ),
    Case(
        "cd-and-pwd",
        "mkdir -p a/b; cd a/b; pwd; cd ..; pwd; cd - ; cd; pwd; cd /; pwd; cd //home/./case/a/../a; pwd",
        "/home/case/a/b\n/home/case/a\n/home/case/a/b\n/home\n/\n/home/case/a\n",
    ),
    Case(
        "cd-keeps-or-resolves-links",
        "mkdir -p a/b; ln -s a/b l; cd l; pwd; pwd -P; cd ..; pwd; cd -P l; pwd",
        "/home/case/l\n/home/case/a/b\n/home/case\n/home/case/a/b\n",
    ),
    Case(
        "cd-goes-up-by-names",
        "mkdir -p a/b c; ln -s ../a/b c/l; cd c/l/..; pwd; cd l; cd ../../a; pwd; (cd ../c/l; pwd); cd ../none/..; test $? -ne 0 && pwd; cd"
        " -P ../c/l/..; pwd",
        "/home/case/c\n/home/case/a\n/home/case/c/l\n/home/case/a\n/home/case/a\n",
        told("none/..: No such file or directory"),
        why=WORDING,
    ),
    Case(
        "pwd-asks-the-system-when-its-variable-is-wrong",
        "mkdir a; ln -s a l; cd l; pwd | cat; /bin/pwd; /bin/pwd -P; PWD=/etc; pwd; PWD=/home/case/./a; pwd; PWD=a; pwd; sh -c pwd",
        "/home/case/l\n/home/case/l\n/home/case/a\n/home/case/a\n/home/case/a\n/home/case/a\n/home/case/a\n",
    ),
    Case(
        "cd-to-what-is-no-directory-fails",
        "cd none; test $? -ne 0 && pwd; cd f; test $? -ne 0 && pwd",
        "/home/case\n/home/case\n",
        re.compile(r"[^\n]*none: No such file or directory\n[^\n]*f: Not a directory\n"),
        files={"f": ""},
        why=WORDING,
    ),
    Case("cdpath-is-searched", "mkdir -p d/e; CDPATH=d; cd e; pwd", "/home/case/d/e\n/home/case/d/e\n"),
    Case(
        "umask-masks-modes",
        "mkdir /tmp/case; cd /tmp/case; umask 027; umask; touch f; mkdir d; ls -ld f d | cut -c 1-10; umask 0; touch g; "
        "ls -l g | cut -c 1-10",
        "0027\ndrwxr-x---\n-rw-r-----\n-rw-rw-rw-\n",
    ),
    Case(
        "umask-is-symbolic-too",
        "umask 022; umask -S; umask u=rwx,g=,o=; umask; umask g+r; umask; umask -S",
        "u=rwx,g=rx,o=rx\n0077\n0037\nu=rwx,g=r,o=\n",
    ),
    Case(
        "command-finds-and-skips-functions",
        "echo() { printf 'function\\n'; }; echo; command echo plain; command -v cat cd; command -v none; echo $?",
        "function\nplain\n/bin/cat\nfunction\n",
    ),
    Case(
        "a-trap-runs-at-the-end",
        "trap 'echo bye' EXIT; (trap 'echo inner' EXIT; echo in); echo hi; exit 3",
        "in\ninner\nhi\nbye\n",
        status=3,
    ),
    Case(
        "a-trap-runs-at-a-signal",
        "trap 'echo got $?' USR1; (exit 4); kill -USR1 $$; echo after; trap - USR1; kill -USR1 $$; echo never",
        "got 0\nafter\n",
        status=128 + 10,
    ),
    Case("an-ignored-signal-is-ignored-by-children", "trap '' TERM; kill $$; sh -c 'kill $$; echo alive'", "alive\n"),
    Case("aliases-and-words-that-are-not-reserved", "echo if then fi { } !", "if then fi { } !\n"),
    # What is wrong (2.8.1).
    Case("a-syntax-error-ends-the-shell", "echo before\nfi\necho after", "before\n", told("yntax error"), 2, why=WORDING),
    Case("an-unfinished-command-is-an-error", "if true; then echo x", "", told("yntax error"), 2, why=WORDING),
    Case(
        "unknown-commands-are-127",
        "none; echo $?; ./none; echo $?",
        "127\n127\n",
        re.compile(r"[^\n]*none: not found\n[^\n]*\./none: [^\n]+\n"),
        why=WORDING,
    ),
    Case(
        "what-cannot-be-run-is-126",
        "./f; echo $?; mkdir d; ./d; echo $?",
        "126\n126\n",
        re.compile(r"[^\n]*\./f: Permission denied\n[^\n]*\./d: [^\n]+\n"),
        files={"f": "echo never\n"},
        why=WORDING,
    ),
    Case("standard-input-is-a-script", "sh", "from input\ntyped\n", input="echo from input\nread x\ntyped\necho $x\n"),
    Case(
        "a-script-leaves-the-rest-to-its-commands",
        "sh; cat f | sh; sh <f",
        "one two\nthree\n" * 3,
        input="read x y\none two\necho $x $y; cat\nthree\n",
        files={"f": "read x y\none two\necho $x $y; cat\nthree\n"},
    ),
    Case(
        "a-script-may-change-its-input", "sh <f", "first\nsecond\n", files={"f": "echo first\nexec <g\necho never\n", "g": "echo second\n"}
    ),
    Case("a-script-without-a-last-line-feed", "sh", "1\n2", input="echo 1\nprintf 2"),
    Case(
        "a-script-of-many-lines",
        "seq 500 | while read i; do echo \"n=$i\"; done >f; echo 'echo $n' >>f; sh <f; sh f; cat f | sh",
        "500\n" * 3,
    ),
    Case(
        "a-script-has-arguments",
        "sh ./s a 'b c'; sh -c 'echo $0 $1' name one; sh -s x <t",
        "./s 2 b c\nname one\nx\n",
        files={"s": "echo $0 $# \"$2\"\n", "t": "echo $1\n"},
    ),
]
