// What the terminal's tests share. Source of the bytes: strings are sent as UTF-8.

import assert from "node:assert/strict";
import { Interpreter } from "../../web/terminal/interpreter.js";
import { MARKED, SPACER, WIDE, WORDS } from "../../web/terminal/line.js";

const encoder = new TextEncoder();

/** @param {string} text */
export const bytesOf = (text) => encoder.encode(text);

/**
 * A terminal that has taken some input.
 * @param {string | Uint8Array} input
 * @param {number} columns
 * @param {number} rows
 */
export function terminalAfter(input, columns = 10, rows = 4) {
  const terminal = new Interpreter(columns, rows);
  terminal.write(typeof input === "string" ? bytesOf(input) : input);
  return terminal;
}

/**
 * The rows of the screen without the empty ones at its end.
 * @param {Interpreter} terminal
 */
export function rowsOf(terminal) {
  return terminal.screen.text().replace(/\n+$/, "").split("\n");
}

/** @param {Interpreter} terminal */
export function cursorOf({ screen }) {
  return [screen.cursor.column, screen.cursor.row];
}

/**
 * Everything that can be observed, for comparing two terminals.
 * @param {Interpreter} terminal
 */
export function stateOf(terminal) {
  const { screen, modes, title, bells, answer } = terminal;
  const lines = (/** @type {any[]} */ list) => list.map((line) => [
    Array.from(line.cells), line.wraps, line.marks === null ? [] : Array.from(line.marks).sort(),
  ]);
  const history = Array.from({ length: screen.main.history.length }, (_, index) => screen.main.history.at(index));
  return structuredClone({
    cursor: screen.cursor, saved: screen.saved, top: screen.top, bottom: screen.bottom, tabs: screen.tabs,
    autowrap: screen.autowrap, insertMode: screen.insertMode, isAlternate: screen.isAlternate,
    main: lines(screen.main.lines), alternate: lines(screen.alternate.lines), history: lines(history),
    modes, title, bells, answer,
  });
}

/**
 * Fails if the grid contradicts itself.
 * @param {Interpreter} terminal
 */
export function checkInvariants({ screen, title }) {
  const { columns, rows, cursor } = screen;
  for (const each of [cursor, screen.saved.main, screen.saved.alternate]) {
    assert.ok(each.column >= 0 && each.column < columns, `column ${each.column}`);
    assert.ok(each.row >= 0 && each.row < rows, `row ${each.row}`);
  }
  assert.ok(screen.top >= 0 && screen.top <= screen.bottom && screen.bottom < rows);
  assert.ok(title.length <= 4096);
  for (const buffer of [screen.main, screen.alternate]) {
    assert.equal(buffer.lines.length, rows);
    assert.equal(new Set(buffer.lines).size, rows, "a line is there twice");
    for (const line of buffer.lines) {
      assert.ok(line.cells.length >= columns * WORDS);
      for (let column = 0; column < columns; column += 1) {
        const word = line.cells[column * WORDS];
        const isLead = column > 0 && (line.cells[(column - 1) * WORDS] & WIDE) !== 0;
        if (((word & SPACER) !== 0) !== isLead) assert.fail(`half a wide character at ${column}`);
        if ((word & WIDE) !== 0 && column === columns - 1) assert.fail("a wide character at the edge");
        if ((word & MARKED) !== 0 && !line.marks?.has(column)) assert.fail("marks are lost");
      }
    }
  }
}

/** A small generator of random numbers (mulberry32), so that a seed names a test. */
export function makeRandom(/** @type {number} */ seed) {
  return (/** @type {number} */ bound) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
