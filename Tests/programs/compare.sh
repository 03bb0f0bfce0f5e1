#!/usr/bin/env bash
# Runs commands with our utilities and with Linux's, each in a folder of its own, and compares output and exit status.
#   compare.sh UTILITIES [CASES]    the native build of `utilities`, and the list of cases beside this script
# Prints each difference and, last, the counts. Status 1 if anything differs.

set -u
utilities=$(realpath "$1")
cases=${2:-$(dirname "$0")/utilities.cases}
export LC_ALL=C TZ=UTC
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
for name in $("$utilities" no-such-name 2>&1 | tail -n 1 | cut -d: -f2); do ln -s "$utilities" "$work/bin/$name"; done

# Makes the folder that every case begins with.
fixture() {
    rm -rf "$1"
    mkdir -p "$1/d/e" "$1/empty"
    cd "$1" || exit 2
    printf 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve\n' >lines
    printf 'b 2\na 10\nc 1\na 2\nB 3\n\n  x 0\n-5 y\n3.25 z\n3.3 z\n' >pairs
    printf 'no newline at end' >short
    printf 'alice:x:3:eve\nbob:y:11:dan\ncarol::2:\n' >fields
    : >nothing
    echo hidden >.hidden
    echo deep >d/e/deep
    echo file >d/file
    ln -s lines link
    chmod 640 lines
    chmod 755 d/file
    touch -d '2020-01-02 03:04:05' pairs
    touch -d '2021-01-02 03:04:05' lines
    touch -d '2022-01-02 03:04:05' short fields nothing
    touch -h -d '2022-01-02 03:04:05' link
    touch -d '2023-01-02 03:04:05' d empty
}

passed=0 failed=0
while IFS= read -r line; do
    case $line in '' | '#'*) continue ;; esac
    (fixture "$work/ours" && umask 022 && PATH=$work/bin:/usr/bin:/bin exec timeout 10 /bin/bash -c "$line") >"$work/out1" 2>"$work/err1" </dev/null
    status1=$?
    (fixture "$work/theirs" && umask 022 && PATH=/usr/bin:/bin exec timeout 10 /bin/bash -c "$line") >"$work/out2" 2>"$work/err2" </dev/null
    status2=$?
    if cmp -s "$work/out1" "$work/out2" && [ $status1 -eq $status2 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "differs: $line"
        echo "  status: $status1, expected $status2"
        diff "$work/out1" "$work/out2" | head -n 10 | sed 's/^/  /'
        head -n 3 "$work/err1" | sed 's/^/  stderr: /'
    fi
done <"$cases"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
