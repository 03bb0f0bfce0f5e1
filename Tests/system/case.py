"""What a case of the table is, what a machine under test has to offer, and the judgement: expected against found.

A case is data: files that are put first, one command line, its input; and the exact output, error, status and file effects. Whoever can
do what `Machine` says can be tested with it.
"""

import dataclasses
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "Tests/browser"))

from machine import assembled, compiled

#: Where each case begins, with the files that it names; empty otherwise. Natively a directory of the host, in a page of tmpfs.
FOLDER = "/home/case"
#: A directory of tmpfs everywhere, which a case that wants it makes, and which is gone before the next.
SCRATCH = "/tmp/case"


class Missing(Exception):
    """Something that a case needs is not installed; the text says what."""


class Text:
    """A module of the text format."""

    mode = 0o755

    def __init__(self, source):
        self._source = source

    def data(self):
        return assembled(self._source)


class C:
    """A program of C for WASI preview 1: a source of Tests/system/programs, or of Tests/browser/programs. Its table of functions is
    exported, so that it may have handlers of signals, unless told otherwise."""

    mode = 0o755

    def __init__(self, name, exports_table=True):
        self._name, self._options = name, ["-Wl,--export-table"] if exports_table else []

    def data(self):
        folders = [TOP / "Tests/system/programs", TOP / "Tests/browser/programs"]
        [source] = [path for folder in folders if (path := folder / self._name).exists()]
        headers = [option for folder in folders for option in ["-I", folder]]
        return compiled(source.read_text(), *headers, *self._options)


class Plain:
    """Bytes with a mode."""

    def __init__(self, data, mode):
        self._data, self.mode = data, mode

    def data(self):
        return self._data


class Changed:
    """Another file with its bytes changed by a function: an image that is cut short, say."""

    mode = 0o755

    def __init__(self, file, change):
        self._file, self._change = file, change

    def data(self):
        return self._change(self._file.data())


class Package:
    """A file of a Python package that scripts/setup installs; too large to be handed around as bytes."""

    def __init__(self, path, mode=0o644):
        #: Below `site-packages`.
        self.path, self.mode = path, mode

    def on_host(self):
        """Its path on the host. Raises Missing."""
        for folder in TOP.glob(".venv/lib/python3*/site-packages"):
            if (folder / self.path).exists():
                return folder / self.path
        raise Missing(f"{self.path.split('/')[0]} is not installed: scripts/setup test")


@dataclasses.dataclass(frozen=True)
class Case:
    """One row of the table. Text stands for its bytes in UTF-8."""

    #: Of lower-case words with hyphens, unique: what is proved.
    name: str
    #: Run by `/bin/sh -c`, with FOLDER as the working directory.
    command: str
    output: str | bytes = b""
    #: Exact; or `re.compile` of a pattern for the whole of it, where `why` says what may differ.
    error: str | bytes | re.Pattern = b""
    status: int = 0
    input: str | bytes = b""
    #: Name below FOLDER to text, bytes (mode 0644), Plain, Text, C, Changed or Package.
    files: dict = dataclasses.field(default_factory=dict)
    #: Name below FOLDER to the bytes that are there afterwards, or None: nothing is.
    effects: dict = dataclasses.field(default_factory=dict)
    #: Why the error is a pattern.
    why: str = ""

    def __post_init__(self):
        if isinstance(self.error, re.Pattern) != bool(self.why):
            raise ValueError(f"{self.name}: a pattern for the error, and only that, needs a reason")


@dataclasses.dataclass(frozen=True)
class Result:
    """How a command ended; a status of 128 and more is a signal's, as the shell tells it."""

    status: int
    output: bytes
    error: bytes


class Machine:
    """A machine under test. Names of files are relative to FOLDER."""

    def begin(self):
        """FOLDER is there and empty, SCRATCH is not there, nothing of the case before is left."""
        raise NotImplementedError

    def store(self, name, file):
        """Puts a file (Plain, Text, C, Changed, Package) there; its folder exists."""
        raise NotImplementedError

    def run(self, command, input):
        """Runs a command line to its end: a Result."""
        raise NotImplementedError

    def read(self, name):
        """The bytes of a file, or None if there is none of that name."""
        raise NotImplementedError


def to_bytes(value):
    return value.encode() if isinstance(value, str) else value


def _short(value):
    return repr(value) if len(value) <= 400 else f"{value[:300]!r} … {value[-60:]!r} ({len(value)} bytes)"


def judge(machine, case):
    """Runs a case on a machine: a list of what is not as expected, empty if it passed. Raises Missing."""
    machine.begin()
    for name, file in case.files.items():
        machine.store(name, Plain(to_bytes(file), 0o644) if isinstance(file, (str, bytes)) else file)
    result = machine.run(f"cd {FOLDER}; {case.command}", to_bytes(case.input))
    wrong = []
    for what, found, expected in [
        ("status", result.status, case.status), ("output", result.output, to_bytes(case.output)),
        *[(f"file {name}", machine.read(name), value and to_bytes(value)) for name, value in case.effects.items()],
    ]:  # fmt: skip
        if found != expected:
            show = [_short(value) if isinstance(value, bytes) else repr(value) for value in [found, expected]]
            wrong.append(f"{what}: found {show[0]}, expected {show[1]}")
    if isinstance(case.error, re.Pattern):
        if not case.error.fullmatch(result.error.decode(errors="backslashreplace")):
            wrong.append(f"error: found {_short(result.error)}, expected a match of {case.error.pattern!r}")
    elif result.error != to_bytes(case.error):
        wrong.append(f"error: found {_short(result.error)}, expected {_short(to_bytes(case.error))}")
    return wrong
