// SGR: which attributes a character gets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SPACER, WORDS } from "../../web/terminal/line.js";
import * as pen from "../../web/terminal/pen.js";
import { terminalAfter } from "./support.js";

const { BLINK, BOLD, DIM, DIRECT, HIDDEN, INDEXED, INVERSE, ITALIC, STRIKE, UNDERLINE } = pen;

/** Parameters of SGR, then flags, foreground, background. @type {[string, number, number, number][]} */
const table = [
  ["", 0, 0, 0],
  ["0", 0, 0, 0],
  ["1", BOLD, 0, 0],
  ["2", DIM, 0, 0],
  ["3", ITALIC, 0, 0],
  ["4", UNDERLINE, 0, 0],
  ["5", BLINK, 0, 0],
  ["7", INVERSE, 0, 0],
  ["8", HIDDEN, 0, 0],
  ["9", STRIKE, 0, 0],
  ["21", UNDERLINE, 0, 0],
  ["1;3;4;9", BOLD | ITALIC | UNDERLINE | STRIKE, 0, 0],
  ["1;2;22", 0, 0, 0],
  ["3;23;4;24;5;25;7;27;8;28;9;29", 0, 0, 0],
  ["1;31;42;0", 0, 0, 0],
  ["1;31;42;", 0, 0, 0],
  ["31", 0, INDEXED | 1, 0],
  ["30;47", 0, INDEXED | 0, INDEXED | 7],
  ["91;107", 0, INDEXED | 9, INDEXED | 15],
  ["31;39", 0, 0, 0],
  ["41;49", 0, 0, 0],
  ["38;5;208", 0, INDEXED | 208, 0],
  ["48;5;17;1", BOLD, 0, INDEXED | 17],
  ["38:5:208;1", BOLD, INDEXED | 208, 0],
  ["38;2;1;2;3", 0, DIRECT | 0x010203, 0],
  ["48;2;255;0;128;4", UNDERLINE, 0, DIRECT | 0xff0080],
  ["38:2:1:2:3;4", UNDERLINE, DIRECT | 0x010203, 0],
  ["38:2::1:2:3;4", UNDERLINE, DIRECT | 0x010203, 0],
  ["38;5;999", 0, 0, 0],
  ["38;2;256;0;0;1", BOLD, 0, 0],
  ["38;5", 0, 0, 0],
  ["38;2;9", 0, 0, 0],
  ["38:5", 0, 0, 0],
  ["38;5;", 0, INDEXED | 0, 0],
  ["38", 0, 0, 0],
  ["4:3", UNDERLINE, 0, 0],
  ["4;4:0", 0, 0, 0],
  ["58;5;1;3", ITALIC, 0, 0],
  ["58:2::1:2:3;3", ITALIC, 0, 0],
  ["12;77;1", BOLD, 0, 0],
];

for (const [parameters, flags, foreground, background] of table) {
  test(`SGR ${parameters}`, () => {
    const { cells } = terminalAfter(`\x1b[${parameters}mx`).screen.buffer.lines[0];
    assert.deepEqual([cells[0], cells[1], cells[2]], [(0x78 | flags) >>> 0, foreground, background]);
  });
}

test("both halves of a wide character have its attributes", () => {
  const { cells } = terminalAfter("\x1b[1;41m漢").screen.buffer.lines[0];
  assert.deepEqual(Array.from(cells.subarray(WORDS, 2 * WORDS)), [SPACER | BOLD, 0, INDEXED | 1]);
});

test("erasing fills with the background and no other attribute", () => {
  for (const sequence of ["\x1b[2J", "\x1b[K", "\x1b[3X", "\x1b[3@", "\x1b[3P", "\x1b[L", "\x1b[M\x1b[L", "\x1b[T"]) {
    const { cells } = terminalAfter(`\x1b[1;4;44m${sequence}`).screen.buffer.lines[0];
    const column = sequence.endsWith("P") ? 9 : 0;
    const cell = Array.from(cells.subarray(column * WORDS, (column + 1) * WORDS));
    assert.deepEqual(cell, [0, 0, INDEXED | 4], sequence.slice(1));
  }
});

test("DECSC keeps the attributes", () => {
  const { cells } = terminalAfter("\x1b[31m\x1b7\x1b[0m\x1b8x").screen.buffer.lines[0];
  assert.equal(cells[1], INDEXED | 1);
});
