// Resizing: what stays where when the window changes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, checkInvariants, cursorOf, rowsOf, terminalAfter } from "./support.js";

/**
 * @param {string} input
 * @param {number} columns
 * @param {number} rows
 */
function resized(input, columns, rows) {
  const terminal = terminalAfter(input);
  terminal.screen.resize(columns, rows);
  checkInvariants(terminal);
  return terminal;
}

test("fewer rows keep the bottom: the top becomes history", () => {
  const terminal = resized("1\r\n2\r\n3\r\n4", 10, 2);
  assert.deepEqual(rowsOf(terminal), ["3", "4"]);
  assert.deepEqual(cursorOf(terminal), [1, 1]);
  assert.equal(terminal.screen.main.history.length, 2);
});

test("blank rows below the cursor go first", () => {
  const terminal = resized("1\r\n2", 10, 2);
  assert.deepEqual(rowsOf(terminal), ["1", "2"]);
  assert.equal(terminal.screen.main.history.length, 0);
});

test("more rows bring history back", () => {
  const terminal = resized("1\r\n2\r\n3\r\n4\r\n5\r\n6", 10, 5);
  assert.deepEqual(rowsOf(terminal), ["2", "3", "4", "5", "6"]);
  assert.deepEqual(cursorOf(terminal), [1, 4]);
});

test("a smaller window and back shows the same", () => {
  for (const [columns, rows] of [[10, 2], [3, 4], [2, 1], [4, 3]]) {
    const terminal = resized("line one\r\nline two\r\n漢字 three\r\nfour", columns, rows);
    terminal.screen.resize(10, 4);
    checkInvariants(terminal);
    const expected = columns === 3 ? "漢   three" : "漢字 three";
    assert.deepEqual(rowsOf(terminal), ["line one", "line two", expected, "four"], `${columns} × ${rows}`);
  }
});

test("what was erased while hidden does not come back", () => {
  const terminal = resized("0123456789", 5, 4);
  terminal.write(bytesOf("\x1b[H\x1b[K"));
  terminal.screen.resize(10, 4);
  assert.deepEqual(rowsOf(terminal), [""]);
});

test("a pending wrap ends when there is room again", () => {
  const terminal = resized("0123456789", 12, 4);
  terminal.write(bytesOf("a"));
  assert.deepEqual(rowsOf(terminal), ["0123456789a"]);
});

test("the main screen changes behind the alternate one", () => {
  const terminal = resized("1\r\n2\r\n3\r\n4\x1b[?1049halt", 10, 2);
  terminal.write(bytesOf("\x1b[?1049l5"));
  assert.deepEqual(rowsOf(terminal), ["3", "45"]);
  checkInvariants(terminal);
});

test("the region becomes the whole screen", () => {
  const terminal = resized("\x1b[2;3r", 10, 6);
  assert.deepEqual([terminal.screen.top, terminal.screen.bottom], [0, 5]);
});

test("sizes are clamped", () => {
  const { screen } = resized("abc", 0, 0);
  assert.deepEqual([screen.columns, screen.rows], [2, 1]);
  screen.resize(1e9, 1e9);
  assert.deepEqual([screen.columns, screen.rows], [1000, 500]);
});
