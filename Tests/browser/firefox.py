"""Drives Firefox with the WebDriver BiDi protocol over a WebSocket."""

import asyncio
import base64
import contextlib
import json
import os
import re
import shutil
import signal
import tempfile

import websockets

import driver

# A fresh profile asks nobody on the network for anything, and shows nothing but our page.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutConfig.showWarning": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.blockedURIs.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.search.update": False,
    "browser.sessionstore.resume_from_crash": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    # A name that is not secure without https, unlike localhost.
    "network.dns.localDomains": "martlet.test",
    "remote.prefs.recommended": True,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "data:,",
}

# Key names of KeyboardEvent.key → code points that WebDriver uses for keys that make no character.
KEYS = {
    "Alt": "\ue00a",
    "ArrowDown": "\ue015",
    "ArrowLeft": "\ue012",
    "ArrowRight": "\ue014",
    "ArrowUp": "\ue013",
    "Backspace": "\ue003",
    "Control": "\ue009",
    "Delete": "\ue017",
    "End": "\ue010",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Home": "\ue011",
    "Insert": "\ue016",
    "Meta": "\ue03d",
    "PageDown": "\ue00f",
    "PageUp": "\ue00e",
    "Shift": "\ue008",
    "Tab": "\ue004",
} | {f"F{number}": chr(0xE030 + number) for number in range(1, 13)}


class Browser:
    """One running Firefox. Raises BrowserError if it does not start."""

    name = "firefox"

    def __init__(self, loop, executable="firefox-esr"):
        self._loop = loop
        self._pages = {}
        self._answers = {}
        self._last_id = 0
        self._process = None
        self._socket = None
        self._profile = tempfile.mkdtemp(prefix="martlet-firefox-")
        try:
            loop.run(self._start(executable), timeout=60)
        except BaseException:
            self.close()
            raise

    async def _start(self, executable):
        with open(os.path.join(self._profile, "user.js"), "w") as file:
            for name, value in PREFERENCES.items():
                file.write(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n")
        # A process group of its own, so that its content processes end with it.
        self._process = await asyncio.create_subprocess_exec(
            executable,
            *("--headless", "--no-remote", "--profile", self._profile, "--remote-debugging-port", "0", "about:blank"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        lines = []
        while True:
            line = (await self._process.stderr.readline()).decode(errors="replace")
            if not line:
                raise driver.BrowserError("firefox does not start: " + "".join(lines[-10:]))
            lines.append(line)
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                break
        self._drain = asyncio.ensure_future(self._discard_stderr())
        self._socket = await websockets.connect(found[1] + "/session", max_size=None, ping_interval=None)
        self._reader = asyncio.ensure_future(self._read())
        await self.command("session.new", {"capabilities": {}})
        await self.command("session.subscribe", {"events": ["log.entryAdded"]})

    async def _discard_stderr(self):
        while await self._process.stderr.read(65536):
            pass

    async def _read(self):
        try:
            async for text in self._socket:
                message = json.loads(text)
                if message["type"] == "event":
                    self._event(message["method"], message["params"])
                elif (answer := self._answers.pop(message.get("id"), None)) and not answer.done():
                    answer.set_result(message)
        except websockets.ConnectionClosed:
            pass
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(driver.BrowserError("firefox ended"))
        self._answers.clear()

    def _event(self, method, parameters):
        if method != "log.entryAdded":
            return
        page = self._pages.get(parameters.get("source", {}).get("context"))
        if page is not None:
            text = parameters.get("text") or ""
            page.console_messages.append(text if parameters["type"] == "console" else f"uncaught {text}")

    async def command(self, method, parameters):
        """Sends one command and returns its result; raises BrowserError with the browser's message."""
        self._last_id += 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[self._last_id] = answer
        await self._socket.send(json.dumps({"id": self._last_id, "method": method, "params": parameters}))
        message = await answer
        if message["type"] == "error":
            raise driver.BrowserError(f"{method}: {message['error']}: {message['message']}")
        return message["result"]

    def page(self, base, wait):
        """A new page in a new context."""
        page = FirefoxPage(self._loop, base, wait)
        self._loop.run(page.start(self), timeout=20)
        self._pages[page.context] = page
        return page

    def close(self):
        """Ends the browser and removes its profile."""

        async def stop():
            if self._socket is not None:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(self.command("browser.close", {}), 5)
                await self._socket.close()
            if self._process is not None:
                try:
                    await asyncio.wait_for(self._process.wait(), 5)
                except asyncio.TimeoutError:
                    pass
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                await self._process.wait()

        self._loop.run(stop(), timeout=20)
        shutil.rmtree(self._profile, ignore_errors=True)


class FirefoxPage(driver.Page):
    """A page of Firefox."""

    async def start(self, browser):
        """Makes the context and the page."""
        self._browser = browser
        self._user = (await browser.command("browser.createUserContext", {}))["userContext"]
        created = await browser.command("browsingContext.create", {"type": "tab", "userContext": self._user})
        self.context = created["context"]

    async def _open_in_browser(self, url):
        await self._browser.command(
            "browsingContext.navigate", {"context": self.context, "url": url, "wait": "complete"}
        )

    async def _before_load_in_browser(self, script):
        await self._browser.command(
            "script.addPreloadScript", {"functionDeclaration": f"() => {{ {script} }}", "contexts": [self.context]}
        )

    async def _evaluate_in_browser(self, expression):
        answer = await self._browser.command(
            "script.evaluate",
            {"expression": expression, "target": {"context": self.context}, "awaitPromise": True},
        )
        if answer["type"] == "exception":
            raise driver.PageError(answer["exceptionDetails"]["text"])
        return answer["result"]["value"]

    async def _keys(self, actions):
        await self._browser.command(
            "input.performActions",
            {"context": self.context, "actions": [{"type": "key", "id": "keyboard", "actions": actions}]},
        )

    async def _type_in_browser(self, text):
        actions = []
        for character in text:
            value = KEYS["Enter"] if character == "\n" else character
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        await self._keys(actions)

    async def _press_in_browser(self, modifiers, key):
        values = [KEYS.get(name, name) for name in [*modifiers, key]]
        await self._keys(
            [{"type": "keyDown", "value": value} for value in values]
            + [{"type": "keyUp", "value": value} for value in reversed(values)]
        )

    async def _click_in_browser(self, x, y):
        actions = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self._browser.command(
            "input.performActions",
            {"context": self.context, "actions": [{"type": "pointer", "id": "mouse", "actions": actions}]},
        )

    async def _screenshot_in_browser(self):
        answer = await self._browser.command("browsingContext.captureScreenshot", {"context": self.context})
        return base64.b64decode(answer["data"])

    async def _close_in_browser(self):
        # The context's tabs close with it.
        await self._browser.command("browser.removeUserContext", {"userContext": self._user})
