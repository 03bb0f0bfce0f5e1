"""The page where the browser lacks something, and where its address is not secure."""

import json

from machine import boot, run, terminal_text

#: What is taken away before the page's scripts run, and what the page must say of it.
MISSING = {
    "delete WebAssembly.Suspending;": "JavaScript Promise Integration",
    "delete WebAssembly.promising;": "JavaScript Promise Integration",
    "delete globalThis.WebAssembly;": "WebAssembly",
    "delete globalThis.BroadcastChannel;": "BroadcastChannel",
    "delete globalThis.Worker;": "workers that load modules",
    # A browser that does not look at the options of a worker knows no modules there.
    "globalThis.Worker = class { terminate() {} };": "workers that load modules",
}


def _notice(page):
    return page.evaluate(
        "(({ hidden, innerText }) => ({ hidden, text: innerText, restart: !document.querySelector('#restart').hidden }))"
        "(document.querySelector('#notice'))"
    )


def a_missing_feature_is_named(page):
    for script, words in MISSING.items():
        # Scripts stay for the next address, so each is for its own alone.
        page.before_load(f"if (new URLSearchParams(location.search).get('without') === {json.dumps(script)}) {{ {script} }}")
        page.open_system(query=f"without={page.evaluate(f'encodeURIComponent({json.dumps(script)})')}")
        page.wait_until("!document.querySelector('#notice').hidden")
        notice = _notice(page)
        assert "cannot run in this browser" in notice["text"] and words in notice["text"], (script, notice)
        # Loading the page again would change nothing.
        assert not notice["restart"], notice
        assert notice["text"].count("•") == 1, (script, notice)
        assert page.evaluate("typeof martlet") == "undefined", "a machine was made"
        refusal = page.evaluate("(await import('/martlet.js')).boot().then(() => 'booted', (error) => error.message)")
        assert refusal.startswith("this browser lacks ") and words in refusal, refusal
    uncaught = [text for text in page.console_messages if text.startswith("uncaught")]
    assert not uncaught, uncaught


def nothing_is_said_to_be_missing_where_nothing_is(page):
    page.open_system()
    page.evaluate("(async () => void (await martlet))()")
    assert _notice(page)["hidden"]
    assert page.evaluate("(await import('/martlet.js')).missingFeatures()") == []


def an_address_that_is_not_secure_will_do(page):
    # The browsers of the tests find this name on this machine; a name of one's own without https is not secure.
    page.open(page.base.replace("localhost", "martlet.test") + f"/?wait={page.wait}")
    assert page.evaluate("isSecureContext") is False and page.evaluate("typeof navigator.locks") == "undefined"
    page.evaluate("(async () => void (await martlet))()")
    before = page.evaluate("(await martlet).information.memories")
    assert run(page, "seq 1 1000 | sort -n | tail -1") == {"status": 0, "stdout": "1000\n", "stderr": ""}
    assert run(page, "echo kept > /tmp/kept && cat /tmp/kept")["stdout"] == "kept\n"
    page.wait_until(f"/# ?$/.test(({terminal_text()}).trimEnd())")
    page.wait_until(f"(await martlet).information.memories <= {max(before, 12)}")


def every_module_of_the_page_is_asked_for_at_once(page):
    boot(page)
    preloaded = set(page.evaluate("[...document.querySelectorAll('link[rel=modulepreload]')].map((link) => link.href)"))
    fetched = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    modules = {name for name in fetched if name.endswith(".js") and "/build/" not in name and not name.endswith("/page.js")}
    assert modules == preloaded, (modules - preloaded, preloaded - modules)
