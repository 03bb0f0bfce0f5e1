"""Pages that a service worker isolates from the second visit on, where their server does not (web/isolation.js).

The visits are to /tests/web/, which is web/ once more: so there are pages beside the worker's folder.
"""

import driver
from machine import HERE, information, run

PAGE = "/tests/web/"
HEADERS = {"cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp"}
IMAGE = HERE.parent.parent / "web/build/image"
#: Fulfilled when the folder's service worker is in force: the next visit comes through it.
REGISTERED = "navigator.serviceWorker.ready.then(({ active }) => active.scriptURL)"
#: Whether the page says nothing to people.
SILENT = "document.querySelector('#notice').hidden && document.querySelector('#toasts').childElementCount === 0"
REGISTRATIONS = "(await navigator.serviceWorker.getRegistrations()).length"


def _plain(page):
    """For cases on a server that does not isolate."""
    if page.wait == "park":
        raise driver.Skip("the server isolates its pages itself")
    # Counts the documents of the context, whoever asked for them.
    _before_load(page, "localStorage.setItem('visits', Number(localStorage.getItem('visits') ?? 0) + 1)")


def _before_load(page, script):
    """As the driver's, but not in the empty document that comes before every other one."""
    page.before_load(f"if (location.protocol === 'http:') {{ {script} }}")


def _visit(page, query=""):
    """Opens the page and boots its machine, which works. The way to wait."""
    page.open(PAGE + query)
    page.evaluate("(async () => void (await martlet))()")
    assert run(page, "seq 1 1000 | sort -n | tail -1") == {"status": 0, "stdout": "1000\n", "stderr": ""}
    return information(page)["wait"]


def _isolate(page):
    """The first visit, until the next one is isolated."""
    assert _visit(page) == "suspend"
    assert page.evaluate("crossOriginIsolated") is False
    assert page.evaluate(REGISTERED) == f"{page.base}{PAGE}isolation.js"


def _offers_to_isolate(page):
    """What `isolateNextVisit` answers in the page that is open."""
    return page.evaluate(f"(await import('{PAGE}martlet.js')).isolateNextVisit()")


def _answer(page, path, options="{}"):
    """What a page gets for a path: status, size, whether it was redirected, and the headers."""
    return page.evaluate(
        f"""(async () => {{
          const response = await fetch("{path}", {options});
          const {{ status, redirected }} = response;
          return {{ status, redirected, size: (await response.arrayBuffer()).byteLength, headers: Object.fromEntries(response.headers) }};
        }})()"""
    )


def _has_headers(answer):
    return {name: answer["headers"].get(name) for name in HEADERS} == HEADERS


def _uncaught(page):
    """Errors that nobody caught. What Firefox writes of a load that the next visit cuts short is none."""
    cut_short = "A ServiceWorker intercepted the request and encountered an unexpected error."
    return [text for text in page.console_messages if text.startswith("uncaught") and not text.endswith(cut_short)]


@driver.limit(60)
def the_second_visit_is_isolated_and_parks(page):
    _plain(page)
    _isolate(page)
    assert page.evaluate("navigator.serviceWorker.controller") is None
    assert page.evaluate(SILENT)
    assert _visit(page) == "park"
    assert page.evaluate("crossOriginIsolated") is True
    assert _visit(page) == "park"
    # Three visits, three documents: nothing loaded the page anew.
    assert page.evaluate("localStorage.getItem('visits')") == "3"
    assert not _uncaught(page), _uncaught(page)


@driver.limit(60)
def who_asks_to_suspend_does(page):
    _plain(page)
    assert _visit(page, "?wait=suspend") == "suspend"
    assert page.evaluate(REGISTRATIONS) == 0
    _isolate(page)
    assert _visit(page, "?wait=suspend") == "suspend"
    assert page.evaluate("crossOriginIsolated") is True


@driver.limit(60)
def answers_carry_the_headers_and_are_otherwise_the_servers(page):
    _plain(page)
    _isolate(page)
    image = min(path.name for path in IMAGE.iterdir())
    paths = ["hart.js", "build/libos.wasm", "build/image.js", f"build/image/{image}", "no/such"]
    before = {path: _answer(page, PAGE + path) for path in paths}
    page.open(PAGE)
    for path in paths:
        answer = _answer(page, PAGE + path)
        assert not _has_headers(before[path]) and _has_headers(answer), (path, answer)
        assert before[path]["size"] == answer["size"] and answer["status"] == (404 if path == "no/such" else 200), (path, answer)
        for name in ("content-type", "cache-control"):
            assert before[path]["headers"][name] == answer["headers"][name], (path, answer)


@driver.limit(60)
def parts_and_redirected_answers_are_passed_on_as_they_are(page):
    _plain(page)
    _isolate(page)
    page.open(PAGE)
    part = _answer(page, PAGE + "hart.js", "{ headers: { Range: 'bytes=2-8' } }")
    assert part["status"] == 206 and part["size"] == 7 and part["headers"]["content-range"].startswith("bytes 2-8/"), part
    assert not _has_headers(part), part
    moved = _answer(page, PAGE + "moved")
    assert moved["redirected"] and moved["status"] == 200 and not _has_headers(moved), moved
    manual = page.evaluate(f"fetch('{PAGE}moved', {{ redirect: 'manual' }}).then(({{ type }}) => type)")
    assert manual == "opaqueredirect", manual
    # What fails, fails through the worker too: as a network that gives nothing.
    failure = page.evaluate(f"fetch('{PAGE}moved', {{ redirect: 'error' }}).then(() => 'fetched', ({{ name }}) => name)")
    assert failure == "TypeError", failure
    outside = _answer(page, "/page.css")
    assert outside["status"] == 200 and not _has_headers(outside), outside
    # A visitor who is sent on comes to an isolated page.
    page.open(PAGE + "moved")
    assert page.evaluate("location.pathname") == PAGE and page.evaluate("crossOriginIsolated") is True


@driver.limit(60)
def a_page_outside_of_the_folder_is_untouched(page):
    _plain(page)
    _isolate(page)
    page.open("/tests/engine.html")
    assert page.evaluate("crossOriginIsolated") is False and page.evaluate("navigator.serviceWorker.controller") is None
    # Nor does it register a worker that would never be its own.
    assert _offers_to_isolate(page) is False
    page.open("/tests/engine.html")
    assert page.evaluate("crossOriginIsolated") is False


def a_page_of_ones_own_is_isolated_by_a_worker_that_it_names(page):
    _plain(page)
    page.open("/tests/engine.html")
    # Relative to the page.
    assert page.evaluate("(await import('/martlet.js')).isolateNextVisit('../isolation.js')") is True
    assert page.evaluate("crossOriginIsolated") is False
    page.open("/tests/engine.html")
    assert page.evaluate("crossOriginIsolated") is True
    assert page.evaluate("localStorage.getItem('visits')") == "2"


@driver.limit(60)
def a_new_version_takes_the_place_of_the_old(page):
    _plain(page)
    _isolate(page)
    page.open(PAGE)
    controller = page.evaluate(
        """(async () => {
          const changed = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
          await navigator.serviceWorker.register("isolation.js?newer");
          await changed;
          return navigator.serviceWorker.controller.scriptURL;
        })()"""
    )
    assert controller == f"{page.base}{PAGE}isolation.js?newer", controller
    assert _visit(page) == "park"


@driver.limit(60)
def a_service_worker_of_the_folder_stays(page):
    _plain(page)
    page.open(PAGE + "?wait=suspend")
    page.evaluate(f"(async () => void (await navigator.serviceWorker.register('/tests/other-worker.js', {{ scope: '{PAGE}' }})))()")
    page.evaluate(REGISTERED)
    page.open(PAGE)
    assert _offers_to_isolate(page) is False
    registered = page.evaluate("(await navigator.serviceWorker.getRegistration()).active.scriptURL")
    assert registered == f"{page.base}/tests/other-worker.js", registered


@driver.limit(60)
def where_it_cannot_register_nothing_is_said(page):
    _plain(page)
    hindrances = [
        # A visitor who forbids it.
        "ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('no', 'SecurityError'))",
        # A browser, or a window of it, without.
        "delete Navigator.prototype.serviceWorker",
    ]
    for hindrance in hindrances:
        _before_load(page, hindrance)
        assert _visit(page) == "suspend"
        assert _offers_to_isolate(page) is False
        assert page.evaluate(SILENT)
    assert not _uncaught(page), _uncaught(page)


@driver.limit(60)
def a_browser_that_can_only_park_is_told_to_come_again(page):
    _plain(page)
    _before_load(page, "delete WebAssembly.Suspending")
    page.open(PAGE)
    page.wait_until("!document.querySelector('#restart').hidden")
    page.open(PAGE)
    assert page.evaluate("(await martlet).information.wait") == "park"
    assert run(page, "echo $((6*7))")["stdout"] == "42\n"


def a_server_that_isolates_needs_no_service_worker(page):
    if page.wait != "park":
        raise driver.Skip("the server does not isolate its pages")
    assert _visit(page) == "park"
    assert _offers_to_isolate(page) is False
    assert page.evaluate(REGISTRATIONS) == 0
