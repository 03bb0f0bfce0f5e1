"""Leaves no process behind: whatever was started, by whomever below us, ends with us (Linux only)."""

import contextlib
import ctypes
import os
import signal
import time

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """Makes this process the parent of every descendant whose own parent ended, so that `end_all` finds it."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _descendants():
    children = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
            # The command's name, in parentheses, may itself hold anything.
            state, parent = file.read().rpartition(")")[2].split()[:2]
            children.setdefault(int(parent), []).append((int(name), state))
    found, queue = [], [os.getpid()]
    while queue:
        for process, state in children.get(queue.pop(), []):
            queue.append(process)
            found.append((process, state))
    return found


def descendants():
    """The process ids of everything that runs below this process."""
    return [process for process, state in _descendants() if state != "Z"]


def end_all(keep=()):
    """Kills every descendant but those in `keep`, and waits for them. Returns how many were still running."""
    ended = set()
    for _ in range(100):
        running = [process for process in descendants() if process not in keep]
        for process in running:
            ended.add(process)
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        for process, state in _descendants():
            if process not in keep and state == "Z":
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(process, os.WNOHANG)
        if not running:
            break
        time.sleep(0.05)
    return len(ended)
