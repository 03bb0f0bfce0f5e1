"""A long run of everything at once: pipelines, spawns and file traffic while processes and drivers are killed at random.

What is looked at, every minute and at the end, when all has settled: whether each server has answered every request that it accepted,
what is in use, and how much memory the browser has.
"""

import json
import random
import re
import time

import machine
import memory

#: Drivers that are killed, one about every so many seconds: one that ends more often is given up, rightly.
DRIVERS = ["netfs", "pipe", "tmpfs", "procfs"]
BETWEEN_KILLS = 40
#: Seconds between two looks.
LOOK = 60
#: Memory at the end, of that after the first third, at most.
GROWTH = 1.1

#: What is asked for, over and over: a command of the shell and what it writes.
WORK = [
    ("seq 1 20000 | sort -rn | head -n 1", "20000\n"),
    ("head -c 3000000 /dev/zero | cat | wc -c", "3000000\n"),
    ("i=0; while [ $i -lt 10 ]; do /bin/true; i=$((i + 1)); done; echo $i", "10\n"),
    ("d=/tmp/soak$$; mkdir $d && head -c 1000000 /bin/utilities >$d/a; cat $d/a $d/a >$d/b && wc -c <$d/b; rm -r $d", None),
    ("cat /etc/motd /bin/sh | wc -l | wc -l", "1\n"),
    ("(sleep 0.2; echo late) & echo early; wait", "early\nlate\n"),
]
#: Commands that run until they are killed.
ENDLESS = ["cat /dev/zero | cat | cat >/dev/null", "while :; do :; done", "sleep 1000 | cat", "while :; do /bin/true; done"]

_LINE = re.compile(r"^server (\S+) requests=(\d+) answers=(\d+) abandoned=(\d+) unanswered=(\d+)", re.MULTILINE)


class Soak:
    """One machine in one page, and what happens to it."""

    def __init__(self, page, seed):
        self._page = page
        self._random = random.Random(seed)
        self._last_kill = time.monotonic()
        self.done = {"commands": 0, "failed beside a killed driver": 0, "processes killed": 0, "drivers killed": 0}
        #: What went wrong, in words.
        self.faults = []
        self.looks = []
        machine.boot_and_settle(page)
        machine.connect_agent(page)
        self._before = machine.information(page)

    def _run(self, commands, abort_after=None):
        """Runs commands at once; what each answered, or null for one that rejected. Those that are aborted answer null."""
        signal = f"{{ signal: AbortSignal.timeout({abort_after}) }}" if abort_after else "{}"
        return self._page.evaluate(
            f"Promise.all({json.dumps(commands)}.map(async (command) => (await martlet).run(command, {signal})"
            ".then(({ status, stdout, stderr }) => ({ status, stdout, stderr }), () => null)))"
        )

    def _work(self, is_disturbed):
        jobs = [self._random.choice(WORK) for _ in range(3)]
        for (command, expected), answer in zip(jobs, self._run([command for command, _ in jobs])):
            self.done["commands"] += 1
            if answer is not None and answer["status"] == 0 and expected in (None, answer["stdout"]):
                continue
            if is_disturbed:
                self.done["failed beside a killed driver"] += 1
            else:
                since = time.monotonic() - self._last_kill
                said = self._page.console_messages[-3:]
                self.faults.append(f"{command}: {answer}, {since:.1f} s after a driver was killed; the console: {said}")

    def _kill_process(self):
        if self._run([self._random.choice(ENDLESS)], abort_after=self._random.randrange(50, 600)) != [None]:
            self.faults.append("a command that does not end has ended")
        self.done["processes killed"] += 1

    def _kill_driver(self):
        driver = self._random.choice(DRIVERS)
        kill = f"kill -9 $(ps | grep '\\[{driver}\\]$' | head -n 1 | cut -c 1-5)"
        self._page.evaluate(f"void (globalThis.kill = (await martlet).run({json.dumps(kill)}).catch(() => {{}}))")
        self.done["drivers killed"] += 1
        self._last_kill = time.monotonic()
        self._work(is_disturbed=True)
        # The command that kills may come late; and all drivers are to be there again.
        self._page.evaluate("kill.then(() => {})")
        use_all = "true | cat >/tmp/soak && cat /proc/uptime"
        self._page.wait_until(f"(await martlet).run('{use_all}').then(({{ status }}) => status === 0, () => false)")

    def step(self):
        """A little of everything."""
        self._work(is_disturbed=False)
        self._kill_process()
        if time.monotonic() - self._last_kill > BETWEEN_KILLS:
            self._kill_driver()

    def look(self, minutes):
        """Waits until all has settled, and looks."""
        machine.settle(self._page)
        used = machine.information(self._page)
        for name in machine.USED:
            # Whoever speaks to a driver that was started anew has opened a channel to it.
            if name != "channels" and used[name] != self._before[name]:
                self.faults.append(f"{name}: {used[name]}, and {self._before[name]} at the start")
        counters = machine.run(self._page, "cat /proc/martlet")["stdout"]
        servers = {name: [int(count) for count in counts] for name, *counts in _LINE.findall(counters)}
        for name, (requests, answers, abandoned, unanswered) in servers.items():
            if requests != answers + abandoned + unanswered:
                self.faults.append(f"{name}: {requests} requests, {answers} answers, {abandoned} abandoned, {unanswered} to answer")
            if unanswered > 0 and name not in ("resmgr", "procfs", "tty", "devfs", "pipe"):
                self.faults.append(f"{name}: {unanswered} requests without an answer")
        look = {"minutes": round(minutes, 1), "memory": memory.settled(self._page), "requests": sum(s[0] for s in servers.values())}
        self.looks.append({**look, **self.done})
        return self.looks[-1]


def soak(page, seconds, seed, tell):
    """Lets a machine in a page work for so many seconds. Calls `tell` with a line now and then; answers whether all was well."""
    run = Soak(page, seed)
    begin = time.monotonic()
    next_look = begin + LOOK
    while time.monotonic() - begin < seconds:
        run.step()
        if time.monotonic() >= next_look:
            look = run.look((time.monotonic() - begin) / 60)
            tell("  ".join(f"{name} {value >> 10} KiB" if name == "memory" else f"{name} {value}" for name, value in look.items()))
            next_look = time.monotonic() + LOOK
    for fault in run.faults:
        tell(f"FAULT {fault}")
    third = max(1, len(run.looks) // 3)
    early = max(look["memory"] for look in run.looks[:third])
    late = min(look["memory"] for look in run.looks[-third:])
    # Between two collections memory grows: what is left after them is compared.
    tell(f"memory: at most {early >> 20} MiB in the first third, at least {late >> 20} MiB in the last")
    return not run.faults and late <= early * GROWTH
