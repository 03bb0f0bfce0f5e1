#!/usr/bin/env bash
# Runs programs with our shell and with dash, and compares output and exit status.
#   compare-shell.sh SH [CASES]    the native build of `sh`, and the list of programs beside this script
# Prints each difference and, last, the counts. Status 1 if anything differs.

set -u
shell=$(realpath "$1")
cases=${2:-$(dirname "$0")/shell.cases}
export LC_ALL=C TZ=UTC
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
cases=$(realpath "$cases")
cd "$work" || exit 2
passed=0 failed=0 program=

tells() { if [ -s "$1" ]; then echo yes; else echo no; fi; }

check() {
    timeout 10 "$shell" -c "$program" name one two >out1 2>err1 </dev/null
    local status1=$? status2
    timeout 10 dash -c "$program" name one two >out2 2>err2 </dev/null
    status2=$?
    # Of errors only whether something is told is compared.
    if cmp -s out1 out2 && [ $status1 -eq $status2 ] && [ "$(tells err1)" = "$(tells err2)" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'differs:\n%s' "$program"
        echo "  status: $status1, expected $status2"
        diff -a out1 out2 | head -n 10 | sed 's/^/  /'
        head -n 3 err1 | sed 's/^/  stderr: /'
        head -n 3 err2 | sed 's/^/  expected stderr: /'
    fi
}

while IFS= read -r line; do
    if [ "$line" = --- ]; then
        check
        program=
    elif [ -n "$program" ] || [ "${line#\#}" = "$line" ]; then
        program+=$line$'\n'
    fi
done <"$cases"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
