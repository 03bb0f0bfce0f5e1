// The parser: which events come out of which bytes, wherever they are cut.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MAXIMUM_COMMAND_LENGTH, MAXIMUM_PARAMETERS, Parser } from "../../web/terminal/parser.js";
import { bytesOf, makeRandom } from "./support.js";

/**
 * The events of a stream given in pieces, text joined.
 * @param {Uint8Array[]} pieces
 */
function eventsOf(...pieces) {
  /** @type {any[]} */
  const events = [];
  const add = (/** @type {string} */ text) => {
    const last = events.at(-1);
    if (last?.[0] === "text") last[1] += text;
    else events.push(["text", text]);
  };
  const byte = (/** @type {number} */ code) => (code === 0 ? "" : String.fromCharCode(code));
  const parser = new Parser({
    printAscii: (bytes, start, end) => add(String.fromCharCode(...bytes.subarray(start, end))),
    print: (codePoint) => add(String.fromCodePoint(codePoint)),
    execute: (control) => events.push(["execute", control]),
    escape: (final, intermediate) => events.push(["escape", byte(intermediate) + byte(final)]),
    control: (final, parameters, prefix, intermediate) => {
      const values = [];
      for (let index = 0; index < parameters.count; index += 1) {
        values.push((parameters.isJoined(index) ? ":" : "") + parameters.get(index, -1));
      }
      events.push(["control", byte(prefix) + byte(intermediate) + byte(final), values.join(" ")]);
    },
    command: (text) => events.push(["command", text]),
  });
  for (const piece of pieces) parser.write(piece);
  return events;
}

/** @type {[string, string, any[]][]} */
const table = [
  ["text and controls", "ab\r\nc", [["text", "ab"], ["execute", 13], ["execute", 10], ["text", "c"]]],
  ["DEL is ignored", "a\x7fb", [["text", "ab"]]],
  ["a control sequence", "\x1b[12;;3H", [["control", "H", "12 -1 3"]]],
  ["no parameters", "\x1b[m", [["control", "m", ""]]],
  ["a leading separator", "\x1b[;5H", [["control", "H", "-1 5"]]],
  ["a prefix", "\x1b[?25l", [["control", "?l", "25"]]],
  ["an intermediate", "\x1b[4 q", [["control", " q", "4"]]],
  ["parts of a parameter", "\x1b[38:2::1:2:3;4m", [["control", "m", "38 :2 :-1 :1 :2 :3 4"]]],
  ["values are bounded", "\x1b[99999999999999999999A", [["control", "A", "65535"]]],
  ["a control within a sequence acts at once", "\x1b[3\n4A", [["execute", 10], ["control", "A", "34"]]],
  ["DEL within a sequence is ignored", "\x1b[3\x7f4A", [["control", "A", "34"]]],
  ["CAN cancels", "\x1b[3\x18A", [["text", "A"]]],
  ["SUB cancels", "\x1b]0;x\x1aA", [["text", "A"]]],
  ["ESC begins anew", "\x1b[3\x1b[4A", [["control", "A", "4"]]],
  ["a prefix in the middle: the sequence is ignored", "\x1b[1?5hx", [["text", "x"]]],
  ["a digit after an intermediate: ignored", "\x1b[ 5qx", [["text", "x"]]],
  ["two intermediates name nothing we know", "\x1b[1 !px\x1b(!Bx", [["text", "xx"]]],
  ["escape sequences", "\x1bM\x1b(0\x1b#8", [["escape", "M"], ["escape", "(0"], ["escape", "#8"]]],
  ["a character outside ASCII abandons a sequence", "\x1b[3é", [["text", "é"]]],
  ["OSC ended by BEL", "\x1b]0;title\x07x", [["command", "0;title"], ["text", "x"]]],
  ["OSC ended by ST", "\x1b]2;ti\u00e9\x1b\\x", [["command", "2;tié"], ["text", "x"]]],
  ["OSC ended by C1 ST", "\u009d0;t\u009cx", [["command", "0;t"], ["text", "x"]]],
  ["OSC ended by another sequence is dropped", "\x1b]0;t\x1b[3A", [["control", "A", "3"]]],
  ["ST alone does nothing", "\x1b\\x", [["text", "x"]]],
  ["a control in an OSC is ignored", "\x1b]0;a\nb\x07", [["command", "0;ab"]]],
  ["✓ holds the byte 9C and ends nothing", "\x1b]0;✓!\x07", [["command", "0;✓!"]]],
  ["DCS is swallowed", "\x1bP1$qm\x07still\x1b\\x", [["text", "x"]]],
  ["SOS, PM and APC are swallowed", "\x1bXa\x1b\\\x1b^b\x1b\\\x1b_c\x1b\\x", [["text", "x"]]],
  ["C1 CSI", "\u009b2J", [["control", "J", "2"]]],
  ["C1 controls alone", "\u0084", [["execute", 0x84]]],
];

for (const [name, input, expected] of table) {
  test(name, () => assert.deepEqual(eventsOf(bytesOf(input)), expected));
}

test("too many parameters are dropped", () => {
  const [event] = eventsOf(bytesOf(`\x1b[${"7;".repeat(500)}8m`));
  assert.equal(event[1], "m");
  assert.equal(event[2].split(" ").length, MAXIMUM_PARAMETERS);
  assert.ok(!event[2].includes("8"));
});

test("a command up to the bound is taken, a longer one is ignored as a whole", () => {
  const most = "x".repeat(MAXIMUM_COMMAND_LENGTH);
  assert.deepEqual(eventsOf(bytesOf(`\x1b]${most}\x07`)), [["command", most]]);
  assert.deepEqual(eventsOf(bytesOf(`\x1b]${most}y\x07z`)), [["text", "z"]]);
  assert.deepEqual(eventsOf(bytesOf(`\x1b]${most.repeat(3)}\x07\x1b]0;next\x07`)), [["command", "0;next"]]);
});

test("UTF-8 is decoded as TextDecoder does, in any pieces", () => {
  const random = makeRandom(1);
  // Lead and continuation bytes at the limits of the standard's table; no C1 code points (C2 80…9F).
  const alphabet = [0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc3, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff];
  for (let time = 0; time < 20_000; time += 1) {
    const bytes = Uint8Array.from({ length: 1 + random(8) }, () => alphabet[random(alphabet.length)]);
    // The decoder of a stream waits for the rest of a character: an A ends it on both sides.
    const whole = new Uint8Array([...bytes, 0x41]);
    const cut = random(whole.length + 1);
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(whole);
    assert.deepEqual(eventsOf(whole.subarray(0, cut), whole.subarray(cut)), [["text", text]], String(whole));
  }
});

test("ESC after half a character is an ESC", () => {
  assert.deepEqual(eventsOf(Uint8Array.of(0xe2, 0x9c, 0x1b, 0x4d)), [["text", "\ufffd"], ["escape", "M"]]);
});

test("a bare byte of the C1 range is no control", () => {
  assert.deepEqual(eventsOf(Uint8Array.of(0x9b, 0x41)), [["text", "\ufffdA"]]);
});
