"""What the system needs of a browser, and that the drivers tell the truth about it."""

import pathlib
import tempfile

import driver

PAGE = "/tests/engine.html"


def _open(page):
    page.open(PAGE)
    page.wait_until("globalThis.engine !== undefined")


def suspends_a_stack_and_resumes_it(page):
    _open(page)
    assert page.evaluate("typeof WebAssembly.Suspending") == "function"
    assert page.evaluate("engine.suspendAndResume()") == {"suspended": True, "value": 42}


def carries_messages_over_broadcast_channel(page):
    _open(page)
    assert page.evaluate("engine.roundTrip('one')") == "worker heard one"


def isolation_is_that_of_the_way_to_wait(page):
    _open(page)
    assert page.evaluate("crossOriginIsolated") is (page.wait == "park")


def typing_reaches_an_input(page):
    _open(page)
    page.click("#field")
    page.type("echo 'Ünï' | wc -c\n")
    assert page.evaluate("document.querySelector('#field').value") == "echo 'Ünï' | wc -c"
    assert page.evaluate("engine.keys.at(-1)") == {"key": "Enter", "control": False, "trusted": True}


def keys_carry_names_and_modifiers(page):
    _open(page)
    page.click("#field")
    for key in ["Control+c", "ArrowUp", "Tab", "Escape"]:
        page.press(key)
    keys = [(key["key"], key["control"]) for key in page.evaluate("engine.keys") if key["key"] != "Control"]
    assert keys == [("c", True), ("ArrowUp", False), ("Tab", False), ("Escape", False)], keys


def errors_of_the_page_are_raised(page):
    _open(page)
    try:
        page.evaluate("(async () => { throw new RangeError('too far'); })()")
    except driver.PageError as error:
        assert str(error) == "RangeError: too far", error
    else:
        raise AssertionError("nothing was raised")


def a_missing_page_is_an_error(page):
    try:
        page.open("/tests/missing.html")
    except driver.PageError as error:
        assert "404" in str(error), error
    else:
        raise AssertionError("nothing was raised")


def values_and_console_come_back(page):
    _open(page)
    assert page.evaluate("undefined") is None
    assert page.evaluate("({ list: [1, 2.5, 'ü'], none: null })") == {"list": [1, 2.5, "ü"], "none": None}
    page.evaluate("console.log('said', 7)")
    page.evaluate("setTimeout(() => { throw new Error('dropped'); })")
    page.evaluate("new Promise((next) => setTimeout(next, 50))")
    assert "said 7" in page.console_messages, page.console_messages
    assert any("uncaught" in text and "dropped" in text for text in page.console_messages), page.console_messages


def contexts_share_nothing(page):
    _open(page)
    assert page.evaluate("localStorage.getItem('mark')") is None
    page.evaluate("localStorage.setItem('mark', 'left by an earlier case')")


def contexts_still_share_nothing(page):
    contexts_share_nothing(page)


def takes_a_screenshot(page):
    _open(page)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "page.png"
        page.screenshot(path)
        assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
