"""The rings of an arena with nothing of the system in between (Tests/browser/pages/park.js)."""

import os

import driver

#: It is about isolated pages.
WAYS = ["park"]
SEED = int(os.environ.get("MARTLET_TEST_SEED", "1")) % 1_000_000


def _run(page, **options):
    page.open("/tests/park.html")
    page.wait_until("globalThis.park !== undefined")
    fields = ", ".join(f"{name}: {value}" for name, value in options.items())
    return page.evaluate(f"park.run({{ seed: {SEED}, {fields} }})")


@driver.limit(90)
def every_message_arrives_whole_and_in_order(page):
    results = _run(page, servers=2, clients=4, rounds=5000)
    assert [result["answered"] for result in results] == [5000] * 4, results
    assert all(result["bytesHeard"] > 60_000_000 for result in results), results


@driver.limit(90)
def a_hart_that_dies_takes_nobody_with_it(page):
    results = _run(page, servers=2, clients=5, rounds=800, victims=2)
    assert [result["answered"] for result in results] == [800] * 3, results
