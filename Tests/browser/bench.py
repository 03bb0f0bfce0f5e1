#!/usr/bin/env python3
"""Measures the system in browsers, each figure beside its raw floor from the same run. Called by scripts/bench.

Drives web/bench.html, which measures, and adds what needs a browser that was never here: the first visit.

    Tests/browser/bench.py [--browser chromium|firefox] [--wait park|suspend] [--json | --soak [MINUTES]]
"""

import argparse
import gzip
import json
import pathlib
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from run import BROWSERS, WAYS, Server

import driver
import machine
import memory
import processes
import soak

#: How often a page is loaded in a fresh context.
VISITS = 5


def served(log):
    """The path of every file in the server's log, without those with which it is measured."""
    paths = {line.split(" ", 1)[1] for line in log.read_text().splitlines() if line.startswith("200 ")}
    return sorted(path for path in paths if not path.startswith("/bench/"))


def bytes_to_prompt(paths, base):
    """Bytes of files: as served, and compressed by gzip as a static host would."""
    whole = compressed = 0
    for path in paths:
        with urllib.request.urlopen(base + path) as answer:
            data = answer.read()
        whole += len(data)
        compressed += len(gzip.compress(data, 9))
    return whole, compressed


def until_prompt(browser, server, way):
    """Milliseconds from navigation to prompt on a first visit: a page in a fresh context."""
    page = browser.page(server.base, way)
    page.open_system()
    time = page.evaluate("(await import('/bench/prompt.js')).untilPrompt()")
    page.close()
    return time


def load_files(browser, server, way, files):
    """Milliseconds in which one worker of a page in a fresh context loads files."""
    page = browser.page(server.base, way)
    page.open("/tests/engine.html")
    result = page.evaluate(f"(await import('/bench/floors.js')).loadFiles({json.dumps(files)})")
    if result["modules"] < 3:
        raise SystemExit(f"bench: of the files to the prompt {result['modules']} are WebAssembly")
    page.close()
    return result["time"]


def memory_figures(browser, server, way):
    """Values and floors, in bytes: of a process that sleeps, and after many spawns."""
    page = browser.page(server.base, way)
    page.open("/tests/park.html")
    worker = memory.empty_worker(page)
    page.close()
    page = browser.page(server.base, way)
    machine.boot_and_settle(page)
    few, many = memory.after_spawns(page)
    process = memory.idle_process(page)
    page.close()
    return ([process], [worker]), ([many], [few])


def measure(browser_name, way, loop):
    """The report of bench.html, with the figures of first visits: those need contexts, and the server's log."""
    log = pathlib.Path(tempfile.mkdtemp()) / "served"
    server = Server([*WAYS[way], "--log", str(log)])
    browser = BROWSERS[browser_name](loop)
    try:
        prompts = [until_prompt(browser, server, way) for _ in range(VISITS)]
        # The server writes its log in its own time: what a page fetched is there when the next one has come up.
        files = served(log)
        whole, compressed = bytes_to_prompt(files, server.base)
        loads = [load_files(browser, server, way, files) for _ in range(VISITS)]
        idle, spawns = memory_figures(browser, server, way)
        page = browser.page(server.base, way)
        page.open_system("/bench.html")
        page.wait_until("globalThis.bench !== undefined")
        report = page.evaluate("bench.report")
        figures = [("firstPrompt", prompts, loads), ("bytes", [compressed], [whole]), ("idle", *idle), ("spawnsLeft", *spawns)]
        for figure, values, floors in figures:
            arguments = json.dumps([figure, way, values, floors])
            report["rows"].append(page.evaluate(f"(await import('/bench/rows.js')).row(...{arguments})"))
        page.close()
    finally:
        browser.close()
        server.close()
        log.unlink(missing_ok=True)
        log.parent.rmdir()
    return report


def soak_all(browsers, ways, minutes, loop):
    """Lets each browser work for so many minutes with each way to wait. Whether all was well."""
    is_well = True
    for name in browsers:
        for way in ways:
            seed = time.time_ns() & 0xFFFFFFFF
            print(f"{name}, {way}, seed {seed}", flush=True)
            server = Server(WAYS[way])
            browser = BROWSERS[name](loop)
            try:
                page = browser.page(server.base, way)
                is_well &= soak.soak(page, 60 * minutes, seed, lambda line: print(f"  {line}", flush=True))
                page.close()
            finally:
                browser.close()
                server.close()
    return is_well


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures the system beside its floors.")
    parser.add_argument("--browser", choices=sorted(BROWSERS))
    parser.add_argument("--wait", choices=sorted(WAYS))
    parser.add_argument("--json", action="store_true", help="print one JSON list of reports rather than tables")
    parser.add_argument("--soak", metavar="MINUTES", type=float, nargs="?", const=30, help="work for so long (30) instead of measuring")
    options = parser.parse_args()
    processes.adopt_orphans()
    loop = driver.EventLoop()
    reports = []
    browsers = [options.browser] if options.browser else sorted(BROWSERS)
    ways = [options.wait] if options.wait else list(WAYS)
    try:
        if options.soak is not None:
            sys.exit(0 if soak_all(browsers, ways, options.soak, loop) else 1)
        for browser in browsers:
            for way in ways:
                reports.append(measure(browser, way, loop))
    finally:
        processes.end_all(keep=[])
        loop.close()
    if options.json:
        print(json.dumps(reports, indent=1))
        return
    for report in reports:
        print(f"\n{report['browser']}, {report['wait']} ({report['machine']})")
        print(f"  {'what':36} {'median':>13} {'p99':>13}   {'floor':40} {'median':>13} {'p99':>13}  {'ratio':>6}  goal")
        for row in report["rows"]:
            figures = {key: f"{row[key]:.4g} {row['unit']}" for key in ["median", "p99", "floorMedian", "floorP99"]}
            verdict = {True: " reached", False: " not reached", None: ""}[row["isReached"]]
            print(
                f"  {row['name']:36} {figures['median']:>13} {figures['p99']:>13}   {row['floor']:40}"
                f" {figures['floorMedian']:>13} {figures['floorP99']:>13}  {row['ratio']:6.3g}  {row['goal']}{verdict}"
            )


if __name__ == "__main__":
    main()
