"""Programs in the whole system: pipelines, their ends, traps, images that are none, and what is left afterwards."""

import json

import driver
from machine import assembled, boot, boot_and_settle, connect_agent, information, run, store, terminal_text

MEMORY = '(memory (export "memory") 1)'


@driver.limit(60)
def pipelines_give_exact_bytes_and_statuses(page):
    boot(page)
    for command, stdout in [
        ("seq 1 100000 | sort -r | head -1", "99999\n"),
        # The first one dies of its broken pipe, and that needs no word.
        ("cat < /dev/zero | head -c 10000000 | wc -c", "10000000\n"),
        ("cat /dev/zero | head -c 1; echo $?", "\0" + "0\n"),
        ("false; echo $?", "1\n"),
        ("false | true; echo $?; true | false; echo $?", "0\n1\n"),
        ("sleep 100 & kill $!; wait $!; echo $?", "143\n"),
    ]:
        result = run(page, command)
        assert result == {"status": 0, "stdout": stdout, "stderr": ""}, (command, result)


@driver.limit(60)
def an_aborted_pipeline_leaves_no_process(page):
    boot_and_settle(page)
    before = information(page)
    reason = page.evaluate(
        "(await martlet).run('cat /dev/zero | cat | cat > /dev/null', { signal: AbortSignal.timeout(700) })"
        ".then(() => 'ended', (error) => error.name)"
    )
    assert reason == "TimeoutError", reason
    page.wait_until("!(await (await martlet).run('ps')).stdout.includes('cat')")
    page.wait_until(f"(await martlet).information.processes === {before['processes']}")
    after = information(page)
    assert after["memories"] == before["memories"], (before, after)


@driver.limit(60)
def traps_are_told_and_the_system_goes_on(page):
    boot(page)
    cases = [
        ("unreachable", 132, "unreachable executed"),
        ("(i32.store (i32.const -8) (i32.const 0))", 139, "memory access out of bounds"),
        ("(call $crash)", 139, "stack exhausted"),
        ("(drop (i32.div_s (i32.const 1) (i32.const 0)))", 136, "integer division by zero"),
        ("(call_indirect (i32.const 1))", 132, "bad indirect call"),
    ]
    for body, status, words in cases:
        module = f'(module {MEMORY} (table 2 funcref) (func $crash (export "_start") {body} (call $other)) (func $other))'
        store(page, "/home/program", assembled(module))
        result = run(page, "/home/program")
        assert result["status"] == status, (words, result)
        assert "program: " in result["stderr"] and f"{words} in crash" in result["stderr"], (words, result)
        assert run(page, "echo on")["stdout"] == "on\n"


@driver.limit(60)
def images_that_are_no_programs_are_told_with_the_reason(page):
    boot(page)
    good = assembled(f'(module {MEMORY} (func (export "_start")))')
    cases = [
        (bytes(range(256)) * 10, "not a WebAssembly module"),
        (good[: len(good) // 2], ""),
        (assembled(f'(module (import "env" "foo" (func)) {MEMORY} (func (export "_start")))'), "unknown import env.foo"),
        (assembled(f'(module {MEMORY} (memory $other 1) (func (export "_start")))'), "more than one memory"),
        (assembled(f"(module {MEMORY})"), "exports no function _start"),
    ]
    for image, reason in cases:
        store(page, "/home/program", image)
        result = run(page, "/home/program; echo $?")
        assert result["stdout"] == "126\n", (reason, result)
        assert "Exec format error" in result["stderr"] and reason in result["stderr"], (reason, result)
    store(page, "/home/plain", good, mode=0o644)
    result = run(page, "/home/plain")
    assert result["status"] == 126 and "Permission denied" in result["stderr"], result
    result = run(page, "/home/absent")
    assert result["status"] == 127 and "/home/absent" in result["stderr"], result


@driver.limit(120)
def two_hundred_programs_leave_nothing_behind(page):
    boot_and_settle(page)
    connect_agent(page)
    before = information(page)
    command = "i=0; while [ $i -lt 200 ]; do /bin/ls / > /dev/null || echo bad; i=$((i + 1)); done"
    assert run(page, command) == {"status": 0, "stdout": "", "stderr": ""}
    names = ["memories", "workers", "channels", "servers", "processes", "liveWorkers"]
    # Both ends of the monitor's and of all the others' to resmgr, and the one on which harts say that they are up.
    assert before["channels"] >= 2 * (before["servers"] + before["processes"]) + 1, before
    same = " && ".join(f"now.{name} === {before[name]}" for name in names)
    page.wait_until(f"((now) => {same})((await martlet).information)")


@driver.limit(120)
def a_full_machine_refuses_and_recovers(page):
    boot_and_settle(page)
    limits = information(page)["limits"]
    room = (limits["memories"] - information(page)["memories"]) // 2
    goal = min(room + 5, 70)
    begin = information(page)["processes"]
    # All are of one group, which the abort kills.
    page.evaluate(
        "void (globalThis.full = new AbortController(), globalThis.text = (await martlet).run("
        + json.dumps(f"exec 2> /tmp/errors; i=0; while [ $i -lt {goal} ]; do sleep 1000 & i=$((i + 1)); done; echo started; wait")
        + ", { signal: full.signal }).then((result) => result, (error) => ({ name: error.name })))"
    )
    if goal < 70:
        # Beyond the limit the shell says so; what runs goes on.
        page.wait_until("(await (await martlet).readFile('/tmp/errors')).length > 0")
    else:
        page.wait_until(f"(await martlet).information.processes >= {begin + goal + 1}")
        assert run(page, "echo still")["stdout"] == "still\n"
    full = information(page)["processes"]
    page.evaluate("full.abort()")
    page.wait_until(f"(await martlet).information.processes <= {begin}")
    assert run(page, "echo again")["stdout"] == "again\n"
    assert full >= 50, full
    if goal < 70:
        assert "Resource temporarily unavailable" in run(page, "cat /tmp/errors")["stdout"], run(page, "cat /tmp/errors")


@driver.limit(60)
def a_dropped_file_is_a_program(page):
    boot(page)
    module = assembled(
        f'(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) {MEMORY}'
        '(func (export "_start") (call $exit (i32.const 42))))'
    )
    page.evaluate(
        f"""(() => {{
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from({list(module)})], "dropped.wasm"));
          const at = {{ bubbles: true, cancelable: true, dataTransfer: transfer }};
          document.body.dispatchEvent(new DragEvent("dragover", at));
          document.body.dispatchEvent(new DragEvent("drop", at));
        }})()"""
    )
    page.wait_until("document.querySelector('#toasts').textContent.includes('/home/dropped.wasm')")
    assert run(page, "/home/dropped.wasm")["status"] == 42
    assert run(page, "ls -l /home/dropped.wasm")["stdout"].startswith("-rwxr-xr-x")


@driver.limit(60)
def keys_interrupt_and_end_input(page):
    boot(page)
    text = terminal_text()
    # The prompt on the last line: what is typed before that, the program before may still take.
    prompt = f"/# ?$/.test({text}.trimEnd())"
    page.wait_until(prompt)
    page.type("seq 1 1000 | grep 7 | wc -l\n")
    page.wait_until(f"/^271$/m.test({text})")
    for program, key, status in [("cat", "Control+c", 130), ("sleep 100", "Control+c", 130), ("cat", "Control+d", 0)]:
        page.wait_until(prompt)
        page.type(f"{program}\n")
        # Running, not only typed.
        page.wait_until(f"/ {program}$/m.test((await (await martlet).run('ps')).stdout)")
        page.press(key)
        page.wait_until(prompt)
        page.type("echo status $? of " + program.replace(" ", "-") + key[-1] + "\n")
        page.wait_until(f"{text}.includes('status {status} of {program.replace(' ', '-')}{key[-1]}')")
