// What the terminal answers, and what it never does; modes; the title.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MAXIMUM_ANSWER } from "../../web/terminal/interpreter.js";
import { terminalAfter } from "./support.js";

/** @type {[string, string, string][]} */
const table = [
  ["DA1", "\x1b[c", "\x1b[?62;22c"],
  ["DA1 with 0", "\x1b[0c", "\x1b[?62;22c"],
  ["DECID", "\x1bZ", "\x1b[?62;22c"],
  ["DA2", "\x1b[>c", "\x1b[>1;0;0c"],
  ["DA with another parameter", "\x1b[1c\x1b[>1c", ""],
  ["DSR", "\x1b[5n", "\x1b[0n"],
  ["CPR", "\x1b[2;3H\x1b[6n", "\x1b[2;3R"],
  ["CPR with a pending wrap", "0123456789\x1b[6n", "\x1b[1;10R"],
  ["CPR in origin mode", "\x1b[2;3r\x1b[?6h\x1b[2;2H\x1b[6n", "\x1b[2;2R"],
  ["DECXCPR", "\x1b[?6n", "\x1b[?1;1;1R"],
  ["the size of the text area", "\x1b[18t", "\x1b[8;4;10t"],
  ["DECRQM of a mode that is set", "\x1b[?7$p", "\x1b[?7;1$y"],
  ["DECRQM of a mode that is reset", "\x1b[?2004$p", "\x1b[?2004;2$y"],
  ["DECRQM of an unknown mode", "\x1b[?4711$p", "\x1b[?4711;0$y"],
  ["the title is never reported", "\x1b]0;ls\r\x07\x1b[21t\x1b[20t", ""],
  ["ENQ has no answer", "\x05", ""],
  ["nor has DECRQSS", "\x1bP$qm\x1b\\", ""],
  ["nor colour queries", "\x1b]11;?\x07\x1b]4;1;?\x07\x1b]52;c;?\x07", ""],
  ["answers keep their order", "\x1b[5n\x1b[6n", "\x1b[0n\x1b[1;1R"],
];

for (const [name, input, answer] of table) {
  test(name, () => {
    const terminal = terminalAfter(input);
    assert.equal(terminal.takeAnswer(), answer);
    assert.equal(terminal.takeAnswer(), "");
  });
}

test("a flood of questions gets a bounded answer", () => {
  const answer = terminalAfter("\x1b[c".repeat(100_000)).takeAnswer();
  assert.ok(answer.length > 0 && answer.length <= MAXIMUM_ANSWER);
});

test("OSC 0 and 2 set the title, others do not", () => {
  assert.equal(terminalAfter("\x1b]0;one\x07").title, "one");
  assert.equal(terminalAfter("\x1b]2;a;b ✓\x1b\\").title, "a;b ✓");
  assert.equal(terminalAfter("\x1b]0;one\x07\x1b]1;icon\x07\x1b]52;c;eA==\x07\x1b]0\x07").title, "one");
  assert.equal(terminalAfter("\x1b]0;one\x07\x1b]2;\x07").title, "");
  assert.equal(terminalAfter("\x1b]0;a\u202eb\u2066c😀\x07").title, "abc😀");
});

test("BEL rings, but not as the end of a command", () => {
  assert.equal(terminalAfter("\x07\x1b]0;x\x07\x07").bells, 2);
});

test("modes are set and reset, several at once", () => {
  const on = terminalAfter("\x1b[?1;2004;1004;5h\x1b[?25;12;1007l\x1b=").modes;
  assert.deepEqual({ ...on }, {
    applicationCursor: true, applicationKeypad: true, bracketedPaste: true, focusReports: true, alternateScroll: false,
    newLine: false, reverseScreen: true, cursorVisible: false, cursorBlinks: false, cursorShape: "block",
  });
  const off = terminalAfter("\x1b[?1;2004;1004;5h\x1b=\x1b[?1;2004;1004;5l\x1b>").modes;
  assert.deepEqual({ ...off }, { ...terminalAfter("").modes });
});

test("DECSCUSR sets the cursor's shape", () => {
  const shapes = Array.from({ length: 8 }, (_, style) => {
    const { cursorShape, cursorBlinks } = terminalAfter(`\x1b[${style} q`).modes;
    return `${cursorShape} ${cursorBlinks}`;
  });
  assert.deepEqual(shapes, ["block true", "block true", "block false", "underline true", "underline false",
    "bar true", "bar false", "block true"]);
});
