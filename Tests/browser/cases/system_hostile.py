"""Hostile programs: they flood, exhaust, forge and pass wild pointers, and harm only themselves."""

import base64
import json
import re

import driver
from machine import CONSTANTS, HERE, boot_and_settle, compiled, connect_agent, information, module, run, store, wait_for_use

PROGRAMS = HERE / "programs"

AGAIN, BAD_FILE_DESCRIPTOR, NO_CHILD, BAD_ADDRESS, INVALID, NOT_PERMITTED, NO_PROCESS = 6, 8, 12, 21, 28, 63, 71


def _program(name, before=""):
    return compiled(before + (PROGRAMS / f"{name}.c").read_text(), "-I", HERE.parent / "system/programs")


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
    found = [(int(line.split()[0]), line.split(maxsplit=6)[6]) for line in lines]
    return [(pid, command) for pid, command in found if command not in ("ps", "/bin/sh -c ps")]


def _works(page):
    """Commands beside a hostile program come to their ends, with the right results."""
    result = run(page, "seq 1 1000 | sort -n | tail -1")
    assert result == {"status": 0, "stdout": "1000\n", "stderr": ""}, result
    result = run(page, "ls /")
    assert result["status"] == 0 and "bin" in result["stdout"].split(), result
    result = run(page, "echo kept > /tmp/kept && cat /tmp/kept && rm /tmp/kept")
    assert result == {"status": 0, "stdout": "kept\n", "stderr": ""}, result


class _Unharmed:
    """What runs and what is used before, which must be the same after: the same servers, and nothing more."""

    def __init__(self, page):
        boot_and_settle(page)
        connect_agent(page)
        self._page = page
        self._before = information(page)
        self._processes = _processes(page)

    def check(self):
        """Waits until all is as before; the time limit of the case ends a hopeless wait."""
        _works(self._page)
        wait_for_use(self._page, self._before)
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
    for _ in range(5):
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


#: Of these calls, no number is an address: a descriptor that is open is all they need.
ADDRESS_FREE = {"fd_close", "fd_datasync", "fd_sync", "fd_fdstat_set_rights"}


@driver.limit(120)
def wild_pointers_are_answered_with_an_error(page):
    unharmed = _Unharmed(page)
    calls = [call for call in _calls() if call[3]]
    # The program's data away from the small addresses that it passes.
    store(page, "/home/wild", compiled(_table(calls) + (PROGRAMS / "wild.c").read_text(), "-I", HERE.parent / "system/programs", "-Wl,--global-base=131072"))
    command = f"for i in $(seq 0 {len(calls) - 1}); do /home/wild $i || echo $i ended with $?; done; rm /tmp/wild-*"
    result = run(page, command)
    assert result["status"] == 0 and result["stderr"] == "", result
    lines = result["stdout"].splitlines()
    assert len(lines) == len(calls), result["stdout"]
    for line, (_, name, parameters, _) in zip(lines, calls):
        uniform, mixed, last = line.split("; ")
        told, *uniform = uniform.split()
        assert told == name and last == "last", line
        # 77 stands for what is no errno.
        assert all(0 <= int(error) <= 76 for error in mixed.split()), line
        if parameters == "":
            continue
        # All numbers wild; then all but the first, an open directory, file or pipe.
        assert "0" not in uniform[:2], line
        good_address = parameters == "i" and not name.startswith("fd_")
        assert name in ADDRESS_FREE or good_address or "0" not in uniform[2:], line
    assert run(page, "/home/wild 0")["stdout"].endswith("last\n"), "the first once more"
    assert run(page, "rm /tmp/wild-0 /home/wild")["status"] == 0
    unharmed.check()


@driver.limit(120)
def files_and_pipes_are_taken_to_the_limit_and_given_back(page):
    unharmed = _Unharmed(page)
    _store(page, "exhaust")
    for _ in range(3):
        for what, each in [("files", 1), ("pipes", 2)]:
            result = run(page, f"/home/exhaust {what}")
            told = re.fullmatch(rf"{what} (\d+) of (\d+), 33 0\n", result["stdout"])
            # The standard descriptors and some pre-opened directories are there from the start.
            assert told and 1000 < int(told[2]) < 1024 and int(told[1]) == int(told[2]) // each, result
    unharmed.check()


@driver.limit(60)
def pipes_are_taken_from_the_whole_system_and_given_back(page):
    unharmed = _Unharmed(page)
    _store(page, "exhaust")
    # With the pipes of its own standard streams, each leaves the ninth few of the system's 4096.
    for holder in range(9):
        _begin(page, f"holder{holder}", f"/home/exhaust hold {450 if holder < 8 else 509} > /tmp/{holder}")
        page.wait_until(f"(await (await martlet).readFile('/tmp/{holder}').catch(() => '')).length > 0")
    told = [bytes(page.evaluate(f"[...await (await martlet).readFile('/tmp/{holder}')]")).decode() for holder in range(9)]
    assert told[:8] == ["ready 450 0\n"] * 8 and told[8].endswith(" 41\n"), told
    # A pipeline is refused; what needs none goes on.
    error = page.evaluate("(await martlet).run('echo a | cat').then(() => null, (error) => error.code)")
    assert error == "tooManyOpenFilesInSystem", error
    assert page.evaluate("(await (await martlet).readFile('/etc/hostname')).length") > 0
    for holder in range(9):
        _abort(page, f"holder{holder}")
    page.wait_until("(await martlet).run('true').then(() => true, () => false)")
    unharmed.check()


@driver.limit(120)
def processes_are_taken_to_the_limit_and_given_back(page):
    # Firefox gives memories for hundreds of processes: the page is made to count as Chromium's does.
    page.before_load("delete globalThis.InternalError;")
    unharmed = _Unharmed(page)
    assert information(page)["limits"]["memories"] == 124
    _store(page, "exhaust")
    for _ in range(2):
        result = run(page, "/home/exhaust processes")
        what, count, error, again = result["stdout"].split()
        assert (result["status"], what, int(error), int(again)) == (0, "processes", AGAIN, 0), result
        # Two memories each. Forty of those that earlier programs had may count beside them (MOST_LEFT in web/monitor/budget.js).
        assert 30 < int(count) < 62, result
    unharmed.check()


#: What forge.c tries, with or without the number that it names, and the error that it gets.
FORGERIES = {
    "kill": NO_PROCESS,
    # init takes no signal that would end it, servers no more than one; POSIX has no error for that.
    **{"kill 0": 0, "kill 1": 0, "terminate": 0},
    "wait": NO_CHILD,
    "set group": NO_PROCESS,
    "join group": NOT_PERMITTED,
    "group of": NO_PROCESS,
    **dict.fromkeys(["read", "write", "close", "renumber", "status", "duplicate", "duplicate to", "foreground"], BAD_FILE_DESCRIPTOR),
    **dict.fromkeys(["renumber onto", "duplicate onto", "pass none", "pass beyond"], BAD_FILE_DESCRIPTOR),
    **dict.fromkeys(["duplicate from", "vectors", "subscriptions", "no arguments", "arguments", "short block"], INVALID),
    **dict.fromkeys(["length", "random", "path"], BAD_ADDRESS),
    # This one lies in the memory: it is no path, being full of zeros.
    "path 1025": INVALID,
}


@driver.limit(60)
def forged_ids_and_counts_are_refused(page):
    unharmed = _Unharmed(page)
    agent = next(pid for pid, command in _processes(page) if command == "/sbin/agent")
    _store(page, "forge")
    result = run(page, f"/home/forge {agent}")
    assert result["status"] == 0 and result["stderr"] == "", result
    *answers, last = result["stdout"].splitlines()
    assert last == "last", last
    for answer in answers:
        call, error = answer.rsplit(": ", 1)
        what = call.rsplit(" ", 1)[0]
        assert int(error) == FORGERIES.get(call, FORGERIES.get(what)), answer
    assert {answer.rsplit(": ", 1)[0].rsplit(" ", 1)[0] for answer in answers} == {name for name in FORGERIES if not name[-1].isdigit()}
    unharmed.check()


# The page's own script is trusted, and so a case can put another libOS beside the next program. No program can.
REPLACE_LIBOS = """
globalThis.Worker = class extends Worker {
  postMessage(message) {
    const isReplaced = globalThis.hostile && message.kind === "start" && message.role === 2;
    super.postMessage(isReplaced ? { ...message, ...hostile } : message);
    if (isReplaced) globalThis.hostile = null;
  }
};
"""

ANSWER_NOBODY, SEND_A_SERVERS_NOTICE, SEND_THE_MANAGERS_NOTICE, CANCEL_BADLY, ASK_EVERYTHING, GUESS_HANDLES = range(1, 7)
BAD_SYSTEM_CALL = 31


def _run_hostile(page, what, connection):
    """Runs a shell whose libOS is hostile.c; the result of the command."""
    operations = re.search(r"Operation = Object.freeze\(\{(.*?)\}", CONSTANTS.read_text(), re.DOTALL)[1]
    numbers = ", ".join(re.findall(r"0x[0-9a-f]{4}", operations))
    source = f"#define OPERATIONS {numbers}\n" + (HERE / "hart/hostile.c").read_text()
    text = base64.b64encode(module(source, "-Wl,--import-memory", f"-DWHAT={what}", f"-DCONNECTION={connection}")).decode()
    page.evaluate(
        f"""(async () => {{
          const bytes = Uint8Array.from(atob("{text}"), (c) => c.charCodeAt(0));
          const memory = (await import("/hart/binary.js")).importedMemory(bytes);
          globalThis.hostile = {{ module: await WebAssembly.compile(bytes), memory }};
        }})()"""
    )
    result = run(page, "true")
    assert page.evaluate("hostile") is None, "it was not this libOS that ran"
    return result


@driver.limit(60)
def a_libos_that_breaks_the_protocol_ends_its_own_process(page):
    page.before_load(REPLACE_LIBOS)
    unharmed = _Unharmed(page)
    for what in [ANSWER_NOBODY, SEND_A_SERVERS_NOTICE, SEND_THE_MANAGERS_NOTICE, CANCEL_BADLY]:
        # To resmgr, and to the two servers that a shell begins with.
        for connection in [0, 1, 2]:
            told = len(page.console_messages)
            result = _run_hostile(page, what, connection)
            assert result == {"status": 128 + BAD_SYSTEM_CALL, "stdout": "", "stderr": ""}, (what, connection, result)
            assert any("/bin/sh" in text and "ended, since it" in text for text in page.console_messages[told:]), (what, connection)
    unharmed.check()


@driver.limit(60)
def requests_that_nobody_can_decode_are_answered_with_errors(page):
    page.before_load(REPLACE_LIBOS)
    unharmed = _Unharmed(page)
    for connection in [1, 2]:
        result = _run_hostile(page, ASK_EVERYTHING, connection)
        assert result == {"status": 7, "stdout": "", "stderr": ""}, (connection, result)
    unharmed.check()


@driver.limit(60)
def a_guessed_handle_is_good_for_nothing(page):
    page.before_load(REPLACE_LIBOS)
    unharmed = _Unharmed(page)
    for connection in [1, 2]:
        # Its own alone: image, root and working directory of netfs, the standard streams of pipe. Others have many there.
        assert _run_hostile(page, GUESS_HANDLES, connection)["status"] == 3, connection
    unharmed.check()
