// The component in a real browser, under a policy without inline styles: drawing, keys, input methods,
// selection, copy and paste, scrolling, resizing.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { findBrowser, openPage } from "./browser.js";

const program = findBrowser();

describe("in the browser", { skip: program === null ? "no Chromium here (set CHROMIUM)" : false }, () => {
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let page;
  before(async () => { page = await openPage(program); });
  after(() => page?.close());

  const row = (/** @type {number} */ index) => `document.querySelectorAll(".martlet-terminal .row")[${index}]`;
  const scroller = `document.querySelector(".martlet-terminal .scroller")`;
  const takeSent = () => page.evaluate("(() => { const text = sent; sent = ''; return text; })()");
  const start = async (/** @type {string} */ text = "") => {
    await page.evaluate(`write("\\x1bc" + ${JSON.stringify(text)}); getSelection().removeAllRanges(); sent = ""; terminal.focus();`);
    const first = JSON.stringify(text.replace(/\x1b\[[\d;]*m/g, "").split("\r\n")[0]);
    await page.until(`${row(0)}?.textContent === ${first}`);
  };

  test("it fills its element", async () => {
    const { columns, rows } = await page.evaluate("terminal.size");
    assert.ok(columns >= 80 && columns <= 130, `${columns} columns`);
    assert.ok(rows >= 24 && rows <= 45, `${rows} rows`);
    assert.equal(await page.evaluate(`document.querySelectorAll(".row").length`), rows);
  });

  test("attributes become classes and properties", async () => {
    await start("\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3;7mtrue\x1b[0m plain");
    const spans = `[...${row(0)}.querySelectorAll("span")]`;
    assert.deepEqual(await page.evaluate(`${spans}.map((span) => [span.textContent, [...span.classList].sort().join(" ")])`), [
      ["red", "bold ink-1"], ["true", "filled ink-inverse"],
    ]);
    assert.equal(await page.evaluate(`getComputedStyle(${spans}[1]).backgroundColor`), "rgb(1, 2, 3)");
  });

  test("markup from the guest stays text", async () => {
    await start("<img src=x onerror=alert(1)>&amp;");
    assert.equal(await page.evaluate(`${row(0)}.childElementCount`), 0);
  });

  test("every character stands in its column", async () => {
    await start("漢字🎉→e\u0301│X");
    // X comes after 2 + 2 + 2 + 1 + 1 + 1 columns.
    const left = await page.evaluate(`(() => {
      const walker = document.createTreeWalker(${row(0)}, NodeFilter.SHOW_TEXT);
      let node; while (walker.nextNode()) node = walker.currentNode;
      const range = document.createRange(); range.setStart(node, node.length - 1); range.setEnd(node, node.length);
      const width = parseFloat(getComputedStyle(document.querySelector(".martlet-terminal")).getPropertyValue("--cell-width"));
      return (range.getBoundingClientRect().left - ${row(0)}.getBoundingClientRect().left) / width;
    })()`);
    assert.ok(Math.abs(left - 9) < 0.05, `${left}`);
  });

  test("keys are sent, the browser's are not", async () => {
    await start();
    await page.press("a", 65, 0, { text: "a", code: "KeyA" });
    await page.press("c", 67, 2, { code: "KeyC" });
    await page.press("ArrowUp", 38);
    await page.press("Enter", 13, 0, { text: "\r" });
    await page.press("C", 67, 10, { code: "KeyC" });
    assert.equal(await takeSent(), "a\x03\x1b[A\r");
  });

  test("an input method's text is sent once", async () => {
    await start();
    await page.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
    await page.send("Input.insertText", { text: "日本" });
    assert.equal(await takeSent(), "日本");
    assert.equal(await page.evaluate(`document.querySelector("textarea").value`), "");
  });

  test("Ctrl+C copies a selection, and interrupts without one", async () => {
    const { columns } = await page.evaluate("terminal.size");
    const long = "x".repeat(columns + 5);
    await start(`first   \r\n${long}\r\nlast word`);
    const middle = (/** @type {number} */ index) => page.evaluate(`(() => { const box = ${row(index)}.getBoundingClientRect();
      return [box.left, (box.top + box.bottom) / 2]; })()`);
    const [left, top] = await middle(0);
    const [, bottom] = await middle(3);
    const width = await page.evaluate(`parseFloat(getComputedStyle(document.querySelector(".martlet-terminal")).getPropertyValue("--cell-width"))`);
    await page.drag(left, top, left + 4 * width, bottom);
    await page.press("c", 67, 2, { code: "KeyC", commands: ["copy"] });
    assert.equal(await page.evaluate("copied"), `first\n${long}\nlast`);
    assert.equal(await takeSent(), "");
    await page.press("c", 67, 2, { code: "KeyC" });
    assert.equal(await takeSent(), "\x03");
  });

  test("pasting brackets the text when asked", async () => {
    await start();
    await page.evaluate(`write("\\x1b[?2004h");
      const data = new DataTransfer(); data.setData("text/plain", "a\\nb\\x1b[201~c");
      document.querySelector("textarea").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));`);
    assert.equal(await takeSent(), "\x1b[200~a\rb[201~c\x1b[201~");
  });

  test("the history scrolls, stays where it is read, and typing returns", async () => {
    await start("top\r\n");
    await page.evaluate(`for (let line = 0; line < 300; line += 1) write("line " + line + "\\r\\n");`);
    const { rows } = await page.evaluate("terminal.size");
    await page.until(`${row(rows - 2)}.textContent === "line 299"`);
    await page.press("PageUp", 33, 8);
    await page.until(`${row(0)}.textContent === "line ${301 - rows - (rows - 1)}"`);
    await page.evaluate(`write("more\\r\\nand more\\r\\n")`);
    await page.until(`${scroller}.scrollHeight - ${scroller}.clientHeight > ${scroller}.scrollTop + 10`);
    assert.equal(await page.evaluate(`${row(0)}.textContent`), `line ${301 - rows - (rows - 1)}`);
    await page.press("x", 88, 0, { text: "x", code: "KeyX" });
    await page.until(`${row(rows - 2)}.textContent === "and more"`);
    // New lines one by one keep the bar at its end.
    await page.evaluate(`write("one more\\r\\n")`);
    await page.until(`${row(rows - 2)}.textContent === "one more"`);
    assert.equal(await page.evaluate(`${scroller}.scrollHeight - ${scroller}.clientHeight - ${scroller}.scrollTop`), 0);
  });

  test("the wheel sends arrow keys on the alternate screen", async () => {
    await start();
    await page.evaluate(`write("\\x1b[?1049h")`);
    await page.send("Input.dispatchMouseEvent", { type: "mouseWheel", x: 300, y: 300, deltaX: 0, deltaY: -100 });
    await page.until(`sent !== ""`);
    assert.equal(await takeSent(), "\x1b[A\x1b[A\x1b[A");
  });

  test("a hidden page, which gets no frames, is drawn nevertheless", async () => {
    // Text, so that no frame is left from before.
    await start("by frame");
    await page.evaluate(`globalThis.frame = requestAnimationFrame; requestAnimationFrame = () => 0; write("\\rby timer")`);
    await page.until(`${row(0)}.textContent === "by timer"`);
    await page.evaluate("requestAnimationFrame = frame");
  });

  test("titles, bells and answers are told", async () => {
    await start();
    await page.evaluate(`events.length = 0; write("\\x1b]0;name\\x07\\x07\\x1b[5n")`);
    assert.deepEqual(await page.evaluate("events"), [["title", "name"], ["bell"]]);
    assert.equal(await takeSent(), "\x1b[0n");
  });

  test("it follows the size of its element", async () => {
    await start("kept");
    await page.evaluate("events.length = 0");
    await page.send("Emulation.setDeviceMetricsOverride", { width: 500, height: 300, deviceScaleFactor: 2, mobile: false });
    await page.until("events.length > 0");
    const { columns, rows } = await page.evaluate("terminal.size");
    assert.deepEqual(await page.evaluate("events.at(-1)"), ["resize", columns, rows]);
    assert.ok(columns < 60 && rows < 20, `${columns} × ${rows}`);
    assert.match(await page.evaluate("terminal.text()"), /^kept\n/);
  });

  test("the cursor tells whether the keyboard is ours", async () => {
    const classes = `document.querySelector(".martlet-terminal").classList.contains("focused")`;
    await start();
    assert.equal(await page.evaluate(classes), true);
    await page.evaluate("document.activeElement.blur()");
    assert.equal(await page.evaluate(classes), false);
  });

  test("nothing was refused and nothing threw", () => assert.deepEqual(page.complaints, []));

  test("disposing leaves nothing", async () => {
    await page.evaluate("terminal.dispose()");
    assert.equal(await page.evaluate(`document.getElementById("terminal").childElementCount`), 0);
  });
});
