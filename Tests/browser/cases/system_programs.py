"""Programs in the page: what aborts, limits and keys do to them, and what is left afterwards."""

import json

import driver
from machine import assembled, boot, boot_and_settle, connect_agent, information, run, settle, terminal_text, wait_for_use


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
    settle(page)
    after = information(page)
    assert after["memories"] == before["memories"], (before, after)


@driver.limit(120)
def two_hundred_programs_leave_nothing_behind(page):
    boot_and_settle(page)
    connect_agent(page)
    before = information(page)
    command = "i=0; while [ $i -lt 200 ]; do /bin/ls / > /dev/null || echo bad; i=$((i + 1)); done"
    assert run(page, command) == {"status": 0, "stdout": "", "stderr": ""}
    # Both ends of the monitor's and of all the others' to resmgr, and the one on which harts say that they are up.
    assert before["channels"] >= 2 * (before["servers"] + before["processes"]) + 1, before
    wait_for_use(page, before)


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
        '(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1)'
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


@driver.limit(60)
def keys_stop_jobs_that_go_on_where_they_are_told(page):
    boot(page)
    text = terminal_text()
    prompt = f"/# ?$/.test({text}.trimEnd())"

    def types(line, pattern):
        page.wait_until(prompt)
        page.type(line + "\n")
        page.wait_until(f"/{pattern}/m.test({text}.replace(/ +$/gm, ''))")

    def is_listed(state, program):
        page.wait_until(f"/ {state} +[0-9:]+ {program}$/m.test((await (await martlet).run('ps')).stdout)")

    page.wait_until(prompt)
    page.type("sleep 100\n")
    is_listed("S", "sleep 100")
    page.press("Control+z")
    page.wait_until(f"/^\\[1\\] \\+ Stopped sleep 100$/m.test({text}.replace(/ +$/gm, ''))")
    is_listed("T", "sleep 100")
    types("bg", "^\\[1\\] sleep 100$")
    is_listed("S", "sleep 100")
    # One that reads from the background is stopped, and what is typed is not its.
    types("cat &", "^\\[2\\] [0-9]+$")
    is_listed("T", "cat")
    types("echo $((6*7)) for the shell", "^42 for the shell$")
    types("jobs", "^\\[2\\] \\+ Stopped \\(SIGTTIN\\) cat$")
    page.wait_until(prompt)
    page.type("fg\n")
    is_listed("S", "cat")
    page.type("line\n")
    page.wait_until(f"/^line\\n+line$/m.test({text}.replace(/ +$/gm, ''))")
    page.press("Control+d")
    types("fg %1", "^sleep 100$")
    page.press("Control+c")
    types("echo status $?", "^status 130$")
    types("jobs; echo none", "^jobs; echo none\\n+none$|# jobs; echo none\\n+none$")


#: Every second worker hears late that it is free, and whatever comes behind it.
LATE_RELEASES = """
let created = 0;
globalThis.Worker = class extends Worker {
  #isSlow = created++ % 2 === 1;
  #last = Promise.resolve();
  postMessage(message) {
    const pause = this.#isSlow && message.kind === "release" ? 50 : 0;
    if (pause > 0) this.#last = this.#last.then(() => new Promise((next) => setTimeout(next, pause)));
    this.#last = this.#last.then(() => super.postMessage(message));
  }
};
"""


@driver.limit(60)
def workers_that_are_free_late_harm_nobody(page):
    page.before_load(LATE_RELEASES)
    boot_and_settle(page)
    commands = ["i=0; while [ $i -lt 40 ]; do /bin/true & /bin/true & /bin/true & wait; i=$((i + 1)); done; echo $i"] * 4
    told = page.evaluate(f"Promise.all({json.dumps(commands)}.map(async (command) => (await martlet).run(command)))")
    assert told == [{"status": 0, "stdout": "40\n", "stderr": ""}] * 4, told


#: Every third program's worker hears late what it is to run.
LATE_STARTS = """
let starts = 0;
globalThis.Worker = class extends Worker {
  #last = Promise.resolve();
  postMessage(message) {
    const pause = message.kind === "start" && message.role === 2 && ++starts % 3 === 0 ? 8 + (starts % 16) : 0;
    if (pause > 0) this.#last = this.#last.then(() => new Promise((next) => setTimeout(next, pause)));
    this.#last = this.#last.then(() => super.postMessage(message));
  }
};
"""


@driver.limit(120)
def programs_killed_while_their_worker_begins_harm_nobody(page):
    # What a worker does after its hart counts as ended, it does to whoever was given its rings.
    if page.wait != "park":
        raise driver.Skip("without rings a channel is never given to another")
    page.before_load(LATE_STARTS)
    boot_and_settle(page)
    for turn in range(12):
        told = page.evaluate(f"""(async () => {{
          const machine = await martlet;
          const ended = Array.from({{ length: 6 }}, (_, index) =>
            machine.run("while :; do /bin/true; done", {{ signal: AbortSignal.timeout(50 + 12 * index + {turn}) }}).then(() => "ran", () => "ended"));
          const ran = Array.from({{ length: 3 }}, () => machine.run("i=0; while [ $i -lt 20 ]; do /bin/true; i=$((i + 1)); done; echo ran"));
          return Promise.all([...ended, ...ran.map((run) => run.then(({{ stdout }}) => stdout))]);
        }})()""")
        assert told == ["ended"] * 6 + ["ran\n"] * 3, told
