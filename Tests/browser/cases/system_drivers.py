"""Drivers that die in the browser: resmgr starts them again, who held their objects gets an error, the system goes on."""

import base64
import json

import driver
from machine import HERE, SERVERS, assembled, boot, boot_and_settle, compiled, information, run, settle, store, terminal_text

IO_ERROR = 29
#: The drivers in the order in which resmgr starts them, which is that of their harts; what a process holds of each, for holder.c.
DRIVERS = {
    "tty": "/dev/console", "netfs": "/etc/hostname", "pipe": "pipe", "tmpfs": "/tmp/held", "devfs": "/dev/zero",
    "procfs": "/proc/martlet",
}  # fmt: skip

# The page's own script is trusted, and this is how a case gets at the workers of servers. No program can.
KEEP_WORKERS = """
globalThis.servers = {};
globalThis.Worker = class extends Worker {
  postMessage(message) {
    if (message.kind === "start" && message.role === 1) {
      servers[message.hart] = this;
      if (globalThis.nextModule) message = { ...message, module: globalThis.nextModule };
      globalThis.nextModule = null;
    }
    super.postMessage(message);
  }
};
"""


def _boot(page):
    page.before_load(KEEP_WORKERS)
    boot_and_settle(page)
    page.wait_until(f"Object.keys(servers).length === {SERVERS}")


def _worker(name):
    # By the numbers of their harts, which are given in the order of their starts; resmgr's is the first.
    return f"Object.entries(servers).sort(([one], [other]) => one - other)[{1 + list(DRIVERS).index(name)}][1]"


#: A server that traps when a timer has passed, so that its hart is surely known to run.
TRAPPING = """(module (import "martlet_host" "set_timer" (func $set_timer (param i64)))
  (memory (export "memory") 1) (func (export "_initialize"))
  (func (export "input_buffer") (param i32) (result i32) (i32.const 0))
  (func (export "input") (param $kind i32) (param i32) (param $now i64) (param i32)
    (if (i32.eq (local.get $kind) (i32.const 3)) (then unreachable))
    (call $set_timer (i64.add (local.get $now) (i64.const 50000000)))))"""


def _trap(page, name):
    """It is killed, and what is started in its place traps soon."""
    module = json.dumps(base64.b64encode(assembled(TRAPPING)).decode())
    page.evaluate(
        f"(async () => {{ globalThis.nextModule = await WebAssembly.compile("
        f"Uint8Array.from(atob({module}), (character) => character.charCodeAt(0))); }})()"
    )
    _kill(page, name)


def _fall_silent(page, name):
    """As if it computed without end: it does not answer the watchdog, and nobody tells the monitor why."""
    page.evaluate(f"void {_worker(name)}.terminate()")


def _kill(page, name):
    """By root's order."""
    [line] = [line for line in run(page, "ps")["stdout"].splitlines() if line.endswith(f"[{name}]")]
    page.evaluate(f"void (await martlet).run('kill -9 {line.split()[0]}').catch(() => {{}})")


def _hold(page, name):
    """Lets a process of the console hold an object of a driver and use it until that fails."""
    store(page, "/home/holder", compiled((HERE / "programs/holder.c").read_text(), "-I", HERE.parent / "system/programs"))
    store(page, "/tmp/held", b"held")
    page.evaluate(
        f"void ((globalThis.held ??= {{}}).{name} = (await martlet).run('/home/holder {DRIVERS[name]} /tmp/{name}')"
        ".catch((error) => ({ error: error.message })))"
    )
    page.wait_until(f"(await (await martlet).readFile('/tmp/{name}').catch(() => '')).length > 0")


def _has_lost(page, name, with_devfs=False):
    """The process that held the object has ended with an error, and did not wait for ever."""
    held = page.evaluate(f"held.{name}")
    # With devfs the page's own way to the agent is gone, and so is who could tell.
    told = "/dev/page" in held.get("error", "") if with_devfs else held.get("status") == IO_ERROR
    assert told, (name, held)
    page.wait_until(f"!(await (await martlet).run('ps').catch(() => ({{ stdout: '/holder' }}))).stdout.includes('/holder')")


def _is_back(page, name, why):
    """The driver is there again, which the console tells with the reason; commands, files and keys work."""
    line = f"{name}: it {why}"
    page.wait_until(f"{terminal_text()}.replaceAll('\\n', '').includes({json.dumps(line)})")
    page.wait_until("(await martlet).run('true').then(({ status }) => status === 0, () => false)")
    told = [text for text in page.console_messages if text.startswith(line) and text.endswith("; it is started again")]
    assert len(told) == 1, page.console_messages
    assert run(page, "seq 1 1000 | sort -n | tail -1") == {"status": 0, "stdout": "1000\n", "stderr": ""}, name
    assert run(page, "echo kept > /tmp/kept && cat /tmp/kept /etc/hostname")["stdout"] == "kept\nmartlet\n", name
    assert run(page, "head -c 3 /dev/zero | wc -c")["stdout"].strip() == "3", name
    told = run(page, f"grep -c '^server {name} .* restarts=[1-9]' /proc/martlet")
    assert told == {"status": 0, "stdout": "1\n", "stderr": ""}, (name, told, run(page, "cat /proc/martlet"))
    page.wait_until(f"(await martlet).information.servers === {SERVERS}")
    settle(page)


def _keys_work(page, word):
    # A prompt of its own: the last one may stand before a message.
    page.type("\n")
    page.wait_until(f"/^[^\\n]{{0,9}}# ?$/m.test(({terminal_text()}).trimEnd().split('\\n').at(-1))")
    page.type(f"echo {word}-$((6*7)); ls /etc/hostname\n")
    # What is typed before the shell asks is shown above its prompt.
    page.wait_until(f"/^(.* # )?{word}-42$[^]*^.etc.hostname$/m.test({terminal_text()})")


@driver.limit(60)
def a_driver_that_traps_is_started_again(page):
    _boot(page)
    before = information(page)["memories"]
    for name in DRIVERS:
        _hold(page, name)
        _trap(page, name)
        _has_lost(page, name, name == "devfs")
        _is_back(page, name, "trapped: unreachable executed in ")
        _keys_work(page, name)
    assert information(page)["memories"] == before, (before, information(page))


@driver.limit(60)
def a_driver_that_is_killed_is_started_again(page):
    _boot(page)
    for name in DRIVERS:
        _hold(page, name)
        _kill(page, name)
        _has_lost(page, name, name == "devfs")
        page.wait_until("(await martlet).run('true').then(({ status }) => status === 0, () => false)")
        _keys_work(page, name)


@driver.limit(60)
def drivers_that_fall_silent_together_are_started_again(page):
    _boot(page)
    for name in DRIVERS:
        _hold(page, name)
    for name in DRIVERS:
        _fall_silent(page, name)
    for name in DRIVERS:
        _has_lost(page, name, with_devfs=True)
    for name in DRIVERS:
        _is_back(page, name, "stopped answering")
    _keys_work(page, "all")


#: The module of one driver comes when the case says so.
HOLD_PROCFS = """
globalThis.released = new Promise((release) => { globalThis.release = release; });
const fetchNow = globalThis.fetch;
globalThis.fetch = async (what, ...more) => {
  if (String(what).endsWith("/procfs.wasm")) await released;
  return await fetchNow(what, ...more);
};
"""


@driver.limit(60)
def the_prompt_does_not_wait_for_procfs(page):
    page.before_load(HOLD_PROCFS)
    boot(page)
    page.wait_until(f"/# ?$/.test(({terminal_text()}).trimEnd())")
    assert run(page, "cat /etc/hostname") == {"status": 0, "stdout": "martlet\n", "stderr": ""}
    assert information(page)["servers"] == SERVERS - 1
    page.evaluate("release()")
    page.wait_until("(await (await martlet).run('cat /proc/version')).stdout.startsWith('Martlet version ')")
    # What became of it later than the rest is told.
    steps = [line.split(" ", 1)[1] for line in run(page, "cat /proc/boot")["stdout"].splitlines()]
    assert steps.index("/sbin/init runs") < steps.index("procfs registered") < steps.index("/proc mounted"), steps


@driver.limit(60)
def a_driver_whose_module_comes_late_runs_once(page):
    page.before_load(HOLD_PROCFS)
    boot(page)
    page.wait_until(f"{terminal_text()}.includes('procfs: it did not register in time; it is started again')")
    page.evaluate("release()")
    page.wait_until("(await (await martlet).run('cat /proc/version')).stdout.startsWith('Martlet version ')")
    # The hart that was ordered first is not made any more.
    settle(page)
    assert run(page, "ps | grep -c '\\[procfs\\]$'")["stdout"] == "1\n"
