"""The table of system tests (Tests/system) in a page: one booted machine serves all the cases of a subject, each in a fresh folder."""

import base64
import json
import pathlib
import sys
from dataclasses import replace

import driver
from machine import boot, fetch_into, store

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "system"))

import table_files
import table_proc
import table_processes
import table_programs
import table_shell
import table_signals
import table_terminals
import table_utilities
from case import FOLDER, SCRATCH, Machine, Missing, Package, Result, judge

_BEYOND_THE_TABLE = "trap-of-a-table-index"

_BASE64 = """(bytes) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}"""


class _PageMachine(Machine):
    """The machine of a page."""

    def __init__(self, page):
        self._page = page
        boot(page)

    def begin(self):
        result = self.run(f"rm -rf {FOLDER} {SCRATCH} && mkdir {FOLDER}", b"")
        assert result == Result(0, b"", b""), result

    def store(self, name, file):
        path = f"{FOLDER}/{name}"
        if isinstance(file, Package):
            file.on_host()
            fetch_into(self._page, path, f"/packages/{file.path}", file.mode)
        else:
            store(self._page, path, file.data(), file.mode)

    def run(self, command, input):
        text = base64.b64encode(input).decode()
        status, output, error = self._page.evaluate(f"""(async (encode) => {{
              const stdin = Uint8Array.from(atob("{text}"), (letter) => letter.charCodeAt(0));
              const {{ status, stdout, stderr }} = await (await martlet).run({json.dumps(command)}, {{ stdin, bytes: true }});
              return [status, encode(stdout), encode(stderr)];
            }})({_BASE64})""")
        return Result(status, base64.b64decode(output), base64.b64decode(error))

    def read(self, name):
        text = self._page.evaluate(
            f"(await martlet).readFile({json.dumps(f'{FOLDER}/{name}')}).then({_BASE64}, (error) => {{"
            " if (error.code !== 'noSuchFileOrDirectory') throw error; return null; })"
        )
        return None if text is None else base64.b64decode(text)


def _judge_all(page, cases):
    """Runs the cases; those that failed name themselves, and so does the one that does not end."""
    machine = _PageMachine(page)
    wrong, missing = [], set()
    for case in cases:
        try:
            wrong += [f"{case.name}: {what}" for what in judge(machine, case)]
        except Missing as reason:
            missing.add(str(reason))
        except BaseException:
            print(f"      in the case {case.name}")
            raise
    assert not wrong, "\n".join(wrong)
    if missing:
        raise driver.Skip("; ".join(sorted(missing)))


@driver.limit(90)
def shell(page):
    _judge_all(page, table_shell.CASES)


@driver.limit(90)
def utilities(page):
    _judge_all(page, table_utilities.CASES)


@driver.limit(90)
def files(page):
    _judge_all(page, table_files.CASES)


@driver.limit(90)
def processes(page):
    _judge_all(page, table_processes.CASES)


@driver.limit(120)
def signals(page):
    _judge_all(page, table_signals.CASES)


@driver.limit(90)
def proc(page):
    _judge_all(page, table_proc.CASES)


@driver.limit(90)
def terminals(page):
    _judge_all(page, table_terminals.CASES)


@driver.limit(120)
def programs(page):
    cases = table_programs.CASES
    if page.evaluate("typeof InternalError === 'function'"):
        # Firefox has one text for a call beyond the table and an access beyond the memory (README, "Known limits").
        told = "martlet: program: memory access out of bounds in crash (SIGSEGV)\nSegmentation fault\n"
        assert any(case.name == _BEYOND_THE_TABLE for case in cases)
        cases = [replace(case, output="139\non\n", error=told) if case.name == _BEYOND_THE_TABLE else case for case in cases]
    _judge_all(page, cases)
