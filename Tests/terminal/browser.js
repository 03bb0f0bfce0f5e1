// A headless browser for tests: serves `web/` with a strict policy on the loopback, and drives Chromium
// by its DevTools protocol over pipes, so that nothing but node and the browser is needed.

import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("../../web/", import.meta.url));

const types = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8" };

/** The page of the tests, which exists only here. */
const pages = {
  "/": `<!doctype html><link rel="stylesheet" href="/terminal.css"><link rel="stylesheet" href="/test.css">
    <div id="terminal"></div><script type="module" src="/test.js"></script>`,
  "/test.css": "html, body, #terminal { margin: 0; height: 100%; }",
  "/test.js": `import { Terminal } from "/terminal/terminal.js";
    globalThis.sent = ""; globalThis.events = [];
    const decoder = new TextDecoder(), encoder = new TextEncoder();
    globalThis.terminal = new Terminal(document.getElementById("terminal"), {
      onInput: (bytes) => { sent += decoder.decode(bytes); },
      onResize: (size) => events.push(["resize", size.columns, size.rows]),
      onTitle: (title) => events.push(["title", title]), onBell: () => events.push(["bell"]),
    });
    globalThis.write = (text) => terminal.write(encoder.encode(text));
    addEventListener("copy", (event) => { globalThis.copied = event.clipboardData.getData("text/plain"); });
    globalThis.ready = true;`,
};

/** The browser's program, or null if there is none: $CHROMIUM, or what the path has. */
export function findBrowser() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  for (const path of [process.env.CHROMIUM, ...candidates]) {
    if (!path) continue;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch { /* Not this one. */ }
  }
  return null;
}

function serve() {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
    const headers = {
      "content-type": types[extname(path)] ?? "text/html; charset=utf-8",
      "content-security-policy": "default-src 'self'; style-src 'self'; script-src 'self'",
    };
    try {
      const body = pages[path] ?? readFileSync(join(web, path));
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/**
 * Starts a browser with the test page open.
 * @param {string} program
 */
export async function openPage(program) {
  const server = await serve();
  const profile = mkdtempSync(join(tmpdir(), "terminal-test-"));
  const child = spawn(program, [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
    `--user-data-dir=${profile}`, "--window-size=900,700",
  ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });

  let number = 0;
  const waiting = new Map();
  /** What the browser complained about: uncaught errors and refusals of the policy. */
  const complaints = [];
  let rest = "";
  child.stdio[4].setEncoding("utf8").on("data", (chunk) => {
    const messages = (rest + chunk).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages.map((text) => JSON.parse(text))) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
      if (message.method === "Runtime.exceptionThrown") complaints.push(message.params.exceptionDetails.text);
      const text = message.method === "Log.entryAdded" ? message.params.entry.text : "";
      if (text !== "" && !message.params.entry.url?.endsWith("favicon.ico")) complaints.push(text);
    }
  });
  const exchange = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    number += 1;
    waiting.set(number, (answer) => {
      if (answer.error) reject(new Error(`${method}: ${answer.error.message}`));
      else resolve(answer.result);
    });
    child.stdio[3].write(`${JSON.stringify({ id: number, method, params, sessionId })}\0`);
  });

  const { targetId } = await exchange("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await exchange("Target.attachToTarget", { targetId, flatten: true });
  const send = (method, params = {}) => exchange(method, params, sessionId);
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  // Waits on what the page says, never for a length of time.
  const until = (condition) => evaluate(`new Promise((resolve, reject) => {
    const start = performance.now();
    const look = () => {
      if (${condition}) resolve(true);
      else if (performance.now() - start > 10_000) reject(new Error("in vain: " + ${JSON.stringify(condition)}));
      else setTimeout(look, 5);
    };
    look();
  })`);
  await send("Runtime.enable");
  await send("Log.enable");
  await send("Emulation.setDeviceMetricsOverride", { width: 900, height: 600, deviceScaleFactor: 1, mobile: false });
  await send("Page.navigate", { url: `http://127.0.0.1:${server.address().port}/` });
  await until("globalThis.ready");

  return {
    complaints, evaluate, send, until,
    /** Presses and releases a key. Modifiers: 1 Alt, 2 Ctrl, 4 Meta, 8 Shift. */
    async press(key, code, modifiers = 0, extra = {}) {
      const event = { key, code: extra.code ?? key, windowsVirtualKeyCode: code, modifiers, ...extra };
      await send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
      await send("Input.dispatchKeyEvent", { type: "keyUp", key, modifiers, windowsVirtualKeyCode: code });
    },
    async drag(fromX, fromY, toX, toY) {
      const mouse = (type, x, y) => send("Input.dispatchMouseEvent", { type, x, y, button: "left", buttons: 1, clickCount: 1 });
      await mouse("mousePressed", fromX, fromY);
      await mouse("mouseMoved", toX, toY);
      await mouse("mouseReleased", toX, toY);
    },
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await exchange("Browser.close").catch(() => child.kill());
      await ended;
      server.close();
      server.closeAllConnections();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
