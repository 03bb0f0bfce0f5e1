"""init in a page: what its table names runs, comes back, and goes with the runlevel."""

import driver
from machine import boot, run, store, terminal_text

TABLE = """\
# A table of the test's own.
id:2:initdefault:
ag:23:respawn:/sbin/agent
c1:23:respawn:/bin/sh -l
tk:2:respawn:/bin/sleep 1000
on:3:once:echo once >> /tmp/level
wt:3:wait:echo waited >> /tmp/level
ff:23:respawn:/bin/false
of:23:off:/bin/sleep 2000
this is no entry
"""


def _sleepers(page, seconds):
    lines = run(page, "ps")["stdout"].splitlines()
    return [line.split()[0] for line in lines if f"sleep {seconds}" in line]


@driver.limit(90)
def the_table_is_obeyed(page):
    boot(page)
    # The image cannot be written: a file system over the folder holds another table.
    assert run(page, "mount -t tmpfs etc /etc")["status"] == 0
    store(page, "/etc/inittab", TABLE.encode(), mode=0o644)
    assert run(page, "telinit q") == {"status": 0, "stdout": "", "stderr": ""}
    ticker = "(await (await martlet).run('ps')).stdout.includes('sleep 1000')"
    page.wait_until(ticker)
    # The line that is none is named; what ends at once is not started for ever.
    page.wait_until(f"/inittab:10: /.test({terminal_text()})")
    page.wait_until(f"/Id .ff. respawning too fast/.test({terminal_text()})")
    first = _sleepers(page, 1000)
    assert len(first) == 1 and _sleepers(page, 2000) == [], first
    assert run(page, f"kill {first[0]}")["status"] == 0
    page.wait_until(f"(await (await martlet).run('ps')).stdout.split('\\n').some((line) => /sleep 1000/.test(line) && !/^ *{first[0]} /.test(line))")
    assert run(page, "telinit 3")["status"] == 0
    page.wait_until(f"!{ticker}")
    page.wait_until("(await (await martlet).run('cat /tmp/level')).stdout.split('\\n').sort().join() === ',once,waited'")
    assert run(page, "telinit x")["status"] != 0
    assert run(page, "echo on")["stdout"] == "on\n"


@driver.limit(60)
def the_machine_halts(page):
    boot(page)
    page.wait_until(f"/# ?$/.test(({terminal_text()}).trimEnd())")
    page.type("sleep 1000 & poweroff\n")
    page.wait_until("/halted/.test(document.getElementById('notice').innerText)")
    page.wait_until("(await martlet).information.liveWorkers === 0")
    try:
        run(page, "true")
    except driver.PageError as error:
        assert "stopped" in str(error), error
    else:
        raise AssertionError("a halted machine ran a command")
