"""Drives Chromium with Playwright."""

import contextlib

from playwright.async_api import async_playwright

import driver

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A name that is not secure without https, unlike localhost.
    "--host-resolver-rules=MAP martlet.test 127.0.0.1",
]


class Browser:
    """One running Chromium. Raises BrowserError if it does not start."""

    name = "chromium"

    def __init__(self, loop, executable="/usr/bin/chromium"):
        self._loop = loop
        loop.run(self._start(executable), timeout=60)

    async def _start(self, executable):
        self._playwright = await async_playwright().start()
        try:
            self._browser = await self._playwright.chromium.launch(executable_path=executable, args=FLAGS)
        except Exception as error:
            await self._playwright.stop()
            raise driver.BrowserError(f"chromium does not start: {error}") from error

    def page(self, base, wait):
        """A new page in a new context."""
        page = ChromiumPage(self._loop, base, wait)
        self._loop.run(page.start(self._browser), timeout=20)
        return page

    def close(self):
        """Ends the browser."""

        async def stop():
            with contextlib.suppress(Exception):
                await self._browser.close()
            await self._playwright.stop()

        self._loop.run(stop(), timeout=20)


class ChromiumPage(driver.Page):
    """A page of Chromium."""

    async def start(self, browser):
        """Makes the context and the page."""
        self._context = await browser.new_context()
        self._page = await self._context.new_page()
        self._page.on("console", lambda message: self.console_messages.append(message.text))
        self._page.on("pageerror", lambda error: self.console_messages.append(f"uncaught {error}"))
        # Playwright's own evaluate needs `eval`, which the page's policy forbids; the protocol's does not.
        self._session = await self._context.new_cdp_session(self._page)

    async def _open_in_browser(self, url):
        await self._page.goto(url, wait_until="load", timeout=0)

    async def _before_load_in_browser(self, script):
        await self._page.add_init_script(script)

    async def _evaluate_in_browser(self, expression):
        answer = await self._session.send(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise driver.PageError(details.get("exception", {}).get("description", details.get("text", "")))
        return answer["result"]["value"]

    async def _type_in_browser(self, text):
        await self._page.keyboard.type(text)

    async def _press_in_browser(self, modifiers, key):
        for modifier in modifiers:
            await self._page.keyboard.down(modifier)
        await self._page.keyboard.press(key)
        for modifier in reversed(modifiers):
            await self._page.keyboard.up(modifier)

    async def _click_in_browser(self, x, y):
        await self._page.mouse.click(x, y)

    async def _screenshot_in_browser(self):
        return await self._page.screenshot(timeout=0)

    async def _collect_garbage_in_browser(self):
        await self._session.send("HeapProfiler.collectGarbage")

    async def _close_in_browser(self):
        await self._context.close()
