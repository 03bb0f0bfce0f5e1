#!/usr/bin/env python3
"""Runs the cases of Tests/browser/cases in each browser, with each way to wait.

    Tests/browser/run.py [--browser chromium|firefox] [--wait park|suspend] [FILTER]

A case is a function of a module there that takes a page (driver.Page) and raises if something is wrong; FILTER is a
part of `module.function`. A module may name the ways to wait that its cases are of, in WAYS. Every case gets a page in a fresh context and a time limit. The last line counts the results.
"""

import argparse
import importlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
PYTHON = TOP / ".venv/bin/python"
if __name__ == "__main__" and PYTHON.exists() and pathlib.Path(sys.prefix) != TOP / ".venv":
    os.execv(PYTHON, [str(PYTHON), *sys.argv])

sys.path.insert(0, str(HERE))
import chromium
import driver
import firefox
import processes

BROWSERS = {"chromium": chromium.Browser, "firefox": firefox.Browser}
#: The ways to wait that exist, with the options of scripts/web-config for a server on which the page chooses them.
WAYS = {"park": [], "suspend": ["--plain"]}
#: Seconds that a case may take unless it says otherwise (`driver.limit`).
LIMIT = 30
#: Where the screenshots of failed cases go.
PICTURES = TOP / ".build-browser"


class OutOfTime(BaseException):
    """The time limit of the case is over. Not an Exception: a case cannot swallow it."""


def _out_of_time(*_):
    raise OutOfTime


def _stop(number, _):
    # Once: what cleans up is not to be interrupted by the next signal.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.exit(128 + number)


class Server:
    """lighttpd on a free port, with the configuration that scripts/serve uses and the pages of the tests."""

    def __init__(self, options):
        (TOP / "web").mkdir(exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
            self._configuration = file.name
            subprocess.run(
                [TOP / "scripts/web-config", "--port", str(port), "--tests", *options], stdout=file, check=True
            )
        path = os.environ["PATH"] + ":/usr/sbin"
        self._process = subprocess.Popen(
            ["lighttpd", "-D", "-f", self._configuration],
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.identity = self._process.pid
        self.base = f"http://localhost:{port}"
        for _ in range(100):
            if self._process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        self.close()
        raise SystemExit("run.py: lighttpd did not start")

    def close(self):
        self._process.kill()
        self._process.wait()
        os.unlink(self._configuration)


def load_cases(pattern):
    """All cases whose name holds `pattern`: pairs of name and function, by module, in the order of their source."""
    cases = []
    sys.path.insert(0, str(HERE / "cases"))
    for path in sorted((HERE / "cases").glob("*.py")):
        module = importlib.import_module(path.stem)
        for name, value in vars(module).items():
            if callable(value) and not name.startswith("_") and getattr(value, "__module__", None) == path.stem:
                full = f"{path.stem}.{name}"
                if pattern in full:
                    cases.append((full, value))
    return cases


class Run:
    """The cases in one browser with one way to wait."""

    def __init__(self, name, way, server, loop):
        self._name, self._way, self._server, self._loop = name, way, server, loop
        self._browser = None
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}

    def _note_failure(self, page, label, text):
        print("      " + text.strip().replace("\n", "\n      "))
        if page is None:
            return
        for message in page.console_messages[-20:]:
            print(f"      console: {message}")
        try:
            PICTURES.mkdir(exist_ok=True)
            picture = PICTURES / (label.replace(" ", "-") + ".png")
            signal.setitimer(signal.ITIMER_REAL, 5)
            page.screenshot(picture)
            print(f"      screenshot: {picture.relative_to(TOP)}")
        except (Exception, OutOfTime):
            print("      no screenshot")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def case(self, full, function):
        """Runs one case and prints its result."""
        seconds = getattr(function, "seconds", LIMIT)
        label = f"{self._name} {self._way} {full}"
        page, page_is_lost, detail = None, False, None
        begin = time.monotonic()
        try:
            if self._browser is None:
                self._browser = BROWSERS[self._name](self._loop)
            page = self._browser.page(self._server.base, self._way)
            signal.setitimer(signal.ITIMER_REAL, seconds)
            function(page)
            result = "passed"
        except driver.Skip as skip:
            result, detail = "skipped", str(skip)
        except OutOfTime as error:
            lines = [f"line {at.lineno}: {at.line}" for at in traceback.extract_tb(error.__traceback__) if "/cases/" in at.filename]
            notes = getattr(error, "__notes__", [])
            result, detail, page_is_lost = "failed", "\n".join([f"not done after {seconds} s", *lines, *notes]), True
        except Exception:
            result, detail = "failed", traceback.format_exc(limit=-3)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        mark = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip"}[result]
        reason = f" ({detail})" if result == "skipped" else ""
        print(f"{mark}  {label}  {time.monotonic() - begin:.2f} s{reason}", flush=True)
        self.counts[result] += 1
        if result == "failed":
            self._note_failure(page, label, detail)
        if page is None or page_is_lost:
            # Whatever state the browser is in, the next case gets a new one.
            self.close()
        else:
            try:
                page.close()
            except Exception:
                self.close()

    def close(self):
        """Ends the browser."""
        if self._browser is not None:
            try:
                self._browser.close()
            except Exception:
                pass
            self._browser = None
        processes.end_all(keep=[self._server.identity])


def main():
    parser = argparse.ArgumentParser(prog="run.py", description="Runs the tests in browsers.")
    parser.add_argument("--browser", choices=sorted(BROWSERS), help="this one alone")
    parser.add_argument("--wait", choices=sorted(WAYS), help="this way to wait alone")
    parser.add_argument("filter", nargs="?", default="", metavar="FILTER", help="a part of module.function")
    options = parser.parse_args()
    cases = load_cases(options.filter)
    if not cases:
        parser.error(f"no case's name holds '{options.filter}'")

    processes.adopt_orphans()
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    loop = driver.EventLoop()
    try:
        for way in [options.wait] if options.wait else WAYS:
            server = Server(WAYS[way])
            try:
                for name in [options.browser] if options.browser else BROWSERS:
                    run = Run(name, way, server, loop)
                    try:
                        for full, function in cases:
                            module = sys.modules[function.__module__]
                            if way in getattr(function, "ways", getattr(module, "WAYS", WAYS)):
                                run.case(full, function)
                    finally:
                        run.close()
                    for result, count in run.counts.items():
                        counts[result] += count
            finally:
                server.close()
    finally:
        processes.end_all()
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
