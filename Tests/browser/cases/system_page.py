"""The page where the browser lacks something, and where its address is not secure."""

import json
import urllib.parse

from machine import boot, run, terminal_text

#: What is taken away before the page's scripts run, and what the page must say of it.
MISSING = {
    "delete globalThis.WebAssembly;": "WebAssembly",
    "delete globalThis.BroadcastChannel;": "BroadcastChannel",
    "delete globalThis.Worker;": "workers, in which processes run",
}
#: The same for each way to wait, when that way is asked for.
MISSING_TO_WAIT = {
    "park": {
        "delete globalThis.SharedArrayBuffer;": "shared memory",
        "delete Atomics.waitAsync;": "Atomics.waitAsync",
    },
    "suspend": {
        "delete WebAssembly.Suspending;": "JavaScript Promise Integration",
        "delete WebAssembly.promising;": "JavaScript Promise Integration",
    },
}


def _notice(page):
    return page.evaluate(
        "(({ hidden, innerText }) => ({ hidden, text: innerText, restart: !document.querySelector('#restart').hidden }))"
        "(document.querySelector('#notice'))"
    )


def _open_without(page, script, query=""):
    """Opens the page of the system in a browser from which a script has taken something away."""
    # Scripts stay for the next address, so each is for its own alone.
    page.before_load(f"if (new URLSearchParams(location.search).get('without') === {json.dumps(script)}) {{ {script} }}")
    page.open(f"/?without={urllib.parse.quote(script)}{query}")


def a_missing_feature_is_named(page):
    for script, words in {**MISSING, **MISSING_TO_WAIT[page.wait]}.items():
        _open_without(page, script, f"&wait={page.wait}")
        page.wait_until("!document.querySelector('#notice').hidden")
        notice = _notice(page)
        assert "cannot run in this browser" in notice["text"] and words in notice["text"], (script, notice)
        # Loading the page again would change nothing.
        assert not notice["restart"], notice
        assert notice["text"].count("•") == 1, (script, notice)
        assert page.evaluate("typeof martlet") == "undefined", "a machine was made"
        options = json.dumps({"wait": page.wait})
        refusal = page.evaluate(f"(await import('/martlet.js')).boot({options}).then(() => 'booted', (error) => error.message)")
        assert refusal.startswith("this browser lacks ") and words in refusal, refusal
    uncaught = [text for text in page.console_messages if text.startswith("uncaught")]
    assert not uncaught, uncaught


def the_best_way_to_wait_that_is_there_is_taken(page):
    both = "".join(script for scripts in MISSING_TO_WAIT.values() for script in scripts)
    ways = {"": page.wait, "delete Atomics.waitAsync;": "suspend", "delete globalThis.SharedArrayBuffer;": "suspend"}
    if page.wait == "park":
        ways["delete WebAssembly.Suspending;"] = "park"
    for script, way in ways.items():
        # Of a service worker that isolates the next visit there is none: this is the first in each turn.
        hindered = script + "delete Navigator.prototype.serviceWorker;"
        _open_without(page, hindered)
        assert page.evaluate("(await martlet).information.wait") == way, script
        assert run(page, "echo $((6*7))")["stdout"] == "42\n"
    _open_without(page, both + "delete Navigator.prototype.serviceWorker;")
    page.wait_until("!document.querySelector('#notice').hidden")
    assert "JavaScript Promise Integration" in _notice(page)["text"], _notice(page)


def nothing_is_said_to_be_missing_where_nothing_is(page):
    page.open_system()
    page.evaluate("(async () => void (await martlet))()")
    assert _notice(page)["hidden"]
    assert page.evaluate("(await import('/martlet.js')).missingFeatures()") == []


def an_address_that_is_not_secure_will_do(page):
    # The browsers of the tests find this name on this machine; a name of one's own without https is not secure.
    address = page.base.replace("localhost", "martlet.test")
    page.open(f"{address}/?wait=park")
    page.wait_until("!document.querySelector('#notice').hidden")
    assert "shared memory" in _notice(page)["text"], _notice(page)
    page.open(f"{address}/")
    assert page.evaluate("isSecureContext") is False and page.evaluate("typeof navigator.locks") == "undefined"
    # Such an address is not isolated, whatever its server sends.
    assert page.evaluate("(await martlet).information.wait") == "suspend"
    assert _notice(page)["hidden"]
    before = page.evaluate("(await martlet).information.memories")
    assert run(page, "seq 1 1000 | sort -n | tail -1") == {"status": 0, "stdout": "1000\n", "stderr": ""}
    assert run(page, "echo kept > /tmp/kept && cat /tmp/kept")["stdout"] == "kept\n"
    page.wait_until(f"/# ?$/.test(({terminal_text()}).trimEnd())")
    page.wait_until(f"(await martlet).information.memories <= {max(before, 13)}")


def every_module_of_the_page_is_asked_for_at_once(page):
    boot(page)
    preloaded = set(page.evaluate("[...document.querySelectorAll('link[rel=modulepreload]')].map((link) => link.href)"))
    fetched = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    modules = {name for name in fetched if name.endswith(".js") and "/build/" not in name and not name.endswith("/page.js")}
    assert modules == preloaded, (modules - preloaded, preloaded - modules)


def a_module_that_is_not_there_is_named_with_the_reason(page):
    page.open("/tests/hart.html")
    named = "{ headers: { 'Content-Type': 'application/wasm' } }"
    for answer, reason in [
        ("new Response('', { status: 404, statusText: 'Not Found' })", "404 Not Found"),
        ("new Response('no module')", "resmgr.wasm does not compile: "),
        (f"new Response('no module', {named})", "resmgr.wasm does not compile: "),
        ("Promise.reject(new TypeError('gone'))", "resmgr.wasm cannot be fetched: TypeError: gone"),
        (f"new Response(new ReadableStream({{ start: (body) => body.error(new TypeError('gone')) }}), {named})", "cannot be fetched: "),
    ]:
        told = page.evaluate(
            f"""(async () => {{
              const real = globalThis.realFetch ??= globalThis.fetch;
              globalThis.fetch = async (what, ...more) => (String(what).endsWith("/resmgr.wasm") ? {answer} : real(what, ...more));
              const {{ boot }} = await import("/martlet.js");
              return boot({{ wait: {page.wait!r} }}).then(() => "booted", (error) => error.message);
            }})()"""
        )
        assert reason in told, (answer, told)
