#!/usr/bin/env python3
"""Measures the system in browsers, each figure beside its raw floor from the same run. Called by scripts/bench.

    Tests/browser/bench.py [--browser chromium|firefox] [--wait suspend] [--json]
"""

import argparse
import base64
import gzip
import json
import os
import pathlib
import statistics
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import run as runner
from run import BROWSERS, TOP, WAYS, Server

import driver
import processes

MEASURE = TOP / ".build-wasm/martlet/wasm32-unknown-none-wasm/release/measure.wasm"
#: Time from navigation until the console shows a prompt.
PROMPT = """(async () => {
  while (!/[#$] ?$/m.test(globalThis.martlet?.terminal?.text() ?? "")) await new Promise((done) => setTimeout(done, 5));
  return performance.now();
})()"""


def numbers(page, command):
    """The nanoseconds that a measurement inside the system printed, one number a line, as milliseconds."""
    result = page.evaluate(f"martlet.run({json.dumps(command)})")
    if result["status"] != 0:
        raise SystemExit(f"bench: {command}: status {result['status']}: {result['stderr']}")
    return [int(line) / 1e6 for line in result["stdout"].split()]


def served(log):
    """The path of every file in the server's log."""
    return sorted({line.split(" ", 1)[1] for line in log.read_text().splitlines() if line.startswith("200 ")})


def bytes_to_prompt(paths, base):
    """Bytes of files: as served, and compressed by gzip as a static host would."""
    whole = compressed = 0
    for path in paths:
        with urllib.request.urlopen(base + path) as answer:
            data = answer.read()
        whole += len(data)
        compressed += len(gzip.compress(data, 9))
    return whole, compressed


def row(name, values, floor_name, floors, unit="ms"):
    """One line of the table: median and 99th percentile of a figure and of its floor, and their ratio."""
    values, floors = sorted(values), sorted(floors)
    at = lambda all, part: all[min(len(all) - 1, int(len(all) * part))]
    return {
        "name": name,
        "unit": unit,
        "median": statistics.median(values),
        "p99": at(values, 0.99),
        "floor": floor_name,
        "floor median": statistics.median(floors),
        "floor p99": at(floors, 0.99),
        "ratio": statistics.median(values) / statistics.median(floors) if statistics.median(floors) else None,
    }


def measure(browser_name, way, loop):
    log = pathlib.Path(tempfile.mkdtemp()) / "served"
    server = Server([*WAYS[way], "--log", str(log)])
    browser = BROWSERS[browser_name](loop)
    rows = []
    try:
        page = browser.page(server.base, way)
        page.open("/tests/floors.html")
        page.wait_until("globalThis.floors !== undefined")
        round_trip = page.evaluate("floors.broadcastRoundTrip(500, 10)")
        mebibyte = page.evaluate("floors.broadcastMebibyte(10)")
        worker = page.evaluate("floors.workerStart(20)")
        copy = page.evaluate("floors.copyMebibyte(10)")
        call = page.evaluate("floors.importCall(5000000, 10)")
        page.close()

        prompts = []
        for _ in range(5):
            log.write_text("")
            page = browser.page(server.base, way)
            page.open_system()
            prompts.append(page.evaluate(PROMPT))
            page.close()
        # The server writes its log in its own time: what a page fetched is there when the next one has come up.
        page = browser.page(server.base, way)
        page.open_system()
        page.evaluate(PROMPT)
        page.close()
        files = served(log)
        whole, compressed = bytes_to_prompt(files, server.base)
        loads = []
        for _ in range(5):
            page = browser.page(server.base, way)
            page.open("/tests/floors.html")
            page.wait_until("globalThis.floors !== undefined")
            result = page.evaluate(f"floors.loadFiles({json.dumps(files)})")
            if result["modules"] < 3:
                raise SystemExit(f"bench: of the files to the prompt {result['modules']} are WebAssembly")
            loads.append(result["time"])
            page.close()
        page = browser.page(server.base, way)
        page.open_system()
        page.evaluate(PROMPT)
        program = base64.b64encode(MEASURE.read_bytes()).decode()
        page.evaluate(
            f"martlet.writeFile('/tmp/measure', Uint8Array.from(atob('{program}'), (c) => c.charCodeAt(0)), {{ mode: 0o755 }})"
        )
        rows.append(
            row("request and answer", numbers(page, "/tmp/measure requests 2000"), "BroadcastChannel round trip", round_trip)
        )
        calls = numbers(page, "/tmp/measure calls 1000000")
        nanoseconds = lambda times: [time * 1e6 for time in times]
        rows.append(
            row("call answered at home", nanoseconds(calls), "import call, wasm to JavaScript", nanoseconds(call), "ns")
        )
        rows.append(row("spawn, exit, wait of true", numbers(page, "/tmp/measure spawn 50 /bin/true"), "new worker to message", worker))
        rows.append(row("pipe, per MiB in 64 KiB writes", numbers(page, "/tmp/measure pipe 8388608"), "copy of a MiB", copy))
        rows.append(row("the same", numbers(page, "/tmp/measure pipe 8388608"), "BroadcastChannel, 64 KiB messages", mebibyte))
        rows.append(row("page to prompt", prompts, "same files loaded in one worker", loads))
        rows.append(row("bytes to prompt, gzip", [compressed / 1000], "as served", [whole / 1000], "kB"))
        page.close()
    finally:
        browser.close()
        server.close()
        log.unlink(missing_ok=True)
        log.parent.rmdir()
    return rows


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures the system beside its floors.")
    parser.add_argument("--browser", choices=sorted(BROWSERS))
    parser.add_argument("--wait", choices=sorted(WAYS))
    parser.add_argument("--json", action="store_true", help="print one JSON object rather than tables")
    options = parser.parse_args()
    processes.adopt_orphans()
    loop = driver.EventLoop()
    report = {}
    try:
        for browser in [options.browser] if options.browser else sorted(BROWSERS):
            for way in [options.wait] if options.wait else WAYS:
                report[f"{browser} {way}"] = measure(browser, way, loop)
    finally:
        processes.end_all(keep=[])
        loop.close()
    if options.json:
        print(json.dumps(report, indent=1))
        return
    for title, rows in report.items():
        print(f"\n{title}")
        print(f"  {'what':32} {'median':>11} {'p99':>11}      {'floor':34} {'median':>11} {'p99':>11}  ratio")
        for r in rows:
            ratio = "" if r["ratio"] is None else f"{r['ratio']:.2f}"
            print(
                f"  {r['name']:32} {r['median']:8.4g} {r['unit']} {r['p99']:8.4g} {r['unit']}      {r['floor']:34}"
                f" {r['floor median']:8.4g} {r['unit']} {r['floor p99']:8.4g} {r['unit']}  {ratio}"
            )


if __name__ == "__main__":
    main()
