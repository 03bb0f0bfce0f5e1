"""What the drivers of all browsers share: the interface that the cases use, and errors."""

import asyncio
import json
import threading


class BrowserError(Exception):
    """The browser did not start, ended, or answered with an error of its own."""


class PageError(Exception):
    """Script in the page threw; the message is the page's own text of the error."""


class EventLoop:
    """An asyncio loop in a thread of its own, so that drivers are asynchronous and cases are plain functions."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine, timeout=None):
        """Runs a coroutine to its end and returns its result; after `timeout` seconds raises TimeoutError."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(timeout)
        except BaseException:
            future.cancel()
            raise

    def close(self):
        """Ends the thread. What still runs in the loop is abandoned."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


# Evaluates an expression, which may contain `await`, and turns its value or its error into one JSON text: the same in
# every browser, whatever its protocol makes of values and exceptions.
_EVALUATE = """(async () => {
  try {
    const value = await (async () => (EXPRESSION))();
    return JSON.stringify({ value: value === undefined ? null : value });
  } catch (error) {
    return JSON.stringify({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
})()"""


class Page:
    """A page in a context of its own (storage and channels are not shared with other pages).

    Drivers define the methods whose names end in `_in_browser`, as coroutines.
    """

    def __init__(self, loop, base, wait):
        self._loop = loop
        #: The address of the server, without a slash at its end.
        self.base = base
        #: The way to wait that this run tests, the value of the page's URL parameter `wait`.
        self.wait = wait
        #: What the page wrote to its console and the errors that nobody caught: texts, oldest first.
        self.console_messages = []

    def open(self, url):
        """Loads an address, or a path on the server, and waits for its `load` event.

        Raises PageError if the server answers with an error.
        """
        self._loop.run(self._open_in_browser(url if "://" in url else self.base + url))
        status = self.evaluate("performance.getEntriesByType('navigation')[0]?.responseStatus")
        if status is not None and status >= 400:
            raise PageError(f"{url}: the server answered {status}")

    def before_load(self, script):
        """Runs JavaScript statements in every document that is opened from now on, before any script of its own."""
        self._loop.run(self._before_load_in_browser(script))

    def open_system(self, path="/", query=""):
        """Loads the page of the system with this run's way to wait; `query` holds more URL parameters."""
        self.open(f"{path}?wait={self.wait}" + (f"&{query}" if query else ""))

    def evaluate(self, expression):
        """The JSON value of a JavaScript expression, which may contain `await`. A value that is a promise is awaited.

        Raises PageError with the page's error text if it throws.
        """
        answer = json.loads(self._loop.run(self._evaluate_in_browser(_EVALUATE.replace("EXPRESSION", expression))))
        if "error" in answer:
            raise PageError(answer["error"])
        return answer.get("value")

    def wait_until(self, expression):
        """Waits until a JavaScript expression is true; what ends a hopeless wait is the time limit of the case."""
        self.evaluate(
            f"(async () => {{ while (!(await ({expression}))) await new Promise((next) => setTimeout(next, 20)); }})()"
        )

    def type(self, text):
        """Types characters with real key events into what has the focus; a line feed is the Enter key."""
        self._loop.run(self._type_in_browser(text))

    def press(self, key):
        """Presses one key, named as in KeyboardEvent.key, with modifiers before it: `Enter`, `Control+c`, `ArrowUp`."""
        *modifiers, last = key.split("+") if key != "+" else ["+"]
        self._loop.run(self._press_in_browser(modifiers, last))

    def click(self, selector):
        """Clicks with a real pointer into the middle of the first element that a CSS selector finds."""
        x, y = self.evaluate(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]; })()"
        )
        self._loop.run(self._click_in_browser(x, y))

    def screenshot(self, path):
        """Writes a PNG of what the window shows."""
        data = self._loop.run(self._screenshot_in_browser())
        with open(path, "wb") as file:
            file.write(data)

    def collect_garbage(self):
        """Lets the page's engine take back what it can. Firefox's protocol has nothing for that: it does so in its own time."""
        self._loop.run(self._collect_garbage_in_browser())

    async def _collect_garbage_in_browser(self):
        pass

    def close(self):
        """Closes the page and its context."""
        self._loop.run(self._close_in_browser(), timeout=10)


class Skip(Exception):
    """Raised by a case that cannot run here; its text is the reason, which is printed."""


def limit(seconds):
    """Decorates a case with a time limit of its own, in seconds."""

    def set_limit(case):
        case.seconds = seconds
        return case

    return set_limit
