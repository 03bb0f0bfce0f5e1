"""The page that measures (web/bench.html), and what it makes of what was measured."""

import json

import driver


def _row(page, *arguments):
    return page.evaluate(f"(await import('/bench/rows.js')).row(...{json.dumps(arguments)})")


def _close(value, expected):
    return abs(value - expected) < 1e-9 * abs(expected)


def a_row_tells_medians_percentiles_and_ratio(page):
    page.open("/tests/engine.html")
    # Times come as milliseconds; 1 to 200 µs here, in any order.
    times = [number / 1000 for number in range(200, 0, -1)]
    row = _row(page, "request", "park", times, [0.05, 0.04, 0.07])
    assert row["unit"] == "µs" and _close(row["median"], 100.5) and _close(row["p99"], 199), row
    assert _close(row["floorMedian"], 50) and _close(row["floorP99"], 70) and _close(row["ratio"], 2.01), row
    assert row["goal"] == "≤ 2×" and _close(row["goalValue"], 100) and row["isReached"] is False, row
    assert _row(page, "request", "park", [0.1], [0.05])["isReached"] is True
    # The floor and the goal are those of the way to wait.
    suspended = _row(page, "request", "suspend", [0.1], [0.08])
    assert "BroadcastChannel" in suspended["floor"] and suspended["goal"] == "≤ 1.5×" and suspended["isReached"] is True
    no_goal = _row(page, "processID", "suspend", [0.001], [0.0005])
    assert (no_goal["goal"], no_goal["goalValue"], no_goal["isReached"]) == ("", None, None), no_goal
    assert _close(no_goal["median"], 1000), no_goal


def the_bad_end_of_a_speed_is_the_slow_one(page):
    page.open("/tests/engine.html")
    # Milliseconds for a MiB each: 2^20 bytes in 1 ms are 1048.576 MB/s.
    row = _row(page, "pipe", "park", [1, 4, 1, 1], [0.5, 0.25, 0.5])
    assert row["unit"] == "MB/s" and _close(row["median"], 1048.576) and _close(row["p99"], 262.144), row
    assert _close(row["floorMedian"], 2097.152) and _close(row["floorP99"], 2097.152) and _close(row["ratio"], 2), row
    assert row["goal"] == "≥ 1000 MB/s" and row["isReached"] is True, row
    assert _row(page, "pipe", "park", [1.1], [0.5])["isReached"] is False


def a_program_runs_bare_beside_the_system(page):
    page.open("/tests/engine.html")
    bare = "(await import('/bench/floors.js')).runBare(new URL('/build/bench/measure.wasm', location.href), ['measure', %s])"
    # Twenty batches, each longer than a step of a page's clock.
    numbers = page.evaluate(bare % "'compute', '4000'").split()
    assert len(numbers) == 20 and all(int(number) > 0 for number in numbers), numbers
    # Without a count it has failed, and not at nothing.
    refusal = page.evaluate(bare % "'compute'" + ".catch((error) => error.message)")
    assert "status 1" in refusal, refusal


@driver.limit(120)
def the_page_measures_all_and_shows_it(page):
    page.open_system("/bench.html")
    page.wait_until("globalThis.bench !== undefined")
    report = page.evaluate("bench.report")
    assert report["wait"] == page.wait, report
    assert [row["id"] for row in report["rows"]] == page.evaluate("(await import('/bench/measures.js')).MEASURED")
    for row in report["rows"]:
        assert len(row["values"]) >= 5 and len(row["floorValues"]) >= 5, row
        assert row["median"] > 0 and row["floorMedian"] > 0 and row["ratio"] > 0, row
    page.wait_until("!document.querySelector('#again').disabled")
    shown = page.evaluate(
        """[...document.querySelectorAll('#rows > tr')].map((line) =>
          [line.id, line.querySelectorAll('circle.system').length, line.querySelectorAll('circle.floor').length])"""
    )
    assert shown == [[f"row-{row['id']}", len(row["values"]), len(row["floorValues"])] for row in report["rows"]], shown
    status = page.evaluate("document.querySelector('#status').textContent")
    reached = [row["isReached"] for row in report["rows"]]
    assert status == f"Done: {reached.count(True)} of {len(reached) - reached.count(None)} goals reached.", status
    assert page.evaluate("document.querySelectorAll('iframe').length") == 0
    # Again, from the beginning.
    page.evaluate("void (globalThis.first = bench.report)")
    page.click("#again")
    assert page.evaluate("document.querySelector('#again').disabled && bench.report !== first")


def what_is_missing_is_told_instead(page):
    page.before_load("delete globalThis.BroadcastChannel")
    page.open_system("/bench.html")
    page.wait_until("document.querySelector('#status').className === 'failed'")
    assert "BroadcastChannel" in page.evaluate("document.querySelector('#status').textContent")
