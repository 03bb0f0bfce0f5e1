"""A hart without a system: what it does with programs, peers and servers that err, and in which words it says so."""

import base64
import functools
import json
import re

from machine import CONSTANTS, HERE, assembled, module

#: The page plays resmgr and the monitor over BroadcastChannels.
WAYS = ["suspend"]
WASI = "wasi_snapshot_preview1"


def _text(data):
    return json.dumps(base64.b64encode(data).decode())


@functools.cache
def _libos():
    """The test libOS, with an export that answers ENOSYS for every call that it does not have itself."""
    source = (HERE / "hart/libos.c").read_text()
    present = set(re.findall(r"EXPORT\((\w+)\)", source))
    for name, parameters in re.findall(r'name: "(\w+)", parameters: "(\w*)"', CONSTANTS.read_text()):
        if name not in present:
            types = ["u32 thread"] + [f"{'u32' if letter == 'i' else 'u64'} p{i}" for i, letter in enumerate(parameters)]
            source += f"EXPORT({name}) int call_{name}({', '.join(types)}) {{ return 52; }}\n"
    return _text(module(source, "-Wl,--import-memory"))


@functools.cache
def _server():
    return _text(module((HERE / "hart/server.c").read_text()))


def _open(page):
    page.open("/tests/hart.html")
    page.wait_until("globalThis.hart !== undefined")


def _run(page, image, options="{}"):
    return page.evaluate(f"hart.run({_libos()}, {_text(image)}, {options})")


def _end(outcome):
    """How a program ended: the signal's number and the text, or 0 and the exit code."""
    exits = [message for message in outcome["control"] if message["operation"] == 0x0402]
    assert len(exits) == 1, outcome
    kind, *rest = exits[0]["payload"]
    return (0, int.from_bytes(rest, "little")) if kind == 0 else (kind, bytes(rest).decode())


def _program(body, *others):
    """A module whose entry is `body`, with the calls of the test libOS and a memory of 20 pages."""
    imports = "".join(
        f'(import "{WASI}" "{name}" (func ${name} {signature}))'
        for name, signature in {
            "fd_write": "(param i32 i32 i32 i32) (result i32)",
            "fd_advise": "(param i32 i64 i64 i32) (result i32)",
            "sched_yield": "(result i32)",
            "poll_oneoff": "(param i32 i32 i32 i32) (result i32)",
            "clock_time_get": "(param i32 i64 i32) (result i32)",
            "random_get": "(param i32 i32) (result i32)",
            "proc_exit": "(param i32)",
        }.items()
    )
    return assembled(f'(module {imports} (memory (export "memory") 20) {" ".join(others)} (func $entry (export "_start") {body}))')


# Writes (global length) bytes from address 64, and ends the program with 99 unless the answer counts as many.
WRITE = """(func $write (param $length i32)
  (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (local.get $length))
  (if (call $fd_write (i32.const 5) (i32.const 0) (i32.const 1) (i32.const 8)) (then (call $proc_exit (i32.const 98))))
  (if (i32.ne (i32.load (i32.const 8)) (local.get $length)) (then (call $proc_exit (i32.const 99)))))"""


def a_program_waits_in_every_way(page):
    _open(page)
    image = _program(
        """(local $left i32) (local $begin i64)
        (local.set $left (i32.const 50))
        (loop $again (call $write (local.get $left)) (local.set $left (i32.sub (local.get $left) (i32.const 1))) (br_if $again (local.get $left)))
        (call $write (i32.const 1000000))
        (if (call $sched_yield) (then unreachable))
        (if (call $sched_yield) (then unreachable))
        (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 16)))
        (local.set $begin (i64.load (i32.const 16)))
        (if (call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (then unreachable))
        (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 16)))
        (if (i64.lt_u (i64.sub (i64.load (i32.const 16)) (local.get $begin)) (i64.const 20000000)) (then (call $proc_exit (i32.const 97))))
        (if (call $random_get (i32.const 64) (i32.const 100000)) (then unreachable))
        (if (i64.eqz (i64.load (i32.const 100000))) (then (call $proc_exit (i32.const 96))))
        ;; Beyond the memory's end: BAD_ADDRESS.
        (if (i32.ne (call $random_get (i32.const 1310700) (i32.const 100)) (i32.const 21)) (then (call $proc_exit (i32.const 95))))
        (call $proc_exit (i32.const 42))""",
        WRITE,
    )
    outcome = _run(page, image)
    assert _end(outcome) == (0, 42), outcome["control"]
    # All are closed but the one on which orders still come.
    assert outcome["channels"] == 1, outcome["channels"]
    peer = outcome["peer"]
    assert [message["length"] for message in peer] == [*range(50, 0, -1), 1000000, 0], peer
    assert all(message["stamp"] == [1] * 20 for message in peer), "a stamp is not the hart's"
    times = [message["time"] for message in peer]
    assert times == sorted(times) and times[0] > 0, times
    assert [message["operation"] for message in outcome["control"][-2:]] == [0x0402, 0x0002], outcome["control"]


def a_program_that_returns_has_ended_well(page):
    _open(page)
    assert _end(_run(page, _program(""))) == (0, 0)


def traps_are_signals_with_reason_and_function(page):
    _open(page)
    table = "(type $taking (func (param i32))) (table 2 funcref) (elem (i32.const 0) $other) (func $other)"
    call = "(call_indirect (type $taking) (i32.const 1) (i32.const %d))"
    cases = [
        ("unreachable", (4, "unreachable executed in entry")),
        ("(drop (i32.div_s (i32.const 1) (i32.const 0)))", (8, "integer division by zero in entry")),
        ("(drop (i32.rem_u (i32.const 1) (i32.const 0)))", (8, "integer division by zero in entry")),
        ("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", (8, "integer overflow in entry")),
        ("(drop (i32.trunc_f64_s (f64.const 1e300)))", (8, "integer overflow in entry")),
        ("(i32.store (i32.const -8) (i32.const 0))", (11, "memory access out of bounds in entry")),
        ("(memory.fill (i32.const 0) (i32.const 0) (i32.const -1))", (11, "memory access out of bounds in entry")),
        (call % 0, (4, "bad indirect call in entry")),
        (call % 1, (4, "bad indirect call in entry")),
    ]
    for body, expected in cases:
        end = _end(_run(page, _program(body, table)))
        assert end == expected, (body, end)
    deep = "(func $deep (param i32) (result i32) (i32.add (call $deep (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))"
    signal, text = _end(_run(page, _program("(drop (call $deep (i32.const 0)))", deep)))
    assert signal == 11 and text.startswith("stack exhausted"), (signal, text)
    thrown = _program("(throw $problem)", "(tag $problem)")
    assert _end(_run(page, thrown)) == (6, "uncaught exception")


def images_that_are_no_programs_are_refused_with_a_reason(page):
    _open(page)
    whole = _program("(call $proc_exit (i32.const 1))")
    memory, start = '(memory (export "memory") 1)', '(func (export "_start"))'
    cases = [
        (b"", "not a WebAssembly module"),
        (b"#!/bin/sh\necho no\n", "not a WebAssembly module"),
        (b"\0asm\x0d\0\x01\0", "a WebAssembly component, not a module"),
        (assembled(f"(module {memory})"), "the module exports no function _start"),
        (assembled(f"(module {start})"), "the module exports no memory"),
        (assembled(f"(module (memory 1) {memory} {start})"), "the module declares more than one memory"),
        (assembled(f'(module (import "env" "foo" (func)) {memory} {start})'), "unknown import env.foo"),
        (assembled(f'(module (import "env" "memory" (memory 1)) {memory} {start})'), "unknown import env.memory"),
        (assembled(f'(module (import "{WASI}" "fd_wirte" (func)) {memory} {start})'), f"unknown import {WASI}.fd_wirte"),
        (
            assembled(f'(module (import "{WASI}" "fd_read" (global i32)) {memory} {start})'),
            f"import {WASI}.fd_read is a global, not a function",
        ),
        (assembled(f"(module {memory} (func $begin unreachable) (start $begin) {start})"), None),
    ]
    cases += [(whole[:length], None) for length in range(9, len(whole), 23)]
    for image, reason in cases:
        started = _run(page, image)["started"]
        assert started["status"] == 45 and started["text"], (image, started)
        assert reason in (None, started["text"]), (reason, started)


def what_a_process_may_have_unanswered_is_bounded(page):
    _open(page)
    for what, expected in [(1, 16), (2, 4)]:
        image = _program(f"(call $proc_exit (call $fd_advise (i32.const {what}) (i64.const 0) (i64.const 0) (i32.const 0)))")
        outcome = _run(page, image, "{ answers: false }")
        assert _end(outcome) == (0, expected * 1000 + 6), outcome
        assert len(outcome["peer"]) == expected + 1, outcome["peer"]


def malformed_and_forged_messages_are_not_sent(page):
    _open(page)
    refusals = {3: 8, 4: 9, 5: 9, 6: 9, 7: 9, 8: 63, 9: 63, 11: 21}
    for what, status in refusals.items():
        image = _program(f"(call $proc_exit (call $fd_advise (i32.const {what}) (i64.const 0) (i64.const 0) (i32.const 0)))")
        outcome = _run(page, image)
        assert _end(outcome) == (0, status), (what, outcome)
        assert [message["operation"] for message in outcome["peer"]] == [0x0002], (what, outcome)
        assert [message["operation"] for message in outcome["control"][1:]] == [0x0201, 0x0402, 0x0002], (what, outcome)
    image = _program("(call $proc_exit (call $fd_advise (i32.const 10) (i64.const 0) (i64.const 0) (i32.const 0)))")
    assert _end(_run(page, image, "{ answers: false }")) == (0, 9), "a request number was used twice"


def orders_are_obeyed_and_garbage_is_ignored(page):
    _open(page)
    image = _program("(loop $again (call $write (i32.const 4)) (br $again))", WRITE)
    outcome = page.evaluate(f"hart.runEndless({_libos()}, {_text(image)})")
    # Opened; number taken; stamped; ended; no process any more; malformed.
    assert outcome["statuses"] == [0, 20, 0, 0, 71, 9], outcome
    assert outcome["lasts"] == 0, "resmgr ordered the end and needs no word of it"
    assert outcome["before"]["stamp"] == [1] * 20 and outcome["after"]["stamp"] == [2] * 20, outcome


def a_fault_of_the_libos_itself_is_reported(page):
    _open(page)
    image = _program("(drop (call $fd_advise (i32.const 12) (i64.const 0) (i64.const 0) (i32.const 0)))")
    outcome = _run(page, image, '{ report: "failed" }')
    failures = [report["text"] for report in outcome["reports"] if report["kind"] == "failed"]
    assert len(failures) == 1 and failures[0].startswith("unreachable executed"), outcome
    assert outcome["peer"][-1]["operation"] == 0x0002, outcome


def _device(operation, name=b""):
    return list(operation.to_bytes(2, "little") + (7).to_bytes(4, "little") + bytes(4) + name)


def a_server_hears_its_inputs_and_reads_only_what_it_was_granted(page):
    _open(page)
    fetch, console, page_send = 5, 1, 6
    names = [b"engine.html", b"../index.html", b"/index.html", b"a/../../index.html", b"no-such-file", b"http:index.html"]
    calls = [_device(console), _device(page_send), [5, 0], *[_device(fetch, name) for name in names]]
    outcome = page.evaluate(f"hart.serve({_server()}, 2, {json.dumps(calls)}, {3 + 1 + len(calls) + len(names) + 1})")
    inputs = [(item["payload"][0], int.from_bytes(bytes(item["payload"][1:5]), "little"), bytes(item["payload"][5:])) for item in outcome["inputs"]]
    assert all(item["stamp"] == [1] * 20 for item in outcome["inputs"])
    kind, _, start = inputs[0]
    assert kind == 1 and start[40:] == b"key=value\n" and any(start[8:40]), inputs[0]
    assert int.from_bytes(start[:8], "little") > 1_500_000_000 * 10**9, "real time is not"
    assert (5, 3, bytes([9] * 8)) in inputs and (6, 3, b"") in inputs, inputs
    assert [kind for kind, _, _ in inputs].count(3) == 1, "the timer came once"
    # Not granted, not granted, too short; then all of fetch, which answers by events.
    assert [status for kind, status, _ in inputs if kind == 100] == [63, 63, 9] + [0] * len(names), inputs
    events = [event for kind, _, event in inputs if kind == 4]
    pieces = [event[10:] for event in events if int.from_bytes(event[6:10], "little") == 26]
    assert b"".join(pieces).lower().startswith(b"<!doctype html>"), events
    statuses = sorted(int.from_bytes(event[6:10], "little") for event in events)
    assert statuses == sorted([26, 0, 28, 28, 28, 44, 28]), statuses
    failure = outcome["reports"][-1]
    assert failure["kind"] == "failed" and failure["reason"] == 2 and "unreachable" in failure["text"], failure


def a_server_that_is_not_up_yet_loses_no_device_event(page):
    _open(page)
    inputs = page.evaluate(f"hart.serveEarly({_server()}, [[1, 2, 3], [4]])")
    assert [(item[0], item[5:]) for item in inputs[1:3]] == [(4, [1, 2, 3]), (4, [4])], inputs
