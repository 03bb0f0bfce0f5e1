"""How much memory a browser uses, and the figures of the bench that are about it."""

import contextlib
import os
import time

import machine
import processes

#: Processes that do nothing, and empty workers beside which they are measured.
IDLE = 30
#: Spawns after which memory is compared.
FEW_SPAWNS, MANY_SPAWNS = 100, 1000
#: How the names of browsers' programs begin.
BROWSERS = ("chrom", "firefox")
#: Seconds between two looks at the memory, and how many must agree on a part in so many.
PAUSE, LOOKS, PART = 0.5, 4, 200


def in_use():
    """Bytes that the browser's processes use: what is their own, and their share of the rest (proc(5), Pss)."""
    total = 0
    for process in processes.descendants():
        with contextlib.suppress(OSError):
            name = os.path.basename(os.readlink(f"/proc/{process}/exe"))
            if not name.startswith(BROWSERS):
                continue
            with open(f"/proc/{process}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) << 10 for line in file if line.startswith("Pss:"))
    return total


def settled(page):
    """As `in_use`, once it changes no more: browsers take memory back in their own time."""
    values = []
    for _ in range(40):
        page.collect_garbage()
        values = [*values[1 - LOOKS :], in_use()]
        if len(values) == LOOKS and max(values) - min(values) < max(values) // PART:
            break
        time.sleep(PAUSE)
    return values[-1]


def empty_worker(page):
    """Bytes of one worker that does nothing."""
    before = settled(page)
    page.evaluate(
        """(async () => {
          const script = URL.createObjectURL(new Blob(["postMessage(0)"], { type: "text/javascript" }));
          globalThis.idleWorkers = Array.from({ length: %d }, () => new Worker(script));
          await Promise.all(idleWorkers.map((worker) => new Promise((up) => (worker.onmessage = up))));
        })()"""
        % IDLE
    )
    return (settled(page) - before) / IDLE


def idle_process(page):
    """Bytes of one process that sleeps."""
    before = settled(page)
    machine.run(page, f"i=0; while [ $i -lt {IDLE} ]; do sleep 100000 > /dev/null 2>&1 & i=$((i + 1)); done")
    page.wait_until(f"(await martlet).information.processes >= {3 + IDLE}")
    return (settled(page) - before) / IDLE


def after_spawns(page):
    """Bytes in use after few and after many spawns."""
    found = []
    done = 0
    for count in [FEW_SPAWNS, MANY_SPAWNS]:
        machine.run(page, f"i={done}; while [ $i -lt {count} ]; do /bin/true; i=$((i + 1)); done")
        done = count
        found.append(settled(page))
    return found
