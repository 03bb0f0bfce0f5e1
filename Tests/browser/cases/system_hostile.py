"""Hostile programs: they flood, exhaust, forge and pass wild pointers, and harm only themselves."""

import json
import re

import driver
from machine import HERE, boot_and_settle, compiled, information, run, store

PROGRAMS = HERE / "programs"
CONSTANTS = HERE.parent.parent / "web/generated/abi.js"
ABORTED = "Killed\n"

BAD_FILE_DESCRIPTOR, NO_CHILD, BAD_ADDRESS, INVALID, AGAIN = 8, 12, 21, 28, 6


def _program(name, before=""):
    return compiled(before + (PROGRAMS / f"{name}.c").read_text(), "-I", PROGRAMS)


def _store(page, name, before=""):
    store(page, f"/home/{name}", _program(name, before))


def _begin(page, name, command):
    """Starts a command that does not end by itself; `_abort` ends it."""
    page.evaluate(
        f"void ((globalThis.begun ??= {{}}).{name} = new AbortController(), begun.{name}.ended = (await martlet)"
        f".run({json.dumps(command)}, {{ signal: begun.{name}.signal }}).catch((error) => error.name))"
    )


def _abort(page, name):
    page.evaluate(f"(begun.{name}.abort(), begun.{name}.ended)")


def _processes(page):
    """The lines of `ps` that are neither its own nor its shell's: pid and command."""
    lines = run(page, "ps")["stdout"].splitlines()[1:]
    found = [(int(line.split()[0]), line.split(maxsplit=5)[5]) for line in lines]
    return [(pid, command) for pid, command in found if command not in ("ps", "/bin/sh -c ps")]


def _works(page):
    """Commands beside a hostile program come to their ends, with the right results."""
    result = run(page, "seq 1 1000 | sort -n | tail -1")
    assert result == {"status": 0, "stdout": "1000\n", "stderr": ""}, result
    result = run(page, "ls /")
    assert result["status"] == 0 and "bin" in result["stdout"].split(), result
    result = run(page, "echo kept > /tmp/kept && cat /tmp/kept && rm /tmp/kept")
    assert result == {"status": 0, "stdout": "kept\n", "stderr": ""}, result


NAMES = ["memories", "workers", "servers", "processes", "liveWorkers"]


class _Unharmed:
    """What runs and what is used before, which must be the same after: the same servers, and nothing more."""

    def __init__(self, page):
        boot_and_settle(page)
        self._page = page
        self._before = information(page)
        self._processes = _processes(page)

    def check(self):
        """Waits until all is as before; the time limit of the case ends a hopeless wait."""
        _works(self._page)
        same = " && ".join(f"now.{name} === {self._before[name]}" for name in NAMES)
        self._page.wait_until(f"((now) => {same})((await martlet).information)")
        after = _processes(self._page)
        assert after == self._processes, (self._processes, after)
        told = [text for text in self._page.console_messages if "started again" in text or "is lost" in text]
        assert not told, told


def _begin_flood(page, how):
    _begin(page, how, f"/home/flood {how} > /tmp/{how}")
    page.wait_until(f"(await (await martlet).readFile('/tmp/{how}').catch(() => '')).length > 0")


def _kill_flood(page, how):
    """Kills a flooder, and sees that it was running until then, and is no longer."""
    mine = [pid for pid, command in _processes(page) if command == f"/home/flood {how}"]
    assert len(mine) == 1, (how, _processes(page))
    assert run(page, f"kill -9 {mine[0]}")["status"] == 0
    ended = page.evaluate(f"begun.{how}.ended")
    assert ended == {"status": 137, "stdout": "", "stderr": "Killed\n"}, (how, ended)
    page.wait_until(f"!(await (await martlet).run('ps')).stdout.includes('/home/flood {how}')")


@driver.limit(90)
def a_flood_of_requests_slows_only_itself(page):
    unharmed = _Unharmed(page)
    _store(page, "flood")
    for how in ["write", "open", "stat", "poll"]:
        _begin_flood(page, how)
        for _ in range(3):
            _works(page)
        _kill_flood(page, how)
    unharmed.check()


@driver.limit(90)
def floods_together_slow_only_themselves(page):
    unharmed = _Unharmed(page)
    _store(page, "flood")
    floods = ["write", "open", "stat", "poll", "spin"]
    for how in floods:
        _begin_flood(page, how)
    for _ in range(10):
        _works(page)
    for how in floods:
        _kill_flood(page, how)
    unharmed.check()


@driver.limit(90)
def who_never_takes_an_answer_harms_only_itself(page):
    unharmed = _Unharmed(page)
    _store(page, "flood")
    # The one computes with answers outstanding; the other's writes are never read, nor its end seen.
    _begin_flood(page, "spin")
    _begin(page, "unread", "cat /dev/zero | sleep 1000")
    page.wait_until("/ sleep 1000$/m.test((await (await martlet).run('ps')).stdout)")
    for _ in range(5):
        _works(page)
    _kill_flood(page, "spin")
    _abort(page, "unread")
    unharmed.check()


def _calls():
    """The functions that a program may import, as the generated constants tell them: module, name, parameters, has a result."""
    calls, module = [], None
    for line in CONSTANTS.read_text().splitlines():
        if found := re.match(r"  (\w+): Object.freeze\(\[$", line):
            module = found[1]
        elif found := re.match(r'    \{ name: "(\w+)", parameters: "(\w*)", hasResult: (\w+)', line):
            calls.append((module, found[1], found[2], found[3] == "true"))
    assert len({module for module, *_ in calls}) == 2 and len(calls) > 70, calls
    return calls


def _table(calls):
    """The C text of the table that wild.c calls by."""
    text = '#include "martlet.h"\nstruct call { const char *name, *parameters; int (*call)(const uint64_t *); };\n'
    for index, (module, name, parameters, _) in enumerate(calls):
        types = ", ".join("uint32_t" if letter == "i" else "uint64_t" for letter in parameters) or "void"
        values = ", ".join(("(uint32_t)" if letter == "i" else "") + f"v[{at}]" for at, letter in enumerate(parameters))
        text += f'IMPORT("{module}", "{name}") int import_{index}({types});\n'
        text += f"static int call_{index}(const uint64_t *v) {{ return import_{index}({values}); }}\n"
    rows = ", ".join(f'{{"{name}", "{parameters}", call_{index}}}' for index, (_, name, parameters, _) in enumerate(calls))
    return f"{text}static const struct call calls[] = {{{rows}}};\n"


@driver.limit(120)
def wild_pointers_are_answered_with_an_error(page):
    unharmed = _Unharmed(page)
    calls = [call for call in _calls() if call[3]]
    _store(page, "wild", _table(calls))
    result = run(page, f"for i in $(seq 0 {len(calls) - 1}); do /home/wild $i || echo $i ended with $?; done; rm /tmp/wild-*")
    print(result["stdout"])
    print(result["stderr"])
    unharmed.check()
